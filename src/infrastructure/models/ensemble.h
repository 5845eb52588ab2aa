// Ensemble: our own scorer of boosted trees. Splits compare float32 as XGBoost does; leaves are whole multiples of
// 2^-scale, so that a margin is an exact integer sum: the same bits in any order, batch size or instruction set.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/bytes.h"
#include "ground/base/json.h"
#include "ground/base/result.h"

namespace puhui::models {

constexpr size_t kTreesMax = 20'000;
constexpr size_t kTreeNodesMax = 1 << 20;  // of one tree
constexpr size_t kEnsembleNodesMax = 4 << 20;
constexpr size_t kEnsembleStepsMax = 16 << 20;  // splits on the way to each leaf, over all leaves
constexpr int kTreeDepthMax = 64;
constexpr size_t kEnsembleFeaturesMax = 32'768;

// A node with left == 0 is a leaf (node 0 is the root and nobody's child). `x < threshold` goes left.
struct TreeNode {
  uint32_t left = 0, right = 0;
  uint32_t feature = 0;
  bool default_left = false;  // where a missing value goes
  float threshold = 0;
  int32_t leaf = 0;  // value · 2^scale
  float cover = 0;   // sum of hessians of the training rows that came through
  bool is_leaf() const { return left == 0; }
};

// Children stand behind their parent; every node but the root has one parent.
struct Tree {
  std::vector<TreeNode> nodes;
  int depth() const;
};

// Which code walks the trees. All give the same bits; `best` is chosen once at load for the machine.
enum class Walk : uint8_t { best, portable, avx2, avx512 };
bool is_available(Walk walk);

class Ensemble {
 public:
  Ensemble() = default;
  // Checks shape and limits; `corrupt` names the tree.
  static Result<Ensemble> make(size_t feature_count, int scale, int64_t base, std::vector<Tree> trees);
  // The largest scale that holds leaves of that size; nullopt where none does.
  static std::optional<int> scale_for(double leaf_largest);
  // XGBoost's saved JSON: gbtree, binary:logistic, numeric splits, one output. Others are `invalid`.
  static Result<Ensemble> from_xgboost(const Json& json);

  size_t feature_count() const { return feature_count_; }
  const std::vector<Tree>& trees() const { return trees_; }
  int scale() const { return scale_; }
  int64_t base() const { return base_; }  // margin before any tree, · 2^scale
  double unit() const;                    // 2^-scale

  // Log-odds · 2^scale. `row` holds feature_count() numbers, NaN is missing.
  int64_t margin(std::span<const float> row, Walk walk = Walk::best) const;
  // Row-major; the same bits as row by row, faster.
  void margins(std::span<const float> rows, std::span<int64_t> out, Walk walk = Walk::best) const;
  // What the others are tested against: node after node as the trees stand.
  int64_t margin_by_definition(std::span<const float> row) const;

  void write(ByteWriter& out) const;
  static Result<Ensemble> read(ByteReader& in);

 private:
  // Trees of up to kPaddedDepthMax levels, padded to full depth in heap order, in groups of kGroup that are walked
  // side by side: the nodes of a group's trees at one heap place stand in a row.
  static constexpr int kPaddedDepthMax = 8;
  static constexpr size_t kGroup = 16;
  struct Group {
    uint32_t depth = 0;
    size_t first_node = 0;  // into nodes_
    size_t first_leaf = 0;  // into leaves_
  };
  void pack();
  void pack_group(std::span<const uint32_t> members);
  template <class Four, class One>
  void walk_groups(const float* rows, std::span<int64_t> out, Four four, One single) const;
  void walk_padded(const float* rows, std::span<int64_t> out, Walk walk) const;
  int64_t walk_deep(const float* row) const;

  size_t feature_count_ = 0;
  int scale_ = 0;
  int64_t base_ = 0;
  std::vector<Tree> trees_;
  std::vector<Group> groups_;
  std::vector<uint64_t> nodes_;  // threshold bits low; high: feature, its top bit says a missing value goes left
  std::vector<int32_t> leaves_;
  std::vector<uint32_t> deep_;  // trees too deep to pad
};

// What each feature's splits gained in training, summed: from the same JSON, after from_xgboost accepted it.
std::vector<double> xgboost_gains(const Json& json, size_t feature_count);

}  // namespace puhui::models
