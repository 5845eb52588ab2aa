#include "infrastructure/statistics/roc.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ground/base/random.h"

namespace puhui::statistics {
namespace {

struct Sample {
  std::vector<double> base, other;
  std::vector<uint8_t> bad;
  ScoredTwice twice() const { return {base, other, bad}; }
};

// Two correlated scores; `grid` > 0 rounds them so that there are ties.
Sample sample(RandomStream& stream, size_t good, size_t bad, double first_lift, double second_lift, double grid = 0) {
  Sample out;
  for (size_t i = 0; i < good + bad; ++i) {
    const bool is_bad = i < bad;
    const double common = stream.normal();
    double a = common + stream.normal() + (is_bad ? first_lift : 0);
    double b = common + stream.normal() + (is_bad ? second_lift : 0);
    if (grid > 0) a = std::round(a / grid) * grid, b = std::round(b / grid) * grid;
    out.base.push_back(a), out.other.push_back(b), out.bad.push_back(is_bad ? 1 : 0);
  }
  return out;
}

double kernel(double bad, double good) { return bad > good ? 1 : bad == good ? 0.5 : 0; }

// DeLong et al. 1988, equations 2 to 5, by comparing every bad row with every good one.
struct BruteForce {
  double first = 0, second = 0, variance_first = 0, variance_difference = 0;
};
BruteForce brute_force(const Sample& rows) {
  std::vector<size_t> bad, good;
  for (size_t i = 0; i < rows.bad.size(); ++i) (rows.bad[i] != 0 ? bad : good).push_back(i);
  const auto m = static_cast<double>(bad.size()), n = static_cast<double>(good.size());
  BruteForce out;
  for (const size_t i : bad) {
    for (const size_t j : good) {
      out.first += kernel(rows.base[i], rows.base[j]) / (m * n);
      out.second += kernel(rows.other[i], rows.other[j]) / (m * n);
    }
  }
  const auto component = [&](const std::vector<double>& score, size_t row, bool is_bad) {
    double sum = 0;
    for (const size_t other : is_bad ? good : bad) {
      sum += is_bad ? kernel(score[row], score[other]) : kernel(score[other], score[row]);
    }
    return sum / (is_bad ? n : m);
  };
  for (const bool is_bad : {true, false}) {
    const auto& of = is_bad ? bad : good;
    const auto rows_of = static_cast<double>(of.size());
    for (const size_t i : of) {
      const double a = component(rows.base, i, is_bad) - out.first, b = component(rows.other, i, is_bad) - out.second;
      out.variance_first += a * a / (rows_of - 1) / rows_of;
      out.variance_difference += (b - a) * (b - a) / (rows_of - 1) / rows_of;
    }
  }
  return out;
}

double true_auc(double lift) {
  return 0.5 * std::erfc(-lift / std::sqrt(4.0) / std::sqrt(2.0));
}  // both have variance 2

TEST(Roc, MidRanksGiveDeLongsVariancesAlsoWithTies) {
  RandomStream stream(Random(1), 1, 1);
  for (const double grid : {0.0, 0.5, 2.0}) {
    const Sample rows = sample(stream, 70, 40, 1.0, 0.6, grid);
    const BruteForce slow = brute_force(rows);
    const AucEstimate one = auc(rows.base, rows.bad);
    const AucComparison both = compare_auc(rows.twice());
    EXPECT_NEAR(one.auc, slow.first, 1e-12);
    EXPECT_NEAR(one.variance, slow.variance_first, 1e-12);
    EXPECT_NEAR(both.difference, slow.second - slow.first, 1e-12);
    EXPECT_NEAR(both.variance, slow.variance_difference, 1e-12);
    EXPECT_NEAR(both.z, both.difference / std::sqrt(slow.variance_difference), 1e-9);
  }
}

// Four pairs: 3 won, 1 lost; the bad rows' shares are 1 and 1/2, so are the good ones'.
TEST(Roc, ATinyExampleByHand) {
  const AucEstimate out = auc(std::vector<double>{2, 4, 1, 3}, std::vector<uint8_t>{1, 1, 0, 0});
  EXPECT_DOUBLE_EQ(out.auc, 0.75);
  EXPECT_DOUBLE_EQ(out.variance, 0.125 / 2 + 0.125 / 2);
  EXPECT_EQ(out.good, 2u);
}

TEST(Roc, ADifferenceOfAScoreToItselfIsExactlyNone) {
  RandomStream stream(Random(2), 1, 1);
  Sample rows = sample(stream, 50, 30, 1, 1);
  rows.other = rows.base;
  const AucComparison out = compare_auc(rows.twice());
  EXPECT_EQ(out.difference, 0);
  EXPECT_EQ(out.variance, 0);
  EXPECT_EQ(out.p_value, 1);
}

TEST(Roc, PartedWhollyTheIntervalStillHasAWidth) {
  std::vector<double> scores;
  std::vector<uint8_t> bad;
  for (int i = 0; i < 40; ++i) scores.push_back(i), bad.push_back(i >= 30 ? 1 : 0);
  const AucEstimate out = auc(scores, bad);
  EXPECT_EQ(out.auc, 1);
  EXPECT_EQ(out.interval.high, 1);
  EXPECT_NEAR(out.interval.low, std::pow(0.025, 0.1), 1e-12);  // ten rows in the smaller class
}

TEST(Roc, TheExpectedAucIsThatOfAllPairsWeighedByTheirChance) {
  const std::vector<double> probabilities{0.1, 0.1, 0.4, 0.05, 0.9, 0.4};
  double won = 0, pairs = 0;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    for (size_t j = 0; j < probabilities.size(); ++j) {
      if (i == j) continue;
      const double weight = probabilities[i] * (1 - probabilities[j]);
      pairs += weight;
      won += weight * kernel(probabilities[i], probabilities[j]);
    }
  }
  EXPECT_NEAR(expected_auc(probabilities), won / pairs, 1e-12);
  EXPECT_EQ(expected_auc(std::vector<double>{0.3}), 0.5);
  EXPECT_EQ(expected_auc(std::vector<double>{0.3, 0.3}), 0.5);
}

// Of true probabilities the AUC found is the one expected, also of the lower half alone, where it is far lower.
TEST(Roc, TheExpectedAucIsFoundWhereProbabilitiesAreTrue) {
  RandomStream stream(Random(19), 1, 1);
  for (const double most : {1.0, 0.15}) {
    std::vector<double> probabilities;
    std::vector<uint8_t> bad;
    while (bad.size() < 20'000) {
      const double p = 1 / (1 + std::exp(2 - 1.5 * stream.normal()));
      if (p > most) continue;
      probabilities.push_back(p), bad.push_back(stream.chance(p) ? 1 : 0);
    }
    const AucEstimate found = auc(probabilities, bad);
    EXPECT_NEAR(found.auc, expected_auc(probabilities), 3 * std::sqrt(found.variance)) << most;
  }
}

TEST(Roc, TheIntervalOfAnAucHoldsItInAboutNineteenOfTwentySamples) {
  RandomStream stream(Random(6), 1, 1);
  constexpr int kRuns = 1500;
  for (const double lift : {0.5, 1.2, 2.4}) {
    int held = 0;
    for (int run = 0; run < kRuns; ++run) {
      const Sample rows = sample(stream, 90, 50, lift, 0);
      held += auc(rows.base, rows.bad).interval.holds(true_auc(lift)) ? 1 : 0;
    }
    EXPECT_GE(held, 0.93 * kRuns) << lift;
    EXPECT_LE(held, 0.97 * kRuns) << lift;
  }
}

TEST(Roc, TheIntervalOfAPairedDifferenceHoldsItInAboutNineteenOfTwentySamples) {
  RandomStream stream(Random(7), 1, 1);
  constexpr int kRuns = 1500;
  for (const double lift : {0.8, 1.2}) {
    int held = 0, rejected = 0;
    for (int run = 0; run < kRuns; ++run) {
      const AucComparison out = compare_auc(sample(stream, 90, 50, 0.8, lift).twice());
      held += out.interval.holds(true_auc(lift) - true_auc(0.8)) ? 1 : 0;
      rejected += out.p_value < 0.05 ? 1 : 0;
    }
    EXPECT_GE(held, 0.93 * kRuns) << lift;
    EXPECT_LE(held, 0.97 * kRuns) << lift;
    if (lift == 0.8) {
      EXPECT_NEAR(rejected, 0.05 * kRuns, 0.02 * kRuns);
    }
  }
}

TEST(Roc, TheUnpairedComparisonHoldsItsError) {
  RandomStream stream(Random(8), 1, 1);
  constexpr int kRuns = 1500;
  int held = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Sample before = sample(stream, 90, 50, 1.2, 0), after = sample(stream, 60, 40, 0.8, 0);
    const AucComparison out = compare_unpaired({auc(before.base, before.bad), auc(after.base, after.bad)});
    held += out.interval.holds(true_auc(0.8) - true_auc(1.2)) ? 1 : 0;
  }
  EXPECT_GE(held, 0.93 * kRuns);
  EXPECT_LE(held, 0.97 * kRuns);
}

}  // namespace
}  // namespace puhui::statistics
