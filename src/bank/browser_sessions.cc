#include "bank/browser_sessions.h"

namespace puhui {

Result<std::string> BrowserSessions::sign_in(const http::SignIn& sign_in, std::string_view peer) {
  auto ticket = access_.sign_in({sign_in.name, sign_in.password, peer});
  if (!ticket) return fail(std::move(ticket).error());
  return std::move(ticket->token);
}

std::optional<http::LiveSession> BrowserSessions::find(std::string_view token, http::Activity activity) {
  auto live =
      access_.find(token, activity == http::Activity::counts ? access::Activity::counts : access::Activity::background);
  if (!live) return std::nullopt;
  return http::LiveSession{std::move(live->caller), std::move(live->csrf)};
}

std::optional<http::SignedIn> BrowserSessions::who(std::string_view token) {
  const auto live = access_.find(token, access::Activity::background);
  if (!live) return std::nullopt;
  const auto user = access_.user(live->caller->name);
  if (!user) return std::nullopt;
  return http::SignedIn{user->name,
                        user->display_name,
                        user->roles,
                        live->caller->permissions,
                        live->csrf,
                        live->expires_at,
                        user->must_change_password(),
                        access_.has_key(user->name)};
}

}  // namespace puhui
