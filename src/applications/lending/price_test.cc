#include "applications/lending/price.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

CostRates costs() {
  return {.funding = Rate::from_bp(250),
          .operating = Rate::from_bp(300),
          .capital = Rate::from_bp(1'000),
          .hurdle = Rate::from_bp(1'200),
          .margin = Rate::from_bp(200),
          .floor = Rate::from_bp(360),
          .cap = Rate::from_bp(2'400),
          .pd_max = Rate::from_bp(2'000)};
}

// (2.5 % + 3 % + 10 % · 12 % + 5 % · 65 %) / 95 % + 2 % = 9.95 % / .95 + 2 % = 12.4736842105… %
TEST(Price, WorkedExample) {
  const auto price = price_of(costs(), Rate::from_percent(5), Rate::from_percent(65));
  ASSERT_TRUE(price.has_value());
  EXPECT_EQ(price->rate.ppb, 124'736'842);
  EXPECT_EQ(price->bound, PriceBound::none);
}

TEST(Price, IsTheRationalValueRoundedOnce) {
  RandomStream random(Random(4), 0, 0);
  for (int i = 0; i < 2'000; ++i) {
    CostRates any = costs();
    for (Rate* rate : {&any.funding, &any.operating, &any.capital, &any.hurdle, &any.margin})
      rate->ppb = static_cast<int64_t>(random.below(Rate::kOne));
    any.floor = {}, any.cap = kRateMax;
    const Rate pd = {static_cast<int64_t>(random.below(Rate::kOne * 9 / 10))},
               lgd = {static_cast<int64_t>(random.below(Rate::kOne + 1))};
    const cpp_int one = Rate::kOne;
    const cpp_rational exact = cpp_rational((cpp_int(any.funding.ppb) + any.operating.ppb) * one +
                                                cpp_int(any.capital.ppb) * any.hurdle.ppb + cpp_int(pd.ppb) * lgd.ppb,
                                            one - pd.ppb) +
                               any.margin.ppb;
    const auto price = price_of(any, pd, lgd);
    ASSERT_TRUE(price.has_value());
    const cpp_rational error = abs(exact - price->unbounded.ppb);
    ASSERT_LE(error, cpp_rational(1, 2));
  }
}

TEST(Price, StaysBetweenFloorAndCapAndSaysWhichHeldIt) {
  const auto risky = price_of(costs(), Rate::from_percent(30), Rate::from_percent(65));
  EXPECT_EQ(risky->rate, Rate::from_percent(24));
  EXPECT_EQ(risky->bound, PriceBound::cap);
  CostRates cheap = costs();
  cheap.funding = cheap.operating = cheap.capital = cheap.margin = {};
  const auto safe = price_of(cheap, Rate{}, Rate::from_percent(65));
  EXPECT_EQ(safe->rate, cheap.floor);
  EXPECT_EQ(safe->bound, PriceBound::floor);
}

TEST(Price, RisesWithTheProbabilityOfDefault) {
  int64_t before = 0;
  for (int64_t bp = 0; bp < 2'000; bp += 25) {
    const auto price = price_of(costs(), Rate::from_bp(bp), Rate::from_percent(65));
    EXPECT_GT(price->unbounded.ppb, before);
    before = price->unbounded.ppb;
  }
}

TEST(Price, ACertainDefaultHasNoPrice) {
  EXPECT_EQ(price_of(costs(), Rate{Rate::kOne}, Rate{}).error().code, ErrorCode::invalid);
  EXPECT_EQ(price_of(costs(), Rate{-1}, Rate{}).error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace puhui::lending
