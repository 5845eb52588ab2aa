#include "applications/lending/expected_loss.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

constexpr Rate percent(int64_t value) { return Rate::from_percent(value); }

TEST(ExpectedLoss, StagesFollowTheBackstopsAndTheGrowthOfRisk) {
  const StageRule rule;
  EXPECT_EQ(stage_of(rule, {0, percent(2), percent(2)}), Stage::one);
  EXPECT_EQ(stage_of(rule, {30, percent(2), percent(2)}), Stage::one);
  EXPECT_EQ(stage_of(rule, {31, percent(2), percent(2)}), Stage::two);
  EXPECT_EQ(stage_of(rule, {89, percent(2), percent(2)}), Stage::two);
  EXPECT_EQ(stage_of(rule, {90, percent(2), percent(2)}), Stage::three);
  EXPECT_EQ(stage_of(rule, {0, percent(2), Rate::from_bp(399)}), Stage::one);
  EXPECT_EQ(stage_of(rule, {0, percent(2), percent(4)}), Stage::two);
  EXPECT_EQ(stage_of(rule, {0, Rate{}, Rate{}}), Stage::one);
}

// A million over two years at PD 12 %, LGD 50 %: 60,000 in the first, and 60,000 of the 88 % left
// in the second.
TEST(ExpectedLoss, WorkedExample) {
  const std::vector<int64_t> exposure(24, 1'000'000);
  const LossParameters parameters = {percent(12), percent(50), percent(100), {}};
  EXPECT_EQ(expected_loss_minor(Stage::one, exposure, parameters), 60'000);
  EXPECT_EQ(expected_loss_minor(Stage::two, exposure, parameters), 112'800);
  EXPECT_EQ(expected_loss_minor(Stage::three, exposure, parameters), 500'000);
  EXPECT_EQ(expected_loss_minor(Stage::two, {}, parameters), 0);
}

TEST(ExpectedLoss, IsWithinOneMinorUnitOfTheRationalSum) {
  for (uint64_t row = 0; row < 200; ++row) {
    RandomStream random(Random(12), 0, row);
    std::vector<int64_t> exposure(1 + random.below(60));
    for (int64_t& amount : exposure) amount = static_cast<int64_t>(random.below(1'000'000'000));
    const LossParameters parameters = {{static_cast<int64_t>(random.below(Rate::kOne))},
                                       {static_cast<int64_t>(random.below(Rate::kOne))},
                                       {static_cast<int64_t>(random.below(Rate::kOne))},
                                       {static_cast<int64_t>(random.below(Rate::kOne))}};
    cpp_rational year(parameters.pd.ppb, Rate::kOne), surviving = 1, discount = 1, sum = 0;
    const cpp_rational monthly = 1 / (1 + cpp_rational(parameters.discount.ppb, cpp_int(Rate::kOne) * 12));
    for (size_t month = 0; month < exposure.size(); ++month) {
      if (month > 0 && month % 12 == 0) {
        surviving *= 1 - year;
        year *= cpp_rational(parameters.pd_year_factor.ppb, Rate::kOne);
      }
      discount *= monthly;
      sum += surviving * year / 12 * discount * exposure[month] * cpp_rational(parameters.lgd.ppb, Rate::kOne);
    }
    const int64_t loss = expected_loss_minor(Stage::two, exposure, parameters);
    ASSERT_LE(abs(sum - loss), 1) << "row " << row;
  }
}

TEST(ExpectedLoss, ExposureFallsAsTheScheduleRepays) {
  const Contract contract = examples::term_loan();
  State state = open(contract);
  ASSERT_TRUE(apply(contract, examples::event_of(EventKind::drawdown, "2025-01-15", 12'000'000, 1), state).has_value());
  const auto exposure = exposure_by_month(contract, state);
  const Schedule schedule = schedule_of(contract);
  ASSERT_EQ(exposure.size(), 12u);
  EXPECT_EQ(exposure[0], 12'000'000);
  for (size_t i = 1; i < 12; ++i) EXPECT_EQ(exposure[i], schedule[i - 1].balance_minor);
  advance(contract, examples::day("2025-02-20"), state);
  const auto late = exposure_by_month(contract, state);
  EXPECT_EQ(late[0], 12'000'000 + 120'000 + state.plan.interest.minor);
}

TEST(ExpectedLoss, TheAllowanceMovesByItsDifference) {
  const std::vector<Posting> up = {{AccountKind::loss_allowance, Side::credit, 40},
                                   {AccountKind::impairment_expense, Side::debit, 40}};
  EXPECT_EQ(allowance_postings(60, 100), up);
  const std::vector<Posting> released = {{AccountKind::loss_allowance, Side::debit, 100},
                                         {AccountKind::impairment_expense, Side::credit, 100}};
  EXPECT_EQ(allowance_postings(100, 0), released);
  EXPECT_TRUE(allowance_postings(5, 5).empty());
}

}  // namespace
}  // namespace puhui::lending
