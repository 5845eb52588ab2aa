#include "infrastructure/federation/horizontal/horizontal_trees.h"

#include <cmath>

#include "ground/base/json.h"
#include "ground/base/text.h"

namespace puhui::federation {

void write(ByteWriter& out, const HorizontalTree& tree) {
  out.unsigned_varint(tree.size());
  for (const HorizontalNode& node : tree) {
    out.unsigned_varint(node.left);
    if (node.left != 0) {
      out.unsigned_varint(node.split.column);
      out.u8(node.split.cut);
      out.u8(node.split.missing_left ? 1 : 0);
    }
    out.signed_varint(node.total.g), out.signed_varint(node.total.h), out.signed_varint(node.leaf);
  }
}

HorizontalTree read_horizontal_tree(ByteReader& in, const BoostingColumns& columns) {
  HorizontalTree tree(in.count(3));
  uint64_t expected = 1;  // where the next children stand
  for (HorizontalNode& node : tree) {
    const uint64_t left = in.unsigned_varint();
    if (left != 0) {
      const uint64_t column = in.unsigned_varint();
      node.split = {.column = static_cast<uint32_t>(column), .cut = in.u8(), .missing_left = in.u8() == 1};
      if (left != expected || column >= columns.count() || node.split.cut > columns.cuts[column].size()) {
        in.reject();
        return {};
      }
      node.left = static_cast<uint32_t>(left);
      node.threshold = columns.threshold(column, node.split.cut);
      expected += 2;
    }
    node.total.g = in.signed_varint(), node.total.h = in.signed_varint(), node.leaf = in.signed_varint();
  }
  if (tree.size() != expected) in.reject();
  return in.ok() ? tree : HorizontalTree{};
}

size_t leaf_of(const HorizontalTree& tree, const BoostingColumns& columns, size_t row) {
  size_t place = 0;
  while (tree[place].left != 0) place = tree[place].left + (goes_left(columns, tree[place].split, row) ? 0 : 1);
  return place;
}

namespace {

// XGBoost takes a number without a point or an exponent for a whole one, and refuses it here.
Json real(double value) {
  std::string text = format_double(value);
  if (text.find_first_of(".eE") == std::string::npos) text += "E0";
  return Json::Number{std::move(text)};
}

Json tree_json(const HorizontalTree& tree, size_t number, size_t columns, HorizontalScales scales) {
  Json::List left, right, parents, features, thresholds, defaults, covers, gains, weights, types;
  std::vector<int64_t> parent(tree.size(), 2147483647);  // the root's, as XGBoost writes it
  for (size_t i = 0; i < tree.size(); ++i) {
    const HorizontalNode& node = tree[i];
    const bool leaf = node.left == 0;
    if (!leaf) parent[node.left] = parent[node.left + 1] = static_cast<int64_t>(i);
    const double value =
        static_cast<double>(static_cast<float>(std::ldexp(static_cast<double>(node.leaf), -scales.leaf)));
    left.emplace_back(leaf ? int64_t{-1} : static_cast<int64_t>(node.left));
    right.emplace_back(leaf ? int64_t{-1} : static_cast<int64_t>(node.left) + 1);
    parents.emplace_back(parent[i]);
    features.emplace_back(static_cast<int64_t>(leaf ? 0 : node.split.column));
    thresholds.push_back(real(leaf ? value : static_cast<double>(node.threshold)));
    defaults.emplace_back(int64_t{!leaf && node.split.missing_left});
    covers.push_back(real(std::ldexp(static_cast<double>(node.total.h), -scales.hessian)));
    gains.push_back(real(0));
    weights.push_back(real(leaf ? value : 0));
    types.emplace_back(int64_t{0});
  }
  return Json::Object{{"base_weights", std::move(weights)},
                      {"categories", Json::List{}},
                      {"categories_nodes", Json::List{}},
                      {"categories_segments", Json::List{}},
                      {"categories_sizes", Json::List{}},
                      {"default_left", std::move(defaults)},
                      {"id", static_cast<int64_t>(number)},
                      {"left_children", std::move(left)},
                      {"loss_changes", std::move(gains)},
                      {"parents", std::move(parents)},
                      {"right_children", std::move(right)},
                      {"split_conditions", std::move(thresholds)},
                      {"split_indices", std::move(features)},
                      {"split_type", std::move(types)},
                      {"sum_hessian", std::move(covers)},
                      {"tree_param", Json::Object{{"num_deleted", "0"},
                                                  {"num_feature", std::to_string(columns)},
                                                  {"num_nodes", std::to_string(tree.size())},
                                                  {"size_leaf_vector", "0"}}}};
}

}  // namespace

std::string xgboost_json(const std::vector<std::string>& columns, const std::vector<HorizontalTree>& trees,
                         HorizontalScales scales) {
  Json::List names, types, grown, groups;
  for (const std::string& column : columns) names.emplace_back(column), types.emplace_back("float");
  for (size_t i = 0; i < trees.size(); ++i) {
    grown.push_back(tree_json(trees[i], i, columns.size(), scales));
    groups.emplace_back(int64_t{0});
  }
  Json model = Json::Object{
      {"gbtree_model_param", Json::Object{{"num_parallel_tree", "1"}, {"num_trees", std::to_string(trees.size())}}},
      {"tree_info", std::move(groups)},
      {"trees", std::move(grown)}};
  Json learner = Json::Object{{"attributes", Json::Object{}},
                              {"feature_names", std::move(names)},
                              {"feature_types", std::move(types)},
                              {"gradient_booster", Json::Object{{"model", std::move(model)}, {"name", "gbtree"}}},
                              {"learner_model_param", Json::Object{{"base_score", "5E-1"},
                                                                   {"num_class", "0"},
                                                                   {"num_feature", std::to_string(columns.size())},
                                                                   {"num_target", "1"}}},
                              {"objective", Json::Object{{"name", "binary:logistic"},
                                                         {"reg_loss_param", Json::Object{{"scale_pos_weight", "1"}}}}}};
  return print_json(
      Json::Object{{"learner", std::move(learner)}, {"version", Json::List{int64_t{1}, int64_t{7}, int64_t{4}}}});
}

}  // namespace puhui::federation
