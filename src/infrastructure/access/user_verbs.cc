// user add, list, change, password, reset.
#include <algorithm>

#include "infrastructure/access/access_verbs.h"
#include "infrastructure/access/role.h"

namespace puhui::access {

namespace {

constexpr Note kName{.help = "who signs in: letters, digits, '-', '_', '.'",
                     .min = 1,
                     .max = static_cast<int64_t>(kUserNameBytesMax),
                     .example = "wang-fang"};
constexpr int64_t kRolesMax = 8, kPageDefault = 50, kPageMax = 1000, kPasswordFieldBytesMax = 256;

struct AddRequest {
  std::string name;
  std::optional<std::string> display_name;
  std::vector<std::string> roles;
};
void fields(Shape& shape, AddRequest& request) {
  shape.field("name", request.name, kName);
  shape.field("display_name", request.display_name,
              {.help = "as a person writes it; the name when absent", .max = 100});
  shape.field("roles", request.roles,
              {.help = "what the user may do; 'role list' explains them", .min = 1, .max = kRolesMax});
}

struct HandedView {
  std::string name, one_time_password;
  Timestamp change_until;
  int64_t sessions_ended = 0;
};
void fields(Shape& shape, HandedView& view) {
  shape.field("name", view.name);
  shape.field("one_time_password", view.one_time_password,
              {.help = "shown this once; must be changed at the first sign-in", .personal = true});
  shape.field("change_until", view.change_until, {.help = "until when it can be changed"});
  shape.field("sessions_ended", view.sessions_ended, {.help = "sessions of the user that ended by it"});
}

std::string tell(const HandedView& view) {
  return "User " + view.name + " signs in with the one-time password\n\n  " + view.one_time_password +
         "\n\nIt is shown this once and must be changed at the first sign-in, by " + text_of(view.change_until) + ".\n";
}

HandedView view_of(const Access::Handed& handed) {
  return {handed.user.name, handed.one_time_password, handed.user.one_time_until, handed.sessions_ended};
}

struct UserView {
  std::string name, display_name;
  std::vector<std::string> roles;
  bool disabled = false, must_change_password = false, has_key = false, may_approve = false;
  Timestamp made_at;
  std::optional<Timestamp> signed_in_at;
};
void fields(Shape& shape, UserView& view) {
  shape.field("name", view.name);
  shape.field("display_name", view.display_name, {.help = "as a person writes it"});
  shape.field("roles", view.roles, {.help = "what the user may do"});
  shape.field("disabled", view.disabled, {.help = "may not sign in"});
  shape.field("must_change_password", view.must_change_password, {.help = "has a one-time password still"});
  shape.field("has_key", view.has_key, {.help = "has enrolled a signing key through the console"});
  shape.field("may_approve", view.may_approve, {.help = "the roles allow to sign permits"});
  shape.field("made_at", view.made_at);
  shape.field("signed_in_at", view.signed_in_at, {.help = "the last time; absent: never"});
}

UserView view_of(const Access& access, const User& user) {
  UserView view{user.name,
                user.display_name,
                user.roles,
                user.disabled,
                user.must_change_password(),
                access.has_key(user.name),
                may_approve(user.roles),
                user.made_at,
                {}};
  if (user.signed_in_at.microseconds != 0) view.signed_in_at = user.signed_in_at;
  return view;
}

struct ListRequest {
  int64_t limit = kPageDefault;
  std::optional<std::string> after, role;
  std::optional<bool> disabled;
};
void fields(Shape& shape, ListRequest& request) {
  shape.field("limit", request.limit, {.help = "users at most", .min = 1, .max = kPageMax, .optional = true});
  shape.field("after", request.after, {.help = "the 'next' of the page before", .max = 64});
  shape.field("role", request.role, {.help = "only those who hold it", .max = 64});
  shape.field("disabled", request.disabled, {.help = "only those who may not, or may, sign in"});
}

struct ListAnswer {
  std::vector<UserView> users;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ListAnswer& answer) {
  shape.field("users", answer.users, {.help = "by name"});
  shape.field("next", answer.next, {.help = "where the next page begins; absent: this is the last"});
  shape.field("at", answer.at);
}

Result<ListAnswer> list(const AccessVerbNeeds& needs, const ListRequest& request) {
  if (request.role && !find_role(*request.role)) {
    return fail(ErrorCode::invalid, "role", "there is no role '" + *request.role + "'; 'role list' names them");
  }
  ListAnswer answer{{}, {}, needs.clock.now()};
  for (const User& user : needs.access.users()) {
    if (request.after && user.name <= *request.after) continue;
    if (request.disabled && *request.disabled != user.disabled) continue;
    if (request.role && std::ranges::find(user.roles, *request.role) == user.roles.end()) continue;
    if (static_cast<int64_t>(answer.users.size()) == request.limit) {
      answer.next = answer.users.back().name;
      break;
    }
    answer.users.push_back(view_of(needs.access, user));
  }
  return answer;
}

struct ChangeRequest {
  std::string name;
  std::optional<std::string> display_name;
  std::optional<std::vector<std::string>> roles;
  std::optional<bool> disabled;
};
void fields(Shape& shape, ChangeRequest& request) {
  shape.field("name", request.name, kName);
  shape.field("display_name", request.display_name, {.help = "as a person writes it; absent: as it is", .max = 100});
  shape.field("roles", request.roles,
              {.help = "all roles from now on; absent: as they are", .min = 1, .max = kRolesMax});
  shape.field("disabled", request.disabled, {.help = "true: may not sign in, and every session ends"});
}

struct PasswordRequest {
  std::string old_password, new_password;
};
void fields(Shape& shape, PasswordRequest& request) {
  shape.field("old_password", request.old_password,
              {.help = "the one in force", .max = kPasswordFieldBytesMax, .personal = true});
  shape.field("new_password", request.new_password,
              {.help = "at least 12 bytes", .max = kPasswordFieldBytesMax, .personal = true});
}

struct PasswordAnswer {
  std::string name;
  int64_t sessions_ended = 0;
};
void fields(Shape& shape, PasswordAnswer& answer) {
  shape.field("name", answer.name, {.help = "whose password it is"});
  shape.field("sessions_ended", answer.sessions_ended, {.help = "other sessions of the user that ended by it"});
}

struct ResetRequest {
  std::string name;
};
void fields(Shape& shape, ResetRequest& request) { shape.field("name", request.name, kName); }

}  // namespace

std::vector<Verb> user_verbs(const AccessVerbNeeds* needs) {
  const auto head = [](const char* verb, const char* help, Effect effect) {
    return VerbHead{.noun = "user", .verb = verb, .help = help, .effect = effect};
  };
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<AddRequest, HandedView>(
      head("add", "Add a user and hand out a one-time password; the first user must be an admin.", Effect::write),
      [needs](const VerbCall& call, const AddRequest& request) -> Result<HandedView> {
        const Access::NewUser user{request.name, request.display_name.value_or(request.name), request.roles};
        return view_of(TRY(needs->access.add_user(user, call.caller)));
      },
      tell));
  verbs.push_back(make_verb<ListRequest, ListAnswer>(
      head("list", "List the users, what they may do and when they last signed in.", Effect::read),
      [needs](const VerbCall&, const ListRequest& request) { return list(*needs, request); }));
  verbs.push_back(make_verb<ChangeRequest, UserView>(
      head("change", "Change a user's roles, or shut the user out and let back in; never one's own.", Effect::write),
      [needs](const VerbCall& call, const ChangeRequest& request) -> Result<UserView> {
        const Access::Change change{request.name, request.display_name, request.roles, request.disabled};
        return view_of(needs->access, TRY(needs->access.change_user(change, call.caller)));
      }));
  verbs.push_back(make_verb<PasswordRequest, PasswordAnswer>(
      head("password", "Change the password of the user who asks; other sessions of that user end.", Effect::write),
      [needs](const VerbCall& call, const PasswordRequest& request) -> Result<PasswordAnswer> {
        const Access::NewPassword passwords{request.old_password, request.new_password};
        return PasswordAnswer{call.caller.name, TRY(needs->access.change_password(passwords, call.caller))};
      }));
  verbs.push_back(make_verb<ResetRequest, HandedView>(
      head("reset", "Hand out a new one-time password for a user, whose sessions end.", Effect::write),
      [needs](const VerbCall& call, const ResetRequest& request) -> Result<HandedView> {
        return view_of(TRY(needs->access.reset_password(request.name, call.caller)));
      },
      tell));
  return verbs;
}

}  // namespace puhui::access
