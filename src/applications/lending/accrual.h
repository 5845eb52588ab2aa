// Interest as a fixed-point sum: whole minor units and an exact carry, so that accruing day by day
// equals accruing in one step, to the last fraction, under every day count.
#pragma once

#include "ground/base/date.h"
#include "ground/base/money.h"
#include "ground/base/rate.h"

namespace puhui::lending {

struct Accrual {
  int64_t minor = 0;
  int64_t carry = 0;  // 0 ≤ carry < carry_unit(day count): the fraction of a minor unit, exact
  bool operator==(const Accrual&) const = default;
};

// Carries are counted in 1 / carry_unit of a minor unit: parts per billion times the day count's
// denominator.
int64_t carry_unit(DayCount day_count);

// The share of a year from `from` to `to`, in 1 / denominator of the day count, both measured from
// the start of the interest period: 30/360 counts are additive only against one anchor.
int64_t day_units(DayCount day_count, Date period_start, Date from, Date to);

// Adds base · rate · units. Needs base ≥ 0 and rate ≥ 0.
void accrue(DayCount day_count, int64_t base_minor, Rate rate, int64_t units, Accrual& accrual);

// The accrual as a whole amount, by the contract's rounding rule.
int64_t rounded(DayCount day_count, Rounding rounding, const Accrual& accrual);

}  // namespace puhui::lending
