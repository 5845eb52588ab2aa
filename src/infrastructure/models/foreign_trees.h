// ForeignTrees: the trees of XGBoost and LightGBM files, scored in their own arithmetic and order, so that a margin is
// theirs. Our own models score by ensemble.h, whose margins are exact integers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/models/tree_column.h"

namespace puhui::models {

constexpr size_t kForeignTreesMax = 200'000;
constexpr size_t kForeignNodesMax = 16'000'000;  // of all trees
constexpr size_t kForeignDepthMax = 4096;
constexpr size_t kForeignGroupsMax = 10'000;  // classes

// `x < threshold` goes left; a missing x as `default_left` says. left == 0: a leaf.
struct ForeignNode {
  double threshold = 0;  // a leaf's value
  uint32_t column = 0;
  uint32_t left = 0, right = 0;
  bool default_left = false;
  float cover = 0;
};

struct ForeignTree {
  std::vector<ForeignNode> nodes;
  uint32_t group = 0;
};

class ForeignTrees {
 public:
  enum class Sum : uint8_t { float32, float64 };
  // Checks shape and limits; `invalid` names the tree. `words` are the bits of the columns' sets.
  static Result<ForeignTrees> make(size_t inputs, std::vector<TreeColumn> columns, std::vector<uint32_t> words,
                                   std::vector<ForeignTree> trees, size_t groups, Sum sum);
  size_t input_count() const { return inputs_; }
  size_t group_count() const { return groups_; }
  size_t tree_count() const { return tree_group_.size(); }
  const std::vector<TreeColumn>& columns() const { return columns_; }
  const std::vector<ForeignTree>& trees() const { return trees_; }
  const std::vector<uint32_t>& words() const { return words_; }
  // `row` has a number an input, NaN missing; `margins` one a group, to which the trees' leaves are added in order.
  void add_margins(std::span<const double> row, std::span<double> margins) const;

 private:
  struct Flat {
    double threshold;
    uint32_t left;    // right = left + 1; a leaf's own place
    uint32_t column;  // with the two bits below
  };
  static constexpr uint32_t kDefaultLeft = 0x8000'0000u, kInner = 0x4000'0000u, kColumn = 0x3FFF'FFFFu;
  static constexpr size_t kTogether = 8;
  void flatten(const ForeignTree& tree);

  size_t inputs_ = 0, groups_ = 1;
  Sum sum_ = Sum::float64;
  std::vector<TreeColumn> columns_;
  std::vector<uint32_t> words_;
  std::vector<ForeignTree> trees_;  // breadth first
  std::vector<Flat> flat_;
  std::vector<uint32_t> tree_begin_, tree_depth_, tree_group_;
};

}  // namespace puhui::models
