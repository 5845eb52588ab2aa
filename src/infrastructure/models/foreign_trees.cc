#include "infrastructure/models/foreign_trees.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"

namespace puhui::models {

namespace {

// Breadth first from the root, children side by side; an error says what is wrong with the shape.
Result<ForeignTree> in_order(const ForeignTree& tree, size_t columns) {
  const size_t count = tree.nodes.size();
  if (count == 0) return fail(ErrorCode::invalid, "expected at least one node");
  ForeignTree out{.nodes = {}, .group = tree.group};
  std::vector<uint32_t> order = {0};
  std::vector<uint32_t> depths = {0};
  for (size_t i = 0; i < order.size(); ++i) {
    ForeignNode node = tree.nodes[order[i]];
    if (!std::isfinite(node.threshold) && node.left == 0) {
      return fail(ErrorCode::invalid, "node " + std::to_string(order[i]) + ": expected a finite leaf value");
    }
    if (std::isnan(node.threshold)) {
      return fail(ErrorCode::invalid, "node " + std::to_string(order[i]) + ": expected a threshold, came NaN");
    }
    if (node.left != 0) {
      if (node.column >= columns)
        return fail(ErrorCode::invalid, "node " + std::to_string(order[i]) + ": no such feature");
      for (const uint32_t child : {node.left, node.right}) {
        if (child == 0 || child >= count || order.size() >= count) {
          return fail(ErrorCode::invalid,
                      "node " + std::to_string(order[i]) + ": its children are wrong or form a cycle");
        }
        order.push_back(child);
        depths.push_back(depths[i] + 1);
      }
      node.left = static_cast<uint32_t>(order.size() - 2);
      node.right = node.left + 1;
    }
    out.nodes.push_back(node);
  }
  if (depths.back() > kForeignDepthMax) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(kForeignDepthMax) + " levels");
  }
  return out;
}

}  // namespace

Result<ForeignTrees> ForeignTrees::make(size_t inputs, std::vector<TreeColumn> columns, std::vector<uint32_t> words,
                                        std::vector<ForeignTree> trees, size_t groups, Sum sum) {
  Faults faults;
  if (inputs == 0 || inputs > kForeignFeaturesMax)
    faults.add("features", "expected 1 to " + std::to_string(kForeignFeaturesMax));
  if (groups == 0 || groups > kForeignGroupsMax)
    faults.add("classes", "expected 1 to " + std::to_string(kForeignGroupsMax));
  if (trees.size() > kForeignTreesMax) faults.add("trees", "expected at most " + std::to_string(kForeignTreesMax));
  for (const TreeColumn& column : columns) {
    if (column.input >= inputs)
      faults.add("features", "a split names feature " + std::to_string(column.input) + " of " + std::to_string(inputs));
    CHECK(column.first_word + column.word_count <= words.size(), "a set lies among the words");
  }
  TRY(std::move(faults).result());
  ForeignTrees out;
  size_t nodes = 0;
  for (size_t i = 0; i < trees.size(); ++i) {
    const std::string where = "tree " + std::to_string(i);
    nodes += trees[i].nodes.size();
    if (trees[i].group >= groups) faults.add(where, "expected a class below " + std::to_string(groups));
    auto ordered = in_order(trees[i], columns.size());
    if (!ordered) {
      faults.add(where, std::move(ordered).error());
      continue;
    }
    out.trees_.push_back(*std::move(ordered));
  }
  if (nodes > kForeignNodesMax)
    faults.add("trees", "expected at most " + std::to_string(kForeignNodesMax) + " nodes together");
  TRY(std::move(faults).result());
  out.inputs_ = inputs, out.groups_ = groups, out.sum_ = sum;
  out.columns_ = std::move(columns), out.words_ = std::move(words);
  for (const ForeignTree& tree : out.trees_) out.flatten(tree);
  return out;
}

void ForeignTrees::flatten(const ForeignTree& tree) {
  const auto begin = static_cast<uint32_t>(flat_.size());
  tree_begin_.push_back(begin);
  tree_group_.push_back(tree.group);
  std::vector<uint32_t> depths(tree.nodes.size(), 0);
  for (size_t i = 0; i < tree.nodes.size(); ++i) {
    const ForeignNode& node = tree.nodes[i];
    const bool inner = node.left != 0;
    if (inner) depths[node.left] = depths[node.right] = depths[i] + 1;
    const uint32_t bits = (node.default_left ? kDefaultLeft : 0) | (inner ? kInner : 0);
    flat_.push_back(
        {node.threshold, begin + (inner ? node.left : static_cast<uint32_t>(i)), (inner ? node.column : 0) | bits});
  }
  tree_depth_.push_back(depths.back());
}

void ForeignTrees::add_margins(std::span<const double> row, std::span<double> margins) const {
  CHECK(row.size() == inputs_ && margins.size() == groups_, "a number an input, a margin a group");
  thread_local std::vector<double> values;
  values.resize(columns_.size() + 1);  // one more: trees of a single leaf read column 0
  for (size_t i = 0; i < columns_.size(); ++i) values[i] = column_value(columns_[i], words_, row[columns_[i].input]);
  const Flat* const nodes = flat_.data();
  const double* const x = values.data();
  for (size_t first = 0; first < tree_begin_.size(); first += kTogether) {
    const size_t count = std::min(kTogether, tree_begin_.size() - first);
    uint32_t at[kTogether];
    uint32_t depth = 0;
    for (size_t k = 0; k < kTogether; ++k) {
      at[k] = tree_begin_[first + std::min(k, count - 1)];
      if (k < count) depth = std::max(depth, tree_depth_[first + k]);
    }
    for (uint32_t level = 0; level < depth; ++level) {
      for (size_t k = 0; k < kTogether; ++k) {
        const Flat& node = nodes[at[k]];
        const double value = x[node.column & kColumn];
        const uint32_t left = static_cast<uint32_t>(value < node.threshold) |
                              (static_cast<uint32_t>(value != value) & (node.column >> 31));
        at[k] = node.left + ((node.column >> 30 & 1) & ~left);
      }
    }
    for (size_t k = 0; k < count; ++k) {
      double& margin = margins[tree_group_[first + k]];
      margin += nodes[at[k]].threshold;
      if (sum_ == Sum::float32) margin = static_cast<double>(static_cast<float>(margin));
    }
  }
}

}  // namespace puhui::models
