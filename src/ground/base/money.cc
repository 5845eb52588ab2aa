#include "ground/base/money.h"

#include <limits>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui {

namespace {

struct KnownCurrency {
  uint16_t number;
  char code[4];
  int8_t minor_digits;
};

// ISO 4217, the currencies a lender in reach of this engine books in; add a row to add one.
constexpr KnownCurrency kKnown[] = {
    {36, "AUD", 2},  {50, "BDT", 2},  {116, "KHR", 2}, {124, "CAD", 2}, {156, "CNY", 2}, {344, "HKD", 2},
    {356, "INR", 2}, {360, "IDR", 2}, {392, "JPY", 0}, {404, "KES", 2}, {410, "KRW", 0}, {414, "KWD", 3},
    {418, "LAK", 2}, {458, "MYR", 2}, {484, "MXN", 2}, {566, "NGN", 2}, {586, "PKR", 2}, {608, "PHP", 2},
    {702, "SGD", 2}, {704, "VND", 0}, {710, "ZAR", 2}, {756, "CHF", 2}, {764, "THB", 2}, {818, "EGP", 2},
    {826, "GBP", 2}, {834, "TZS", 2}, {840, "USD", 2}, {901, "TWD", 2}, {978, "EUR", 2}, {986, "BRL", 2},
};

const KnownCurrency* find(uint16_t number) {
  for (const KnownCurrency& known : kKnown) {
    if (known.number == number) return &known;
  }
  return nullptr;
}

}  // namespace

std::optional<Currency> Currency::parse(std::string_view code) {
  for (const KnownCurrency& known : kKnown) {
    if (code == known.code) return Currency(known.number);
  }
  return std::nullopt;
}

bool Currency::is_known(uint16_t iso_number) { return find(iso_number) != nullptr; }

Currency Currency::from_number(uint16_t iso_number) {
  CHECK(is_known(iso_number), "a currency that was stored is known");
  return Currency(iso_number);
}

std::string_view Currency::code() const { return find(number_)->code; }

int Currency::minor_digits() const { return find(number_)->minor_digits; }

std::string Money::text() const {
  return format_fixed(minor, currency.minor_digits()) + " " + std::string(currency.code());
}

Result<Money> Money::parse(std::string_view text) {
  const auto space = text.rfind(' ');
  const auto currency = space == std::string_view::npos ? std::nullopt : Currency::parse(text.substr(space + 1));
  if (!currency) {
    return fail(ErrorCode::invalid, "expected an amount and a currency such as '1200.00 CNY', came '" +
                                        std::string(cut_utf8(text, 60)) + "'");
  }
  const auto minor = parse_fixed(text.substr(0, space), currency->minor_digits());
  if (!minor) {
    return fail(ErrorCode::invalid, "expected an amount with at most " + std::to_string(currency->minor_digits()) +
                                        " decimals below 2^63 minor units, came '" + std::string(cut_utf8(text, 60)) +
                                        "'");
  }
  return Money{*minor, *currency};
}

Result<Money> sum(const Money& a, const Money& b) {
  if (a.currency != b.currency) {
    return fail(ErrorCode::conflict, "expected one currency, came " + std::string(a.currency.code()) + " and " +
                                         std::string(b.currency.code()));
  }
  Money out = a;
  if (__builtin_add_overflow(a.minor, b.minor, &out.minor)) {
    return fail(ErrorCode::exhausted, "the sum of " + a.text() + " and " + b.text() + " is beyond 2^63 minor units");
  }
  return out;
}

int64_t divide(__int128 numerator, __int128 denominator, Rounding rounding) {
  CHECK(denominator > 0, "division by a positive number");
  const bool negative = numerator < 0;
  const auto magnitude =
      negative ? -static_cast<unsigned __int128>(numerator) : static_cast<unsigned __int128>(numerator);
  const auto by = static_cast<unsigned __int128>(denominator);
  unsigned __int128 quotient = magnitude / by;
  const unsigned __int128 rest = magnitude % by;
  const auto above_half = rest > by - rest, at_half = rest == by - rest;
  switch (rounding) {
    case Rounding::half_even: quotient += above_half || (at_half && (quotient & 1) != 0) ? 1 : 0; break;
    case Rounding::half_up: quotient += above_half || (at_half && rest != 0) ? 1 : 0; break;
    case Rounding::down: break;
    case Rounding::up: quotient += rest != 0 ? 1 : 0; break;
  }
  const auto quotient_max = static_cast<unsigned __int128>(std::numeric_limits<int64_t>::max()) + (negative ? 1 : 0);
  CHECK(quotient <= quotient_max, "an amount fits 64 bits");
  const auto value = static_cast<uint64_t>(quotient);
  return static_cast<int64_t>(negative ? 0 - value : value);
}

int64_t multiply_divide(int64_t a, int64_t b, int64_t c, Rounding rounding) {
  return divide(static_cast<__int128>(a) * b, c, rounding);
}

}  // namespace puhui
