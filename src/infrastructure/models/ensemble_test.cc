#include "infrastructure/models/ensemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "infrastructure/models/boosting.h"
#include "infrastructure/models/logistic.h"
#include "infrastructure/models/synthetic.h"

namespace puhui::models {
namespace {

using ::testing::HasSubstr;

struct Trained {
  SyntheticRows rows;
  BoostedTrees trees;
  Ensemble ensemble;
};

Trained trained(size_t rows, size_t features, BoostingTraining training, uint64_t seed = 7) {
  Trained out{synthetic_rows(rows, features, seed), {}, {}};
  auto trees = boost({.rows = {out.rows.values, features}, .bad = out.rows.bad, .seed = seed}, training);
  EXPECT_TRUE(trees.has_value()) << trees.error().text();
  out.trees = *std::move(trees);
  auto ensemble = Ensemble::from_xgboost(*parse_json(out.trees.json, {.bytes_max = size_t{256} << 20}));
  EXPECT_TRUE(ensemble.has_value()) << ensemble.error().text();
  out.ensemble = *std::move(ensemble);
  return out;
}

constexpr Walk kWalks[] = {Walk::portable, Walk::avx2, Walk::avx512};

class EnsembleDepth : public ::testing::TestWithParam<int> {};

TEST_P(EnsembleDepth, ScoresEqualXgboostTo1e6AndEveryWalkGivesTheSameBits) {
  const auto t =
      trained(3000, 20, {.rounds = 53, .depth_max = GetParam(), .learning_rate = 0.1, .hessian_min = 1, .l2 = 1});
  auto peer = XgboostPeer::load(t.trees.json);
  ASSERT_TRUE(peer.has_value()) << peer.error().text();
  const auto probabilities = *peer->probabilities({t.rows.values, 20});
  std::vector<int64_t> expected;
  for (size_t row = 0; row < t.rows.bad.size(); ++row) {
    const auto values = std::span(t.rows.values).subspan(row * 20, 20);
    expected.push_back(t.ensemble.margin_by_definition(values));
    const double ours = sigmoid(static_cast<double>(expected.back()) * t.ensemble.unit());
    ASSERT_NEAR(ours, static_cast<double>(probabilities[row]), 1e-6) << row;
  }
  for (const Walk walk : kWalks) {
    if (!is_available(walk)) continue;
    for (const size_t count : {size_t{1}, size_t{15}, size_t{17}, t.rows.bad.size()}) {
      std::vector<int64_t> batch(count);
      t.ensemble.margins(std::span(t.rows.values).first(count * 20), batch, walk);
      for (size_t row = 0; row < count; ++row) {
        ASSERT_EQ(batch[row], expected[row]) << row;
        ASSERT_EQ(t.ensemble.margin(std::span(t.rows.values).subspan(row * 20, 20), walk), expected[row]) << row;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Depths, EnsembleDepth, ::testing::Values(1, 2, 4, 6, 8, 11));

// Thresholds are hit exactly, and infinities and the smallest numbers go where XGBoost sends them.
TEST(Ensemble, RowsAtTheThresholdsAndBeyondAllNumbersAreScoredAsXgboostDoes) {
  const auto t = trained(1000, 5, {.rounds = 20, .depth_max = 5, .learning_rate = 0.3, .hessian_min = 0, .l2 = 0});
  auto peer = *XgboostPeer::load(t.trees.json);
  std::vector<float> rows;
  for (const Tree& tree : t.ensemble.trees()) {
    for (const TreeNode& node : tree.nodes) {
      if (node.is_leaf()) continue;
      for (int j = 0; j < 5; ++j) rows.push_back(node.threshold);
    }
  }
  for (const float extreme : {-0.0f, 1e-45f, 3e38f, -3e38f, std::nanf("")}) rows.insert(rows.end(), 5, extreme);
  const auto expected = *peer.margins({rows, 5});
  std::vector<int64_t> ours(rows.size() / 5);
  for (const Walk walk : kWalks) {
    if (!is_available(walk)) continue;
    t.ensemble.margins(rows, ours, walk);
    for (size_t i = 0; i < ours.size(); ++i) {
      ASSERT_NEAR(static_cast<double>(ours[i]) * t.ensemble.unit(), static_cast<double>(expected[i]), 2e-6) << i;
    }
  }
}

TEST(Ensemble, BytesReadBackToTheSameBytesAndScores) {
  const auto t = trained(500, 8, {.rounds = 10, .depth_max = 4});
  ByteWriter out;
  t.ensemble.write(out);
  ByteReader in(out.bytes());
  const auto again = Ensemble::read(in);
  ASSERT_TRUE(again.has_value() && in.finish("ensemble").has_value());
  ByteWriter twice;
  again->write(twice);
  EXPECT_EQ(out.bytes(), twice.bytes());
  const auto row = std::span(t.rows.values).first(8);
  EXPECT_EQ(again->margin(row), t.ensemble.margin(row));
}

TEST(Ensemble, ATreeThatWouldLeadAstrayIsRefused) {
  const TreeNode leaf{.leaf = 5, .cover = 1};
  const auto split = [](uint32_t left, uint32_t right, uint32_t feature = 0) {
    return TreeNode{.left = left, .right = right, .feature = feature, .threshold = 1, .cover = 2};
  };
  const auto refused = [&](std::vector<TreeNode> nodes) {
    return !Ensemble::make(2, 20, 0, {{std::move(nodes)}}).has_value();
  };
  EXPECT_FALSE(refused({leaf}));
  EXPECT_FALSE(refused({split(1, 2), leaf, leaf}));
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({split(1, 1), leaf}));               // one child twice
  EXPECT_TRUE(refused({split(1, 3), leaf, leaf}));         // beyond the end
  EXPECT_TRUE(refused({split(1, 2, 2), leaf, leaf}));      // no such feature
  EXPECT_TRUE(refused({split(1, 2), leaf, leaf, leaf}));   // one that hangs nowhere
  EXPECT_TRUE(refused({split(1, 2), split(1, 2), leaf}));  // a way back
  TreeNode bad = leaf;
  bad.leaf = 1 << 28;
  EXPECT_TRUE(refused({bad}));
  bad = leaf, bad.cover = std::nanf("");
  EXPECT_TRUE(refused({bad}));
}

TEST(Ensemble, AModelOfAnotherKindIsRefusedWithItsReason) {
  EXPECT_THAT(Ensemble::from_xgboost(*parse_json("{}")).error().text(), HasSubstr("learner/gradient_booster/name"));
  const auto t = trained(200, 3, {.rounds = 2, .depth_max = 2, .hessian_min = 0});
  std::string other = t.trees.json;
  other.replace(other.find("binary:logistic"), 15, "reg:squarederro");
  EXPECT_THAT(Ensemble::from_xgboost(*parse_json(other)).error().text(), HasSubstr("expected binary:logistic"));
  other = t.trees.json;
  other.replace(other.find("\"left_children\""), 15, "\"LEFT_children\"");
  EXPECT_THAT(Ensemble::from_xgboost(*parse_json(other)).error().text(), HasSubstr("left_children"));
}

TEST(Boosting, TheSameRequestGivesTheSameBytesAndBadParametersAreAllNamed) {
  const auto one = trained(500, 6, {.rounds = 5, .depth_max = 3}), two = trained(500, 6, {.rounds = 5, .depth_max = 3});
  EXPECT_EQ(one.trees.json, two.trees.json);
  const auto bad =
      boost({.rows = {one.rows.values, 6}, .bad = one.rows.bad}, {.rounds = 0, .depth_max = 99, .learning_rate = 2});
  EXPECT_EQ(bad.error().faults.size(), 3u);
}

TEST(Boosting, EarlyStoppingKeepsTheBestRound) {
  const auto rows = synthetic_rows(1500, 6, 1);
  const FloatRows all{rows.values, 6};
  const size_t cut = 1000 * 6;
  const BoostingRequest request{.rows = {all.values.first(cut), 6},
                                .bad = std::span(rows.bad).first(1000),
                                .watch_rows = {all.values.subspan(cut), 6},
                                .watch_bad = std::span(rows.bad).subspan(1000)};
  const auto stopped = boost(
      request,
      {.rounds = 500, .depth_max = 6, .learning_rate = 0.3, .hessian_min = 1, .l2 = 0, .early_stopping_rounds = 5});
  ASSERT_TRUE(stopped.has_value()) << stopped.error().text();
  EXPECT_LT(stopped->rounds, 100);
  const auto ensemble = Ensemble::from_xgboost(*parse_json(stopped->json));
  EXPECT_EQ(ensemble->trees().size(), static_cast<size_t>(stopped->rounds));
}

TEST(Boosting, AMonotoneFeatureNeverLowersRisk) {
  const auto rows = synthetic_rows(1500, 4, 3);
  const auto trees = *boost({.rows = {rows.values, 4}, .bad = rows.bad, .monotone = {1, 0, 0, -1}},
                            {.rounds = 30, .depth_max = 4, .hessian_min = 1});
  const auto ensemble = *Ensemble::from_xgboost(*parse_json(trees.json));
  for (size_t row = 0; row < 200; ++row) {
    std::vector<float> values(rows.values.begin() + static_cast<std::ptrdiff_t>(row * 4),
                              rows.values.begin() + static_cast<std::ptrdiff_t>(row * 4 + 4));
    int64_t before = INT64_MIN, before_falling = INT64_MAX;
    for (float x = -3; x <= 3; x += 0.25f) {
      auto rising = values, falling = values;
      rising[0] = x, falling[3] = x;
      EXPECT_GE(ensemble.margin(rising), before);
      EXPECT_LE(ensemble.margin(falling), before_falling);
      before = ensemble.margin(rising), before_falling = ensemble.margin(falling);
    }
  }
}

}  // namespace
}  // namespace puhui::models
