#include "infrastructure/feel/decimal.h"

#include <boost/multiprecision/cpp_int.hpp>

#include "ground/base/check.h"
#include "infrastructure/feel/decimal_parts.h"

namespace puhui::feel {
namespace {

using wide::Dropped;
using wide::kPowers;
using wide::kPowers64;
using wide::Uint256;

constexpr int kShortShiftMax = 19;  // 10^19 still fits 64 bits, and its product with 64 bits fits 128
constexpr int kWideShiftMax = 42;   // 10^34 · 10^42 still fits 256 bits

uint128 shifted(uint128 short_coefficient, int digits) {
  return short_coefficient * kPowers64[static_cast<size_t>(digits)];
}

// a + b, signs and all, where a has the larger exponent.
std::optional<Decimal> add_wide(const DecimalParts& a, const DecimalParts& b) {
  int shift = a.exponent - b.exponent;
  int exponent = b.exponent;
  Uint256 y(b.coefficient);
  Dropped below;
  if (shift > kWideShiftMax) {  // b lies below what 34 digits can show: only its presence counts
    wide::drop_digits(y, shift - kWideShiftMax, below);
    exponent += shift - kWideShiftMax;
    shift = kWideShiftMax;
  }
  Uint256 x = wide::scale_up(a.coefficient, shift);
  if (a.negative == b.negative) return DecimalParts::finish(a.negative, wide::add(x, y), exponent, below);
  bool negative = a.negative;
  if (x < y) std::swap(x, y), negative = b.negative;
  Uint256 difference = wide::subtract(x, y);
  if (below.digit != 0 || below.more) {  // x - y - fraction: one less, and the rest of it above
    difference = wide::subtract(difference, Uint256(1));
    below = {.digit = 9u - below.digit + (below.more ? 0u : 1u), .more = below.more};
  }
  return DecimalParts::finish(negative && difference.bits() != 0, difference, exponent, below);
}

std::optional<Decimal> add_parts(const DecimalParts& a, const DecimalParts& b) {
  if (a.exponent < b.exponent) return add_parts(b, a);
  if (a.coefficient == 0 && b.coefficient != 0) return DecimalParts::pack(b.negative, b.coefficient, b.exponent);
  if (b.coefficient == 0 && a.coefficient != 0) {
    const int shift = std::min(a.exponent - b.exponent, Decimal::kDigitsMax - wide::digits_of(a.coefficient));
    return DecimalParts::pack(a.negative, a.coefficient * kPowers[static_cast<size_t>(shift)], a.exponent - shift);
  }
  const int shift = a.exponent - b.exponent;
  if (shift <= kShortShiftMax && (a.coefficient >> 64) == 0 && (b.coefficient >> 64) == 0) {
    const uint128 x = shifted(a.coefficient, shift);
    const uint128 y = b.coefficient;
    if (a.negative == b.negative) {
      const uint128 sum = x + y;
      if (sum >= x) return DecimalParts::finish(a.negative, sum, b.exponent);
    } else {
      return x >= y ? DecimalParts::finish(a.negative && x != y, x - y, b.exponent)
                    : DecimalParts::finish(b.negative, y - x, b.exponent);
    }
  }
  return add_wide(a, b);
}

// numerator / divisor with its remainder's presence, divisor beyond 64 bits.
uint128 divide_wide(const Uint256& numerator, uint128 divisor, bool& inexact) {
  using boost::multiprecision::uint256_t;
  uint256_t n = 0;
  for (size_t i = 4; i-- > 0;) n = (n << 64) | numerator.limb[i];
  const uint256_t d = (uint256_t(static_cast<uint64_t>(divisor >> 64)) << 64) | static_cast<uint64_t>(divisor);
  const uint256_t quotient = n / d;
  inexact = quotient * d != n;
  return static_cast<uint128>(static_cast<uint64_t>(quotient >> 64)) << 64 |
         static_cast<uint64_t>(quotient & UINT64_MAX);
}

// The exponent of a power of ten, or -1.
int power_of_ten(uint64_t coefficient) {
  switch (coefficient) {
    case 1: return 0;
    case 10: return 1;
    case 100: return 2;
    case 1000: return 3;
    case 10'000: return 4;
    default: return -1;
  }
}

// coefficient / divisor with its remainder's presence; the quotient must fit.
uint128 divide_short(uint128 coefficient, uint64_t divisor, bool& inexact) {
  uint64_t remainder = 0;
  const uint64_t high = wide::divide_step(0, static_cast<uint64_t>(coefficient >> 64), divisor, remainder);
  const uint64_t low = wide::divide_step(remainder, static_cast<uint64_t>(coefficient), divisor, remainder);
  inexact = remainder != 0;
  return static_cast<uint128>(high) << 64 | low;
}

// Takes trailing zeros off until `exponent` is `exponent_max`, so that 10 / 4 is 2.5 and not 2.500…0.
void strip_zeros(uint128& coefficient, int& exponent, int exponent_max) {
  if (coefficient == 0) return;
  // What 10^step divides, 2^step divides: most numbers are told apart without a division.
  for (const int step : {16, 8, 4, 2, 1}) {
    const uint64_t power = kPowers64[static_cast<size_t>(step)];
    while (exponent + step <= exponent_max && std::countr_zero(static_cast<uint64_t>(coefficient)) >= step) {
      bool inexact = false;
      const uint128 quotient = divide_short(coefficient, power, inexact);
      if (inexact) break;
      coefficient = quotient;
      exponent += step;
    }
  }
}

}  // namespace

Decimal Decimal::scaled(int64_t coefficient, int exponent) {
  CHECK(exponent >= kExponentMin && exponent <= kExponentMax, "a decimal's exponent is within its limits");
  Decimal made(coefficient);
  made.high_ = pack(coefficient < 0, exponent);
  return made;
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b) { return add_parts(DecimalParts(a), DecimalParts(b)); }

std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) {
  DecimalParts minus_b(b);
  minus_b.negative = !minus_b.negative;
  return add_parts(DecimalParts(a), minus_b);
}

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) {
  const DecimalParts x(a);
  const DecimalParts y(b);
  const bool negative = x.negative != y.negative;
  const int exponent = x.exponent + y.exponent;
  if (a.is_short() && b.is_short()) [[likely]] {
    return DecimalParts::finish(negative, static_cast<uint128>(a.low_) * b.low_, exponent);
  }
  return DecimalParts::finish(negative, wide::multiply(x.coefficient, y.coefficient), exponent);
}

std::optional<Decimal> divide(const Decimal& a, const Decimal& b) {
  if (b.is_zero()) return std::nullopt;
  const DecimalParts x(a);
  const DecimalParts y(b);
  const bool negative = x.negative != y.negative;
  const int exponent_ideal = x.exponent - y.exponent;
  if (x.coefficient == 0) return DecimalParts::finish(false, uint128{0}, exponent_ideal);
  if (a.is_short() && b.is_short() && a.low_ % b.low_ == 0) {
    return DecimalParts::finish(negative, uint128{a.low_ / b.low_}, exponent_ideal);
  }
  const int power = b.is_short() ? power_of_ten(b.low_) : -1;
  if (power >= 0) {  // the same digits, the point elsewhere
    uint128 coefficient = x.coefficient;
    int exponent = exponent_ideal - power;
    strip_zeros(coefficient, exponent, exponent_ideal);
    return DecimalParts::finish(negative, coefficient, exponent);
  }
  // Scaled so that the quotient has 35 or 36 digits: one at least below the last kept.
  const int shift = Decimal::kDigitsMax + 1 - wide::digits_of(x.coefficient) + wide::digits_of(y.coefficient);
  bool inexact = false;
  uint128 quotient = 0;
  Uint256 numerator;
  const bool fits_128 = a.is_short() && shift <= 38 && wide::digits_of(x.coefficient) + shift <= 38;
  if (!fits_128) numerator = wide::scale_up(x.coefficient, shift);
  if (fits_128 && b.is_short()) {
    quotient = divide_short(x.coefficient * kPowers[static_cast<size_t>(shift)], b.low_, inexact);
  } else if (b.is_short()) {
    inexact = wide::divide(numerator, b.low_) != 0;
    quotient = numerator.low_128();
  } else {
    if (fits_128) numerator = wide::scale_up(x.coefficient, shift);
    quotient = divide_wide(numerator, y.coefficient, inexact);
  }
  int exponent = exponent_ideal - shift;
  if (!inexact) strip_zeros(quotient, exponent, exponent_ideal);
  return DecimalParts::finish(negative, Uint256(quotient), exponent, {.digit = 0, .more = inexact});
}

Decimal Decimal::negated() const {
  Decimal result = *this;
  if (!is_zero()) result.high_ ^= uint64_t{1} << 63;
  return result;
}

Decimal Decimal::magnitude() const {
  Decimal result = *this;
  result.high_ &= ~(uint64_t{1} << 63);
  return result;
}

Decimal Decimal::normalized() const {
  DecimalParts parts(*this);
  if (parts.coefficient == 0) return {};
  strip_zeros(parts.coefficient, parts.exponent, kExponentMax);
  return DecimalParts::pack(parts.negative, parts.coefficient, parts.exponent);
}

bool Decimal::is_integer() const {
  if (exponent() >= 0) return true;
  return normalized().exponent() >= 0;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  const int sign_a = sign();
  const int sign_b = other.sign();
  if (sign_a != sign_b || sign_a == 0) return sign_a <=> sign_b;
  DecimalParts a(*this);
  DecimalParts b(other);
  if (sign_a < 0) std::swap(a, b);  // -5 < -3 as 3 < 5
  if (a.exponent == b.exponent) {
    return a.coefficient < b.coefficient   ? std::strong_ordering::less
           : a.coefficient > b.coefficient ? std::strong_ordering::greater
                                           : std::strong_ordering::equal;
  }
  const int apart = a.exponent - b.exponent;
  if (is_short() && other.is_short() && apart >= -kShortShiftMax && apart <= kShortShiftMax) {
    const uint128 x = apart > 0 ? shifted(a.coefficient, apart) : a.coefficient;
    const uint128 y = apart < 0 ? shifted(b.coefficient, -apart) : b.coefficient;
    return x < y ? std::strong_ordering::less : x > y ? std::strong_ordering::greater : std::strong_ordering::equal;
  }
  const int top_a = wide::digits_of(a.coefficient) + a.exponent;
  const int top_b = wide::digits_of(b.coefficient) + b.exponent;
  if (top_a != top_b) return top_a <=> top_b;
  // As many digits before the point: the exponents differ by less than 34.
  return a.exponent > b.exponent ? wide::scale_up(a.coefficient, a.exponent - b.exponent) <=> Uint256(b.coefficient)
                                 : Uint256(a.coefficient) <=> wide::scale_up(b.coefficient, b.exponent - a.exponent);
}

std::optional<Decimal> round_to(const Decimal& a, int places, RoundingMode mode) {
  const DecimalParts parts(a);
  const int exponent = -places;
  if (parts.exponent >= exponent) return a;
  const int count = exponent - parts.exponent;
  if ((parts.coefficient >> 64) == 0 && count <= kShortShiftMax) {
    const uint64_t power = kPowers64[static_cast<size_t>(count)];
    const auto all = static_cast<uint64_t>(parts.coefficient);
    uint64_t whole = all / power;
    const uint64_t rest = all % power;
    const uint64_t tenth = power / 10;
    const Dropped below{.digit = static_cast<unsigned>(rest / tenth), .more = rest % tenth != 0};
    if (wide::rounds_up(mode, parts.negative, (whole & 1) != 0, below)) ++whole;
    return DecimalParts::finish(parts.negative && whole != 0, uint128{whole}, exponent);
  }
  uint128 coefficient = parts.coefficient;
  Dropped dropped;
  if (count <= 38) {
    wide::drop_digits(coefficient, count, dropped);
  } else {
    Uint256 kept(coefficient);
    wide::drop_digits(kept, count, dropped);
    coefficient = kept.low_128();
  }
  if (wide::rounds_up(mode, parts.negative, (coefficient & 1) != 0, dropped)) ++coefficient;
  return DecimalParts::finish(parts.negative && coefficient != 0, coefficient, exponent);
}

// The quotient to 34 digits differs from the true one by less than half a unit of its last digit, so rounding it again
// differs from rounding the true one only if that lies closer to a tie than this. In units of the last place wanted, a
// quotient of at most 20 digits is within 10^-14/2 of its 34 digits, and a true quotient that is no tie is at least
// 1/(2·divisor) away from one: with a divisor up to 10^12 the two roundings agree.
std::optional<Decimal> rounded_quotient(const Decimal& a, const Decimal& b, int places) {
  constexpr uint64_t kDivisorMax = 1'000'000'000'000;
  const DecimalParts x(a);
  const DecimalParts y(b);
  const int shift = places + x.exponent - y.exponent;
  if ((x.coefficient >> 64) != 0 || y.coefficient > kDivisorMax || y.coefficient == 0) return std::nullopt;
  if (shift < -kQuotientPlacesMax || shift > kShortShiftMax) return std::nullopt;
  const uint128 numerator = shift > 0 ? shifted(x.coefficient, shift) : x.coefficient;
  const uint128 wide_divisor = shift < 0 ? shifted(y.coefficient, -shift) : y.coefficient;
  if (wide_divisor > kDivisorMax) return std::nullopt;
  const auto divisor = static_cast<uint64_t>(wide_divisor);
  const auto high = static_cast<uint64_t>(numerator >> 64);
  if (high >= divisor) return std::nullopt;
  uint64_t rest = 0;
  uint64_t quotient = wide::divide_step(high, static_cast<uint64_t>(numerator), divisor, rest);
  const bool up = 2 * rest > divisor || (2 * rest == divisor && (quotient & 1) != 0);
  if (up && ++quotient == 0) return std::nullopt;
  return DecimalParts::pack(quotient != 0 && x.negative != y.negative, quotient, -places);
}

Decimal floor(const Decimal& a) { return *round_to(a, 0, RoundingMode::floor); }
Decimal ceiling(const Decimal& a) { return *round_to(a, 0, RoundingMode::ceiling); }

std::optional<Decimal> modulo(const Decimal& a, const Decimal& b) {
  using boost::multiprecision::cpp_int;
  if (b.is_zero()) return std::nullopt;
  const DecimalParts x(a);
  const DecimalParts y(b);
  if (x.coefficient == 0) return Decimal();
  const int exponent = std::min(x.exponent, y.exponent);
  const auto whole = [&](const DecimalParts& parts) {
    cpp_int n =
        (cpp_int(static_cast<uint64_t>(parts.coefficient >> 64)) << 64) | static_cast<uint64_t>(parts.coefficient);
    n *= boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(parts.exponent - exponent));
    return parts.negative ? cpp_int(-n) : n;
  };
  const cpp_int divisor = whole(y);
  cpp_int rest = whole(x) % divisor;  // the sign of the dividend
  if (rest != 0 && (rest < 0) != (divisor < 0)) rest += divisor;
  return Decimal::parse(rest.str() + "E" + std::to_string(exponent));
}

}  // namespace puhui::feel
