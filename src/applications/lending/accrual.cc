#include "applications/lending/accrual.h"

#include <limits>

#include "ground/base/check.h"

namespace puhui::lending {

namespace {

int64_t denominator_of(DayCount day_count) {
  switch (day_count) {
    case DayCount::actual_365_fixed: return 365;
    case DayCount::actual_360:
    case DayCount::thirty_360:
    case DayCount::thirty_e_360: return 360;
    case DayCount::actual_actual: return 365 * 366;
  }
  return 365;
}

}  // namespace

int64_t carry_unit(DayCount day_count) { return Rate::kOne * denominator_of(day_count); }

int64_t day_units(DayCount day_count, Date period_start, Date from, Date to) {
  if (day_count == DayCount::actual_365_fixed || day_count == DayCount::actual_360) return days_between(from, to);
  const YearFraction until_to = year_fraction(day_count, period_start, to);
  CHECK(until_to.denominator == denominator_of(day_count), "a day count has one denominator");
  return until_to.numerator - year_fraction(day_count, period_start, from).numerator;
}

void accrue(DayCount day_count, int64_t base_minor, Rate rate, int64_t units, Accrual& accrual) {
  const int64_t unit = carry_unit(day_count);
  int64_t rate_units, product;
  if (!__builtin_mul_overflow(rate.ppb, units, &rate_units) &&
      !__builtin_mul_overflow(base_minor, rate_units, &product) &&
      !__builtin_add_overflow(product, accrual.carry, &product)) {
    accrual.minor += product / unit;
    accrual.carry = product % unit;
    return;
  }
  const __int128 wide = static_cast<__int128>(base_minor) * rate.ppb * units + accrual.carry;
  const __int128 whole = wide / unit;
  CHECK(whole <= std::numeric_limits<int64_t>::max() - accrual.minor, "interest fits 64 bits");
  accrual.minor += static_cast<int64_t>(whole);
  accrual.carry = static_cast<int64_t>(wide % unit);
}

int64_t rounded(DayCount day_count, Rounding rounding, const Accrual& accrual) {
  if (accrual.carry == 0) return accrual.minor;
  const int64_t unit = carry_unit(day_count);
  return divide(static_cast<__int128>(accrual.minor) * unit + accrual.carry, unit, rounding);
}

}  // namespace puhui::lending
