#include "ground/base/rate.h"

#include <cmath>

#include "ground/base/check.h"
#include "ground/base/money.h"
#include "ground/base/text.h"

namespace puhui {

Rate Rate::from_double(double fraction) {
  CHECK(std::isfinite(fraction) && std::fabs(fraction) < 9e9, "a rate is a finite number below 9e9");
  return {static_cast<int64_t>(std::nearbyint(fraction * static_cast<double>(kOne)))};
}

std::string Rate::text() const {
  std::string out = format_fixed(ppb, 9);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out;
}

std::string Rate::percent(int places) const {
  CHECK(places >= 0 && places <= 7, "a percentage is shown with at most 7 decimals");
  int64_t unit = 10'000'000;  // one percent in ppb
  for (int i = 0; i < places; ++i) unit /= 10;
  return format_fixed(divide(ppb, unit, Rounding::half_even), places) + "%";
}

Result<Rate> Rate::parse(std::string_view text) {
  const bool percent = text.ends_with('%');
  const auto value = parse_fixed(percent ? text.substr(0, text.size() - 1) : text, percent ? 7 : 9);
  if (!value) {
    return fail(ErrorCode::invalid, "expected a rate such as '0.24' or '24%' with at most 9 decimals, came '" +
                                        std::string(cut_utf8(text, 60)) + "'");
  }
  return Rate{*value};
}

}  // namespace puhui
