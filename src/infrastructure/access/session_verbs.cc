// session list, session revoke; role list; person enrol, person key.
#include "infrastructure/access/access_verbs.h"
#include "infrastructure/access/role.h"

namespace puhui::access {

namespace {

constexpr int64_t kPageDefault = 50, kPageMax = 1000, kWrappedKeyBytesMax = 4096;

// ---- session list, session revoke

struct ListRequest {
  int64_t limit = kPageDefault;
  std::optional<std::string> after, name;
  bool everyone = false;
};
void fields(Shape& shape, ListRequest& request) {
  shape.field("limit", request.limit, {.help = "sessions at most", .min = 1, .max = kPageMax, .optional = true});
  shape.field("after", request.after, {.help = "the 'next' of the page before", .max = 64});
  shape.field("name", request.name, {.help = "whose; one's own when absent", .max = 64});
  shape.field("everyone", request.everyone, {.help = "of all users; needs session.everyone", .optional = true});
}

struct SessionView {
  Id128 session;
  std::string name, peer;
  Timestamp made_at, seen_at, expires_at;
  bool current = false;
};
void fields(Shape& shape, SessionView& view) {
  shape.field("session", view.session, {.help = "its id, for 'session revoke'"});
  shape.field("name", view.name, {.help = "who is signed in"});
  shape.field("peer", view.peer, {.help = "the address it was opened from", .personal = true});
  shape.field("made_at", view.made_at);
  shape.field("seen_at", view.seen_at, {.help = "its last request"});
  shape.field("expires_at", view.expires_at, {.help = "when it ends if nothing more is asked"});
  shape.field("current", view.current, {.help = "this is the session that asks"});
}

struct ListAnswer {
  std::vector<SessionView> sessions;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ListAnswer& answer) {
  shape.field("sessions", answer.sessions, {.help = "by user and time"});
  shape.field("next", answer.next, {.help = "where the next page begins; absent: this is the last"});
  shape.field("at", answer.at);
}

SessionView view_of(const Access& access, const Session& session, const Caller& by) {
  return {session.id(),
          session.name,
          session.peer,
          session.made_at,
          session.seen_at,
          access.expires_at(session),
          session.id().text() == by.session};
}

Result<ListAnswer> list(const AccessVerbNeeds& needs, const Caller& by, const ListRequest& request) {
  const std::string name = request.name.value_or(by.name);
  if ((request.everyone || name != by.name) && !by.may(kSeesAllSessions)) {
    return fail(ErrorCode::forbidden, request.everyone ? "everyone" : "name",
                "expected your own name; the sessions of others need the permission session.everyone");
  }
  ListAnswer answer{{}, {}, needs.clock.now()};
  bool reached = !request.after;
  for (const Session& session : needs.access.sessions()) {
    if (!request.everyone && session.name != name) continue;
    if (!reached) {
      reached = session.id().text() == *request.after;
      continue;
    }
    if (static_cast<int64_t>(answer.sessions.size()) == request.limit) {
      answer.next = answer.sessions.back().session.text();
      break;
    }
    answer.sessions.push_back(view_of(needs.access, session, by));
  }
  if (!reached) return fail(ErrorCode::not_found, "after", "that session has ended; begin with the first page");
  return answer;
}

struct RevokeRequest {
  Id128 session;
};
void fields(Shape& shape, RevokeRequest& request) {
  shape.field("session", request.session, {.help = "its id, as 'session list' says"});
}

struct RevokeAnswer {
  Id128 session;
  std::string name;
};
void fields(Shape& shape, RevokeAnswer& answer) {
  shape.field("session", answer.session);
  shape.field("name", answer.name, {.help = "who was signed in with it"});
}

// ---- role list

struct Nothing {};
void fields(Shape&, Nothing&) {}

struct RoleView {
  std::string role, en, zh;
  Duty duty = Duty::makes;
  bool may_approve = false;
  std::vector<std::string> permissions;
};
void fields(Shape& shape, RoleView& view) {
  shape.field("role", view.role);
  shape.field("en", view.en, {.help = "its name in English"});
  shape.field("zh", view.zh, {.help = "its name in Chinese"});
  shape.field("duty", view.duty, {.help = "roles of different duties are never one user's, but for 'serves'"});
  shape.field("may_approve", view.may_approve, {.help = "may sign permits"});
  shape.field("permissions", view.permissions, {.help = "noun.verb, or noun.* for all of a noun"});
}

struct RoleList {
  std::vector<RoleView> roles;
};
void fields(Shape& shape, RoleList& list) { shape.field("roles", list.roles); }

RoleList list_roles() {
  RoleList out;
  for (const Role& role : roles()) {
    out.roles.push_back({std::string(role.name), std::string(role.en), std::string(role.zh), role.duty, role.approves,
                         permissions_of({std::string(role.name)})});
  }
  return out;
}

// ---- person enrol, person key

struct EnrolRequest {
  std::string public_key, wrapped_key, proof;
};
void fields(Shape& shape, EnrolRequest& request) {
  shape.field("public_key", request.public_key, {.help = "Ed25519, 64 hex digits", .min = 64, .max = 64});
  shape.field("wrapped_key", request.wrapped_key,
              {.help = "the secret key as the browser sealed it with a passphrase; kept as it is",
               .min = 1,
               .max = kWrappedKeyBytesMax,
               .personal = true});
  shape.field("proof", request.proof,
              {.help = "signature over 'puhui person enrol NAME PUBLIC_KEY', 128 hex digits", .min = 128, .max = 128});
}

struct EnrolAnswer {
  std::string name, public_key;
  bool may_approve = false;
};
void fields(Shape& shape, EnrolAnswer& answer) {
  shape.field("name", answer.name);
  shape.field("public_key", answer.public_key);
  shape.field("may_approve", answer.may_approve, {.help = "may sign permits"});
}

struct KeyAnswer {
  std::string name, proof_begins;
  std::optional<std::string> public_key, wrapped_key;
  bool may_approve = false;
};
void fields(Shape& shape, KeyAnswer& answer) {
  shape.field("name", answer.name);
  shape.field("public_key", answer.public_key, {.help = "by which the person is known; absent: by none yet"});
  shape.field("wrapped_key", answer.wrapped_key,
              {.help = "as the browser sealed it; absent: the key is in a file of its owner", .personal = true});
  shape.field("may_approve", answer.may_approve, {.help = "may sign permits"});
  shape.field("proof_begins", answer.proof_begins,
              {.help = "what 'person enrol' wants signed, up to the public key's 64 hex digits that follow it"});
}

Result<KeyAnswer> key(const Access& access, const Caller& by) {
  const Access::KnownKey known = TRY(access.key_of(by.name));
  KeyAnswer answer{by.name, enrolment_text(by.name, ""), {}, known.wrapped_key, false};
  if (known.person) {
    answer.public_key = known.person->key.hex();
    answer.may_approve = known.person->may_approve;
  }
  return answer;
}

}  // namespace

std::vector<Verb> session_verbs(const AccessVerbNeeds* needs) {
  const auto head = [](const char* noun, const char* verb, const char* help, Effect effect) {
    return VerbHead{.noun = noun, .verb = verb, .help = help, .effect = effect};
  };
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ListRequest, ListAnswer>(
      head("session", "list", "List who is signed in, from where and until when.", Effect::read),
      [needs](const VerbCall& call, const ListRequest& request) { return list(*needs, call.caller, request); }));
  verbs.push_back(make_verb<RevokeRequest, RevokeAnswer>(
      head("session", "revoke", "End a session, one's own or, with session.everyone, another's.", Effect::write),
      [needs](const VerbCall& call, const RevokeRequest& request) -> Result<RevokeAnswer> {
        const Session ended = TRY(needs->access.revoke(request.session, call.caller));
        return RevokeAnswer{ended.id(), ended.name};
      }));
  VerbHead role_head = head("role", "list", "List the roles and what each may do.", Effect::read);
  role_head.storeless = true;
  verbs.push_back(make_verb<Nothing, RoleList>(
      std::move(role_head), [](const VerbCall&, const Nothing&) -> Result<RoleList> { return list_roles(); }));
  verbs.push_back(make_verb<EnrolRequest, EnrolAnswer>(
      head("person", "enrol", "Make the signed-in person known by a signing key that the browser keeps sealed.",
           Effect::write),
      [needs](const VerbCall& call, const EnrolRequest& request) -> Result<EnrolAnswer> {
        const Access::Enrolment enrolment{request.public_key, request.wrapped_key, request.proof};
        const evidence::Person person = TRY(needs->access.enrol(enrolment, call.caller));
        return EnrolAnswer{person.name, person.key.hex(), person.may_approve};
      }));
  verbs.push_back(make_verb<Nothing, KeyAnswer>(
      head("person", "key", "Give the signed-in person's own signing key, sealed as the browser left it.",
           Effect::read),
      [needs](const VerbCall& call, const Nothing&) { return key(needs->access, call.caller); }));
  return verbs;
}

}  // namespace puhui::access
