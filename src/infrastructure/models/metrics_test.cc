#include "infrastructure/models/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ground/base/random.h"

namespace puhui::models {
namespace {

struct Drawn {
  std::vector<double> scores;
  std::vector<uint8_t> bad;
};

// Scores on a coarse grid, so that ties are common.
Drawn draw(uint64_t seed, size_t rows, int levels) {
  Drawn out;
  for (size_t row = 0; row < rows; ++row) {
    RandomStream random(Random(seed), 1, row);
    const double p = static_cast<double>(random.below(static_cast<uint64_t>(levels))) / levels;
    out.scores.push_back(p);
    out.bad.push_back(random.chance(0.1 + 0.8 * p) ? 1 : 0);
  }
  out.bad[0] = 1, out.bad[1] = 0;
  return out;
}

TEST(Metrics, AucEqualsTheShareOfPairsWonWithTiesOneHalf) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const auto d = draw(seed, 300, 7);
    double won = 0, pairs = 0;
    for (size_t i = 0; i < d.bad.size(); ++i) {
      for (size_t j = 0; j < d.bad.size(); ++j) {
        if (d.bad[i] == 0 || d.bad[j] != 0) continue;
        pairs += 1;
        won += d.scores[i] > d.scores[j] ? 1 : d.scores[i] == d.scores[j] ? 0.5 : 0;
      }
    }
    EXPECT_NEAR(auc({d.scores, d.bad}), won / pairs, 1e-12) << seed;
  }
}

TEST(Metrics, KsIsTakenOnlyAtDistinctScores) {
  // One tie of a bad and a good: inside it there is no place to stand.
  const std::vector<double> scores = {0.5, 0.5};
  const std::vector<uint8_t> bad = {1, 0};
  EXPECT_EQ(ks({scores, bad}), 0);
  EXPECT_EQ(auc({scores, bad}), 0.5);
  EXPECT_EQ(average_precision({scores, bad}), 0.5);
}

TEST(Metrics, RowOrderNeverMatters) {
  auto d = draw(9, 500, 5);
  const Quality one = quality({d.scores, d.bad});
  std::vector<double> scores(d.scores.rbegin(), d.scores.rend());
  std::vector<uint8_t> bad(d.bad.rbegin(), d.bad.rend());
  const Quality other = quality({scores, bad});
  EXPECT_EQ(one.auc, other.auc);
  EXPECT_EQ(one.ks, other.ks);
  EXPECT_EQ(one.average_precision, other.average_precision);
}

TEST(Metrics, AveragePrecisionIsAStepSum) {
  const std::vector<double> scores = {0.9, 0.8, 0.7, 0.6};
  const std::vector<uint8_t> bad = {1, 0, 1, 0};
  EXPECT_DOUBLE_EQ(average_precision({scores, bad}), 0.5 * 1 + 0.5 * (2.0 / 3));
  EXPECT_DOUBLE_EQ(brier({scores, bad}), (0.01 + 0.64 + 0.09 + 0.36) / 4);
  EXPECT_NEAR(log_loss({scores, bad}), -(std::log(0.9) + std::log(0.2) + std::log(0.7) + std::log(0.4)) / 4, 1e-15);
}

TEST(Metrics, ChiSquareLimitsAreTheTabulatedOnes) {
  EXPECT_NEAR(chi_square_limit(1, 0.05), 3.841459, 1e-6);
  EXPECT_NEAR(chi_square_limit(9, 0.05), 16.918978, 1e-6);
  EXPECT_NEAR(chi_square_limit(1, 0.01), 6.634897, 1e-6);
  EXPECT_NEAR(chi_square_limit(30, 0.001), 59.703064, 1e-5);
}

TEST(Metrics, PsiStaysBelowItsNullLimitNineteenTimesInTwentyAndShowsAShift) {
  int beyond = 0;
  for (uint64_t run = 0; run < 200; ++run) {
    RandomStream random(Random(11), 2, run);
    std::vector<double> a(400), b(400);
    for (auto* sample : {&a, &b}) {
      for (double& value : *sample) value = random.normal();
    }
    const Psi drift = psi(a, b);
    EXPECT_EQ(drift.bins, 10u);
    beyond += drift.value > drift.null_limit ? 1 : 0;
    for (double& value : b) value += 1;
    EXPECT_GT(psi(a, b).value, 0.25);
  }
  // Cutting at the sample's own tenths makes chance somewhat larger than the limit that knows the true ones.
  EXPECT_LT(beyond, 30);
  EXPECT_GT(beyond, 0);
  EXPECT_EQ(psi(std::vector<double>{1, 2, 3}, std::vector<double>{1, 2, 3}).value, 0);
}

TEST(Metrics, CalibrationBinsHoldEveryRowOnceAndNeverPartATie) {
  const auto d = draw(4, 1000, 17);
  uint64_t rows = 0;
  double last = -1;
  for (const auto& bin : calibration({d.scores, d.bad}, 10)) {
    rows += bin.rows;
    EXPECT_GT(bin.predicted_low, last);
    last = bin.predicted_high;
  }
  EXPECT_EQ(rows, 1000u);
}

}  // namespace
}  // namespace puhui::models
