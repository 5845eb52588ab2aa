#include "applications/lending/irr.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_dec_float.hpp>

#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

using Real = boost::multiprecision::cpp_dec_float_50;

// Plain bisection in fifty digits: the reference.
Real slow_irr(const std::vector<Flow>& flows) {
  const auto value = [&](const Real& rate) {
    Real sum = 0;
    for (const Flow& flow : flows) sum += Real(flow.amount_minor) / pow(1 + rate, Real(flow.period));
    return sum;
  };
  Real low = 0, high = 10;
  for (int i = 0; i < 80; ++i) {
    const Real middle = (low + high) / 2;
    (value(middle) <= 0 ? low : high) = middle;
  }
  return low;
}

TEST(Irr, KnownValues) {
  const auto one = annual_irr_of_months({{0, 10'000'000}, {1, -10'100'000}});
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(one->nominal, Rate::from_percent(12));
  EXPECT_EQ(one->effective.ppb, 126'825'030);  // 1.01^12 = 1.12682503013…
  const auto year = annual_irr_of_months({{0, 10'000'000}, {12, -11'200'000}});
  EXPECT_EQ(year->effective, Rate::from_percent(12));
  EXPECT_EQ(year->nominal.ppb, 113'865'515);
  const auto day_rate = annual_irr_of_days({{0, 10'000'000}, {365, -11'000'000}});
  EXPECT_EQ(day_rate->effective, Rate::from_percent(10));
}

// Regulation Z, appendix J, (c)(1)(i): 5,000 repaid in 36 monthly payments of 166.07 is 12.00 %.
TEST(Irr, AgreesWithThePublishedExampleOfRegulationZ) {
  std::vector<Flow> flows = {{0, 500'000}};
  for (int i = 1; i <= 36; ++i) flows.push_back({i, -16'607});
  const auto rates = annual_irr_of_months(flows);
  ASSERT_TRUE(rates.has_value());
  EXPECT_EQ(rates->nominal.percent(2), "12.00%");
}

// A fee of 0.6 % of the sum each month looks like 7.2 % a year and is over 13 %.
TEST(Irr, ShowsWhatAMonthlyFeeCosts) {
  std::vector<Flow> flows = {{0, 1'200'000}};
  for (int i = 1; i <= 12; ++i) flows.push_back({i, -(100'000 + 7'200)});
  const auto rates = annual_irr_of_months(flows);
  EXPECT_EQ(rates->nominal.percent(2), "13.03%");
}

TEST(Irr, EqualsFiftyDigitBisectionForAnySchedule) {
  for (uint64_t row = 0; row < 60; ++row) {
    RandomStream random(Random(8), 2, row);
    Contract contract = examples::random_contract(random);
    contract.principal_minor += 100'000;
    contract.rate.ppb += 1'000'000;
    const auto fee = static_cast<int64_t>(random.below(1'000));
    const Drawdown drawdown = {contract.opened_on, contract.principal_minor};
    for (const auto& flows :
         {flows_by_day(schedule_of(contract), drawdown, fee), flows_by_period(schedule_of(contract), drawdown, fee)}) {
      const auto rate = period_irr_e15(flows);
      ASSERT_TRUE(rate.has_value()) << rate.error().text();
      const Real difference = Real(*rate) - slow_irr(flows) * Real(1e15);
      ASSERT_LT(abs(difference), 1'000) << "row " << row;  // 10^-12 of the rate
    }
  }
}

TEST(Irr, ALoanWithoutFeesPaysItsContractRate) {
  const Contract contract = examples::term_loan();
  const auto rates =
      annual_irr_of_months(flows_by_period(schedule_of(contract), {contract.opened_on, contract.principal_minor}, 0));
  EXPECT_EQ(rates->nominal.percent(3), "12.000%");
}

TEST(Irr, FlowsWithoutARateAreFaults) {
  EXPECT_EQ(period_irr_e15({}).error().code, ErrorCode::invalid);
  EXPECT_EQ(period_irr_e15({{0, 100}, {1, -99}}).error().code, ErrorCode::invalid);
  EXPECT_EQ(period_irr_e15({{0, 100}, {1, -100}}), 0);
  EXPECT_EQ(period_irr_e15({{0, 1}, {1, -1'000}}).error().code, ErrorCode::exhausted);
  EXPECT_EQ(period_irr_e15({{-1, 100}, {1, -200}}).error().code, ErrorCode::invalid);
}

TEST(Irr, SeveralDrawdownsInAnyOrderGiveOneRate) {
  const std::vector<Flow> flows = {{12, -200'000}, {0, 100'000}, {3, 50'000}, {6, 30'000}};
  const auto rate = period_irr_e15(flows);
  ASSERT_TRUE(rate.has_value());
  EXPECT_LT(abs(Real(*rate) - slow_irr(flows) * Real(1e15)), 1'000);
}

}  // namespace
}  // namespace puhui::lending
