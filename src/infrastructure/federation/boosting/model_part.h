// The two kinds of parts of a vertically boosted model. The guest's part holds the trees, its own splits and the leaves; where a
// host splits it knows a number only. The host's part says what its numbers mean. Neither predicts without the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/federation/job.h"

namespace puhui::federation {

inline constexpr size_t kBoostedTreesMax = 20'000;
inline constexpr size_t kBoostedNodesMax = 1 << 22;  // of all trees of a part
inline constexpr int kBoostedDepthMax = 16;
inline constexpr int64_t kBoostedLeafMax = int64_t{1} << 46;  // a sum over all trees stays inside int64

// `x < threshold` goes left; a missing value where missing_left says.
struct PartSplit {
  uint32_t column = 0;  // of the holder's columns in the job
  float threshold = 0;
  bool missing_left = false;
  bool operator==(const PartSplit&) const = default;
};
bool goes_left(const PartSplit& split, float value);

// A node with left == 0 is a leaf; else its children stand side by side, right == left + 1. Nodes stand level by level.
struct PartNode {
  uint32_t left = 0;
  uint32_t party = 0;  // whose split it is: a place in the job; 0 is the guest
  uint32_t split = 0;  // its number at that party
  int64_t leaf = 0;    // in units of 2^-scale
  uint64_t rows = 0;   // training rows that came through
  bool is_leaf() const { return left == 0; }
  bool operator==(const PartNode&) const = default;
};
struct PartTree {
  uint32_t output = 0;  // the class it speaks of; 0 where there is one output
  std::vector<PartNode> nodes;
  bool operator==(const PartTree&) const = default;
};

struct GuestPart {
  std::string job;  // its name
  Objective objective = Objective::binary;
  int scale = 0;                      // margins and leaves are whole multiples of 2^-scale
  std::vector<int64_t> bases;         // margin before any tree, one an output: 1, or one a class
  std::vector<std::string> parties;   // all, in the job's order; the guest is the first
  std::vector<std::string> columns;   // the guest's own
  std::vector<PartSplit> splits;      // the guest's own, by number
  std::vector<uint32_t> host_splits;  // how many numbers each further party has
  // Where the job does not hide them: the columns (places in the job) of each host's splits, by number. Else empty.
  std::vector<std::vector<uint32_t>> told_columns;
  std::vector<PartTree> trees;
  size_t outputs() const { return bases.size(); }
  bool operator==(const GuestPart&) const = default;
};

struct HostPart {
  std::string job, party;
  std::vector<std::string> columns;
  std::vector<PartSplit> splits;  // by number
  bool operator==(const HostPart&) const = default;
};

// Canonical: equal parts have equal bytes.
std::string part_bytes(const GuestPart& part);
std::string part_bytes(const HostPart& part);
// `corrupt`, whatever the bytes; what they answer can be walked without a check.
Result<GuestPart> read_guest_part(std::string_view bytes);
Result<HostPart> read_host_part(std::string_view bytes);

// Every node with its columns and thresholds: what a run in the clear and a run between parties are compared by.
std::string joined_description(const GuestPart& guest, const std::vector<HostPart>& hosts);

}  // namespace puhui::federation
