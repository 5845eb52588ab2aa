// What is inside a TransferGraph: adjacency in time order both ways, all edges in time order, and the accounts in the order in
// which they would go. For transfer_graph*.cc only.
#pragma once

#include <vector>

#include "ground/base/bytes.h"
#include "infrastructure/features/name_table.h"
#include "infrastructure/features/transfer_cycle.h"
#include "infrastructure/features/transfer_graph.h"

namespace puhui::features {

struct TransferGraph::State {
  using Account = TransferAccount;
  using Order = TransferOrder;
  static constexpr uint32_t kNone = Account::kNone;
  struct Ends {
    int64_t at_us = 0;
    uint64_t seq = 0;
    uint32_t from = 0, to = 0;
  };
  struct Chain {
    uint32_t first = kNone, last = kNone;
  };

  State(int64_t horizon, const TransferGraphLimits& limits_given);
  const Account& account(uint32_t number) const;
  Account& account(uint32_t number);
  Chain& chain(Order order) { return chains[static_cast<size_t>(order)]; }
  void append(uint32_t number, Order order);
  void leave(uint32_t number);
  void make_room(uint32_t except);
  void drop_oldest();
  void drop_account(uint32_t number);
  void drop_legs(uint32_t number, const TransferLegs& legs, bool outgoing);
  void insert(const TransferEdge& edge);
  int64_t oldest_kept() const;
  void write_accounts(ByteWriter& out) const;
  void write_edges(ByteWriter& out) const;
  void read_accounts(ByteReader& in);
  void read_edges(ByteReader& in);
  // Counts each of them once; the marks are of `epoch`.
  bool first_sight(uint32_t number) const;
  void begin_sights() const;
  Flow flow(const TransferLegs& legs, int64_t until_us, int64_t window_us) const;

  int64_t horizon_us;
  TransferGraphLimits limits;
  NameTable names;
  std::vector<Account> accounts;
  TimeOrdered<Ends, 2048> edges;
  Chain chains[2];  // by TransferOrder
  uint32_t asked_last = kNone;
  int64_t newest_us = INT64_MIN;
  uint64_t edges_forgotten = 0, edges_evicted = 0, accounts_evicted = 0, self_transfers = 0;
  mutable uint64_t searches_cut = 0;
  mutable std::vector<uint32_t> sights;
  mutable uint32_t epoch = 0;
  mutable CycleSearch::Room room;
};

// (until − window, until] as the cursors of its first edge and of the one behind its last.
struct LegRange {
  TransferLegs::Cursor from, to;
};
LegRange range_of(const TransferLegs& legs, int64_t until_us, int64_t window_us);
int64_t minus_saturating(int64_t a, int64_t b);
int64_t plus_saturating(int64_t a, int64_t b);

}  // namespace puhui::features
