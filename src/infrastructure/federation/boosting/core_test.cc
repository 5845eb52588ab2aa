// The parts of boosting that know no peers: bins, gradients, samples, splits, growth.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "infrastructure/federation/boosting/boosting_for_test.h"
#include "infrastructure/federation/boosting/gradient_slots.h"
#include "infrastructure/federation/boosting/growth.h"
#include "infrastructure/federation/boosting/plan.h"
#include "infrastructure/federation/party_data.h"
#include "infrastructure/models/metrics.h"

namespace puhui::federation {
namespace {

const float kMissing = std::nanf("");

TEST(BoostingColumns, FewValuesHaveABinEachAndMissingItsOwn) {
  const std::vector<std::vector<float>> values = {{3, 1, kMissing, 2, 1}};
  const BoostingColumns columns = *cut_columns(values, 5, 4);
  EXPECT_EQ(columns.cuts[0], (std::vector<float>{1.5F, 2.5F}));
  EXPECT_EQ(columns.bins, (std::vector<uint8_t>{2, 0, 3, 1, 0}));
  EXPECT_EQ(columns.heaviest[0], 0);
  EXPECT_EQ(columns.stride, 4u);
}

TEST(BoostingColumns, ManyValuesHaveBinsOfEqualWeight) {
  std::vector<std::vector<float>> values(1);
  for (int i = 0; i < 3200; ++i) values[0].push_back(static_cast<float>(i * 7 % 3200));
  const BoostingColumns columns = *cut_columns(values, 3200, 32);
  std::vector<int> counts(33, 0);
  for (const uint8_t bin : columns.bins) ++counts[bin];
  for (int bin = 0; bin < 32; ++bin) EXPECT_EQ(counts[bin], 100) << bin;
}

TEST(BoostingColumns, OneHeavyValueCostsOneBin) {
  std::vector<std::vector<float>> values(1, std::vector<float>(900, 0));
  for (int i = 1; i <= 100; ++i) values[0].push_back(static_cast<float>(i));
  EXPECT_EQ(cut_columns(values, 1000, 11)->cuts[0].size(), 10u);
}

TEST(BoostingColumns, ThresholdsPartTheRowsAsTheBinsDo) {
  std::vector<std::vector<float>> values(1);
  for (uint64_t i = 0; i < 500; ++i) values[0].push_back(static_cast<float>(Random(3).draw(0, i, 0) % 1000) / 7);
  values[0][3] = kMissing;
  const BoostingColumns columns = *cut_columns(values, 500, 16);
  for (uint8_t cut = 0; cut <= columns.cuts[0].size(); ++cut) {
    for (const bool missing_left : {false, true}) {
      const SplitCandidate candidate{0, cut, missing_left};
      for (size_t row = 0; row < 500; ++row)
        ASSERT_EQ(goes_left(columns, candidate, row), goes_left(as_part_split(columns, candidate), values[0][row]));
    }
  }
}

TEST(BoostingColumns, InfiniteValuesAreRefused) {
  const std::vector<std::vector<float>> values = {{1, 2}, {1, INFINITY}};
  const auto columns = cut_columns(values, 2, 4);
  ASSERT_FALSE(columns);
  EXPECT_EQ(columns.error().faults[0].where, "column 1");
}

TEST(BoostingGradients, SteadyFunctionsAgreeWithTheLibrarys) {
  for (int i = -60'000; i <= 60'000; ++i) {
    const double x = i / 1000.0;
    ASSERT_NEAR(steady_exp(x) / std::exp(x), 1, 2e-15) << x;
  }
  EXPECT_EQ(steady_sigmoid(0), 0.5);
  EXPECT_GT(steady_sigmoid(-1000), 0);
  EXPECT_EQ(steady_sigmoid(1000), 1);
}

TEST(BoostingGradients, AreThoseOfTheObjective) {
  BoostingTerms terms;
  const std::vector<double> labels = {0, 1};
  const BoostingObjective objective = *BoostingObjective::make(terms, labels);
  EXPECT_EQ(objective.bases(), std::vector<int64_t>{0});
  const auto gradients = objective.gradients(objective.first_margins(), 0);
  EXPECT_EQ(gradients[0], (GradientSum{int64_t{1} << 22, int64_t{1} << 21}));  // .5 and .25 in 23 bits
  EXPECT_EQ(gradients[1], (GradientSum{-(int64_t{1} << 22), int64_t{1} << 21}));
}

TEST(BoostingGradients, RegressionStartsFromTheMeanWithHessianOne) {
  BoostingTerms terms;
  terms.objective = Objective::regression;
  const std::vector<double> labels = {1e9 + 10, 1e9 + 20, 1e9 + 60};
  const BoostingObjective objective = *BoostingObjective::make(terms, labels);
  EXPECT_NEAR(std::ldexp(static_cast<double>(objective.bases()[0]), -objective.scale()), 1e9 + 30, 0.01);
  const auto gradients = objective.gradients(objective.first_margins(), 0);
  EXPECT_EQ(gradients[0].h, 1);
  EXPECT_NEAR(std::ldexp(static_cast<double>(gradients[0].g), -objective.gradient_scale().g_bits), 20, 0.5);
  EXPECT_NEAR(std::ldexp(static_cast<double>(gradients[2].g), -objective.gradient_scale().g_bits), -30, 0.5);
}

TEST(BoostingGradients, AConstantLabelMakesLeavesOfZero) {
  SmallJob small(Objective::regression);
  for (double& label : small.data[0].labels) label = 42;
  const auto clear = small.clear();
  for (const PartTree& tree : clear->guest.trees) {
    ASSERT_EQ(tree.nodes.size(), 1u);
    EXPECT_EQ(tree.nodes[0].leaf, 0);
  }
}

TEST(BoostingGradients, TermsOutsideTheirBoundsAreAllNamed) {
  BoostingTerms terms;
  terms.depth_max = 0, terms.bins_max = 300, terms.gradient_bits = 60, terms.learning_rate = 0;
  const auto checked = check_boosting_terms(terms);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().faults.size(), 4u);
}

TEST(BoostingGradients, ASampleKeepsTheLargestAndWeighsTheDrawnUp) {
  BoostingTerms terms;
  terms.goss_top = 0.2, terms.goss_other = 0.2;
  std::vector<GradientSum> gradients;
  for (int64_t i = 0; i < 100; ++i) gradients.push_back({i % 2 == 0 ? 1000 * i : -1000 * i, 100});
  const std::vector<GradientSum> before = gradients;
  const RowSample sample = sample_rows(terms, 3, gradients);
  EXPECT_FALSE(sample.all);
  ASSERT_EQ(sample.rows.size(), 40u);
  size_t drawn = 0;
  for (size_t row = 0; row < 100; ++row) {
    const bool in_sample = std::binary_search(sample.rows.begin(), sample.rows.end(), row);
    EXPECT_EQ(in_sample, gradients[row].h > 0);
    if (row >= 80) {
      EXPECT_EQ(gradients[row], before[row]);
    } else if (in_sample) {
      EXPECT_EQ(gradients[row], (GradientSum{4 * before[row].g, 400}));
      ++drawn;
    }
  }
  EXPECT_EQ(drawn, 20u);
  std::vector<GradientSum> again = before, other_tree = before;
  EXPECT_EQ(sample_rows(terms, 3, again).rows, sample.rows);
  EXPECT_NE(sample_rows(terms, 4, other_tree).rows, sample.rows);
}

TEST(GradientSlots, SumsComeApartAtTheirBounds) {
  const GradientScale scale{.g_bits = 23, .h_bits = 23, .g_top = 23, .h_top = 21};
  const GradientSlots slots = slots_for(scale, 1000);
  EXPECT_EQ(slots.width_bits(), 34u + 31u);
  const std::vector<GradientSum> sums = {
      {-1000 * (int64_t{1} << 23), 1000 * (int64_t{1} << 21)}, {1000 * (int64_t{1} << 23), 0}, {0, 0}, {-1, 1}};
  for (const GradientSum& sum : sums) EXPECT_EQ((*as_sums(as_integers({&sum, 1}, slots), slots, 1, 1))[0], sum);
}

TEST(Splits, TheBestOfAllIsFoundByTryingEveryOne) {
  SmallJob small;
  const auto& data = small.data[1];
  const BoostingObjective objective = *BoostingObjective::make(small.job.boosting, small.data[0].labels);
  const auto gradients = objective.gradients(objective.first_margins(), 0);
  const GainRule rule(small.job.boosting, objective.gradient_scale());
  const BoostingColumns columns = *cut_columns(data.values, 60, 4);
  std::vector<uint32_t> rows(60);
  GradientSum total;
  for (uint32_t row = 0; row < 60; ++row) rows[row] = row, total += gradients[row];
  const auto best = best_split(columns, rows, gradients, total, rule);
  ASSERT_TRUE(best);
  double largest = 0;
  for (uint32_t column = 0; column < 3; ++column) {
    for (uint8_t cut = 0; cut < 4; ++cut) {
      for (const bool missing_left : {false, true}) {
        GradientSum left;
        for (const uint32_t row : rows) {
          if (goes_left(columns, {column, cut, missing_left}, row)) left += gradients[row];
        }
        largest = std::max(largest, rule.gain(left, total).value_or(0));
        EXPECT_EQ(rule.gain(left, total), rule.gain(total - left, total));
      }
    }
  }
  EXPECT_EQ(best->gain, largest);
}

TEST(BoostingPlan, NumbersEveryLevelOfEveryTree) {
  BoostingTerms terms;
  terms.objective = Objective::multi_class, terms.classes = 3, terms.trees = 2, terms.depth_max = 2,
  terms.guest_only_trees = 1;
  const BoostingPlan plan(terms);
  EXPECT_EQ(plan.steps(), 1u + 3 + 3 * 2);
  EXPECT_TRUE(plan.at(3).guest_only);
  EXPECT_TRUE(plan.at(3).last_of_round);
  EXPECT_EQ(plan.at(4).tree, 3u);
  EXPECT_EQ(plan.at(5).level, 1u);
  EXPECT_TRUE(plan.at(5).last_of_tree);
  EXPECT_FALSE(plan.at(5).last_of_round);
  EXPECT_TRUE(plan.at(9).last_of_round);
}

TEST(Growth, AStateThatWasCutOrChangedIsRefusedOrHarmless) {
  SmallJob small;
  const BoostingObjective objective = *BoostingObjective::make(small.job.boosting, small.data[0].labels);
  const auto gradients = objective.gradients(objective.first_margins(), 0);
  const GainRule rule(small.job.boosting, objective.gradient_scale());
  TreeGrowth growth(rule, gradients, 2);
  const std::vector<std::optional<ChosenSplit>> chosen = {
      ChosenSplit{1, 0, row_bits(60, [](size_t row) { return row % 3 == 0; })}};
  growth.go_down(chosen);
  ByteWriter out;
  growth.write(out);
  ByteReader whole(out.bytes());
  TreeGrowth again(rule, gradients, 2);
  again.read(whole, 1);
  ASSERT_TRUE(whole.finish("growth"));
  ASSERT_EQ(again.open().size(), growth.open().size());
  EXPECT_EQ(again.open()[1].rows, growth.open()[1].rows);
  EXPECT_EQ(again.open()[1].total, growth.open()[1].total);
  for (size_t length = 0; length < out.bytes().size(); ++length) {
    ByteReader in(std::string_view(out.bytes()).substr(0, length));
    TreeGrowth(rule, gradients, 2).read(in, 1);
    EXPECT_FALSE(in.finish("growth")) << length;
  }
  for (size_t place = 0; place < out.bytes().size(); ++place) {
    std::string changed = out.bytes();
    changed[place] = static_cast<char>(changed[place] ^ 0x55);
    ByteReader in(changed);
    TreeGrowth(rule, gradients, 2).read(in, 1);
  }
}

}  // namespace
}  // namespace puhui::federation
