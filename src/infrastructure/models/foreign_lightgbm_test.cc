// LightGBM model texts, generated at random and walked by a plain reading of the format's rules; and texts that are
// refused. What the library itself answered is held in foreign_lightgbm_golden_test.cc.
#include <gtest/gtest.h>

#include <cmath>

#include "ground/base/random.h"
#include "ground/base/text.h"
#include "infrastructure/models/foreign_form.h"
#include "infrastructure/models/foreign_import.h"

namespace puhui::models {
namespace {

// One tree as LightGBM lists it.
struct Listed {
  std::vector<int> feature, decision, left, right;
  std::vector<double> threshold, leaf;
  std::vector<std::vector<uint32_t>> sets;
};

// The rules, as the library's documentation of missing values and its format give them.
double walked(const Listed& tree, const std::vector<double>& row) {
  if (tree.feature.empty()) return tree.leaf[0];
  int node = 0;
  while (node >= 0) {
    const auto at = static_cast<size_t>(node);
    double x = row[static_cast<size_t>(tree.feature[at])];
    const int decision = tree.decision[at], missing = decision >> 2;
    bool left = false;
    if ((decision & 1) != 0) {
      const auto& set = tree.sets[static_cast<size_t>(tree.threshold[at])];
      const bool known = !std::isnan(x) && x > -1 && x < static_cast<double>(set.size() * 32);
      const auto category = known ? static_cast<uint32_t>(static_cast<int>(x)) : 0;
      left = known && (set[category / 32] >> (category % 32) & 1) != 0;
    } else {
      if (std::isnan(x) && missing != 2) x = 0;
      const bool is_missing = (missing == 1 && std::fabs(x) <= 1e-35F) || (missing == 2 && std::isnan(x));
      left = is_missing ? (decision & 2) != 0 : x <= tree.threshold[at];
    }
    node = left ? tree.left[at] : tree.right[at];
  }
  return tree.leaf[static_cast<size_t>(~node)];
}

// Grows leaf by leaf: a split's left child keeps the leaf's number, as in the library.
Listed grown(RandomStream& random, size_t features) {
  Listed out;
  const size_t leaves = 1 + random.below(12);
  out.leaf = {random.normal()};
  for (size_t leaf = 1; leaf < leaves; ++leaf) {
    const int inner = static_cast<int>(leaf) - 1, split = static_cast<int>(random.below(leaf));
    for (auto* side : {&out.left, &out.right}) {
      for (int& child : *side) {
        if (child == ~split) child = inner;
      }
    }
    out.feature.push_back(static_cast<int>(random.below(features)));
    out.left.push_back(~split), out.right.push_back(~static_cast<int>(leaf));
    out.leaf.push_back(random.normal());
    if (random.chance(0.3)) {
      out.threshold.push_back(static_cast<double>(out.sets.size()));
      out.decision.push_back(1 | static_cast<int>(random.below(3)) << 2);
      out.sets.emplace_back();
      for (uint64_t word = 0; word <= random.below(2); ++word) {
        out.sets.back().push_back(static_cast<uint32_t>(random.next()));
      }
    } else {
      out.threshold.push_back(random.chance(0.2) ? 0 : std::round(random.normal() * 8) / 4);
      out.decision.push_back(static_cast<int>(random.below(2)) << 1 | static_cast<int>(random.below(3)) << 2);
    }
  }
  return out;
}

template <class T>
std::string line(std::string_view key, const std::vector<T>& values) {
  std::vector<std::string> texts;
  for (const T value : values) texts.push_back(format_double(static_cast<double>(value)));
  return std::string(key) + "=" + join(texts, " ") + "\n";
}

std::string text_of(const Listed& tree, size_t index) {
  std::string out = "Tree=" + std::to_string(index) + "\nnum_leaves=" + std::to_string(tree.leaf.size()) +
                    "\nnum_cat=" + std::to_string(tree.sets.size()) + "\n";
  out += line("split_feature", tree.feature) + line("threshold", tree.threshold);
  out += line("decision_type", tree.decision) + line("left_child", tree.left) + line("right_child", tree.right);
  out += line("leaf_value", tree.leaf);
  if (!tree.sets.empty()) {
    std::vector<size_t> boundaries = {0};
    std::vector<uint32_t> words;
    for (const auto& set : tree.sets) {
      words.insert(words.end(), set.begin(), set.end());
      boundaries.push_back(words.size());
    }
    out += line("cat_boundaries", boundaries) + line("cat_threshold", words);
  }
  return out + "is_linear=0\nshrinkage=0.1\n\n";
}

std::string header(size_t features, std::string_view more) {
  std::string out = "tree\nversion=v4\nlabel_index=0\nmax_feature_idx=" + std::to_string(features - 1) + "\n";
  out += more;
  out += "\nfeature_names=";
  for (size_t f = 0; f < features; ++f) out += (f == 0 ? "x" : " x") + std::to_string(f);
  return out + "\n\n";
}

TEST(ForeignLightgbm, RandomTreesScoreAsThePlainReadingOfTheRulesToTheBit) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(Random(seed), 3, 0);
    const size_t features = 1 + random.below(6);
    std::vector<Listed> trees;
    std::string text = header(features, "num_class=1\nnum_tree_per_iteration=1\nobjective=regression");
    for (size_t i = 0; i < 1 + random.below(20); ++i) {
      trees.push_back(grown(random, features));
      text += text_of(trees.back(), i);
    }
    text += "end of trees\n\nfeature_importances:\nx0=3\n";
    const auto form = read_lightgbm(text);
    ASSERT_TRUE(form.has_value()) << form.error().text() << text;
    std::vector<double> row(features), out(1);
    for (int i = 0; i < 200; ++i) {
      for (double& x : row) {
        x = random.chance(0.2)   ? NAN
            : random.chance(0.2) ? 0
            : random.chance(0.3) ? static_cast<double>(random.below(70))
                                 : std::round(random.normal() * 8) / 4;
      }
      double expected = 0;
      for (const Listed& tree : trees) expected += walked(tree, row);
      ASSERT_TRUE((*form)->answer(row, out).has_value());
      ASSERT_EQ(out[0], expected);
    }
  }
}

TEST(ForeignLightgbm, ImportedModelsScoreAsThePlainReadingAndExplainThemselves) {
  for (uint64_t seed = 500; seed < 540; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(Random(seed), 3, 0);
    const size_t features = 1 + random.below(6);
    std::vector<Listed> trees;
    std::string text = header(features, "num_class=1\nnum_tree_per_iteration=1\nobjective=binary sigmoid:0.7");
    size_t splits = 0;
    for (size_t i = 0; i < 6; ++i) {
      trees.push_back(grown(random, features));
      splits += trees.back().feature.size();
      text += text_of(trees.back(), i);
    }
    const auto model = import_model(text + "end of trees\n", "imported");
    ASSERT_EQ(model.has_value(), splits > 0);
    if (splits == 0) continue;
    const auto again = Model::parse(model->bytes());
    ASSERT_TRUE(again.has_value()) << again.error().text();
    std::vector<double> row(features);
    for (int i = 0; i < 50; ++i) {
      for (double& x : row)
        x = random.chance(0.2) ? NAN : random.chance(0.3) ? 0 : static_cast<double>(random.below(70)) - 3;
      double margin = 0;
      for (const Listed& tree : trees) margin += walked(tree, row);
      const Score score = model->score(row);
      EXPECT_NEAR(score.probability.as_double(), 1 / (1 + std::exp(-0.7 * margin)), 1e-7);
      EXPECT_EQ(again->score(row), score);
      const Explanation explained = model->explain(row);
      int64_t sum = explained.base;
      for (const Contribution& part : explained.contributions) sum += part.amount;
      EXPECT_EQ(sum, explained.total);
    }
  }
  EXPECT_NE(import_model(header(1, "objective=regression") + "end of trees\n", "x")
                .error()
                .text()
                .find("probability of one event"),
            std::string::npos);
}

std::string refusal(const std::string& text) {
  const auto form = read_lightgbm(text);
  return form ? "" : form.error().text();
}

TEST(ForeignLightgbm, WhatDoesNotFitTogetherIsRefusedWithItsLine) {
  const std::string head = header(2, "num_class=1\nobjective=binary sigmoid:1");
  const auto tree = [&](std::string_view body) { return head + "Tree=0\n" + std::string(body) + "end of trees\n"; };
  const std::string good =
      "num_leaves=2\nnum_cat=0\nsplit_feature=1\nthreshold=0.5\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_"
      "value=1 2\n";
  EXPECT_EQ(refusal(tree(good)), "");
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    return refusal(tree(text.replace(text.find(from), from.size(), to)));
  };
  EXPECT_NE(with("left_child=-1", "left_child=0").find("form a cycle"), std::string::npos);
  EXPECT_NE(with("left_child=-1", "left_child=-3").find("children are wrong"), std::string::npos);
  EXPECT_NE(with("split_feature=1", "split_feature=2").find("no such feature"), std::string::npos);
  EXPECT_NE(with("leaf_value=1 2", "leaf_value=1 nan").find("line 17"), std::string::npos);
  EXPECT_NE(with("leaf_value=1 2", "leaf_value=1").find("expected 2 numbers"), std::string::npos);
  EXPECT_NE(with("decision_type=2", "decision_type=3").find("set of categories"), std::string::npos);
  EXPECT_NE(with("num_leaves=2", "num_leaves=1000000000000").find("num_leaves"), std::string::npos);
  EXPECT_NE(with("num_cat=0", "num_cat=0\nis_linear=1").find("linear leaves are not run"), std::string::npos);
  EXPECT_NE(with("num_cat=0", "num_cat=0\nnum_cat=0").find("given twice"), std::string::npos);
  EXPECT_NE(refusal(head + "Tree=0\n" + good).find("end of trees"), std::string::npos);
  EXPECT_NE(refusal(header(2, "num_class=3\nobjective=binary") + "end of trees\n").find("num_class"),
            std::string::npos);
  EXPECT_NE(refusal(header(2, "objective=mystery") + "end of trees\n").find("'mystery'"), std::string::npos);
  EXPECT_NE(refusal("tree\nmax_feature_idx=1\nfeature_names=a a\nend of trees\n").find("named twice"),
            std::string::npos);
}

}  // namespace
}  // namespace puhui::models
