#include "doors/http/admission.h"

#include <openssl/crypto.h>

#include "doors/http/headers.h"
#include "doors/http/problem.h"
#include "ground/base/text.h"

namespace puhui::http {

namespace {

// A page of another site must not reach a keyless bank through a name that it points at this machine.
bool names_this_machine(std::string_view host) {
  const std::string_view name =
      host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  return name == "localhost" || name == "[::1]" || name.starts_with("127.");
}

std::unexpected<Response> refused(ProblemKind kind, const Request& request, std::string where, std::string message) {
  return std::unexpected(problem(kind, request.id, {{std::move(where), std::move(message)}}));
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Admission::Admitted Admission::admit(const Request& request, Deed deed) const {
  if (!request.authorization.empty()) return by_key(request);
  const bool users = needs_.sessions != nullptr && needs_.sessions->any_users();
  if (users) {
    if (const auto token = cookie_value(request.cookie, kSessionCookie)) return by_session(request, *token, deed);
  }
  if (!users && needs_.keys.ring() == nullptr && options_.keyless && names_this_machine(request.host)) {
    return std::shared_ptr<const Caller>(std::shared_ptr<void>(), &*options_.keyless);
  }
  return refused(ProblemKind::unauthenticated, request, "Authorization",
                 users ? "expected 'Bearer KEY' or the cookie of a session, came neither; sign in"
                       : "expected 'Bearer KEY', came no key");
}

Admission::Admitted Admission::by_key(const Request& request) const {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view given = request.authorization;
  if (to_lower_ascii(given.substr(0, kScheme.size())) != kScheme) {
    return refused(ProblemKind::unauthenticated, request, "Authorization",
                   "expected 'Bearer KEY', came another scheme");
  }
  const auto ring = needs_.keys.ring();
  const Caller* caller = ring ? ring->find(trim(given.substr(kScheme.size()))) : nullptr;
  if (caller != nullptr) return std::shared_ptr<const Caller>(ring, caller);
  return refused(ProblemKind::unauthenticated, request, "Authorization", "this key is not known; have one minted");
}

Admission::Admitted Admission::by_session(const Request& request, const std::string& token, Deed deed) const {
  const auto live = needs_.sessions->find(token, request.background ? Activity::background : Activity::counts);
  if (!live) return std::unexpected(no_session(request));
  if (deed == Deed::reads) return live->caller;
  if (auto ours = from_our_page(request); !ours) return std::unexpected(std::move(ours).error());
  if (!same_secret(request.csrf, live->csrf)) {
    return refused(ProblemKind::forbidden, request, "X-Puhui-Csrf",
                   "expected the csrf that this session was opened with (GET /session says it), came " +
                       std::string(request.csrf.empty() ? "none" : "another"));
  }
  return live->caller;
}

std::expected<void, Response> Admission::from_our_page(const Request& request) const {
  if (!request.fetch_site.empty() && request.fetch_site != "same-origin") {
    return refused(ProblemKind::forbidden, request, "Sec-Fetch-Site",
                   "expected a write from this bank's own page, came one of another site");
  }
  if (request.origin.empty()) {
    if (!request.fetch_site.empty()) return {};
    return refused(ProblemKind::forbidden, request, "Origin",
                   "expected the header Origin or Sec-Fetch-Site with a browser's write, came neither");
  }
  const std::string_view authority = authority_of_origin(request.origin);
  if (!authority.empty() && to_lower_ascii(authority) == to_lower_ascii(request.host)) return {};
  return refused(ProblemKind::forbidden, request, "Origin",
                 "expected a write from this bank's own page, came one of another origin");
}

Response Admission::no_session(const Request& request) const {
  if (needs_.sessions == nullptr || !needs_.sessions->any_users()) {
    return problem(ProblemKind::no_users, request.id,
                   {{"", "nobody can sign in yet; make the first user: puhui user add --name NAME --roles admin"}});
  }
  if (cookie_value(request.cookie, kSessionCookie)) {
    return problem(ProblemKind::session_expired, request.id, {{"", "this session has ended; sign in again"}});
  }
  return problem(ProblemKind::unauthenticated, request.id, {{"", "nobody is signed in here; sign in"}});
}

}  // namespace puhui::http
