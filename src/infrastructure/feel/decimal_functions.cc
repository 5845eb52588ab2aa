#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>

#include "infrastructure/feel/decimal_parts.h"

namespace puhui::feel {
namespace {

// Enough guard digits that rounding to 34 is right but for ties nobody has found.
using Long = boost::multiprecision::number<boost::multiprecision::cpp_dec_float<60>, boost::multiprecision::et_off>;
constexpr int kLongDigits = 58;
constexpr double kExponentialMax = 14'200;  // e^14200 is beyond 10^6145

std::string plain(const Decimal& a) {
  std::string digits;
  for (uint128 c = a.coefficient(); c != 0; c /= 10) digits += static_cast<char>('0' + static_cast<int>(c % 10));
  std::string text(digits.rbegin(), digits.rend());
  return (a.is_negative() ? "-" : "") + (text.empty() ? "0" : text) + "e" + std::to_string(a.exponent());
}

Long to_long(const Decimal& a) { return Long(plain(a)); }

std::optional<Decimal> from_long(const Long& value) {
  if (!boost::multiprecision::isfinite(value)) return std::nullopt;
  return Decimal::parse(value.str(kLongDigits, std::ios_base::scientific));
}

// By squaring, in 60 digits; exact results of up to 34 digits come out exact.
std::optional<Decimal> integer_power(const Decimal& base, int64_t exponent) {
  const uint64_t count = exponent < 0 ? 0 - static_cast<uint64_t>(exponent) : static_cast<uint64_t>(exponent);
  // Answer early what is far out of range: the squaring itself must not overflow the 60-digit form.
  constexpr double kPowerDigitsMax = 7000;
  const double digits = std::log10(static_cast<double>(base.coefficient())) + base.exponent();
  const double result_digits = digits * static_cast<double>(exponent);
  if (result_digits > kPowerDigitsMax) return std::nullopt;
  if (result_digits < -kPowerDigitsMax) return Decimal();
  Long result = 1;
  Long square = to_long(base);
  for (uint64_t rest = count; rest != 0; rest >>= 1, square *= square) {
    if ((rest & 1) != 0) result *= square;
  }
  return from_long(exponent < 0 ? Long(1 / result) : result);
}

}  // namespace

std::optional<Decimal> power(const Decimal& base, const Decimal& exponent) {
  constexpr int64_t kIntegerPowerMax = 1'000'000'000;
  if (exponent.is_zero()) return Decimal(1);
  if (base.is_zero()) return exponent.is_negative() ? std::nullopt : std::optional(Decimal());
  const auto whole = exponent.as_int64();
  if (whole && std::abs(*whole) <= kIntegerPowerMax) {
    // Values hardly off 1 make large powers sensible; others overflow and say so.
    const auto result = integer_power(base, *whole);
    return result ? std::optional(result->normalized()) : std::nullopt;
  }
  if (base.is_negative()) return std::nullopt;
  const Long log = boost::multiprecision::log(to_long(base)) * to_long(exponent);
  if (log > kExponentialMax) return std::nullopt;
  if (log < -kExponentialMax) return Decimal();
  const auto result = from_long(boost::multiprecision::exp(log));
  return result ? std::optional(result->normalized()) : std::nullopt;
}

std::optional<Decimal> square_root(const Decimal& a) {
  using boost::multiprecision::cpp_int;
  if (a.is_negative()) return std::nullopt;
  if (a.is_zero()) return Decimal();
  // An integer root of 36 digits: with the remainder's sign it decides every rounding.
  const DecimalParts parts(a);
  int shift = 72 - wide::digits_of(parts.coefficient);
  if ((parts.exponent - shift) % 2 != 0) ++shift;
  cpp_int n =
      (cpp_int(static_cast<uint64_t>(parts.coefficient >> 64)) << 64) | static_cast<uint64_t>(parts.coefficient);
  n *= boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(shift));
  cpp_int rest;
  const cpp_int root = boost::multiprecision::sqrt(n, rest);
  const auto low = static_cast<uint64_t>(root & UINT64_MAX);
  const auto high = static_cast<uint64_t>(root >> 64);
  const auto result = DecimalParts::finish(false, wide::Uint256(static_cast<uint128>(high) << 64 | low),
                                           (parts.exponent - shift) / 2, {.digit = 0, .more = rest != 0});
  return result ? std::optional(result->normalized()) : std::nullopt;
}

std::optional<Decimal> exponential(const Decimal& a) {
  if (a > Decimal(static_cast<int64_t>(kExponentialMax))) return std::nullopt;
  if (a < Decimal(-static_cast<int64_t>(kExponentialMax))) return Decimal();
  const auto result = from_long(boost::multiprecision::exp(to_long(a)));
  return result ? std::optional(result->normalized()) : std::nullopt;
}

std::optional<Decimal> natural_logarithm(const Decimal& a) {
  if (a.sign() <= 0) return std::nullopt;
  const auto result = from_long(boost::multiprecision::log(to_long(a)));
  return result ? std::optional(result->normalized()) : std::nullopt;
}

}  // namespace puhui::feel
