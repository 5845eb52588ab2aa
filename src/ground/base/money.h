// Money: integer minor units with a currency. Two Monies do not add with '+', because their currencies may
// differ; say `sum`, which checks. Inside one contract there is one currency, and amounts are `int64_t …_minor`.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ground/base/result.h"

namespace puhui {

// An ISO 4217 currency. Only those of `known_currencies()` exist.
class Currency {
 public:
  Currency() = default;  // CNY
  static std::optional<Currency> parse(std::string_view code);
  static Currency from_number(uint16_t iso_number);  // CHECKs that it is known
  static bool is_known(uint16_t iso_number);
  std::string_view code() const;               // "CNY"
  int minor_digits() const;                    // 2; JPY 0
  uint16_t number() const { return number_; }  // ISO 4217 numeric: 156
  auto operator<=>(const Currency&) const = default;

 private:
  explicit Currency(uint16_t number) : number_(number) {}
  uint16_t number_ = 156;
};

struct Money {
  int64_t minor = 0;
  Currency currency;
  bool operator==(const Money&) const = default;

  // "12.30 CNY", digits as the currency has them.
  std::string text() const;
  // Reads what text() writes; refuses more decimals than the currency has, and amounts beyond int64.
  static Result<Money> parse(std::string_view text);
};
Money operator+(const Money&, const Money&) = delete;
Money operator-(const Money&, const Money&) = delete;

// conflict when the currencies differ, exhausted when the sum leaves int64.
Result<Money> sum(const Money& a, const Money& b);

// How a quotient that is no whole minor unit becomes one.
enum class Rounding {
  half_even,  // to the nearest, ties to the even: interest
  half_up,    // to the nearest, ties away from zero
  down,       // towards zero
  up,         // away from zero
};

// a * b / c with a 128-bit intermediate, rounded. CHECKs c > 0 and that the result fits.
int64_t multiply_divide(int64_t a, int64_t b, int64_t c, Rounding rounding);
// numerator / denominator, rounded. CHECKs denominator > 0 and that the result fits.
int64_t divide(__int128 numerator, __int128 denominator, Rounding rounding);

}  // namespace puhui
