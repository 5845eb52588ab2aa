#include "applications/lending/accrual.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

using boost::multiprecision::cpp_int;

constexpr DayCount kAll[] = {DayCount::actual_365_fixed, DayCount::actual_360, DayCount::thirty_360,
                             DayCount::thirty_e_360, DayCount::actual_actual};

TEST(Accrual, DayByDayEqualsOneJumpUnderEveryDayCount) {
  for (uint64_t row = 0; row < 200; ++row) {
    RandomStream random(Random(11), 0, row);
    const DayCount day_count = kAll[row % 5];
    const Date start = {19'000 + static_cast<int32_t>(random.below(1'500))};
    const Date end = start.plus_days(1 + static_cast<int>(random.below(400)));
    const auto base = static_cast<int64_t>(random.below(row % 3 == 0 ? kAmountMinorMax : 10'000'000));
    const Rate rate = {static_cast<int64_t>(random.below(4 * Rate::kOne))};
    Accrual jump, daily;
    accrue(day_count, base, rate, day_units(day_count, start, start, end), jump);
    for (Date at = start; at < end; at = at.plus_days(1)) {
      const int64_t units = day_units(day_count, start, at, at.plus_days(1));
      ASSERT_GE(units, 0) << at.text();
      accrue(day_count, base, rate, units, daily);
    }
    EXPECT_EQ(jump, daily) << "row " << row;

    const YearFraction year = year_fraction(day_count, start, end);
    const cpp_int exact = cpp_int(base) * rate.ppb * year.numerator;
    EXPECT_EQ(cpp_int(jump.minor) * carry_unit(day_count) + jump.carry, exact) << "row " << row;
  }
}

TEST(Accrual, CarryStaysBelowOneMinorUnit) {
  Accrual accrual;
  for (int i = 0; i < 1'000; ++i) {
    accrue(DayCount::actual_365_fixed, 333, Rate::from_percent(7), 1, accrual);
    ASSERT_GE(accrual.carry, 0);
    ASSERT_LT(accrual.carry, carry_unit(DayCount::actual_365_fixed));
  }
  EXPECT_EQ(accrual.minor, 63);  // 333 · 7 % · 1000 / 365 = 63.86
  EXPECT_EQ(rounded(DayCount::actual_365_fixed, Rounding::half_even, accrual), 64);
  EXPECT_EQ(rounded(DayCount::actual_365_fixed, Rounding::down, accrual), 63);
}

TEST(Accrual, ATieRoundsByTheNamedRule) {
  const Accrual half = {4, carry_unit(DayCount::actual_360) / 2};
  EXPECT_EQ(rounded(DayCount::actual_360, Rounding::half_even, half), 4);
  EXPECT_EQ(rounded(DayCount::actual_360, Rounding::half_up, half), 5);
  EXPECT_EQ(rounded(DayCount::actual_360, Rounding::up, half), 5);
}

}  // namespace
}  // namespace puhui::lending
