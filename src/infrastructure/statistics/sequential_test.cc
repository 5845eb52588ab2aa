#include "infrastructure/statistics/sequential.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "ground/base/random.h"
#include "infrastructure/statistics/distribution.h"

namespace puhui::statistics {
namespace {

// The mixture integrated over Jeffreys' prior by the substitution p = sin^2(t), which makes that prior flat.
TEST(Sequential, EvidenceAgainstARateIsTheLikelihoodMixedOverJeffreysPrior) {
  const Share seen{7, 30};
  const double rate = 0.4;
  double sum = 0;
  constexpr int kSteps = 20'000;
  for (int i = 0; i < kSteps; ++i) {
    const double t = (i + 0.5) / kSteps * M_PI / 2, p = std::sin(t) * std::sin(t);
    sum += std::pow(p / rate, 7) * std::pow((1 - p) / (1 - rate), 23) / kSteps;
  }
  EXPECT_NEAR(log_evidence_against(seen, rate), std::log(sum), 1e-8);
  EXPECT_EQ(log_evidence_against({0, 0}, 0.3), 0);
}

// A martingale: the mean of what the next row makes of it, under the rate held against, is what it was.
TEST(Sequential, EvidenceIsAMartingaleUnderTheRateItIsHeldAgainst) {
  for (const double rate : {0.01, 0.3, 0.9}) {
    for (const Share& seen : {Share{0, 0}, Share{3, 10}, Share{40, 41}}) {
      const double now = std::exp(log_evidence_against(seen, rate));
      const double next = rate * std::exp(log_evidence_against({seen.events + 1, seen.trials + 1}, rate)) +
                          (1 - rate) * std::exp(log_evidence_against({seen.events, seen.trials + 1}, rate));
      EXPECT_NEAR(next / now, 1, 1e-9);
    }
  }
}

TEST(Sequential, IntervalsHoldTheirMiddleAndShrink) {
  const Interval few = rate_sequence({5, 50}), many = rate_sequence({500, 5000});
  EXPECT_TRUE(few.holds(0.1) && many.holds(0.1));
  EXPECT_LT(many.high - many.low, (few.high - few.low) / 5);
  EXPECT_EQ(rate_sequence({0, 0}), (Interval{0, 1}));
  EXPECT_EQ(rate_sequence({0, 50}).low, 0);
  EXPECT_EQ(difference_sequence({{0, 0}, {0, 0}}), (Interval{-1, 1}));
}

// What is in a joint region of both rates has its difference in the interval, and the ends are ends of one.
TEST(Sequential, TheIntervalOfADifferenceIsTheJointRegionSeenFromTheSide) {
  const Shares arms{.base = {30, 200}, .other = {25, 90}};
  double low = 1, high = -1;
  constexpr int kSteps = 800;
  for (int i = 1; i < kSteps; ++i) {
    for (int j = 1; j < kSteps; ++j) {
      const double p = static_cast<double>(i) / kSteps, q = static_cast<double>(j) / kSteps;
      if (log_evidence_against(arms.base, p) + log_evidence_against(arms.other, q) >= std::log(20)) continue;
      low = std::min(low, q - p), high = std::max(high, q - p);
    }
  }
  const Interval out = difference_sequence(arms);
  EXPECT_NEAR(out.low, low, 3.0 / kSteps);
  EXPECT_NEAR(out.high, high, 3.0 / kSteps);
  EXPECT_LE(out.low, low);
  EXPECT_GE(out.high, high);
}

TEST(Sequential, AWorseArmIsFoundAndAnEqualOneIsNot) {
  EXPECT_LT(worse_than_p({.base = {100, 1000}, .other = {180, 1000}}, 0), 0.005);
  EXPECT_EQ(worse_than_p({.base = {100, 1000}, .other = {100, 1000}}, 0), 1);
  EXPECT_EQ(worse_than_p({.base = {100, 1000}, .other = {180, 1000}}, 0.09), 1);
  EXPECT_EQ(worse_than_p({.base = {0, 0}, .other = {18, 100}}, 0), 1);
}

// A run of `rows` rows, of each of which `broken` is told; the share of runs in which it ever said yes.
double share_of_runs(int runs, int rows, uint64_t seed, const std::function<bool(RandomStream&, int, bool)>& broken) {
  int out = 0;
  for (int run = 0; run < runs; ++run) {
    RandomStream stream(Random(seed), 1, static_cast<uint64_t>(run));
    for (int row = 0; row < rows; ++row) {
      if (broken(stream, row, row == 0)) {
        ++out;
        break;
      }
    }
  }
  return static_cast<double>(out) / runs;
}

TEST(Sequential, LookedAtAfterEveryRowARateIsLostAtMostOnceInTwentyRuns) {
  for (const double rate : {0.05, 0.4}) {
    Share seen;
    const double lost = share_of_runs(600, 1500, 11, [&](RandomStream& stream, int, bool first) {
      if (first) seen = {};
      ++seen.trials, seen.events += stream.chance(rate) ? 1 : 0;
      return log_evidence_against(seen, rate) >= std::log(20);
    });
    EXPECT_LE(lost, 0.05 + 0.018) << rate;  // two standard errors of 600 runs
  }
}

// One row in ten goes to the challenger, as a canary does. Looked at after every row that changes the p-value much.
TEST(Sequential, LookedAtAllTheTimeAnEqualArmIsCalledWorseAtMostOnceInTwentyRuns) {
  Shares arms;
  const double wrong = share_of_runs(400, 2500, 12, [&](RandomStream& stream, int row, bool first) {
    if (first) arms = {};
    Share& arm = row % 10 == 0 ? arms.other : arms.base;
    ++arm.trials, arm.events += stream.chance(0.1) ? 1 : 0;
    return row % 10 == 0 && worse_than_p(arms, 0) <= 0.05;
  });
  EXPECT_LE(wrong, 0.05 + 0.022);
}

// A fixed-sample test looked at after every row: what the sequences are for.
TEST(Sequential, AnOrdinaryIntervalLookedAtAllTheTimeIsLostFarMoreOften) {
  Share seen;
  const double lost = share_of_runs(200, 1500, 13, [&](RandomStream& stream, int, bool first) {
    if (first) seen = {};
    ++seen.trials, seen.events += stream.chance(0.4) ? 1 : 0;
    return !wilson(seen).holds(0.4);
  });
  EXPECT_GT(lost, 0.3);
}

TEST(Sequential, ThreeTimesTheBadRateIsSeenWithinAThousandCanaryRows) {
  Shares arms;
  const double found = share_of_runs(60, 10'000, 14, [&](RandomStream& stream, int row, bool first) {
    if (first) arms = {};
    Share& arm = row % 10 == 0 ? arms.other : arms.base;
    ++arm.trials, arm.events += stream.chance(row % 10 == 0 ? 0.15 : 0.05) ? 1 : 0;
    return row % 100 == 0 && worse_than_p(arms, 0) <= 0.05;
  });
  EXPECT_GT(found, 0.95);
}

TEST(Sequential, MomentsAreThoseOfAllRowsHoweverTheyWereJoined) {
  RandomStream stream(Random(15), 1, 1);
  Moments whole, left, right;
  for (int i = 0; i < 1000; ++i) {
    const double value = 1e6 + stream.normal();
    whole.add(value);
    (i < 300 ? left : right).add(value);
  }
  left.add(right);
  EXPECT_EQ(left.rows, whole.rows);
  EXPECT_NEAR(left.mean, whole.mean, 1e-6);
  EXPECT_NEAR(left.variance(), whole.variance(), 1e-6);
}

TEST(Sequential, TheIntervalOfAMeanIsTightestNearThePlannedRows) {
  const auto width = [](uint64_t rows, uint64_t planned) {
    const Moments seen{rows, 0, static_cast<double>(rows - 1)};
    const Interval out = mean_sequence(seen, planned);
    return out.high - out.low;
  };
  for (const uint64_t rows : {500u, 5000u, 50'000u}) {
    EXPECT_LT(width(rows, rows), width(rows, rows * 8));
    EXPECT_LT(width(rows, rows), width(rows, rows / 8));
  }
  EXPECT_TRUE(std::isinf(mean_sequence({kMomentsRowsMin - 1, 0, 1}, 1000).high));
}

// Skewed like latencies (exponential), looked at after every row from the fiftieth on.
TEST(Sequential, LookedAtAfterEveryRowAMeanIsLostAtMostOnceInTwentyRuns) {
  Moments seen;
  const double lost = share_of_runs(600, 3000, 16, [&](RandomStream& stream, int, bool first) {
    if (first) seen = {};
    seen.add(-std::log(1 - stream.uniform()));
    return !mean_sequence(seen, 1000).holds(1);
  });
  EXPECT_LE(lost, 0.05 + 0.018);
}

TEST(Sequential, LookedAtAllTheTimeADifferenceOfMeansIsLostAtMostOnceInTwentyRuns) {
  TwoMoments arms;
  const double lost = share_of_runs(600, 3000, 17, [&](RandomStream& stream, int row, bool first) {
    if (first) arms = {};
    (row % 5 == 0 ? arms.other : arms.base).add(10 + stream.normal() * (row % 5 == 0 ? 2 : 1));
    return !difference_of_means_sequence(arms, 1000).holds(0);
  });
  EXPECT_LE(lost, 0.05 + 0.018);
}

}  // namespace
}  // namespace puhui::statistics
