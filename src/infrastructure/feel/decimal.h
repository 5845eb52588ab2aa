// Decimal: FEEL's number. Exact base-ten arithmetic to 34 digits, rounded half-even beyond (the values of
// IEEE 754 decimal128), 16 bytes. Coefficients that fit 64 bits take a short path; there is no NaN and no
// infinity: what has no finite answer is nullopt.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ground/base/rate.h"

namespace puhui::feel {

// Where the digits beyond the wanted place go. FEEL's five, plus decimal()'s half_even.
enum class RoundingMode { half_even, half_up, half_down, up, down, floor, ceiling };

class Decimal {
 public:
  static constexpr int kDigitsMax = 34;
  static constexpr int kExponentMin = -6176;
  static constexpr int kExponentMax = 6111;

  constexpr Decimal() = default;  // 0
  constexpr Decimal(int64_t value)
      : low_(value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value)), high_(pack(value < 0, 0)) {}
  // coefficient · 10^exponent, exact. CHECKs that the exponent is within the limits.
  static Decimal scaled(int64_t coefficient, int exponent);
  static Decimal from_rate(Rate rate) { return scaled(rate.ppb, -9); }
  // The shortest decimal that reads back as this double. nullopt for NaN and infinities.
  static std::optional<Decimal> from_double(double value);
  // "12", "-.5", "1.2E-3"; digits beyond 34 are rounded. nullopt when it is no number or too large.
  static std::optional<Decimal> parse(std::string_view text);

  // FEEL's print form: plain digits, no trailing zeros, no exponent up to 10^34; "1E+40" beyond.
  std::string text() const;
  void append_text(std::string& out) const;  // the same, behind what `out` holds
  double as_double() const;
  // Whole numbers within int64 only.
  std::optional<int64_t> as_int64() const;
  // Rounded to a whole number by the rule; nullopt beyond int64. The way to minor units.
  std::optional<int64_t> rounded_int64(RoundingMode mode) const;
  // Rounded to parts per billion; nullopt beyond.
  std::optional<Rate> as_rate(RoundingMode mode = RoundingMode::half_even) const;

  bool is_zero() const { return low_ == 0 && (high_ & kCoefficientHighMask) == 0; }
  bool is_negative() const { return (high_ >> 63) != 0 && !is_zero(); }
  bool is_integer() const;
  // -1, 0 or 1.
  int sign() const { return is_zero() ? 0 : (high_ >> 63) != 0 ? -1 : 1; }
  int exponent() const { return static_cast<int>((high_ >> 49) & 0x3FFF) - kBias; }
  unsigned __int128 coefficient() const {
    return static_cast<unsigned __int128>(high_ & kCoefficientHighMask) << 64 | low_;
  }

  // nullopt when the result is too large (or the divisor is zero).
  friend std::optional<Decimal> add(const Decimal& a, const Decimal& b);
  friend std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
  friend std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
  friend std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
  Decimal negated() const;
  Decimal magnitude() const;
  // Same value, same bytes: the smallest coefficient. For hashing and for keys.
  Decimal normalized() const;

  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }

 private:
  friend struct DecimalParts;
  static constexpr int kBias = 6176;
  static constexpr uint64_t kCoefficientHighMask = (uint64_t{1} << 49) - 1;
  static constexpr uint64_t pack(bool negative, int exponent) {
    return static_cast<uint64_t>(negative) << 63 | static_cast<uint64_t>(exponent + kBias) << 49;
  }
  bool is_short() const { return (high_ & kCoefficientHighMask) == 0; }

  // sign(1) exponent(14, biased) coefficient's upper 49 bits; then its lower 64 bits.
  uint64_t low_ = 0;
  uint64_t high_ = pack(false, 0);
};

std::optional<Decimal> add(const Decimal& a, const Decimal& b);
std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
std::optional<Decimal> divide(const Decimal& a, const Decimal& b);

// a with `places` digits after the point (negative places: tens, hundreds, …), by the rule.
std::optional<Decimal> round_to(const Decimal& a, int places, RoundingMode mode);
// round_to(divide(a, b), places, half_even) in one short division; nullopt where that is not open or not provably the
// same (the numbers are long, or b is zero). Takes 0 <= places <= kQuotientPlacesMax.
constexpr int kQuotientPlacesMax = 12;
std::optional<Decimal> rounded_quotient(const Decimal& a, const Decimal& b, int places);
Decimal floor(const Decimal& a);
Decimal ceiling(const Decimal& a);
// FEEL modulo: a - b · floor(a / b), the sign of b. nullopt when b is zero.
std::optional<Decimal> modulo(const Decimal& a, const Decimal& b);

// Correct to 34 digits. nullopt where there is no finite real answer.
std::optional<Decimal> power(const Decimal& base, const Decimal& exponent);
std::optional<Decimal> square_root(const Decimal& a);
std::optional<Decimal> exponential(const Decimal& a);
std::optional<Decimal> natural_logarithm(const Decimal& a);

}  // namespace puhui::feel
