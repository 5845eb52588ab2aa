#include "infrastructure/statistics/looks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "ground/base/random.h"
#include "infrastructure/statistics/distribution.h"

namespace puhui::statistics {
namespace {

const std::vector<double> kFiveLooks{0.2, 0.4, 0.6, 0.8, 1.0};

double sum(const std::vector<double>& of) { return std::accumulate(of.begin(), of.end(), 0.0); }

// The Lan-DeMets O'Brien-Fleming boundaries for five equal looks at two-sided .05, as every table has them
// (Reboussin et al., Controlled Clinical Trials 21, 2000).
TEST(Looks, FiveEqualLooksHaveThePublishedBoundaries) {
  const auto looks = look_boundaries(kFiveLooks);
  const double published[] = {4.877, 3.357, 2.680, 2.290, 2.031};
  for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(looks[i].boundary, published[i], 6e-4) << i;
  EXPECT_NEAR(looks.back().spent, 0.05, 1e-12);
}

// O'Brien and Fleming's own constant 2.040 and Pocock's 2.413 for five looks (Jennison and Turnbull 2000, tables 2.1, 2.3).
TEST(Looks, TheClassicalConstantsSpendFivePercent) {
  std::vector<double> obrien_fleming;
  for (int k = 1; k <= 5; ++k) obrien_fleming.push_back(2.040 * std::sqrt(5.0 / k));
  EXPECT_NEAR(sum(crossing_shares(kFiveLooks, obrien_fleming)), 0.05, 1e-4);
  EXPECT_NEAR(sum(crossing_shares(kFiveLooks, std::vector<double>(5, 2.413))), 0.05, 1e-4);
}

// Jennison and Turnbull 2000, table 2.4: five O'Brien-Fleming looks need 1.026 times the rows for a power of .9.
TEST(Looks, ThePowerIsThatOfTheTables) {
  std::vector<double> boundaries;
  for (int k = 1; k <= 5; ++k) boundaries.push_back(2.040 * std::sqrt(5.0 / k));
  const double drift = (normal_limit(0.025) + normal_limit(0.1)) * std::sqrt(1.026);
  EXPECT_NEAR(sum(crossing_shares(kFiveLooks, boundaries, drift)), 0.90, 1e-3);
}

TEST(Looks, OneLookIsTheOrdinaryTest) {
  const auto looks = look_boundaries(std::vector<double>{1.0}, 0.05);
  EXPECT_NEAR(looks[0].boundary, 1.959963984540054, 1e-9);
  EXPECT_NEAR(crossing_shares(std::vector<double>{1.0}, std::vector<double>{1.959963984540054}, 1.5)[0],
              normal_tail(1.959963984540054 - 1.5) + normal_tail(1.959963984540054 + 1.5), 1e-12);
}

TEST(Looks, LooksThatCameOtherwiseThanPlannedSpendTheSameInAll) {
  for (const auto& shares : {std::vector<double>{0.13, 0.5, 1.0}, std::vector<double>{0.9, 0.95, 1.0},
                             std::vector<double>{0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0}}) {
    std::vector<double> boundaries;
    for (const Look& look : look_boundaries(shares)) boundaries.push_back(look.boundary);
    EXPECT_NEAR(sum(crossing_shares(shares, boundaries)), 0.05, 1e-6);
  }
}

TEST(Looks, ALaterLookLeavesTheBoundariesBeforeItAlone) {
  const auto planned = look_boundaries(kFiveLooks), came = look_boundaries(std::vector<double>{0.2, 0.4, 0.77});
  EXPECT_EQ(planned[0].boundary, came[0].boundary);
  EXPECT_EQ(planned[1].boundary, came[1].boundary);
}

TEST(Looks, WithoutADifferenceFiveLooksStopOnceInTwentyRuns) {
  const auto looks = look_boundaries(kFiveLooks);
  RandomStream stream(Random(18), 1, 1);
  constexpr int kRuns = 40'000;
  int stopped = 0;
  for (int run = 0; run < kRuns; ++run) {
    double score = 0;
    for (size_t i = 0; i < looks.size(); ++i) {
      score += stream.normal() * std::sqrt(0.2);
      if (std::fabs(score) / std::sqrt(looks[i].information) < looks[i].boundary) continue;
      ++stopped;
      break;
    }
  }
  EXPECT_NEAR(stopped, 0.05 * kRuns, 0.004 * kRuns);
}

}  // namespace
}  // namespace puhui::statistics
