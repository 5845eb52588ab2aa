// BrowserSessions: access as the HTTP door sees it.
#pragma once

#include "doors/http/sessions.h"
#include "infrastructure/access/access.h"

namespace puhui {

class BrowserSessions : public http::Sessions {
 public:
  explicit BrowserSessions(access::Access& access) : access_(access) {}
  Result<std::string> sign_in(const http::SignIn& sign_in, std::string_view peer) override;
  Result<void> sign_out(std::string_view token) override { return access_.sign_out(token); }
  std::optional<http::LiveSession> find(std::string_view token, http::Activity activity) override;
  std::optional<http::SignedIn> who(std::string_view token) override;
  void refused(const Caller& caller, std::string_view permission) override { access_.note_refusal(caller, permission); }
  bool any_users() const override { return access_.any_users(); }

 private:
  access::Access& access_;
};

}  // namespace puhui
