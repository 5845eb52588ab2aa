#include "governance/promotion/quality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ground/base/random.h"

namespace puhui::promotion {
namespace {

constexpr int64_t kRows = 600;

Plan small_plan(int64_t margin_ppm = 0, int64_t looks = 3) {
  Plan plan;
  plan.matured_rows = kRows;
  plan.looks = looks;
  plan.quality_alpha = 0.1;
  plan.auc_margin_ppm = margin_ppm;
  return plan;
}

// Two scores of one applicant share most of what they know; `gain` is what the challenger knows more.
MaturedPairs applicants(uint64_t seed, int64_t rows, double gain) {
  MaturedPairs out;
  RandomStream random(Random(seed), 3, seed);
  for (int64_t row = 0; row < rows; ++row) {
    const bool bad = random.chance(0.2);
    const double shared = random.normal(), signal = bad ? 1.0 : 0.0;
    const auto probability = [](double score) { return 1 / (1 + std::exp(-score)); };
    out.bad.push_back(bad);
    out.champion.push_back(probability(signal + 0.8 * shared + 0.6 * random.normal()));
    out.challenger.push_back(probability(signal * (1 + gain) + 0.8 * shared + 0.6 * random.normal()));
  }
  return out;
}

MaturedPairs first_of(const MaturedPairs& all, int64_t rows) {
  MaturedPairs out = all;
  const auto size = static_cast<size_t>(rows);
  out.champion.resize(size), out.challenger.resize(size), out.bad.resize(size);
  return out;
}

std::string ends(uint64_t seed, const Plan& plan, double gain) {
  const MaturedPairs all = applicants(seed, kRows, gain);
  std::vector<LookView> taken;
  for (int64_t look = 1; look <= plan.looks; ++look) {
    const auto seen = due_look(plan, taken, first_of(all, kRows * look / plan.looks), {});
    if (seen) taken.push_back(*seen);
  }
  return taken.empty() ? "none" : taken.back().verdict;
}

struct Shares {
  double better = 0, worse = 0;
};
Shares shares(const Plan& plan, double gain, uint64_t runs) {
  Shares out;
  for (uint64_t seed = 1; seed <= runs; ++seed) {
    const std::string verdict = ends(seed, plan, gain);
    out.better += verdict == kBetter ? 1.0 / static_cast<double>(runs) : 0;
    out.worse += verdict == kWorse ? 1.0 / static_cast<double>(runs) : 0;
    EXPECT_NE(verdict, kContinue) << seed;  // the last look decides or says that it cannot
  }
  return out;
}

TEST(Quality, WithoutADifferencePromotionAndRollbackAreFalseNoMoreOftenThanHalfOfAlphaEach) {
  const Plan plan = small_plan(0, 2);
  constexpr uint64_t kRuns = 150;
  const Shares none = shares(plan, 0, kRuns);
  const double bound = plan.quality_alpha / 2;
  const double noise = 3 * std::sqrt(bound * (1 - bound) / kRuns);
  EXPECT_LE(none.better, bound + noise);
  EXPECT_LE(none.worse, bound + noise);
  EXPECT_GT(none.better + none.worse, 0);  // the simulation can find a false one
}

TEST(Quality, AWorseChallengerIsCaughtAndABetterOneIsSeen) {
  const Shares worse = shares(small_plan(0, 2), -0.5, 40), better = shares(small_plan(0, 2), 0.5, 40);
  EXPECT_GT(worse.worse, 0.9);
  EXPECT_EQ(worse.better, 0);
  EXPECT_GT(better.better, 0.9);
}

TEST(Quality, WithAMarginAnEqualChallengerPassesAndOneWorseByTheMarginDoesNot) {
  EXPECT_GT(shares(small_plan(60'000, 2), 0, 40).better, 0.8);
  EXPECT_LE(shares(small_plan(60'000, 2), -0.25, 60).better, 0.15);  // its AUC is lower by about the margin
}

TEST(Quality, LooksComeOnceEachAtTheirRowsAndNeverAfterAVerdict) {
  const Plan plan = small_plan();
  EXPECT_EQ(next_look_rows(plan, {}), 200);
  const MaturedPairs all = applicants(7, kRows, 0);
  EXPECT_FALSE(due_look(plan, {}, first_of(all, 199), {}));
  const auto first = due_look(plan, {}, first_of(all, 250), {});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->rows, 250);
  EXPECT_FALSE(due_look(plan, {*first}, first_of(all, 250), {}));
  EXPECT_EQ(next_look_rows(plan, {*first}), 400);
  LookView ended = *first;
  ended.verdict = kWorse;
  EXPECT_EQ(next_look_rows(plan, {ended}), 0);
  EXPECT_FALSE(due_look(plan, {ended}, all, {}));
  const auto at_once = due_look(plan, {}, all, {});  // all of it came before the first look
  EXPECT_NEAR(at_once->alpha_spent, plan.quality_alpha, 1e-6);
}

TEST(Quality, ALookWaitsForBothKinds) {
  MaturedPairs pairs = applicants(7, kRows, 0);
  std::ranges::fill(pairs.bad, 0);
  EXPECT_FALSE(due_look(small_plan(), {}, pairs, {}));
  std::fill_n(pairs.bad.begin(), kBadMin, 1);
  EXPECT_TRUE(due_look(small_plan(), {}, pairs, {}));
}

TEST(Quality, TheSamePairsOfScoresAreNeitherBetterNorWorse) {
  MaturedPairs pairs = applicants(7, kRows, 0);
  pairs.challenger = pairs.champion;
  EXPECT_EQ(due_look(small_plan(), {}, pairs, {})->verdict, kUndecided);
  EXPECT_EQ(due_look(small_plan(1000), {}, pairs, {})->verdict, kBetter);
}

}  // namespace
}  // namespace puhui::promotion
