#include "infrastructure/federation/boosting/growth.h"

#include "ground/base/check.h"

namespace puhui::federation {

size_t row_bits_bytes(size_t rows) { return (rows + 7) / 8; }

std::string row_bits(size_t rows, const std::function<bool(size_t)>& left) {
  std::string out(row_bits_bytes(rows), '\0');
  for (size_t i = 0; i < rows; ++i) {
    if (left(i)) out[i / 8] = static_cast<char>(static_cast<uint8_t>(out[i / 8]) | 1U << (i % 8));
  }
  return out;
}

Result<void> check_row_bits(std::string_view bits, size_t rows, std::string_view whose) {
  if (bits.size() != row_bits_bytes(rows))
    return fail(ErrorCode::corrupt, std::string(whose),
                "expected one bit for each of " + std::to_string(rows) + " rows, came " + std::to_string(bits.size()) +
                    " bytes");
  const size_t used = rows % 8;
  if (used != 0 && static_cast<uint8_t>(bits.back()) >> used != 0)
    return fail(ErrorCode::corrupt, std::string(whose), "expected zeros behind the bit of the last row");
  return {};
}

TreeGrowth::TreeGrowth(const GainRule& rule, std::span<const GradientSum> gradients, size_t depth_max)
    : rule_(rule), gradients_(gradients), depth_max_(depth_max), node_of_row_(gradients.size(), 0) {
  nodes_.emplace_back();
  totals_.emplace_back();
  std::vector<uint32_t> rows(gradients.size());
  for (size_t row = 0; row < rows.size(); ++row) rows[row] = static_cast<uint32_t>(row);
  take_child(0, std::move(rows), open_);
}

OpenNode TreeGrowth::open_node(uint32_t place, std::vector<uint32_t> rows) const {
  OpenNode out{place, std::move(rows), {}, {}};
  for (const uint32_t row : out.rows) {
    if (gradients_[row].h == 0) continue;
    out.grown_on.push_back(row);
    out.total += gradients_[row];
  }
  return out;
}

bool TreeGrowth::take_child(uint32_t place, std::vector<uint32_t> rows, std::vector<OpenNode>& next) {
  for (const uint32_t row : rows) node_of_row_[row] = place;
  OpenNode node = open_node(place, std::move(rows));
  nodes_[place].rows = node.rows.size();
  totals_[place] = node.total;
  if (level_ >= depth_max_ || !rule_.may_split(node.total, node.grown_on.size())) return false;
  next.push_back(std::move(node));
  return true;
}

std::vector<OpenedChildren> TreeGrowth::go_down(std::span<const std::optional<ChosenSplit>> chosen) {
  CHECK(chosen.size() == open_.size(), "one decision an open node");
  ++level_;
  std::vector<OpenNode> next;
  std::vector<OpenedChildren> out;
  for (size_t i = 0; i < open_.size(); ++i) {
    out.emplace_back();
    if (!chosen[i]) continue;
    const auto left_place = static_cast<uint32_t>(nodes_.size());
    PartNode& node = nodes_[open_[i].place];
    node.left = left_place, node.party = chosen[i]->party, node.split = chosen[i]->split;
    nodes_.resize(nodes_.size() + 2);
    totals_.resize(nodes_.size());
    std::vector<uint32_t> left, right;
    for (size_t r = 0; r < open_[i].rows.size(); ++r) {
      (row_bit(chosen[i]->left, r) ? left : right).push_back(open_[i].rows[r]);
    }
    out.back().left = take_child(left_place, std::move(left), next);
    out.back().right = take_child(left_place + 1, std::move(right), next);
  }
  open_ = std::move(next);
  return out;
}

PartTree TreeGrowth::tree(uint32_t output, int scale) const {
  CHECK(finished(), "a tree is asked for when it has grown");
  PartTree out{output, nodes_};
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].is_leaf()) out.nodes[i].leaf = rule_.leaf(totals_[i], scale);
  }
  return out;
}

void TreeGrowth::add_to(const PartTree& tree, std::vector<int64_t>& margins) const {
  for (size_t row = 0; row < margins.size(); ++row) margins[row] += tree.nodes[node_of_row_[row]].leaf;
}

void TreeGrowth::write(ByteWriter& out) const {
  out.unsigned_varint(level_);
  out.unsigned_varint(nodes_.size());
  for (const PartNode& node : nodes_) {
    out.unsigned_varint(node.left);
    if (!node.is_leaf()) out.unsigned_varint(node.party), out.unsigned_varint(node.split);
  }
  for (const uint32_t node : node_of_row_) out.unsigned_varint(node);
  out.unsigned_varint(open_.size());
  for (const OpenNode& node : open_) out.unsigned_varint(node.place);
}

void TreeGrowth::read(ByteReader& in, size_t level) {
  level_ = static_cast<size_t>(in.unsigned_varint());
  const size_t count = in.count();
  if (count == 0 || level_ > depth_max_) return in.reject();
  nodes_.assign(count, {});
  uint64_t expected = 1;  // where the next children stand
  for (PartNode& node : nodes_) {
    const uint64_t left = in.unsigned_varint();
    if (left == 0) continue;
    if (left != expected || left + 2 > count) return in.reject();
    expected += 2;
    node.left = static_cast<uint32_t>(left);
    node.party = static_cast<uint32_t>(in.unsigned_varint()), node.split = static_cast<uint32_t>(in.unsigned_varint());
  }
  if (expected != count) return in.reject();
  std::vector<std::vector<uint32_t>> rows(count);
  for (size_t row = 0; row < node_of_row_.size(); ++row) {
    const uint64_t node = in.unsigned_varint();
    if (node >= count || !nodes_[node].is_leaf()) return in.reject();
    node_of_row_[row] = static_cast<uint32_t>(node);
    rows[node].push_back(static_cast<uint32_t>(row));
  }
  totals_.assign(count, {});
  for (size_t i = 0; i < count; ++i) {
    nodes_[i].rows = rows[i].size();
    for (const uint32_t row : rows[i]) totals_[i] += gradients_[row];
  }
  for (size_t i = count; i-- > 0;) {
    if (!nodes_[i].is_leaf()) nodes_[i].rows = nodes_[nodes_[i].left].rows + nodes_[nodes_[i].left + 1].rows;
  }
  open_.clear();
  uint64_t before = 0;
  for (size_t i = in.count(); i > 0 && in.ok(); --i) {
    const uint64_t place = in.unsigned_varint();
    if (place >= count || !nodes_[place].is_leaf() || (!open_.empty() && place <= before)) return in.reject();
    before = place;
    open_.push_back(open_node(static_cast<uint32_t>(place), std::move(rows[place])));
  }
  if (!open_.empty() && level_ != level) in.reject();
}

}  // namespace puhui::federation
