// Passwords: kept as libsodium's argon2id text alone. Hashing is slow on purpose and takes kilobytes by the ten
// thousand, so only a few run at once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "ground/base/result.h"

namespace puhui::access {

inline constexpr size_t kPasswordBytesMin = 12, kPasswordBytesMax = 256;

// RFC 9106's second recommended option: three passes over 64 MiB.
struct PasswordCost {
  uint64_t passes = 3;
  size_t bytes = 64 << 20;
  static PasswordCost for_test() { return {1, 8 << 10}; }
};

// Every fault: too short, too long, the user's own name.
Result<void> check_password(std::string_view password, std::string_view name);
// 100 bits in four groups of five letters and digits that are not taken for one another: "h7kqm-…".
std::string one_time_password();

class PasswordHasher {
 public:
  explicit PasswordHasher(PasswordCost cost);
  // "$argon2id$…" with its own salt. exhausted: too many wait already.
  Result<std::string> hash(std::string_view password);
  // Takes as long for an empty `hash` (an unknown name) as for a wrong password.
  Result<bool> verify(std::string_view password, const std::string& hash);

 private:
  class Turn;
  PasswordCost cost_;
  std::once_flag nobody_made_;
  std::string nobody_;  // the hash of a password that none has; made at the first need, not at every start
  std::mutex mutex_;
  std::condition_variable changed_;
  int running_ = 0, waiting_ = 0;
};

}  // namespace puhui::access
