#include "doors/http/sessions.h"

namespace puhui::http {

void fields(Shape& shape, SignedIn& who) {
  shape.field("name", who.name, {.help = "who is signed in"});
  shape.field("display_name", who.display_name, {.help = "as a person writes it"});
  shape.field("roles", who.roles);
  shape.field("permissions", who.permissions, {.help = "noun.verb, or noun.* for all of a noun"});
  shape.field("csrf", who.csrf, {.help = "to be sent as X-Puhui-Csrf with every write"});
  shape.field("expires_at", who.expires_at, {.help = "when the session ends if nothing more is asked"});
  shape.field("must_change_password", who.must_change_password, {.help = "nothing else is allowed before"});
  shape.field("has_key", who.has_key, {.help = "a signing key of this person is kept, wrapped"});
}

void fields(Shape& shape, SignIn& sign_in) {
  shape.field("name", sign_in.name, {.help = "who signs in", .min = 1, .max = 256});
  shape.field("password", sign_in.password, {.help = "the password", .min = 1, .max = 1024, .personal = true});
}

}  // namespace puhui::http
