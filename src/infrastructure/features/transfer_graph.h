// TransferGraph: who paid whom, when and how much, inside a sliding horizon; adjacency in time order, both ways. Updated with
// each transfer; answers fan-in, fan-out, pass-through and the cycles a transfer closes. For entities that share a device see
// sharing_graph.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"

namespace puhui::features {

inline constexpr size_t kCycleLengthMax = 6;

struct TransferGraphLimits {
  size_t edges_max = size_t{1} << 22;     // about 150 bytes each; beyond it the oldest are forgotten, and counted
  size_t accounts_max = size_t{1} << 22;  // beyond it those without an edge go first, then the longest silent; counted
  // Edges looked at for one transfer's cycles. An account with more of them than are left is passed over, and the search counted.
  size_t cycle_steps_max = 20'000;
};

struct TransferEdge {
  uint32_t from = 0, to = 0;  // numbers of accounts, see number_of
  int64_t at_us = 0;
  int64_t amount_minor = 0;
  uint64_t seq = 0;
  bool operator==(const TransferEdge&) const = default;
};

// One thread at a time, questions too: they share room for their work.
class TransferGraph {
 public:
  // Edges older than horizon behind the newest are forgotten: let it be the longest window and what edges may come late.
  TransferGraph(int64_t horizon_us, TransferGraphLimits limits = {});
  TransferGraph(TransferGraph&&) noexcept;
  ~TransferGraph();

  // The same again for the same name while it is kept; after that another may get it. The account asked for just before is
  // never the one that goes to make room.
  uint32_t number_of(std::string_view account);
  std::optional<uint32_t> find(std::string_view account) const;  // adds nothing
  std::string_view name_of(uint32_t account) const;              // empty when it is not kept
  // Late edges take their place in time, equal times by seq. A transfer to oneself is kept apart: counted, in no other measure.
  void add(const TransferEdge& edge);

  struct Flow {
    uint32_t counterparties = 0;  // distinct
    uint32_t transfers = 0;
    int64_t amount_minor = 0;  // saturating
    int64_t first_at_us = 0, last_at_us = 0;
  };
  // Over (until − window, until]. Takes as long as there are edges in it.
  Flow into(uint32_t account, int64_t until_us, int64_t window_us) const;
  Flow out_of(uint32_t account, int64_t until_us, int64_t window_us) const;
  // In time order, at most `max` newest ones.
  std::vector<TransferEdge> edges_into(uint32_t account, int64_t until_us, int64_t window_us, size_t max) const;
  std::vector<TransferEdge> edges_out_of(uint32_t account, int64_t until_us, int64_t window_us, size_t max) const;

  struct CycleRule {
    int64_t window_us = 0;  // all in (closing.at − window, closing.at]
    size_t length_min = 2;  // 2: there and back
    size_t length_max = kCycleLengthMax;
    int64_t keep_ppm = 0;  // each transfer is at least this share of the one before (shrinking amounts), 0: any
    int64_t grow_ppm = 0;  // and at most 1 + this share of it; 0: any
  };
  // The shortest cycle in the order of (at, seq) that `closing` (already added) ends: edges from closing.to around to closing
  // itself, no account twice, or empty. Of several the one whose first edge is earliest, then the second, and so on.
  std::vector<TransferEdge> cycle_closed_by(const TransferEdge& closing, const CycleRule& rule) const;

  struct Counts {
    uint64_t edges = 0, accounts = 0, edges_forgotten = 0, edges_evicted = 0, accounts_evicted = 0, self_transfers = 0,
             searches_cut = 0, bytes = 0;
  };
  Counts counts() const;
  std::string snapshot() const;
  static Result<TransferGraph> restore(int64_t horizon_us, TransferGraphLimits limits, std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace puhui::features
