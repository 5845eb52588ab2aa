// Id<Tag>: a 128-bit, time-ordered identifier that is a type of its own, so a LoanId is no BorrowerId.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ground/base/clock.h"
#include "ground/base/random.h"

namespace puhui {

// 128 bits, ordered as the 16 big-endian bytes are.
struct Id128 {
  uint64_t high = 0;
  uint64_t low = 0;
  auto operator<=>(const Id128&) const = default;
  bool is_zero() const { return high == 0 && low == 0; }
  // 32 lower-case hex digits in the groups of a UUID: 8-4-4-4-12.
  std::string text() const;
  // The 16 big-endian bytes, as stores keep them: byte order is time order.
  std::string bytes() const;
  static std::optional<Id128> parse(std::string_view text);  // with or without the hyphens
  static std::optional<Id128> from_bytes(std::string_view bytes);
};

template <class Tag>
struct Id : Id128 {
  Id() = default;
  explicit Id(Id128 value) : Id128(value) {}
  auto operator<=>(const Id&) const = default;
};

// Makes ids whose first 48 bits are the clock's milliseconds, the rest random (UUID version 7, RFC 9562).
// One thread's; ids from one source strictly increase even when the clock steps back.
class IdSource {
 public:
  IdSource(const Clock& clock, Random random) : clock_(clock), random_(random) {}
  Id128 next();
  template <class T>
  T make() {
    return T(next());
  }

 private:
  const Clock& clock_;
  Random random_;
  uint64_t drawn_ = 0;
  Id128 last_;
};

// The time a time-ordered id was made at, to the millisecond.
Timestamp made_at(const Id128& id);

// Spreads ids over hash tables; ids are not trusted to be random.
struct IdHash {
  size_t operator()(const Id128& id) const {
    uint64_t x = id.high ^ (id.low * 0x9E3779B97F4A7C15ull);
    x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93ull;  // the high half first: there the time stands
    return static_cast<size_t>(x ^ (x >> 32));
  }
};

}  // namespace puhui
