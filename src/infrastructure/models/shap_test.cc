#include "infrastructure/models/shap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "infrastructure/models/boosting.h"
#include "infrastructure/models/synthetic.h"

namespace puhui::models {
namespace {

struct Trained {
  SyntheticRows rows;
  std::string json;
  Ensemble ensemble;
};

Trained trained(size_t rows, size_t features, BoostingTraining training) {
  Trained out{synthetic_rows(rows, features, 5), {}, {}};
  out.json = boost({.rows = {out.rows.values, features}, .bad = out.rows.bad, .seed = 1}, training)->json;
  out.ensemble = *Ensemble::from_xgboost(*parse_json(out.json));
  return out;
}

// Shapley's definition, coalition by coalition: a feature outside it is averaged over by cover.
double coalition_value(const Tree& tree, std::span<const float> row, uint32_t coalition, uint32_t at = 0) {
  const TreeNode& node = tree.nodes[at];
  if (node.is_leaf()) return node.leaf;
  const double left = coalition_value(tree, row, coalition, node.left),
               right = coalition_value(tree, row, coalition, node.right);
  if ((coalition >> node.feature & 1) != 0) {
    const float x = row[node.feature];
    return (std::isnan(x) ? node.default_left : x < node.threshold) ? left : right;
  }
  const double cl = static_cast<double>(tree.nodes[node.left].cover),
               cr = static_cast<double>(tree.nodes[node.right].cover);
  return (left * cl + right * cr) / (cl + cr);
}

std::vector<double> shapley_by_definition(const Ensemble& ensemble, std::span<const float> row) {
  const auto count = static_cast<uint32_t>(row.size());
  std::vector<double> value(size_t{1} << count, 0), out(count, 0), factorial(count + 1, 1);
  for (uint32_t i = 1; i <= count; ++i) factorial[i] = factorial[i - 1] * i;
  for (uint32_t coalition = 0; coalition < value.size(); ++coalition) {
    for (const Tree& tree : ensemble.trees()) value[coalition] += coalition_value(tree, row, coalition);
  }
  for (uint32_t coalition = 0; coalition < value.size(); ++coalition) {
    const auto size = static_cast<uint32_t>(std::popcount(coalition));
    for (uint32_t f = 0; f < count; ++f) {
      if ((coalition >> f & 1) != 0) continue;
      const double weight = factorial[size] * factorial[count - 1 - size] / factorial[count];
      out[f] += weight * (value[coalition | 1u << f] - value[coalition]);
    }
  }
  return out;
}

class ShapDepth : public ::testing::TestWithParam<int> {};

TEST_P(ShapDepth, EqualsShapleysDefinitionByTablesAndByTheGeneralWay) {
  const auto t =
      trained(1500, 7, {.rounds = 6, .depth_max = GetParam(), .learning_rate = 0.3, .hessian_min = 1, .l2 = 1});
  const TreeExplainer tables(t.ensemble), general(t.ensemble, 0);
  if (GetParam() <= TreeExplainer::kTableDepthMax) {
    EXPECT_GT(tables.table_bytes(), 0u);
  }
  EXPECT_EQ(general.table_bytes(), 0u);
  std::vector<int64_t> by_table(7), by_general(7);
  for (size_t r = 0; r < 60; ++r) {
    const auto row = std::span(t.rows.values).subspan(r * 7, 7);
    const auto exact = shapley_by_definition(t.ensemble, row);
    tables.explain(row, by_table);
    general.explain(row, by_general);
    for (size_t f = 0; f < 7; ++f) {
      // Half a unit of rounding a block: far below what can be seen.
      ASSERT_NEAR(static_cast<double>(by_table[f]) * t.ensemble.unit(), exact[f] * t.ensemble.unit(), 1e-6);
      ASSERT_NEAR(static_cast<double>(by_general[f]) * t.ensemble.unit(), exact[f] * t.ensemble.unit(), 1e-6);
    }
  }
}

TEST_P(ShapDepth, SumsToTheMarginExactlyAndAgreesWithXgboost) {
  const auto t =
      trained(2000, 12, {.rounds = 40, .depth_max = GetParam(), .learning_rate = 0.1, .hessian_min = 2, .l2 = 1});
  const TreeExplainer explainer(t.ensemble);
  auto peer = *XgboostPeer::load(t.json);
  const size_t rows = 200;
  const auto theirs = *peer.contributions({std::span(t.rows.values).first(rows * 12), 12});
  std::vector<int64_t> values(12);
  for (size_t r = 0; r < rows; ++r) {
    const auto row = std::span(t.rows.values).subspan(r * 12, 12);
    explainer.explain(row, values);
    ASSERT_EQ(std::accumulate(values.begin(), values.end(), explainer.base()), t.ensemble.margin(row));
    for (size_t f = 0; f < 12; ++f) {
      ASSERT_NEAR(static_cast<double>(values[f]) * t.ensemble.unit(), static_cast<double>(theirs[r * 13 + f]), 2e-5);
    }
    ASSERT_NEAR(static_cast<double>(explainer.base()) * t.ensemble.unit(), static_cast<double>(theirs[r * 13 + 12]),
                2e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Depths, ShapDepth, ::testing::Values(1, 2, 3, 4, 6, 7, 10));

TEST(Shap, TreesBeyondTheMemoryLimitGoTheGeneralWayWithTheSameSum) {
  const auto t = trained(800, 6, {.rounds = 10, .depth_max = 4, .hessian_min = 1});
  const TreeExplainer some(t.ensemble, 3 * 4096);
  EXPECT_GT(some.table_bytes(), 0u);
  EXPECT_LE(some.table_bytes(), 3u * 4096);
  std::vector<int64_t> values(6);
  for (size_t r = 0; r < 50; ++r) {
    const auto row = std::span(t.rows.values).subspan(r * 6, 6);
    some.explain(row, values);
    EXPECT_EQ(std::accumulate(values.begin(), values.end(), some.base()), t.ensemble.margin(row));
  }
}

TEST(Shap, TreesOfOneLeafAndOfNoCoverAreExplainedToo) {
  const TreeNode five{.leaf = 500, .cover = 0}, seven{.leaf = 700, .cover = 0};
  const TreeNode split{.left = 1, .right = 2, .feature = 1, .threshold = 1, .cover = 0};
  const auto ensemble = *Ensemble::make(2, 20, 3, {{{five}}, {{split, five, seven}}});
  const TreeExplainer explainer(ensemble);
  std::vector<int64_t> values(2);
  explainer.explain(std::vector<float>{0, 0}, values);
  EXPECT_EQ(explainer.base(), 3 + 500 + 600);
  EXPECT_EQ(values, (std::vector<int64_t>{0, -100}));
}

TEST(Quadrature, IntegratesPolynomialsExactly) {
  for (size_t points = 1; points <= 32; ++points) {
    const auto q = gauss_legendre(points);
    ASSERT_EQ(q.points.size(), points);
    for (size_t degree = 0; degree < 2 * points; ++degree) {
      double sum = 0;
      for (size_t i = 0; i < points; ++i) sum += q.weights[i] * std::pow(q.points[i], static_cast<double>(degree));
      EXPECT_NEAR(sum, 1 / static_cast<double>(degree + 1), 1e-13) << points << " points, degree " << degree;
    }
  }
}

TEST(RoundToTotal, SumsExactlyAndMovesNothingByMoreThanOne) {
  const std::vector<double> exact = {1.4, -0.5, 2.2, -3.1};
  std::vector<int64_t> rounded(4);
  round_to_total(exact, 0, rounded);
  EXPECT_EQ(rounded, (std::vector<int64_t>{1, 0, 2, -3}));
  round_to_total(exact, -1, rounded);
  EXPECT_EQ(std::accumulate(rounded.begin(), rounded.end(), int64_t{0}), -1);
  for (size_t i = 0; i < 4; ++i) EXPECT_LE(std::fabs(static_cast<double>(rounded[i]) - exact[i]), 1);
  round_to_total(exact, -9, rounded);
  EXPECT_EQ(std::accumulate(rounded.begin(), rounded.end(), int64_t{0}), -9);
}

}  // namespace
}  // namespace puhui::models
