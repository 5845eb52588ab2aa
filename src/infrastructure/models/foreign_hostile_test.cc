// Files made to harm: counts without bytes behind them, depth, cycles, numbers that are none, names twice.
#include <gtest/gtest.h>

#include <cmath>

#include "infrastructure/models/foreign_document.h"
#include "infrastructure/models/foreign_form.h"

namespace puhui::models {
namespace {

std::string refusal(const std::string& bytes) {
  const auto form = read_xgboost(bytes);
  return form ? "" : form.error().text();
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// One tree of one split: f0 < 0.5 gives -1, else 1.
const std::string kModel =
    R"({"learner":{"feature_names":[],"feature_types":[],"gradient_booster":{"model":{"tree_info":[0],"trees":[)"
    R"({"left_children":[1,-1,-1],"right_children":[2,-1,-1],"split_indices":[0,0,0],"split_conditions":[5E-1,-1E0,1E0],)"
    R"("default_left":[1,0,0],"sum_hessian":[2,1,1]}]},"name":"gbtree"},)"
    R"("learner_model_param":{"base_score":"5E-1","num_class":"0","num_feature":"2"},)"
    R"("objective":{"name":"binary:logistic"}},"version":[1,7,4]})";

TEST(ForeignHostile, TheModelItselfIsSound) {
  const auto form = read_xgboost(kModel);
  ASSERT_TRUE(form.has_value()) << form.error().text();
  double out = 0;
  for (const auto& [x, margin] : {std::pair{0.4, -1.0}, {0.5, 1.0}, {double{NAN}, -1.0}}) {
    ASSERT_TRUE((*form)->answer(std::vector<double>{x, 0}, std::span(&out, 1)).has_value());
    EXPECT_NEAR(out, 1 / (1 + std::exp(-margin)), 1e-12);
  }
}

TEST(ForeignHostile, BaseScoresOfEveryVersionsSpellingAreRead) {
  double expected = 0, out = 0;
  const std::vector<double> row = {0.4, 0};
  ASSERT_TRUE((*read_xgboost(with(kModel, "5E-1\",\"num_class", "0.25\",\"num_class")))
                  ->answer(row, std::span(&expected, 1))
                  .has_value());
  EXPECT_NEAR(expected, 1 / (1 + std::exp(1 + std::log(3.0))), 1e-7);
  for (const char* spelling : {"2.5E-1", "[2.5E-1]", "[ 0.25 ]"}) {
    const auto form = read_xgboost(with(kModel, "5E-1\",\"num_class", std::string(spelling) + "\",\"num_class"));
    ASSERT_TRUE(form.has_value()) << form.error().text();
    ASSERT_TRUE((*form)->answer(row, std::span(&out, 1)).has_value());
    EXPECT_EQ(out, expected);
  }
  EXPECT_NE(refusal(with(kModel, "5E-1\",\"num_class", "[1,2]\",\"num_class")).find("base_score"), std::string::npos);
}

TEST(ForeignHostile, NodesThatLeadInCirclesOrNowhereAreRefused) {
  EXPECT_NE(refusal(with(kModel, R"("left_children":[1,)", R"("left_children":[0,)")).find("tree 0"),
            std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("left_children":[1,-1,-1])", R"("left_children":[1,2,-1])")).find("tree 0"),
            std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("right_children":[2,)", R"("right_children":[7,)")).find("children are wrong"),
            std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("right_children":[2,)", R"("right_children":[NaN,)")).find("children are wrong"),
            std::string::npos);
}

TEST(ForeignHostile, FeaturesAndClassesOutOfRangeAreRefused) {
  EXPECT_NE(refusal(with(kModel, R"("split_indices":[0,)", R"("split_indices":[2,)")).find("no such feature"),
            std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("split_indices":[0,)", R"("split_indices":[-1,)")).find("no such feature"),
            std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("tree_info":[0])", R"("tree_info":[1])")).find("class below 1"), std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("num_feature":"2")", R"("num_feature":"1e9")")).find("num_feature"),
            std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("feature_names":[])", R"("feature_names":["a"])")).find("expected 2 names"),
            std::string::npos);
}

TEST(ForeignHostile, NumbersThatAreNoneAreRefusedWhereTheyCount) {
  for (const char* value : {"NaN", "Infinity", "-Infinity"}) {
    const std::string leaf = refusal(with(kModel, "-1E0,1E0]", "-1E0," + std::string(value) + "]"));
    EXPECT_NE(leaf.find("finite leaf value"), std::string::npos) << leaf;
  }
  EXPECT_NE(refusal(with(kModel, "5E-1,-1E0", "NaN,-1E0")).find("expected a threshold"), std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("base_score":"5E-1")", R"("base_score":"1")")).find("base_score"),
            std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("base_score":"5E-1")", R"("base_score":"none")")).find("base_score"),
            std::string::npos);
}

TEST(ForeignHostile, EveryFaultIsListedAndUnknownKindsAreNamed) {
  const std::string faults =
      refusal(with(with(kModel, "binary:logistic", "binary:magic"), R"("num_feature":"2")", R"("num_feature":"0")"));
  EXPECT_NE(faults.find("'binary:magic'"), std::string::npos) << faults;
  EXPECT_NE(faults.find("num_feature"), std::string::npos) << faults;
  EXPECT_NE(refusal(with(kModel, "gbtree", "gbforest")).find("expected gbtree, dart or gblinear"), std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("sum_hessian")", R"("tree_param":{"size_leaf_vector":"3"},"sum_hessian")"))
                .find("a vector in a leaf"),
            std::string::npos);
  EXPECT_NE(refusal(with(kModel, R"("num_class")", R"("num_class":"0","num_class")")).find("given twice"),
            std::string::npos);
  EXPECT_NE(refusal(with(kModel, "[0,0,0]", "[0,0]")).find("expected 3 numbers"), std::string::npos);
}

TEST(ForeignHostile, JsonAndUbjEndAtTheirLimits) {
  EXPECT_NE(refusal("{\"a\":" + std::string(100'000, '[')).find("levels"), std::string::npos);
  EXPECT_NE(refusal("{\"a\":1}x").find("line 1, column 8"), std::string::npos);
  EXPECT_NE(refusal("{\"a\":\"\\ud800\"}").find("whole character"), std::string::npos);
  const std::string key("L\0\0\0\0\0\0\0\1a", 10);
  // Nine thousand million millions of numbers, and none of them there.
  const std::string counted = "{" + key + "[$d#L" + std::string("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
  EXPECT_NE(refusal(counted).find("count that the rest of the file can hold"), std::string::npos);
  EXPECT_NE(refusal("{" + key + "[$d#L" + std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8)).find("count"),
            std::string::npos);
  // Values without bytes: a count of them would cost memory for nothing.
  EXPECT_NE(refusal("{" + key + "[$Z#U\xFF").find("typed container of numbers"), std::string::npos);
  EXPECT_NE(refusal("{" + key + std::string(500, '[')).find("levels"), std::string::npos);
  EXPECT_NE(refusal("{" + key + "SL" + std::string("\0\0\0\0\0\0\0\x40", 8) + "short").find("count"),
            std::string::npos);
  for (size_t length = 1; length < kModel.size(); ++length) {
    ASSERT_NE(refusal(kModel.substr(0, length)), "") << length;
  }
}

}  // namespace
}  // namespace puhui::models
