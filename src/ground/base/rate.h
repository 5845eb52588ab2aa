// Rate: a fixed-point fraction in parts per billion. 24 % a year is 240,000,000. Never a double.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "ground/base/result.h"

namespace puhui {

struct Rate {
  static constexpr int64_t kOne = 1'000'000'000;  // 100 %
  int64_t ppb = 0;
  auto operator<=>(const Rate&) const = default;

  static constexpr Rate from_percent(int64_t percent) { return {percent * (kOne / 100)}; }
  static constexpr Rate from_bp(int64_t basis_points) { return {basis_points * (kOne / 10'000)}; }
  // Half-even to the nearest part per billion. CHECKs that it is finite and below 9e9.
  static Rate from_double(double fraction);
  double as_double() const { return static_cast<double>(ppb) / static_cast<double>(kOne); }

  std::string text() const;                          // a fraction without trailing zeros: "0.24"
  std::string percent(int places = 2) const;         // for people: "24.00%"
  static Result<Rate> parse(std::string_view text);  // "0.24" or "24%"; at most 9 decimals of a fraction
};

}  // namespace puhui
