#include <charconv>
#include <cmath>

#include "infrastructure/feel/decimal_parts.h"

namespace puhui::feel {
namespace {

constexpr int kPlainExponentMin = -60;  // below, plain digits stop being readable
constexpr size_t kTextBytesMax = 100'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string digits_text(uint128 value) {
  std::string reversed;
  do {
    reversed += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  return {reversed.rbegin(), reversed.rend()};
}

// Digits gathered left to right; those beyond 38 only as a remainder.
struct Digits {
  uint128 coefficient = 0;
  int count = 0;
  int exponent = 0;
  bool more = false;
  bool any = false;

  void take(char c, bool after_point) {
    any = true;
    if (coefficient != 0 || c != '0') ++count;
    if (count <= 38) {
      coefficient = coefficient * 10 + static_cast<unsigned>(c - '0');
      exponent -= after_point ? 1 : 0;
    } else {
      more = more || c != '0';
      exponent += after_point ? 0 : 1;
    }
  }
};

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  if (text.size() > kTextBytesMax) return std::nullopt;
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;
  Digits digits;
  for (; at != end && is_digit(*at); ++at) digits.take(*at, false);
  if (at != end && *at == '.') {
    ++at;
    if (at == end || !is_digit(*at)) return std::nullopt;
    for (; at != end && is_digit(*at); ++at) digits.take(*at, true);
  }
  if (!digits.any) return std::nullopt;
  int exponent = 0;
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && *at == '+') ++at;
    const auto [next, error] = std::from_chars(at, end, exponent);
    if (error != std::errc() || (next != end) || std::abs(exponent) > 1'000'000) return std::nullopt;
    at = next;
  }
  if (at != end) return std::nullopt;
  return DecimalParts::finish(negative && digits.coefficient != 0, wide::Uint256(digits.coefficient),
                              digits.exponent + exponent, {.digit = 0, .more = digits.more});
}

std::optional<Decimal> Decimal::from_double(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  std::array<char, 64> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return parse({buffer.data(), static_cast<size_t>(written.ptr - buffer.data())});
}

namespace {

// Plain digits of coefficient · 10^-places, no trailing zeros after the point. Needs 0 <= places <= 18.
void append_plain(bool negative, uint64_t coefficient, int places, std::string& out) {
  while (places > 0 && coefficient % 10 == 0) coefficient /= 10, --places;
  std::array<char, 48> buffer;
  char* const end = buffer.data() + buffer.size();
  char* at = end;
  for (int i = 0; i < places; ++i, coefficient /= 10) *--at = static_cast<char>('0' + coefficient % 10);
  if (places > 0) *--at = '.';
  do {
    *--at = static_cast<char>('0' + coefficient % 10);
    coefficient /= 10;
  } while (coefficient != 0);
  if (negative) *--at = '-';
  out.append(at, end);
}

}  // namespace

void Decimal::append_text(std::string& out) const {
  const int places = -exponent();
  if (is_short() && places >= 0 && places <= 18 && low_ != 0) {
    append_plain((high_ >> 63) != 0, low_, places, out);
  } else {
    out += text();
  }
}

std::string Decimal::text() const {
  const DecimalParts parts(normalized());
  std::string digits = digits_text(parts.coefficient);
  std::string text = parts.negative ? "-" : "";
  const int count = static_cast<int>(digits.size());
  if (parts.exponent >= 0 && count + parts.exponent <= kDigitsMax + 1) {
    return text + digits + std::string(static_cast<size_t>(parts.exponent), '0');
  }
  if (parts.exponent < 0 && parts.exponent + count >= kPlainExponentMin) {
    const int before = count + parts.exponent;
    if (before > 0) return text + digits.insert(static_cast<size_t>(before), 1, '.');
    return text + "0." + std::string(static_cast<size_t>(-before), '0') + digits;
  }
  const int power = parts.exponent + count - 1;
  if (count > 1) digits.insert(1, 1, '.');
  return text + digits + (power < 0 ? "E-" : "E+") + std::to_string(std::abs(power));
}

double Decimal::as_double() const {
  constexpr int kExactPowerMax = 22;  // 10^22 is the last power of ten a double holds exactly
  const int power = exponent();
  if (is_short() && low_ <= uint64_t{1} << 53 && power >= -kExactPowerMax && power <= kExactPowerMax) {
    double scale = 1;
    for (int i = std::abs(power); i > 0; --i) scale *= 10;
    const double magnitude = static_cast<double>(low_);
    const double value = power < 0 ? magnitude / scale : magnitude * scale;
    return (high_ >> 63) != 0 ? -value : value;
  }
  const std::string text = digits_text(coefficient()) + "e" + std::to_string(power);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return (high_ >> 63) != 0 ? -value : value;
}

std::optional<int64_t> Decimal::as_int64() const {
  const DecimalParts parts(exponent() == 0 ? *this : normalized());
  if (parts.coefficient == 0) return 0;
  if (parts.exponent < 0 || wide::digits_of(parts.coefficient) + parts.exponent > 19) return std::nullopt;
  const uint128 magnitude = parts.coefficient * wide::kPowers[static_cast<size_t>(parts.exponent)];
  const uint128 limit = uint128{INT64_MAX} + (parts.negative ? 1 : 0);
  if (magnitude > limit) return std::nullopt;
  const auto bits = static_cast<uint64_t>(magnitude);
  return static_cast<int64_t>(parts.negative ? 0 - bits : bits);
}

std::optional<int64_t> Decimal::rounded_int64(RoundingMode mode) const {
  const auto rounded = round_to(*this, 0, mode);
  return rounded ? rounded->as_int64() : std::nullopt;
}

std::optional<Rate> Decimal::as_rate(RoundingMode mode) const {
  const auto scaled_up = multiply(*this, Decimal(Rate::kOne));
  const auto ppb = scaled_up ? scaled_up->rounded_int64(mode) : std::nullopt;
  return ppb ? std::optional(Rate{*ppb}) : std::nullopt;
}

}  // namespace puhui::feel
