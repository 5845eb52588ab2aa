#include "applications/lending/schedule.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;
using examples::day;

int64_t round_slowly(const cpp_rational& value, Rounding rounding) {
  const cpp_int whole = numerator(value) / denominator(value);
  const cpp_rational rest = value - whole, half(1, 2);
  bool up = false;
  switch (rounding) {
    case Rounding::half_even: up = rest > half || (rest == half && whole % 2 != 0); break;
    case Rounding::half_up: up = rest >= half; break;
    case Rounding::down: break;
    case Rounding::up: up = rest > 0; break;
  }
  return static_cast<int64_t>(whole) + (up ? 1 : 0);
}

// The schedule in plain rationals, month by month from the contract alone: the reference.
Schedule slow_schedule(const Contract& contract, int64_t level_minor) {
  const Terms& terms = contract.terms;
  Schedule out;
  Date from = contract.opened_on;
  int64_t balance = contract.principal_minor;
  for (int i = 0; i < contract.instalments; ++i) {
    Date due = contract.opened_on.plus_months((i + 1) * terms.period_months);
    if (terms.due_rule == DueRule::end_of_month) due = due.end_of_month();
    const YearFraction year = year_fraction(terms.day_count, from, due);
    const int64_t interest = round_slowly(
        cpp_rational(cpp_int(balance) * contract.rate.ppb * year.numerator, cpp_int(Rate::kOne) * year.denominator),
        terms.rounding);
    int64_t principal = 0;
    const bool last = i + 1 == contract.instalments, grace = i < terms.principal_grace_terms;
    if (last) {
      principal = balance;
    } else if (terms.method == RepaymentMethod::free_repayment) {
      principal = round_slowly(cpp_rational(cpp_int(balance) * terms.minimum_principal.ppb, Rate::kOne), Rounding::up);
    } else if (terms.method == RepaymentMethod::equal_principal && !grace) {
      principal = contract.principal_minor / (contract.instalments - terms.principal_grace_terms);
    } else if (terms.method == RepaymentMethod::equal_instalment && !grace) {
      principal = std::clamp<int64_t>(level_minor - interest, 0, balance);
    }
    balance -= principal;
    out.push_back({due, principal, interest, balance});
    from = due;
  }
  while (out.size() > 1 && out.back().total_minor() == 0) out.pop_back();
  return out;
}

int64_t level_of(const Contract& contract) {
  Plan plan = open_plan(contract);
  plan.principal_minor = contract.principal_minor;
  set_level(contract.terms, plan);
  return plan.level_minor;
}

TEST(Schedule, EqualsTheRationalReferenceForAnyTerms) {
  for (uint64_t row = 0; row < 600; ++row) {
    RandomStream random(Random(5), 1, row);
    const Contract contract = examples::random_contract(random);
    const int64_t level = level_of(contract);
    const Schedule schedule = schedule_of(contract);
    ASSERT_EQ(schedule, slow_schedule(contract, level)) << "row " << row;

    int64_t principal = 0;
    for (const Instalment& instalment : schedule) {
      ASSERT_GE(instalment.principal_minor, 0);
      ASSERT_GE(instalment.interest_minor, 0);
      principal += instalment.principal_minor;
    }
    ASSERT_EQ(principal, contract.principal_minor) << "row " << row;
    ASSERT_EQ(schedule.back().balance_minor, 0);
  }
}

TEST(Schedule, TheInstalmentIsTheSmallestThatRepays) {
  int compared = 0;
  for (uint64_t row = 0; row < 600; ++row) {
    RandomStream random(Random(6), 1, row);
    Contract contract = examples::random_contract(random);
    contract.terms.method = RepaymentMethod::equal_instalment;
    contract.kind = ProductKind::term;
    contract.terms.minimum_principal = {};
    const int64_t level = level_of(contract);
    const auto last_fits = [&](int64_t tried) {
      const Schedule tried_schedule = slow_schedule(contract, tried);
      return tried_schedule.back().total_minor() <= tried;
    };
    ASSERT_TRUE(last_fits(level)) << "row " << row;
    ASSERT_FALSE(last_fits(level - 1)) << "row " << row;
    compared += 1;
  }
  EXPECT_EQ(compared, 600);
}

// Published annuity tables: 200,000 at 6.5 % over 360 months is 1,264.14 a month; 100,000 at 6 %
// over 12 is 8,606.64 (8,606.643…: the smallest whole cent that repays is one more).
TEST(Schedule, AgreesWithPublishedAnnuities) {
  Contract contract = examples::term_loan();
  contract.principal_minor = 20'000'000;
  contract.rate = Rate::from_bp(650);
  contract.instalments = 360;
  EXPECT_EQ(level_of(contract), 126'414);
  contract.principal_minor = 10'000'000;
  contract.rate = Rate::from_percent(6);
  contract.instalments = 12;
  EXPECT_EQ(level_of(contract), 860'665);
}

// 120,000 in twelve parts at 6 %: interest falls by 50 a month from 600, 3,900 in all.
TEST(Schedule, EqualPrincipalAgreesWithTheSumFormula) {
  Contract contract = examples::term_loan();
  contract.rate = Rate::from_percent(6);
  contract.terms.method = RepaymentMethod::equal_principal;
  const Schedule schedule = schedule_of(contract);
  ASSERT_EQ(schedule.size(), 12u);
  int64_t interest = 0;
  for (size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(schedule[i].principal_minor, 1'000'000);
    EXPECT_EQ(schedule[i].interest_minor, 60'000 - 5'000 * static_cast<int64_t>(i));
    interest += schedule[i].interest_minor;
  }
  EXPECT_EQ(interest, 390'000);
}

TEST(Schedule, InterestOnlyRepaysThePrincipalLast) {
  Contract contract = examples::term_loan();
  contract.terms.method = RepaymentMethod::interest_only_bullet;
  const Schedule schedule = schedule_of(contract);
  for (size_t i = 0; i < 11; ++i) EXPECT_EQ(schedule[i], (Instalment{schedule[i].due, 0, 120'000, 12'000'000}));
  EXPECT_EQ(schedule[11].total_minor(), 12'120'000);
}

TEST(Schedule, DueDatesKeepTheDayOfOpeningThroughShortMonths) {
  Contract contract = examples::term_loan();
  contract.opened_on = day("2025-01-31");
  contract.first_due = day("2025-02-28");
  contract.instalments = 3;
  const Schedule schedule = schedule_of(contract);
  EXPECT_EQ(schedule[1].due, day("2025-03-31"));
  EXPECT_EQ(schedule[2].due, day("2025-04-30"));
}

TEST(Schedule, ALaterDrawdownJoinsThePlanFromItsDay) {
  Contract contract = examples::term_loan();
  const auto schedule = schedule_of(contract, {{day("2025-01-15"), 6'000'000}, {day("2025-03-30"), 6'000'000}});
  ASSERT_TRUE(schedule.has_value());
  // The first instalments are of 60,000 alone; April's carries half a month of the second 60,000.
  EXPECT_EQ((*schedule)[0].interest_minor, 60'000);
  const int64_t before = (*schedule)[1].balance_minor;
  EXPECT_EQ((*schedule)[2].interest_minor, divide(before + 6'000'000 / 2, 100, Rounding::half_even));
  int64_t principal = 0;
  for (const Instalment& instalment : *schedule) principal += instalment.principal_minor;
  EXPECT_EQ(principal, 12'000'000);
  EXPECT_EQ(schedule->size(), 12u);
}

TEST(Schedule, DrawdownsOutsideTheContractAreFaults) {
  const Contract contract = examples::term_loan();
  EXPECT_FALSE(schedule_of(contract, {{day("2025-01-14"), 100}}));
  EXPECT_FALSE(schedule_of(contract, {{day("2025-01-15"), 12'000'001}}));
  EXPECT_FALSE(schedule_of(contract, {{day("2025-03-15"), 100}, {day("2025-02-15"), 100}}));
  EXPECT_FALSE(schedule_of(contract, {{day("2027-01-15"), 100}}));
}

TEST(Schedule, PacksIntoAboutEightBytesAnInstalmentAndBack) {
  size_t bytes = 0, instalments = 0;
  for (uint64_t row = 0; row < 300; ++row) {
    RandomStream random(Random(9), 1, row);
    const Schedule schedule = schedule_of(examples::random_contract(random));
    const std::string packed = pack(schedule);
    const auto back = unpack_schedule(packed);
    ASSERT_TRUE(back.has_value()) << back.error().text();
    ASSERT_EQ(*back, schedule);
    for (size_t cut = 0; cut < packed.size(); ++cut) {
      ASSERT_EQ(unpack_schedule(packed.substr(0, cut)).error().code, ErrorCode::corrupt);
    }
    bytes += packed.size();
    instalments += schedule.size();
  }
  EXPECT_LT(bytes, 11 * instalments);
  const Schedule usual = schedule_of(examples::term_loan());
  EXPECT_LE(pack(usual).size(), 8 * usual.size() + 10);
}

TEST(Schedule, HoldsAtTheLargestAmountAndRate) {
  Contract contract = examples::term_loan();
  contract.principal_minor = kAmountMinorMax;
  contract.rate = kRateMax;
  contract.instalments = kTermsMax;
  contract.terms.period_months = 12;
  contract.first_due = contract.opened_on.plus_months(12);
  contract.terms.day_count = DayCount::actual_actual;
  EXPECT_EQ(schedule_of(contract), slow_schedule(contract, level_of(contract)));
  contract.terms.method = RepaymentMethod::interest_only_bullet;
  const Schedule bullet = schedule_of(contract);
  EXPECT_EQ(bullet.size(), static_cast<size_t>(kTermsMax));
  EXPECT_EQ(unpack_schedule(pack(bullet)), bullet);
}

}  // namespace
}  // namespace puhui::lending
