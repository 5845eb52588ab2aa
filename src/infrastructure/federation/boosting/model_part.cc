#include "infrastructure/federation/boosting/model_part.h"

#include <cmath>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "ground/base/json.h"
#include "ground/base/text.h"

namespace puhui::federation {

namespace {

constexpr std::string_view kGuestMark = "puhui.boosting.guest/1", kHostMark = "puhui.boosting.host/1";
constexpr size_t kNameBytesMax = 1024;
constexpr size_t kOutputsMax = 1000;
constexpr int kScaleSizeMax = 100;

void write_names(ByteWriter& out, const std::vector<std::string>& names) {
  out.unsigned_varint(names.size());
  for (const std::string& name : names) out.text(name);
}

std::string read_name(ByteReader& in) {
  const std::string_view name = in.text();
  if (name.size() > kNameBytesMax) in.reject();
  return std::string(name.substr(0, kNameBytesMax));
}

std::vector<std::string> read_names(ByteReader& in, size_t count_max) {
  std::vector<std::string> out;
  const size_t count = in.count();
  if (count > count_max) in.reject();
  for (size_t i = 0; i < count && in.ok(); ++i) out.push_back(read_name(in));
  return out;
}

void write_splits(ByteWriter& out, const std::vector<PartSplit>& splits) {
  out.unsigned_varint(splits.size());
  for (const PartSplit& split : splits) {
    out.unsigned_varint(split.column);
    out.u32(std::bit_cast<uint32_t>(split.threshold));
    out.u8(split.missing_left ? 1 : 0);
  }
}

std::vector<PartSplit> read_splits(ByteReader& in, size_t columns) {
  std::vector<PartSplit> out;
  const size_t count = in.count(6);
  if (count > kBoostedNodesMax) in.reject();
  for (size_t i = 0; i < count && in.ok(); ++i) {
    const uint64_t column = in.unsigned_varint();
    const auto threshold = std::bit_cast<float>(in.u32());
    const uint8_t missing = in.u8();
    if (column >= columns || !std::isfinite(threshold) || missing > 1) in.reject();
    out.push_back({static_cast<uint32_t>(column), threshold, missing == 1});
  }
  return out;
}

// Where the next children stand follows from the order: a node says only whether and by whom it is split.
void write_tree(ByteWriter& out, const PartTree& tree) {
  out.unsigned_varint(tree.output);
  out.unsigned_varint(tree.nodes.size());
  for (const PartNode& node : tree.nodes) {
    out.unsigned_varint(node.is_leaf() ? 0 : uint64_t{node.party} + 1);
    if (node.is_leaf()) {
      out.signed_varint(node.leaf);
      out.unsigned_varint(node.rows);
    } else {
      out.unsigned_varint(node.split);
    }
  }
}

// How many splits each party has: what a node may name.
uint64_t splits_of(const GuestPart& part, uint64_t party) {
  return party == 0 ? part.splits.size() : part.host_splits[party - 1];
}

// Rows of the inner nodes from their children, back to front; depths front to back.
bool settle(PartTree& tree) {
  std::vector<uint8_t> depths(tree.nodes.size(), 0);
  for (size_t i = 0; i < tree.nodes.size(); ++i) {
    if (tree.nodes[i].is_leaf()) continue;
    if (depths[i] == kBoostedDepthMax) return false;
    depths[tree.nodes[i].left] = depths[tree.nodes[i].left + 1] = static_cast<uint8_t>(depths[i] + 1);
  }
  for (size_t i = tree.nodes.size(); i-- > 0;) {
    PartNode& node = tree.nodes[i];
    if (!node.is_leaf()) node.rows = tree.nodes[node.left].rows + tree.nodes[node.left + 1].rows;
  }
  return true;
}

PartTree read_tree(ByteReader& in, const GuestPart& part) {
  PartTree out;
  const uint64_t output = in.unsigned_varint();
  const size_t count = in.count(2);
  if (output >= part.outputs() || count == 0 || count > kBoostedNodesMax) return in.reject(), out;
  out.output = static_cast<uint32_t>(output);
  out.nodes.resize(count);
  size_t next = 1;
  for (size_t i = 0; i < count && in.ok(); ++i) {
    PartNode& node = out.nodes[i];
    const uint64_t holder = in.unsigned_varint();
    if (i >= next || holder > part.parties.size()) return in.reject(), out;
    if (holder == 0) {
      node.leaf = in.signed_varint();
      node.rows = in.unsigned_varint();
      if (node.leaf > kBoostedLeafMax || node.leaf < -kBoostedLeafMax || node.rows > uint64_t{1} << 40) in.reject();
      continue;
    }
    const uint64_t split = in.unsigned_varint();
    if (next + 2 > count || split >= splits_of(part, holder - 1)) return in.reject(), out;
    node.party = static_cast<uint32_t>(holder - 1), node.split = static_cast<uint32_t>(split);
    node.left = static_cast<uint32_t>(next);
    next += 2;
  }
  if (next != count || !in.ok() || !settle(out)) in.reject();
  return out;
}

void read_told_columns(ByteReader& in, GuestPart& part) {
  const uint8_t told = in.u8();
  if (told > 1) in.reject();
  if (told != 1 || !in.ok()) return;
  for (const uint32_t count : part.host_splits) {
    part.told_columns.emplace_back();
    for (uint32_t i = 0; i < count && in.ok(); ++i) {
      const uint64_t column = in.unsigned_varint();
      if (column >= kColumnsMax) in.reject();
      part.told_columns.back().push_back(static_cast<uint32_t>(column));
    }
  }
}

}  // namespace

bool goes_left(const PartSplit& split, float value) {
  return std::isnan(value) ? split.missing_left : value < split.threshold;
}

std::string part_bytes(const GuestPart& part) {
  ByteWriter out;
  out.text(kGuestMark);
  out.text(part.job);
  out.u8(static_cast<uint8_t>(part.objective));
  out.signed_varint(part.scale);
  out.unsigned_varint(part.bases.size());
  for (const int64_t base : part.bases) out.signed_varint(base);
  write_names(out, part.parties);
  write_names(out, part.columns);
  write_splits(out, part.splits);
  for (const uint32_t count : part.host_splits) out.unsigned_varint(count);
  out.u8(part.told_columns.empty() ? 0 : 1);
  for (const auto& columns : part.told_columns) {
    for (const uint32_t column : columns) out.unsigned_varint(column);
  }
  out.unsigned_varint(part.trees.size());
  for (const PartTree& tree : part.trees) write_tree(out, tree);
  return out.take();
}

std::string part_bytes(const HostPart& part) {
  ByteWriter out;
  out.text(kHostMark);
  out.text(part.job);
  out.text(part.party);
  write_names(out, part.columns);
  write_splits(out, part.splits);
  return out.take();
}

Result<GuestPart> read_guest_part(std::string_view bytes) {
  ByteReader in(bytes);
  GuestPart out;
  if (in.text() != kGuestMark) in.reject();
  out.job = read_name(in);
  const uint8_t objective = in.u8();
  if (objective > static_cast<uint8_t>(Objective::regression)) in.reject();
  out.objective = static_cast<Objective>(objective);
  const int64_t scale = in.signed_varint();
  if (scale < -kScaleSizeMax || scale > kScaleSizeMax) in.reject();
  out.scale = static_cast<int>(scale);
  const size_t outputs = in.count();
  if (outputs == 0 || outputs > kOutputsMax ||
      (objective != static_cast<uint8_t>(Objective::multi_class) && outputs != 1))
    in.reject();
  for (size_t i = 0; i < outputs && in.ok(); ++i) {
    out.bases.push_back(in.signed_varint());
    if (out.bases.back() > kBoostedLeafMax || out.bases.back() < -kBoostedLeafMax) in.reject();
  }
  out.parties = read_names(in, kPartiesMax);
  if (out.parties.empty()) in.reject();
  out.columns = read_names(in, kColumnsMax);
  out.splits = read_splits(in, out.columns.size());
  for (size_t i = 1; i < out.parties.size() && in.ok(); ++i) {
    const uint64_t count = in.unsigned_varint();
    if (count > kBoostedNodesMax) in.reject();
    out.host_splits.push_back(static_cast<uint32_t>(count));
  }
  read_told_columns(in, out);
  const size_t trees = in.count(3);
  if (trees > kBoostedTreesMax) in.reject();
  size_t nodes = 0;
  for (size_t i = 0; i < trees && in.ok(); ++i) {
    out.trees.push_back(read_tree(in, out));
    nodes += out.trees.back().nodes.size();
    if (nodes > kBoostedNodesMax) in.reject();
  }
  TRY(in.finish("the guest's part of a boosted model"));
  return out;
}

Result<HostPart> read_host_part(std::string_view bytes) {
  ByteReader in(bytes);
  HostPart out;
  if (in.text() != kHostMark) in.reject();
  out.job = read_name(in), out.party = read_name(in);
  out.columns = read_names(in, kColumnsMax);
  out.splits = read_splits(in, out.columns.size());
  TRY(in.finish("a host's part of a boosted model"));
  return out;
}

std::string joined_description(const GuestPart& guest, const std::vector<HostPart>& hosts) {
  CHECK(hosts.size() == guest.host_splits.size(), "one part a host");
  std::string out = "scale " + std::to_string(guest.scale) + "\n";
  for (const int64_t base : guest.bases) out += "base " + std::to_string(base) + "\n";
  for (const PartTree& tree : guest.trees) {
    out += "tree of output " + std::to_string(tree.output) + "\n";
    for (const PartNode& node : tree.nodes) {
      if (node.is_leaf()) {
        out += "  leaf " + std::to_string(node.leaf) + " rows " + std::to_string(node.rows) + "\n";
        continue;
      }
      const bool own = node.party == 0;
      const auto& splits = own ? guest.splits : hosts[node.party - 1].splits;
      const auto& columns = own ? guest.columns : hosts[node.party - 1].columns;
      const PartSplit& split = splits.at(node.split);
      out += "  " + guest.parties[node.party] + " " + columns[split.column] + " < " +
             format_double(static_cast<double>(split.threshold)) +
             (split.missing_left ? " missing left" : " missing right") + " rows " + std::to_string(node.rows) + "\n";
    }
  }
  return out;
}

}  // namespace puhui::federation
