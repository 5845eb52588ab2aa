// Sessions: who is signed in with a browser, as the HTTP door sees it. The bank adapts its own rules to it, so the door
// knows no users. Cookies, forged requests and the answers of /session are the door's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/clock.h"
#include "ground/base/shape.h"
#include "ground/base/verb.h"

namespace puhui::http {

// What POST and GET /session answer.
struct SignedIn {
  std::string name, display_name;
  std::vector<std::string> roles, permissions;
  std::string csrf;  // to be sent as X-Puhui-Csrf with every write
  Timestamp expires_at;
  bool must_change_password = false;
  bool has_key = false;  // a signing key of this person is kept, wrapped
};
void fields(Shape& shape, SignedIn& who);

struct SignIn {
  std::string name, password;
};
void fields(Shape& shape, SignIn& sign_in);

struct LiveSession {
  std::shared_ptr<const Caller> caller;
  std::string csrf;
};

enum class Activity { counts, background };  // background: asked by a page on its own; keeps no session alive

class Sessions {
 public:
  virtual ~Sessions() = default;
  // Answers the token for the cookie. forbidden: name or password is wrong (401); exhausted: wait (429). May block.
  virtual Result<std::string> sign_in(const SignIn& sign_in, std::string_view peer) = 0;
  virtual Result<void> sign_out(std::string_view token) = 0;
  // nullopt: there is no such session any more. Never blocks.
  virtual std::optional<LiveSession> find(std::string_view token, Activity activity) = 0;
  virtual std::optional<SignedIn> who(std::string_view token) = 0;
  // Told that who is signed in asked for what the role may not: to be written down. Never blocks.
  virtual void refused(const Caller& caller, std::string_view permission) = 0;
  // Whether anybody can sign in at all; if not, a bank on this machine alone is open to whoever sits there.
  virtual bool any_users() const = 0;
};

}  // namespace puhui::http
