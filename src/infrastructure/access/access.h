// Access: who may come in through a browser, and what they may do there. Users, their sessions and their signing keys;
// every sign-in, refusal and change is an act in the evidence. API keys are the HTTP door's own (doors/http/key_ring.h).
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "ground/base/log.h"
#include "ground/base/verb.h"
#include "infrastructure/access/attempts.h"
#include "infrastructure/access/password.h"
#include "infrastructure/access/user.h"
#include "infrastructure/evidence/evidence_log.h"
#include "infrastructure/evidence/people.h"

namespace puhui::access {

struct AccessLimits {
  int64_t idle_us_max = 30 * 60'000'000ll;         // without a request
  int64_t session_us_max = 12 * 3'600'000'000ll;   // from signing in
  int64_t one_time_us_max = 72 * 3'600'000'000ll;  // a password that was handed out
  int64_t seen_stored_us = 60'000'000;             // how often the time of the last request is written down
  size_t sessions_a_user_max = 20;                 // the oldest ends
  AttemptLimits attempts;
};

struct AccessNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  const Clock& clock;
  Log& log;
  PasswordCost cost = {};
  AccessLimits limits = {};
};

// What a browser holds after signing in; only digests of both are kept.
struct Ticket {
  std::string token;  // 64 hex digits
  std::string csrf;   // made of the token, so it needs no place in the store
};

inline constexpr int64_t kRefusalQuietUs = 3600 * 1'000'000ll;
inline constexpr size_t kRefusalsRememberedMax = 10'000;

enum class Activity { counts, background };  // background: does not keep the session alive

struct Live {
  std::shared_ptr<const Caller> caller;
  std::string csrf;
  Timestamp expires_at;
};

class Access {
 public:
  static Result<std::unique_ptr<Access>> open(AccessNeeds needs);

  // ---- sessions
  struct SignIn {
    std::string_view name, password, peer;
  };
  // forbidden: name or password is wrong, or the user may not; which one only the evidence says. exhausted: wait.
  // Blocks for as long as a password takes to hash.
  Result<Ticket> sign_in(const SignIn& sign_in);
  // nullopt: no such session, or it has ended. Does not block.
  std::optional<Live> find(std::string_view token, Activity activity);
  Result<void> sign_out(std::string_view token);
  // Writes down that this session asked for what its roles may not: once for each permission in kRefusalQuietUs, so
  // that a page that keeps asking does not fill the evidence. Never blocks.
  void note_refusal(const Caller& caller, std::string_view permission);
  std::vector<Session> sessions() const;  // those alive, by name and time
  Result<Session> revoke(const Id128& session, const Caller& by);
  Timestamp expires_at(const Session& session) const;

  // ---- users; `by` is who asks
  bool any_users() const { return users_there_.load(std::memory_order_acquire) > 0; }
  std::vector<User> users() const;  // by name
  Result<User> user(std::string_view name) const;
  struct Handed {
    User user;
    std::string one_time_password;  // shown this once
    int64_t sessions_ended = 0;
  };
  struct NewUser {
    std::string name, display_name;
    std::vector<std::string> roles;
  };
  // The first user must be an admin.
  Result<Handed> add_user(const NewUser& user, const Caller& by);
  struct Change {
    std::string name;
    std::optional<std::string> display_name;
    std::optional<std::vector<std::string>> roles;
    std::optional<bool> disabled;
  };
  // forbidden: one's own roles, or the last admin's end. Disabling ends the user's sessions.
  Result<User> change_user(const Change& change, const Caller& by);
  struct NewPassword {
    std::string_view old_password, new_password;
  };
  // The caller's own. Ends the caller's other sessions; answers how many.
  Result<int64_t> change_password(const NewPassword& passwords, const Caller& by);
  Result<Handed> reset_password(std::string_view name, const Caller& by);

  // ---- signing keys (signing_key.cc)
  struct Enrolment {
    std::string public_key, wrapped_key, proof;
  };
  // Only for the caller's own session. conflict: the name is known by another key.
  Result<evidence::Person> enrol(const Enrolment& enrolment, const Caller& by);
  struct KnownKey {
    std::optional<evidence::Person> person;
    std::optional<std::string> wrapped_key;
  };
  Result<KnownKey> key_of(std::string_view name) const;
  bool has_key(std::string_view name) const;

 private:
  struct Open {
    Session session;
    std::atomic<int64_t> seen_at{0}, stored_at{0};
    std::shared_ptr<const Caller> caller;  // changes with the user, under mutex_
  };
  using Opens = std::vector<std::shared_ptr<Open>>;
  // What one change writes together; memory follows once it is durable.
  struct Step {
    std::optional<User> user;  // as it is from now on
    Opens ended;
    std::shared_ptr<Open> opened;
    std::string by, words;  // the act
  };

  explicit Access(AccessNeeds needs)
      : needs_(std::move(needs)), hasher_(needs_.cost), attempts_(needs_.limits.attempts) {}
  Result<void> load();
  Result<void> take(const Step& step);  // needs changing_
  Result<void> write(Transaction& tx, const Step& step) const;
  void act(std::string_view by, std::string words) const;
  void remember(const Step& step);
  bool alive(const Open& open, Timestamp now) const;
  Session seen(const Open& open) const;
  std::shared_ptr<const Caller> caller_of(const User& user, const Session& session) const;
  // Those `which` is true of.
  template <class Which>
  Opens opens(Which which) const {
    const std::shared_lock lock(mutex_);
    Opens out;
    for (const auto& [digest, open] : sessions_) {
      if (which(*open)) out.push_back(open);
    }
    return out;
  }
  Opens crowded_out_by(const User& user) const;
  Result<void> refuse(const SignIn& sign_in, const std::optional<User>& known, std::string_view why);
  Result<Ticket> open_session(const SignIn& sign_in, const std::string& verified_hash);
  Result<void> check_last_admin(const User& was, const User& becomes) const;
  Result<Handed> hand_out(User user, std::string by, std::string words);

  AccessNeeds needs_;
  PasswordHasher hasher_;
  Attempts attempts_;
  std::mutex changing_;  // one change at a time, so that memory follows the store in its order
  mutable std::shared_mutex mutex_;
  std::map<std::string, User, std::less<>> users_;
  std::set<std::string, std::less<>> with_key_;  // names whose wrapped key is kept
  std::map<Digest, std::shared_ptr<Open>> sessions_;
  std::atomic<size_t> users_there_{0};
  std::mutex refusing_;
  std::map<std::pair<std::string, std::string>, int64_t> refusals_;  // session and permission → when written down
};

std::string wait_words(int64_t wait_us);  // "the next try may come in 8 s"
// The text a browser signs to prove that it holds the key: "puhui person enrol NAME PUBLIC_KEY".
std::string enrolment_text(std::string_view name, std::string_view public_key);

}  // namespace puhui::access
