// A TransferGraph as bytes: accounts at their numbers, the two orders in which they would go, the edges in time order.
#include "ground/base/bytes.h"
#include "infrastructure/features/transfer_graph_state.h"

namespace puhui::features {

namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kEdgeBytesMin = 5;

uint64_t difference(int64_t a, int64_t b) { return static_cast<uint64_t>(a) - static_cast<uint64_t>(b); }

}  // namespace

std::string TransferGraph::snapshot() const {
  const State& state = *state_;
  ByteWriter out;
  out.u8(kVersion);
  for (const uint64_t setting : {static_cast<uint64_t>(state.horizon_us), uint64_t{state.limits.edges_max},
                                 uint64_t{state.limits.accounts_max}, uint64_t{state.limits.cycle_steps_max}}) {
    out.unsigned_varint(setting);
  }
  for (const uint64_t count :
       {state.edges_forgotten, state.edges_evicted, state.accounts_evicted, state.self_transfers, state.searches_cut}) {
    out.unsigned_varint(count);
  }
  out.signed_varint(state.newest_us);
  out.u32(state.asked_last);
  state.write_accounts(out);
  state.write_edges(out);
  return out.take();
}

// Numbers have no holes: an account goes only to make room for another, which takes its number.
void TransferGraph::State::write_accounts(ByteWriter& out) const {
  out.unsigned_varint(names.size());
  for (const Order order : {Order::idle, Order::active}) {
    for (uint32_t n = chains[static_cast<size_t>(order)].first; n != kNone; n = accounts[n].behind) {
      out.u8(static_cast<uint8_t>(order));
      out.unsigned_varint(n);
      out.text(names.name(n));
    }
  }
}

void TransferGraph::State::write_edges(ByteWriter& out) const {
  out.unsigned_varint(edges.size());
  std::vector<TransferLegs::Cursor> next(
      accounts.size());  // of each account's outgoing edges, which come in the same order
  int64_t before_us = 0;
  edges.each(edges.begin(), edges.end(), [&](const Ends& ends) {
    const TransferLegs& legs = accounts[ends.from].out;
    const TransferLeg& leg = legs[next[ends.from]];
    next[ends.from] = legs.next(next[ends.from]);
    out.unsigned_varint(difference(ends.at_us, before_us));
    out.unsigned_varint(ends.seq);
    out.unsigned_varint(ends.from);
    out.unsigned_varint(ends.to);
    out.signed_varint(leg.amount_minor);
    before_us = ends.at_us;
    return true;
  });
}

namespace {

// Reads numbers of at most so much, and rejects what is beyond.
uint32_t number_below(ByteReader& in, uint64_t bound) {
  const uint64_t value = in.unsigned_varint();
  if (value >= bound) in.reject();
  return in.ok() ? static_cast<uint32_t>(value) : 0;
}

}  // namespace

void TransferGraph::State::read_accounts(ByteReader& in) {
  const size_t count = in.count(3);
  if (count > limits.accounts_max) in.reject();
  uint8_t before = 0;
  for (size_t i = 0; i < count && in.ok(); ++i) {
    const uint8_t order = in.u8();
    const uint32_t number = number_below(in, count);
    const std::string_view name = in.text();
    if (order > 1 || order < before || names.holds(number) || names.find(name)) in.reject();
    if (!in.ok()) return;
    names.place(number, name);
    if (accounts.size() <= number) accounts.resize(number + size_t{1});
    append(number, static_cast<Order>(before = order));
  }
}

void TransferGraph::State::read_edges(ByteReader& in) {
  const size_t count = in.count(kEdgeBytesMin);
  if (count > limits.edges_max) in.reject();
  TransferEdge edge;
  TimeKey before{INT64_MIN, 0};
  for (size_t i = 0; i < count && in.ok(); ++i) {
    const uint64_t step = in.unsigned_varint();
    edge.at_us = static_cast<int64_t>(static_cast<uint64_t>(edge.at_us) + step);
    edge.seq = in.unsigned_varint();
    edge.from = number_below(in, names.numbers());
    edge.to = number_below(in, names.numbers());
    edge.amount_minor = in.signed_varint();
    const TimeKey key{edge.at_us, edge.seq};
    if (edge.from == edge.to || key < before) in.reject();
    if (edge.at_us > newest_us || edge.at_us < oldest_kept()) in.reject();
    if (!in.ok()) return;
    insert(edge);
    before = key;
  }
  for (uint32_t number = 0; number < names.numbers() && in.ok(); ++number) {
    if (accounts[number].silent() != (accounts[number].order == Order::idle)) in.reject();
  }
}

Result<TransferGraph> TransferGraph::restore(int64_t horizon_us, TransferGraphLimits limits, std::string_view bytes) {
  TransferGraph out(horizon_us, limits);
  State& state = *out.state_;
  ByteReader in(bytes);
  if (in.u8() != kVersion) in.reject();
  for (const uint64_t setting : {static_cast<uint64_t>(horizon_us), uint64_t{limits.edges_max},
                                 uint64_t{limits.accounts_max}, uint64_t{limits.cycle_steps_max}}) {
    if (in.unsigned_varint() != setting) in.reject();
  }
  for (uint64_t* count : {&state.edges_forgotten, &state.edges_evicted, &state.accounts_evicted, &state.self_transfers,
                          &state.searches_cut}) {
    *count = in.unsigned_varint();
  }
  state.newest_us = in.signed_varint();
  state.asked_last = in.u32();
  state.read_accounts(in);
  state.read_edges(in);
  TRY(in.finish("the snapshot of a transfer graph"));
  return out;
}

}  // namespace puhui::features
