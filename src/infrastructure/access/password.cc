#include "infrastructure/access/password.h"

#include <sodium.h>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::access {

namespace {

constexpr int kHashesAtOnceMax = 2;   // each takes a core and its memory
constexpr int kHashesWaitingMax = 8;  // beyond it a flood of sign-ins would take every worker

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  CHECK(started, "libsodium starts");
}

Result<std::string> hash_of(std::string_view password, PasswordCost cost) {
  char text[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(text, password.data(), password.size(), cost.passes, cost.bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(ErrorCode::unavailable, "there is no memory to hash a password with; try again");
  }
  return std::string(text);
}

}  // namespace

Result<void> check_password(std::string_view password, std::string_view name) {
  Faults faults;
  if (password.size() < kPasswordBytesMin || password.size() > kPasswordBytesMax) {
    faults.add("new_password", "expected " + std::to_string(kPasswordBytesMin) + " to " +
                                   std::to_string(kPasswordBytesMax) + " bytes, came " +
                                   std::to_string(password.size()) + "; a sentence of your own serves well");
  }
  if (first_invalid_utf8(password)) faults.add("new_password", "expected UTF-8");
  if (to_lower_ascii(password).find(to_lower_ascii(name)) != std::string::npos &&
      password.size() < name.size() + kPasswordBytesMin) {
    faults.add("new_password", "is little more than the user's own name");
  }
  return std::move(faults).result();
}

std::string one_time_password() {
  start_sodium();
  constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyz23456789";  // no i, l, o, 0, 1
  constexpr int kGroups = 4, kGroupLetters = 5;
  std::string out;
  for (int i = 0; i < kGroups * kGroupLetters; ++i) {
    if (i > 0 && i % kGroupLetters == 0) out += '-';
    out += kLetters[randombytes_uniform(static_cast<uint32_t>(kLetters.size()))];
  }
  return out;
}

class PasswordHasher::Turn {
 public:
  explicit Turn(PasswordHasher& hasher) : hasher_(hasher) {
    std::unique_lock lock(hasher_.mutex_);
    if (hasher_.waiting_ >= kHashesWaitingMax) return;
    ++hasher_.waiting_;
    hasher_.changed_.wait(lock, [this] { return hasher_.running_ < kHashesAtOnceMax; });
    --hasher_.waiting_;
    ++hasher_.running_;
    taken_ = true;
  }
  ~Turn() {
    if (!taken_) return;
    {
      const std::lock_guard lock(hasher_.mutex_);
      --hasher_.running_;
    }
    hasher_.changed_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  Result<void> taken() const {
    if (taken_) return {};
    return fail(ErrorCode::exhausted, "too many passwords are being checked at once; try again in a few seconds");
  }

 private:
  PasswordHasher& hasher_;
  bool taken_ = false;
};

PasswordHasher::PasswordHasher(PasswordCost cost) : cost_(cost) { start_sodium(); }

Result<std::string> PasswordHasher::hash(std::string_view password) {
  const Turn turn(*this);
  TRY(turn.taken());
  return hash_of(password, cost_);
}

Result<bool> PasswordHasher::verify(std::string_view password, const std::string& hash) {
  const Turn turn(*this);
  TRY(turn.taken());
  std::call_once(nobody_made_, [this] {
    if (auto nobody = hash_of(one_time_password(), cost_)) nobody_ = *std::move(nobody);
  });
  if (nobody_.empty()) return fail(ErrorCode::unavailable, "there was no memory to check passwords with; start again");
  const std::string& against = hash.empty() ? nobody_ : hash;
  const bool same = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return same && !hash.empty();
}

}  // namespace puhui::access
