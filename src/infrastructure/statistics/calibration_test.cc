#include "infrastructure/statistics/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ground/base/random.h"

namespace puhui::statistics {
namespace {

struct Rows {
  std::vector<double> probability;
  std::vector<uint8_t> bad;
  Predicted predicted() const { return {probability, bad}; }
};

// Predicted by logit(truth) shrunk or moved: logit(truth) = intercept + slope * logit(predicted).
Rows rows_of(RandomStream& stream, size_t rows, double intercept, double slope) {
  Rows out;
  for (size_t i = 0; i < rows; ++i) {
    const double x = stream.normal() - 1.5;
    out.probability.push_back(1 / (1 + std::exp(-x)));
    out.bad.push_back(stream.chance(1 / (1 + std::exp(-(intercept + slope * x)))) ? 1 : 0);
  }
  return out;
}

TEST(Calibration, BrierIsTheMeanSquaredError) {
  const Rows rows{{0.1, 0.8}, {0, 1}};
  EXPECT_NEAR(brier(rows.predicted()), (0.01 + 0.04) / 2, 1e-15);
}

// Three groups of ten, 1, 4 and 5 bad where 2, 3 and 5 were expected.
TEST(Calibration, HosmerLemeshowOfThreeGroupsByHand) {
  Rows rows;
  for (const auto& [p, bad] : {std::pair{0.2, 1}, std::pair{0.3, 4}, std::pair{0.5, 5}}) {
    for (int i = 0; i < 10; ++i) rows.probability.push_back(p), rows.bad.push_back(i < bad ? 1 : 0);
  }
  const auto out = hosmer_lemeshow(rows.predicted(), FittedOn::other_rows, 3);
  EXPECT_EQ(out.groups, 3u);
  EXPECT_NEAR(out.chi_square, 1 / 1.6 + 1 / 2.1, 1e-12);
  EXPECT_EQ(out.freedom, 3);
  EXPECT_EQ(hosmer_lemeshow(rows.predicted(), FittedOn::these_rows, 3).freedom, 1);
}

TEST(Calibration, HosmerLemeshowErrsOnceInTwentyOnRowsItWasNotFittedOn) {
  RandomStream stream(Random(9), 1, 1);
  constexpr int kRuns = 1000;
  int surprised = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Rows rows = rows_of(stream, 500, 0, 1);
    surprised += hosmer_lemeshow(rows.predicted(), FittedOn::other_rows).p_value < 0.05 ? 1 : 0;
  }
  EXPECT_NEAR(surprised, 0.05 * kRuns, 0.02 * kRuns);
}

// With two probabilities the line goes through both groups' log-odds.
TEST(Calibration, TheLineThroughTwoGroupsIsExact) {
  Rows rows;
  for (int i = 0; i < 100; ++i) rows.probability.push_back(0.2), rows.bad.push_back(i < 30 ? 1 : 0);
  for (int i = 0; i < 100; ++i) rows.probability.push_back(0.5), rows.bad.push_back(i < 60 ? 1 : 0);
  const CalibrationLine out = calibration_line(rows.predicted());
  ASSERT_TRUE(out.found);
  EXPECT_NEAR(out.intercept, std::log(0.6 / 0.4), 1e-9);  // at logit(.5) = 0
  EXPECT_NEAR(out.slope, (std::log(0.6 / 0.4) - std::log(0.3 / 0.7)) / -std::log(0.2 / 0.8), 1e-9);
}

TEST(Calibration, NoLineIsFoundWhereThereIsNone) {
  const Rows parted{{0.1, 0.2, 0.8, 0.9}, {0, 0, 1, 1}}, alone{{0.1, 0.2, 0.3}, {0, 0, 0}}, one{{0.3, 0.3}, {0, 1}};
  EXPECT_FALSE(calibration_line(parted.predicted()).found);
  EXPECT_FALSE(calibration_line(alone.predicted()).found);
  EXPECT_FALSE(calibration_line(one.predicted()).found);
}

TEST(Calibration, TheIntervalsOfTheLineHoldTheTruthInAboutNineteenOfTwentySamples) {
  RandomStream stream(Random(10), 1, 1);
  constexpr int kRuns = 800;
  int intercept = 0, slope = 0;
  for (int run = 0; run < kRuns; ++run) {
    const CalibrationLine out = calibration_line(rows_of(stream, 400, 0.4, 0.7).predicted());
    ASSERT_TRUE(out.found);
    intercept += out.intercept_interval.holds(0.4) ? 1 : 0;
    slope += out.slope_interval.holds(0.7) ? 1 : 0;
  }
  EXPECT_GE(std::min(intercept, slope), 0.93 * kRuns);
  EXPECT_LE(std::max(intercept, slope), 0.97 * kRuns);
}

}  // namespace
}  // namespace puhui::statistics
