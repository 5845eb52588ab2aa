#include "infrastructure/access/access.h"

#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/access/role.h"

namespace puhui::access {

Result<std::unique_ptr<Access>> Access::open(AccessNeeds needs) {
  std::unique_ptr<Access> access(new Access(std::move(needs)));
  TRY(access->load());
  return access;
}

Result<void> Access::load() {
  std::vector<Session> sessions;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    for (User& user : TRY(read_users(reader))) users_.emplace(user.name, std::move(user));
    sessions = TRY(read_sessions(reader));
    return reader.each("SELECT name FROM access_key", {}, [&](const Row& row) -> Result<void> {
      with_key_.emplace(row.text(0));
      return {};
    });
  }));
  for (Session& session : sessions) {
    const auto user = users_.find(session.name);
    if (user == users_.end()) return fail(ErrorCode::corrupt, "access_session", "names a user that there is not");
    auto open = std::make_shared<Open>();
    open->seen_at = open->stored_at = session.seen_at.microseconds;
    open->caller = caller_of(user->second, session);
    open->session = std::move(session);
    sessions_.emplace(open->session.digest, std::move(open));
  }
  users_there_ = users_.size();
  return {};
}

// ---- one change: store first, then memory

Result<void> Access::take(const Step& step) {
  TRY(needs_.store.write([&](Transaction& tx) { return write(tx, step); }));
  remember(step);
  return {};
}

Result<void> Access::write(Transaction& tx, const Step& step) const {
  if (step.user) {
    TRY(users_.contains(step.user->name) ? update_user(tx, *step.user) : insert_user(tx, *step.user));
    if (may_approve(step.user->roles) && with_key_.contains(step.user->name)) {
      TRY(evidence::let_approve(tx, step.user->name));
    }
  }
  for (const auto& open : step.ended) TRY(delete_session(tx, open->session));
  if (step.opened) TRY(insert_session(tx, step.opened->session));
  act(step.by, step.words);
  return {};
}

void Access::act(std::string_view by, std::string words) const {
  evidence::Circumstances circumstances;
  circumstances.at = needs_.clock.now();
  circumstances.caller = by;
  circumstances.human = evidence::HumanRole::in_the_loop;
  needs_.evidence.append_act(evidence::RecordKind::access, std::move(words), circumstances);
}

void Access::note_refusal(const Caller& caller, std::string_view permission) {
  const int64_t now_us = needs_.clock.now().microseconds;
  {
    const std::lock_guard lock(refusing_);
    const auto is_over = [now_us](const auto& noted) { return now_us - noted.second >= kRefusalQuietUs; };
    if (refusals_.size() >= kRefusalsRememberedMax && std::erase_if(refusals_, is_over) == 0) return;
    const auto [noted, first] = refusals_.emplace(std::pair{caller.session, std::string(permission)}, now_us);
    if (!first && !is_over(*noted)) return;
    noted->second = now_us;
  }
  needs_.store.write_later(
      [this, name = caller.name, what = std::string(permission)](Transaction&) -> Result<void> {
        act(name, name + " asked for " + what + ", which the roles held do not allow: refused");
        return {};
      },
      [this, name = caller.name](Result<void> written) {
        if (!written) needs_.log.warning("refusal_not_written", {{"user", name}, {"why", written.error().text()}});
      });
}

void Access::remember(const Step& step) {
  const std::unique_lock lock(mutex_);
  for (const auto& open : step.ended) sessions_.erase(open->session.digest);
  if (step.opened) sessions_.emplace(step.opened->session.digest, step.opened);
  if (!step.user) return;
  users_.insert_or_assign(step.user->name, *step.user);
  for (const auto& [digest, open] : sessions_) {
    if (open->session.name == step.user->name) open->caller = caller_of(*step.user, open->session);
  }
  users_there_.store(users_.size(), std::memory_order_release);
}

std::shared_ptr<const Caller> Access::caller_of(const User& user, const Session& session) const {
  Caller caller{user.name, permissions_of(user.roles), session.id().text()};
  if (user.must_change_password()) caller.permissions = {"user.password"};
  return std::make_shared<const Caller>(std::move(caller));
}

// ---- users

std::vector<User> Access::users() const {
  const std::shared_lock lock(mutex_);
  std::vector<User> out;
  for (const auto& [name, user] : users_) out.push_back(user);
  return out;
}

Result<User> Access::user(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = users_.find(name);
  if (found == users_.end()) {
    return fail(ErrorCode::not_found, "name", "there is no user '" + std::string(name) + "'; 'user list' names them");
  }
  return found->second;
}

bool Access::has_key(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  return with_key_.contains(name);
}

Result<Access::Handed> Access::hand_out(User user, std::string by, std::string words) {
  Handed handed;
  handed.one_time_password = one_time_password();
  user.password_hash = TRY(hasher_.hash(handed.one_time_password));
  user.one_time_until = {needs_.clock.now().microseconds + needs_.limits.one_time_us_max};
  Step step{user, opens([&](const Open& open) { return open.session.name == user.name; }), nullptr, std::move(by),
            std::move(words)};
  TRY(take(step));
  handed.sessions_ended = static_cast<int64_t>(step.ended.size());
  handed.user = std::move(user);
  return handed;
}

Result<Access::Handed> Access::add_user(const NewUser& wanted, const Caller& by) {
  const std::lock_guard changing(changing_);
  User user;
  user.name = wanted.name;
  user.display_name = wanted.display_name;
  user.roles = wanted.roles;
  user.made_at = needs_.clock.now();
  Faults faults;
  if (auto names = check_names(user); !names) faults.add("", std::move(names).error());
  if (auto held = check_roles(user.roles); !held) faults.add("", std::move(held).error());
  if (users_.empty() && std::ranges::find(user.roles, "admin") == user.roles.end()) {
    faults.add("roles", "expected the role admin, because the first user lets in all others");
  }
  TRY(std::move(faults).result());
  if (users_.size() >= kUsersMax) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(kUsersMax) + " users");
  }
  for (const auto& [name, known] : users_) {
    if (to_lower_ascii(name) == to_lower_ascii(user.name)) {
      return fail(ErrorCode::conflict, "name", "'" + name + "' is a user already; choose another name");
    }
  }
  std::string words = "user " + user.name + " added with the roles " + join(user.roles, ", ");
  return hand_out(std::move(user), by.name, std::move(words));
}

Result<void> Access::check_last_admin(const User& was, const User& becomes) const {
  const auto rules = [](const User& user) {
    return !user.disabled && std::ranges::find(user.roles, "admin") != user.roles.end();
  };
  if (!rules(was) || rules(becomes)) return {};
  const bool another =
      std::ranges::any_of(users_, [&](const auto& entry) { return entry.first != was.name && rules(entry.second); });
  if (another) return {};
  return fail(ErrorCode::forbidden, "name", "'" + was.name + "' is the last admin; make another one first");
}

Result<User> Access::change_user(const Change& change, const Caller& by) {
  const std::lock_guard changing(changing_);
  const User was = TRY(user(change.name));
  User becomes = was;
  if (change.display_name) becomes.display_name = *change.display_name;
  if (change.roles) becomes.roles = *change.roles;
  if (change.disabled) becomes.disabled = *change.disabled;
  Faults faults;
  if (auto names = check_names(becomes); !names) faults.add("", std::move(names).error());
  if (auto held = check_roles(becomes.roles); !held) faults.add("", std::move(held).error());
  TRY(std::move(faults).result());
  if (!by.session.empty() && by.name == was.name && (becomes.roles != was.roles || becomes.disabled != was.disabled)) {
    return fail(ErrorCode::forbidden, "name", "nobody changes the own roles or shuts the own door; ask another admin");
  }
  TRY(check_last_admin(was, becomes));
  std::string words = "user " + was.name + " changed:";
  if (becomes.display_name != was.display_name) words += " display name;";
  if (becomes.roles != was.roles) words += " roles " + join(was.roles, ", ") + " to " + join(becomes.roles, ", ") + ";";
  if (becomes.disabled != was.disabled) words += becomes.disabled ? " disabled;" : " let in again;";
  if (words.ends_with(':')) return was;  // nothing differs
  words.pop_back();
  Step step{becomes, {}, nullptr, by.name, std::move(words)};
  if (becomes.disabled) step.ended = opens([&](const Open& open) { return open.session.name == was.name; });
  TRY(take(step));
  return becomes;
}

Result<int64_t> Access::change_password(const NewPassword& passwords, const Caller& by) {
  if (by.session.empty()) {
    return fail(ErrorCode::forbidden, "only a person who signed in has a password; a key or the command line has none");
  }
  User user = TRY(this->user(by.name));
  TRY(check_password(passwords.new_password, user.name));
  if (passwords.new_password == passwords.old_password) {
    return fail(ErrorCode::invalid, "new_password", "expected another password than the old one");
  }
  if (const int64_t wait_us = attempts_.begin(user.name, by.session, needs_.clock.now()); wait_us > 0) {
    return fail(ErrorCode::exhausted, "too many wrong passwords; " + wait_words(wait_us));
  }
  if (!TRY(hasher_.verify(passwords.old_password, user.password_hash))) {
    return fail(ErrorCode::forbidden, "old_password", "is not the password of '" + user.name + "'");
  }
  attempts_.succeeded(user.name, by.session);
  const std::string verified = user.password_hash, hash = TRY(hasher_.hash(passwords.new_password));
  const std::lock_guard changing(changing_);
  user = TRY(this->user(by.name));
  if (user.password_hash != verified || user.disabled) {
    return fail(ErrorCode::conflict, "the password was changed meanwhile; sign in again");
  }
  user.password_hash = hash;
  user.one_time_until = {};
  Step step{user, {}, nullptr, by.name, "user " + user.name + " changed the own password"};
  step.ended =
      opens([&](const Open& open) { return open.session.name == user.name && open.session.id().text() != by.session; });
  TRY(take(step));
  return static_cast<int64_t>(step.ended.size());
}

Result<Access::Handed> Access::reset_password(std::string_view name, const Caller& by) {
  const std::lock_guard changing(changing_);
  User user = TRY(this->user(name));
  std::string words = "password of user " + user.name + " reset";
  return hand_out(std::move(user), by.name, std::move(words));
}

}  // namespace puhui::access
