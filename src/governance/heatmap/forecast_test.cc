#include "governance/heatmap/forecast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ground/base/random.h"

namespace puhui::heatmap {
namespace {

// Hollander and Wolfe, Nonparametric Statistical Methods, section 9.1: the cloud-seeding experiment in the Snowy
// Mountains; its estimate of the slope is -.0562.
TEST(Trend, GivesThePublishedSlope) {
  const std::vector<Point> points{{1, 1.26}, {2, 1.27}, {3, 1.12}, {4, 1.16}, {5, 1.03}};
  const Trend trend = trend_of(points).value();
  EXPECT_NEAR(trend.slope, -0.05625, 1e-12);
  EXPECT_LE(trend.low, trend.slope);
  EXPECT_GE(trend.high, trend.slope);
}

TEST(Trend, IsNotBentByAFewOddDays) {
  std::vector<Point> points;
  for (int day = 0; day < 30; ++day) points.push_back({static_cast<double>(day), 100.0 + 2.0 * day});
  for (const size_t odd : {5u, 11u, 29u}) points[odd].y = 5000;
  const Trend trend = trend_of(points).value();
  EXPECT_NEAR(trend.slope, 2.0, 0.05);
  EXPECT_NEAR(trend.last, 158.0, 1.5);
}

TEST(Trend, NeedsTwoDifferentDays) {
  EXPECT_FALSE(trend_of({}).has_value());
  const std::vector<Point> one_day{{1, 2}, {1, 3}};
  EXPECT_FALSE(trend_of(one_day).has_value());
}

// The interval says 90 %: over simulated histories it holds the slope in 87 to 94 of a hundred.
TEST(Trend, ItsIntervalHoldsTheSlopeAsOftenAsItSays) {
  for (const int days : {10, 30}) {
    int held = 0;
    constexpr int kRuns = 2000;
    for (int run = 0; run < kRuns; ++run) {
      RandomStream random(Random(7), static_cast<uint64_t>(run), static_cast<uint64_t>(days));
      std::vector<Point> points;
      for (int day = 0; day < days; ++day) {
        double noise = -6;  // the sum of twelve uniform numbers: nearly normal
        for (int i = 0; i < 12; ++i) noise += static_cast<double>(random.below(1'000'000)) / 1e6;
        points.push_back({static_cast<double>(day), 3.0 * day + 20 * noise});
      }
      const Trend trend = trend_of(points).value();
      held += trend.low <= 3.0 && 3.0 <= trend.high;
    }
    EXPECT_GE(held, kRuns * 87 / 100) << days;
    EXPECT_LE(held, kRuns * 94 / 100) << days;
  }
}

std::vector<BusyDay> growing(int64_t days, int64_t from_ppm, int64_t by_ppm) {
  std::vector<BusyDay> out;
  for (int64_t day = 0; day < days; ++day) out.push_back({20'000 + day, from_ppm + day * by_ppm});
  return out;
}

TEST(Forecast, SaysPlainlyWhenThereIsTooLittleHistory) {
  const ForecastView forecast = forecast_of(growing(6, 100'000, 10'000));
  EXPECT_FALSE(forecast.days.has_value());
  EXPECT_THAT(forecast.en, testing::HasSubstr("Too little history: 6 of 7"));
  EXPECT_THAT(forecast.zh, testing::HasSubstr("历史太短"));
}

TEST(Forecast, CountsTheDaysUntilTheMachineIsFull) {
  const ForecastView forecast = forecast_of(growing(11, 400'000, 10'000));
  EXPECT_EQ(forecast.slope_ppm_a_day, 10'000);
  EXPECT_EQ(forecast.days, 50);  // at 500,000 on the last day
  EXPECT_EQ(forecast.days_low, 50);
  EXPECT_EQ(forecast_of(growing(11, 950'000, 10'000)).days, 0) << "it is full already";
}

TEST(Forecast, SaysNoEndIsInSightWhenUseDoesNotGrow) {
  const ForecastView forecast = forecast_of(growing(11, 400'000, -1000));
  EXPECT_FALSE(forecast.days.has_value());
  EXPECT_THAT(forecast.en, testing::HasSubstr("no end"));
}

}  // namespace
}  // namespace puhui::heatmap
