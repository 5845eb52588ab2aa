#include "doors/http/session_page.h"

#include "doors/http/headers.h"
#include "doors/http/problem.h"

namespace puhui::http {

namespace {

constexpr size_t kSignInBytesMax = 4096;

}  // namespace

Response SessionPage::answer(const Request& request) const {
  if (needs_.sessions == nullptr || !needs_.sessions->any_users()) return admission_.no_session(request);
  if (request.method == "POST") return sign_in(request);
  if (request.method == "DELETE") return sign_out(request);
  return who(request);
}

Response SessionPage::sign_in(const Request& request) const {
  if (auto ours = admission_.from_our_page(request); !ours) return std::move(ours).error();
  if (request.body.size() > kSignInBytesMax) {
    return problem(ProblemKind::too_large, request.id,
                   {{"", "expected a name and a password in at most " + std::to_string(kSignInBytesMax) + " bytes"}});
  }
  const auto read = [&]() -> Result<SignIn> {
    return read_json<SignIn>(TRY(parse_json(request.body, {.bytes_max = kSignInBytesMax, .depth_max = 4})));
  };
  const auto wanted = read();
  if (!wanted) return problem(wanted.error(), request.id);
  const auto token = needs_.sessions->sign_in(*wanted, request.peer);
  if (!token) {
    if (token.error().code != ErrorCode::forbidden) {
      if (!is_told(token.error().code)) {
        needs_.log.error("sign_in_failed", {{"request", request.id}, {"error", token.error().text()}});
      }
      return problem(token.error(), request.id);
    }
    return problem(ProblemKind::unauthenticated, request.id, token.error().faults);
  }
  // Whoever signs in anew leaves no session behind that nobody holds.
  if (const auto old = cookie_value(request.cookie, kSessionCookie)) (void)needs_.sessions->sign_out(*old);
  const auto signed_in = needs_.sessions->who(*token);
  if (!signed_in) return admission_.no_session(request);  // ended already
  return {.headers = {{"Set-Cookie", cookie(*token)}}, .body = print_json(to_json(*signed_in))};
}

Response SessionPage::who(const Request& request) const {
  if (const auto token = cookie_value(request.cookie, kSessionCookie)) {
    const auto live = needs_.sessions->find(*token, request.background ? Activity::background : Activity::counts);
    const auto signed_in = live ? needs_.sessions->who(*token) : std::nullopt;
    if (signed_in) return {.body = print_json(to_json(*signed_in))};
  }
  return admission_.no_session(request);
}

Response SessionPage::sign_out(const Request& request) const {
  Request of_browser = request;
  of_browser.authorization.clear();  // a key has no session to end
  auto admitted = admission_.admit(of_browser, Deed::writes);
  if (!admitted) return std::move(admitted).error();
  if (const auto token = cookie_value(request.cookie, kSessionCookie)) {
    const auto ended = needs_.sessions->sign_out(*token);
    if (!ended) {
      needs_.log.error("sign_out_failed", {{"request", request.id}, {"error", ended.error().text()}});
      return problem(ended.error(), request.id);
    }
  }
  return {.status = 204, .headers = {{"Set-Cookie", cookie("") + "; Max-Age=0"}}};
}

std::string SessionPage::cookie(const std::string& token) const {
  return std::string(kSessionCookie) + "=" + token + "; Path=/; HttpOnly; SameSite=Strict" +
         (options_.tls ? "; Secure" : "");
}

}  // namespace puhui::http
