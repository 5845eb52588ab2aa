// TreeExplainer: exact Shapley values of an ensemble's margin (TreeSHAP, path-dependent: the background is the
// training cover, as XGBoost's pred_contribs). Values are integers in the ensemble's unit, and with the base they sum
// to the margin exactly: rounding is settled inside each table entry, not afterwards.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "infrastructure/models/ensemble.h"
#include "infrastructure/models/quadrature.h"

namespace puhui::models {

constexpr size_t kShapTableBytesMax = size_t{128} << 20;

class TreeExplainer {
 public:
  TreeExplainer() = default;
  // Copies what it needs. Builds the tables: about a millisecond a tree of depth 6, 64 KiB each. Trees deeper
  // than kTableDepthMax, and those for which kShapTableBytesMax has no more room, go the general way.
  explicit TreeExplainer(const Ensemble& ensemble, size_t table_bytes_max = kShapTableBytesMax);

  static constexpr int kTableDepthMax = 6;
  int64_t base() const { return base_; }  // the mean margin of the training population
  // Fills one value a feature; base() + their sum == ensemble.margin(row).
  void explain(std::span<const float> row, std::span<int64_t> values) const;
  size_t table_bytes() const { return tables_.size() * sizeof(int32_t); }

 private:
  // A block is a subtree of three splits and four leaves at the bottom of a padded tree. Which way the row goes at
  // its splits, and which of the splits above it point to it, is an index; the entry there holds the block's share
  // for each of at most kWidth features.
  static constexpr size_t kWidth = 8;
  struct Block {
    uint32_t place = 0;  // of its topmost split, in heap order
    size_t table = 0;    // into tables_
    std::array<uint16_t, kWidth> features{};
  };
  struct TabledTree {
    uint32_t depth = 0;      // padded, 2 to kTableDepthMax
    size_t first_split = 0;  // into splits_
    size_t first_block = 0, block_count = 0;
  };
  struct Split {
    float threshold = 0;
    uint32_t feature = 0;  // its top bit says that a missing value goes left
  };
  // The general way: a leaf with the splits above it.
  struct Step {
    Split split;
    uint32_t slot = 0;  // its feature's place among the leaf's distinct features
    bool goes_left = false;
  };
  struct Leaf {
    int32_t value = 0;
    uint32_t slot_count = 0;
    size_t first_step = 0, step_count = 0;
    size_t first_slot = 0;  // into slot_features_ and slot_shares_
  };
  struct GeneralTree {
    size_t first_leaf = 0, leaf_count = 0;
    size_t first_feature = 0, feature_count = 0;  // into tree_features_: the tree's distinct features
    int64_t mean = 0;
  };
  class Builder;
  void explain_tabled(const float* row, int64_t* values) const;
  void explain_general(const float* row, int64_t* values) const;

  size_t feature_count_ = 0;
  int64_t base_ = 0;
  std::vector<TabledTree> tabled_;
  std::vector<Split> splits_;  // of the tabled trees, padded, in heap order
  std::vector<Block> blocks_;
  std::vector<int32_t> tables_;
  std::vector<GeneralTree> general_;
  std::vector<Leaf> leaves_;
  std::vector<Step> steps_;
  std::vector<uint32_t> slot_features_, tree_features_;
  std::vector<double> slot_shares_;
  size_t points_max_ = 0;
  std::vector<Quadrature> quadratures_;  // with 1, 2, … points
};

// Rounds each number so that together they are `total`: all down first, then one up each for those with the largest
// remainders, ties by place. Made for sums that are off by rounding only; any other difference is spread evenly.
void round_to_total(std::span<const double> exact, int64_t total, std::span<int64_t> rounded);

}  // namespace puhui::models
