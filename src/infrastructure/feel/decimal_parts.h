// The inside of a Decimal: unpacked parts, 256-bit intermediates and the one place where digits are dropped.
// For decimal*.cc only.
#pragma once

#include <array>
#include <bit>

#include "infrastructure/feel/decimal.h"

namespace puhui::feel {

using uint128 = unsigned __int128;

namespace wide {

constexpr std::array<uint64_t, 20> kPowers64 = [] {
  std::array<uint64_t, 20> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
constexpr std::array<uint128, 39> kPowers = [] {
  std::array<uint128, 39> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
constexpr uint128 kCoefficientEnd = kPowers[Decimal::kDigitsMax];

inline int bits_of(uint128 value) {
  const auto high = static_cast<uint64_t>(value >> 64);
  return static_cast<int>(high != 0 ? 64 + std::bit_width(high) : std::bit_width(static_cast<uint64_t>(value)));
}
// Decimal digits; 0 has none.
inline int digits_of(uint128 value) {
  if (value == 0) return 0;
  const int estimate = bits_of(value) * 1233 >> 12;  // log10(2) is 0.30103, 1233/4096 a hair below
  return estimate + (value >= kPowers[static_cast<size_t>(estimate)] ? 1 : 0);
}

// (high · 2^64 + low) / divisor. Needs high < divisor, so that the quotient fits: then it is one instruction, where the
// compiler, who cannot know, calls a function four times as slow.
inline uint64_t divide_step(uint64_t high, uint64_t low, uint64_t divisor, uint64_t& remainder) {
#if defined(__x86_64__)
  uint64_t quotient = 0;
  asm("divq %4" : "=a"(quotient), "=d"(remainder) : "0"(low), "1"(high), "r"(divisor) : "cc");
  return quotient;
#else
  const uint128 whole = static_cast<uint128>(high) << 64 | low;
  remainder = static_cast<uint64_t>(whole % divisor);
  return static_cast<uint64_t>(whole / divisor);
#endif
}

struct Uint256 {
  std::array<uint64_t, 4> limb{};  // least significant first
  Uint256() = default;
  explicit Uint256(uint128 value) : limb{static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64), 0, 0} {}
  bool fits_128() const { return (limb[2] | limb[3]) == 0; }
  uint128 low_128() const { return static_cast<uint128>(limb[1]) << 64 | limb[0]; }
  int bits() const;
  std::strong_ordering operator<=>(const Uint256& other) const;
  bool operator==(const Uint256&) const = default;
};
Uint256 multiply(uint128 a, uint128 b);
Uint256 multiply(Uint256 a, uint64_t b);  // needs room: the product must fit
Uint256 scale_up(uint128 a, int digits);  // a · 10^digits; needs room
Uint256 add(const Uint256& a, const Uint256& b);
Uint256 subtract(const Uint256& a, const Uint256& b);  // needs a >= b
uint64_t divide(Uint256& a, uint64_t divisor);         // a becomes the quotient; returns the remainder

// What was cut off below the last kept digit: the first dropped digit, and whether anything non-zero follows.
struct Dropped {
  unsigned digit = 0;
  bool more = false;
};
// Cuts `count` digits off the right end of a.
void drop_digits(Uint256& a, int count, Dropped& dropped);
void drop_digits(uint128& a, int count, Dropped& dropped);  // needs a < 10^38 and 0 <= count <= 38
// Whether the kept part grows by one in its last digit.
bool rounds_up(RoundingMode mode, bool negative, bool odd, const Dropped& dropped);

}  // namespace wide

struct DecimalParts {
  uint128 coefficient = 0;
  int exponent = 0;
  bool negative = false;

  explicit DecimalParts(const Decimal& from)
      : coefficient(from.coefficient()), exponent(from.exponent()), negative((from.high_ >> 63) != 0) {}

  // Needs coefficient < 10^34 and the exponent within its limits.
  static Decimal pack(bool negative, uint128 coefficient, int exponent) {
    Decimal made;
    made.low_ = static_cast<uint64_t>(coefficient);
    made.high_ = Decimal::pack(negative, exponent) | static_cast<uint64_t>(coefficient >> 64);
    return made;
  }
  // Rounds to 34 digits half-even; nullopt when too large. Too small becomes zero.
  static std::optional<Decimal> finish(bool negative, wide::Uint256 coefficient, int exponent,
                                       wide::Dropped dropped = {});
  static std::optional<Decimal> finish(bool negative, uint128 coefficient, int exponent) {
    if (coefficient < wide::kCoefficientEnd && exponent >= Decimal::kExponentMin && exponent <= Decimal::kExponentMax)
        [[likely]] {
      return pack(negative, coefficient, exponent);
    }
    return finish(negative, wide::Uint256(coefficient), exponent);
  }
};

}  // namespace puhui::feel
