// What guest and hosts of a vertical boosting say to each other, and its readers: whatever a peer sends is `corrupt` or fits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/federation/boosting/growth.h"
#include "infrastructure/federation/conversation.h"

namespace puhui::federation {

enum : uint16_t {
  kBoostingKey = kBoostingKinds + 1,
  kBoostingReady,       // host → guest: empty
  kBoostingOrder,       // guest → host: what comes in this step
  kBoostingGradients,   // guest → host: ciphertexts of kGradientBlockRows rows
  kBoostingCandidates,  // host → guest: one message an open node
  kBoostingChoice,      // guest → host: which candidates won
  kBoostingPartition,   // host → guest: which rows go left where it won
  kBoostingMembership,  // guest → host: which nodes go on, and which rows are in them
};
inline constexpr size_t kGradientBlockRows = 1024;

struct LevelOrder {
  uint64_t tree = 0, level = 0;
  bool new_key = false;    // a key follows
  bool gradients = false;  // then the gradients of the sampled rows follow
  uint32_t slot_bits = 0;  // of one row's pair of numbers, wide enough for the sum of all
  bool all_rows = true;
  std::string sampled;  // unless all_rows: row_bits over all rows
  uint64_t open_nodes = 0;
};
std::string encode(const LevelOrder& order);
Result<LevelOrder> decode_order(std::string_view bytes, size_t rows);

// The candidates' sums of one node in an order that only the host knows, packed.
struct NodeCandidates {
  uint64_t count = 0;
  std::string_view packed;  // ciphertexts; a view into the message
};
std::string encode_candidates_head(uint64_t count);
// `count_max`: what so many columns and bins can have. `ciphertext_bytes` and `group` say how long `packed` must be.
struct CandidatesForm {
  uint64_t count_max = 0;
  size_t ciphertext_bytes = 1, group = 1;
};
Result<NodeCandidates> decode_candidates(std::string_view bytes, const CandidatesForm& form);

// One list an open node: the numbers of this host's candidates that are best, ascending; empty: none of its.
using NodeChoices = std::vector<std::vector<uint32_t>>;
std::string encode(const NodeChoices& choices);
Result<NodeChoices> decode_choices(std::string_view bytes, std::span<const uint64_t> candidate_counts);

struct NodePartition {
  std::optional<uint32_t> column;  // where the job does not hide it
  std::string left;                // row_bits over the node's rows
};
std::string encode(const std::vector<NodePartition>& partitions);
// `rows`: of each node that the host won.
Result<std::vector<NodePartition>> decode_partitions(std::string_view bytes, std::span<const size_t> rows);

struct NodeMembership {
  OpenedChildren opened;
  std::string left;  // row_bits; empty where nothing goes on or the receiver knows it
};
std::string encode(const std::vector<NodeMembership>& memberships);
// `rows`: of each open node; 0 where the receiver knows the sides itself.
Result<std::vector<NodeMembership>> decode_memberships(std::string_view bytes, std::span<const size_t> rows);

}  // namespace puhui::federation
