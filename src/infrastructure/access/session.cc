// Sessions: signing in and out, and which of them are alive.
#include <sodium.h>

#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/access/access.h"

namespace puhui::access {

namespace {

constexpr size_t kTokenBytes = 32;

std::string csrf_of(std::string_view token) { return sha256("puhui csrf ", token).hex(); }

Ticket new_ticket() {
  std::array<char, kTokenBytes> random;
  randombytes_buf(random.data(), random.size());
  std::string token = to_hex({random.data(), random.size()});
  sodium_memzero(random.data(), random.size());
  std::string csrf = csrf_of(token);
  return {std::move(token), std::move(csrf)};
}

}  // namespace

std::string wait_words(int64_t wait_us) {
  return "the next try may come in " + std::to_string((wait_us + 999'999) / 1'000'000) + " s";
}

// ---- signing in

Result<Ticket> Access::sign_in(const SignIn& sign_in) {
  if (sign_in.password.size() > kPasswordBytesMax) {
    return fail(ErrorCode::invalid, "password", "expected at most " + std::to_string(kPasswordBytesMax) + " bytes");
  }
  if (const int64_t wait_us = attempts_.begin(sign_in.name, sign_in.peer, needs_.clock.now()); wait_us > 0) {
    needs_.log.warning("sign_in_too_soon", {{"peer", sign_in.peer}, {"wait_us", wait_us}});
    return fail(ErrorCode::exhausted, "too many failed sign-ins; " + wait_words(wait_us));
  }
  std::optional<User> known;
  if (auto found = user(sign_in.name)) known = *std::move(found);
  const bool same = TRY(hasher_.verify(sign_in.password, known ? known->password_hash : ""));
  std::string_view why;
  if (!known) {
    why = "unknown name";
  } else if (!same) {
    why = "wrong password";
  } else if (known->disabled) {
    why = "disabled";
  } else if (known->must_change_password() && needs_.clock.now() >= known->one_time_until) {
    why = "the one-time password is too old";
  }
  if (!why.empty()) {
    TRY(refuse(sign_in, known, why));
    return fail(ErrorCode::forbidden, "name or password is wrong");
  }
  auto ticket = TRY(open_session(sign_in, known->password_hash));
  attempts_.succeeded(sign_in.name, sign_in.peer);
  return ticket;
}

// A name that nobody has is not written down: it may be a password typed into the wrong field.
Result<void> Access::refuse(const SignIn& sign_in, const std::optional<User>& known, std::string_view why) {
  const std::string name = known ? known->name : "unknown";
  std::string words = "sign-in of " + name + " from " + std::string(sign_in.peer) + " refused: " + std::string(why);
  if (const int64_t wait_us = attempts_.wait_us(sign_in.name, needs_.clock.now()); wait_us > 0) {
    words += "; locked, " + wait_words(wait_us);
  }
  return needs_.store.write([&](Transaction&) -> Result<void> {
    act(name, words);
    return {};
  });
}

Result<Ticket> Access::open_session(const SignIn& sign_in, const std::string& verified_hash) {
  const std::lock_guard changing(changing_);
  User user = TRY(this->user(sign_in.name));
  if (user.disabled || user.password_hash != verified_hash) {
    return fail(ErrorCode::forbidden, "name or password is wrong");  // changed while the password was checked
  }
  Ticket ticket = new_ticket();
  const Timestamp now = needs_.clock.now();
  user.signed_in_at = now;
  auto open = std::make_shared<Open>();
  open->session = {sha256(ticket.token), user.name, std::string(sign_in.peer), now, now};
  open->seen_at = open->stored_at = now.microseconds;
  open->caller = caller_of(user, open->session);
  TRY(take({user, crowded_out_by(user), open, user.name,
            "user " + user.name + " signed in from " + std::string(sign_in.peer)}));
  return ticket;
}

// Everybody's sessions that are over, and the oldest of this user beyond the limit.
Access::Opens Access::crowded_out_by(const User& user) const {
  const Timestamp now = needs_.clock.now();
  Opens over = opens([&](const Open& open) { return !alive(open, now); });
  Opens own = opens([&](const Open& open) { return alive(open, now) && open.session.name == user.name; });
  std::ranges::sort(own, {}, [](const auto& open) { return open->seen_at.load(); });
  const size_t kept = needs_.limits.sessions_a_user_max - 1;
  for (size_t i = 0; i + kept < own.size(); ++i) over.push_back(own[i]);
  return over;
}

// ---- a session's life

Timestamp Access::expires_at(const Session& session) const {
  return {std::min(session.seen_at.microseconds + needs_.limits.idle_us_max,
                   session.made_at.microseconds + needs_.limits.session_us_max)};
}

Session Access::seen(const Open& open) const {
  Session session = open.session;
  session.seen_at = {open.seen_at.load(std::memory_order_relaxed)};
  return session;
}

bool Access::alive(const Open& open, Timestamp now) const { return now < expires_at(seen(open)); }

std::optional<Live> Access::find(std::string_view token, Activity activity) {
  if (token.size() != 2 * kTokenBytes) return std::nullopt;
  const Timestamp now = needs_.clock.now();
  std::shared_ptr<Open> open;
  Live live;
  {
    const std::shared_lock lock(mutex_);
    const auto found = sessions_.find(sha256(token));
    if (found == sessions_.end() || !alive(*found->second, now)) return std::nullopt;
    open = found->second;
    live.caller = open->caller;
  }
  if (activity == Activity::counts) {
    open->seen_at.store(std::max(open->seen_at.load(), now.microseconds));
    int64_t stored = open->stored_at.load();
    if (now.microseconds - stored >= needs_.limits.seen_stored_us &&
        open->stored_at.compare_exchange_strong(stored, now.microseconds)) {
      // Lost at a crash, the session ends a minute sooner.
      needs_.store.write_later([session = seen(*open)](Transaction& tx) { return touch_session(tx, session); },
                               [](const Result<void>&) {});
    }
  }
  live.csrf = csrf_of(token);
  live.expires_at = expires_at(seen(*open));
  return live;
}

Result<void> Access::sign_out(std::string_view token) {
  const std::lock_guard changing(changing_);
  const Digest digest = sha256(token);
  const Opens ended = opens([&](const Open& open) { return open.session.digest == digest; });
  if (ended.empty()) return {};
  const std::string name = ended[0]->session.name;
  return take({{}, ended, nullptr, name, "user " + name + " signed out"});
}

std::vector<Session> Access::sessions() const {
  const Timestamp now = needs_.clock.now();
  std::vector<Session> out;
  for (const auto& open : opens([&](const Open& o) { return alive(o, now); })) out.push_back(seen(*open));
  std::ranges::sort(out, [](const Session& a, const Session& b) {
    return std::tie(a.name, a.made_at, a.digest) < std::tie(b.name, b.made_at, b.digest);
  });
  return out;
}

Result<Session> Access::revoke(const Id128& session, const Caller& by) {
  const std::lock_guard changing(changing_);
  const Timestamp now = needs_.clock.now();
  const Opens ended = opens([&](const Open& open) { return alive(open, now) && open.session.id() == session; });
  // Another's session is as good as none to whoever may not see it.
  if (ended.empty() || (ended[0]->session.name != by.name && !by.may("session.everyone"))) {
    return fail(ErrorCode::not_found, "session", "is no session that lives; 'session list' names those");
  }
  const Session was = seen(*ended[0]);
  TRY(take({{}, ended, nullptr, by.name, "session of user " + was.name + " from " + was.peer + " revoked"}));
  return was;
}

}  // namespace puhui::access
