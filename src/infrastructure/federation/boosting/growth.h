// TreeGrowth: one tree while it grows, level by level: which rows are in which node, and what became of each node. Knows sums and
// rows, not whose columns split them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/bytes.h"
#include "ground/base/result.h"
#include "infrastructure/federation/boosting/model_part.h"
#include "infrastructure/federation/boosting/splits.h"

namespace puhui::federation {

// One bit a row of a node, set: left. Least bit of a byte first; padding is zero.
size_t row_bits_bytes(size_t rows);
inline bool row_bit(std::string_view bits, size_t i) { return (static_cast<uint8_t>(bits[i / 8]) >> (i % 8) & 1) != 0; }
std::string row_bits(size_t rows, const std::function<bool(size_t)>& left);
// `corrupt` unless it has the length for so many rows and clean padding.
Result<void> check_row_bits(std::string_view bits, size_t rows, std::string_view whose);

struct OpenNode {
  uint32_t place = 0;              // in the tree
  std::vector<uint32_t> rows;      // all that came here, ascending
  std::vector<uint32_t> grown_on;  // of them, those in the tree's sample
  GradientSum total;               // over grown_on
};

struct ChosenSplit {
  uint32_t party = 0, split = 0;
  std::string left;  // row_bits over the node's rows
};
struct OpenedChildren {
  bool left = false, right = false;
};

class TreeGrowth {
 public:
  // `gradients`: of all rows, {0, 0} outside the sample. They and the rule outlive it.
  TreeGrowth(const GainRule& rule, std::span<const GradientSum> gradients, size_t depth_max);

  const std::vector<OpenNode>& open() const { return open_; }
  // One entry an open node; none: it stays a leaf. Goes down a level; says which children may be split further.
  std::vector<OpenedChildren> go_down(std::span<const std::optional<ChosenSplit>> chosen);
  bool finished() const { return open_.empty(); }
  // Once finished. Leaves in units of 2^-scale.
  PartTree tree(uint32_t output, int scale) const;
  // Adds each row's leaf.
  void add_to(const PartTree& tree, std::vector<int64_t>& margins) const;

  void write(ByteWriter& out) const;
  void read(ByteReader& in, size_t level);  // rejects what no growth of these rows at this level can be

 private:
  OpenNode open_node(uint32_t place, std::vector<uint32_t> rows) const;
  bool take_child(uint32_t place, std::vector<uint32_t> rows, std::vector<OpenNode>& next);

  const GainRule& rule_;
  std::span<const GradientSum> gradients_;
  size_t depth_max_;
  size_t level_ = 0;
  std::vector<PartNode> nodes_;
  std::vector<GradientSum> totals_;  // of the nodes
  std::vector<uint32_t> node_of_row_;
  std::vector<OpenNode> open_;
};

}  // namespace puhui::federation
