#include "infrastructure/statistics/stability.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ground/base/random.h"

namespace puhui::statistics {
namespace {

std::vector<uint64_t> counts_of(std::span<const double> edges, const std::vector<double>& values) {
  std::vector<uint64_t> out(edges.size() + 1);
  for (const double value : values) ++out[bin_of(edges, value)];
  return out;
}

std::vector<double> normals(RandomStream& stream, size_t rows, double shift = 0) {
  std::vector<double> out(rows);
  for (double& value : out) value = stream.normal() + shift;
  return out;
}

TEST(Stability, DecilesOfAHundredValuesHoldTenEach) {
  std::vector<double> values;
  for (int i = 100; i > 0; --i) values.push_back(i);
  const auto edges = frozen_edges(values);
  EXPECT_EQ(edges, (std::vector<double>{10, 20, 30, 40, 50, 60, 70, 80, 90}));
  for (const uint64_t count : counts_of(edges, values)) EXPECT_EQ(count, 10u);
}

TEST(Stability, TiesGiveFewerBinsAndOneValueGivesNone) {
  EXPECT_EQ(frozen_edges({1, 1, 1, 1, 1, 1, 1, 2, 3, 3}), (std::vector<double>{1, 2}));
  EXPECT_TRUE(frozen_edges(std::vector<double>(50, 7.0)).empty());
  EXPECT_TRUE(frozen_edges({}).empty());
}

// By hand: (.3 - .5) ln(.3 / .5) + (.7 - .5) ln(.7 / .5)
TEST(Stability, PsiOfTwoBinsIsTheFormula) {
  const Stability out = stability(std::vector<uint64_t>{50, 50}, std::vector<uint64_t>{30, 70});
  EXPECT_NEAR(out.psi, -0.2 * std::log(0.6) + 0.2 * std::log(1.4), 1e-15);
  EXPECT_EQ(out.bins, 2u);
  EXPECT_NEAR(out.null_limit, 3.841458820694124 * 0.02, 1e-9);
}

TEST(Stability, BinsThatNeverHeldARowChangeNothing) {
  const Stability with = stability(std::vector<uint64_t>{50, 0, 50}, std::vector<uint64_t>{30, 0, 70});
  const Stability without = stability(std::vector<uint64_t>{50, 50}, std::vector<uint64_t>{30, 70});
  EXPECT_EQ(with.psi, without.psi);
  EXPECT_EQ(with.null_limit, without.null_limit);
  EXPECT_EQ(stability(std::vector<uint64_t>{9}, std::vector<uint64_t>{9}).psi, 0);
}

// Incomes 42 % higher. Ten equal bins between the least and the most that either sample holds, as bins made when
// measuring are, put nearly everybody into one; deciles frozen before see it.
TEST(Stability, FrozenDecilesSeeAShiftOfIncomeThatBinsOfTheCurrentDataMiss) {
  RandomStream stream(Random(42), 1, 1);
  std::vector<double> before, after;
  for (int i = 0; i < 10'000; ++i) {
    before.push_back(4000 * std::exp(stream.normal()));
    after.push_back(4000 * 1.42 * std::exp(stream.normal()));
  }
  const auto frozen = frozen_edges(before);
  const double seen = stability(counts_of(frozen, before), counts_of(frozen, after)).psi;
  double least = before[0], most = before[0];
  for (const auto* values : {&before, &after}) {
    for (const double value : *values) least = std::min(least, value), most = std::max(most, value);
  }
  std::vector<double> equal;
  for (int i = 1; i < 10; ++i) equal.push_back(least + (most - least) * i / 10);
  const double missed = stability(counts_of(equal, before), counts_of(equal, after)).psi;
  EXPECT_GT(seen, 0.1);
  EXPECT_LT(missed, 0.06);
}

TEST(Stability, WithoutAShiftTheNullLimitIsExceededOnceInTwenty) {
  RandomStream stream(Random(3), 1, 1);
  constexpr int kRuns = 1500;
  int exceeded = 0, surprised = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto reference = normals(stream, 1000);
    const auto edges = frozen_edges(reference);
    const Stability out = stability(counts_of(edges, reference), counts_of(edges, normals(stream, 700)));
    exceeded += out.psi > out.null_limit ? 1 : 0;
    surprised += out.p_value < 0.05 ? 1 : 0;
  }
  EXPECT_NEAR(exceeded, 0.05 * kRuns, 0.02 * kRuns);
  EXPECT_EQ(exceeded, surprised);
}

// A shift of exactly the smallest visible PSI, over ten bins, is seen four times in five.
TEST(Stability, TheSmallestVisibleShiftIsSeenFourTimesInFive) {
  constexpr size_t kBins = 10, kRows = 2000;
  const std::vector<uint64_t> even(kBins, kRows / kBins);
  const double visible = stability(even, even).smallest_visible;
  std::vector<double> shares(kBins, 0.1);
  // Half the bins gain what the others lose; PSI rises with `tilt`.
  const auto psi_of = [](double tilt) { return 10 * tilt * std::log((0.1 + tilt) / (0.1 - tilt)) / 2 * 1.0; };
  double low = 0, high = 0.09;
  for (int i = 0; i < 60; ++i) (psi_of((low + high) / 2) < visible ? low : high) = (low + high) / 2;
  for (size_t i = 0; i < kBins; ++i) shares[i] += i % 2 == 0 ? low : -low;
  RandomStream stream(Random(4), 1, 1);
  const auto draw = [&](const std::vector<double>& from) {
    std::vector<uint64_t> out(kBins);
    for (size_t row = 0; row < kRows; ++row) {
      double u = stream.uniform();
      size_t bin = 0;
      while (bin + 1 < kBins && u >= from[bin]) u -= from[bin++];
      ++out[bin];
    }
    return out;
  };
  constexpr int kRuns = 600;
  int seen = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Stability out = stability(draw(std::vector<double>(kBins, 0.1)), draw(shares));
    seen += out.psi > out.null_limit ? 1 : 0;
  }
  EXPECT_NEAR(seen, 0.80 * kRuns, 0.05 * kRuns);
}

TEST(Stability, KolmogorovSmirnovIsTheLargestGapAlsoWithTies) {
  const auto out = kolmogorov_smirnov({1, 2, 2, 3}, {2, 3, 4, 5});
  EXPECT_NEAR(out.distance, 0.5, 1e-15);
  EXPECT_EQ(kolmogorov_smirnov({1, 2, 3}, {1, 2, 3}).distance, 0);
  EXPECT_EQ(kolmogorov_smirnov({1, 2, 3}, {4, 5}).distance, 1);
}

TEST(Stability, KolmogorovSmirnovErrsOnceInTwenty) {
  RandomStream stream(Random(5), 1, 1);
  constexpr int kRuns = 1500;
  int surprised = 0;
  for (int run = 0; run < kRuns; ++run) {
    surprised += kolmogorov_smirnov(normals(stream, 120), normals(stream, 80)).p_value < 0.05 ? 1 : 0;
  }
  EXPECT_NEAR(surprised, 0.05 * kRuns, 0.02 * kRuns);
}

}  // namespace
}  // namespace puhui::statistics
