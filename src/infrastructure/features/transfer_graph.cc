#include "infrastructure/features/transfer_graph.h"

#include <algorithm>

#include "ground/base/check.h"
#include "infrastructure/features/transfer_graph_state.h"

namespace puhui::features {

int64_t minus_saturating(int64_t a, int64_t b) {
  int64_t out = 0;
  if (!__builtin_sub_overflow(a, b, &out)) return out;
  return b > 0 ? INT64_MIN : INT64_MAX;
}

int64_t plus_saturating(int64_t a, int64_t b) {
  int64_t out = 0;
  if (!__builtin_add_overflow(a, b, &out)) return out;
  return b > 0 ? INT64_MAX : INT64_MIN;
}

LegRange range_of(const TransferLegs& legs, int64_t until_us, int64_t window_us) {
  return {legs.first_after(end_of(minus_saturating(until_us, window_us))), legs.first_after(end_of(until_us))};
}

TransferGraph::State::State(int64_t horizon, const TransferGraphLimits& limits_given)
    : horizon_us(horizon), limits(limits_given) {
  CHECK(horizon >= 0, "a horizon lies behind the newest edge");
  CHECK(limits.edges_max >= 1 && limits.accounts_max >= 2, "an edge and its two accounts fit");
  CHECK(limits.accounts_max < kNone, "accounts have 32-bit numbers");
}

const TransferGraph::State::Account& TransferGraph::State::account(uint32_t number) const {
  CHECK(names.holds(number), "an account's number comes from number_of and is kept");
  return accounts[number];
}
TransferGraph::State::Account& TransferGraph::State::account(uint32_t number) {
  return const_cast<Account&>(std::as_const(*this).account(number));
}

void TransferGraph::State::append(uint32_t number, Order order) {
  Account& account = accounts[number];
  Chain& mine = chain(order);
  account.order = order;
  account.before = mine.last;
  account.behind = kNone;
  (mine.last == kNone ? mine.first : accounts[mine.last].behind) = number;
  mine.last = number;
}

void TransferGraph::State::leave(uint32_t number) {
  const Account& account = accounts[number];
  Chain& mine = chain(account.order);
  (account.before == kNone ? mine.first : accounts[account.before].behind) = account.behind;
  (account.behind == kNone ? mine.last : accounts[account.behind].before) = account.before;
}

void TransferGraph::State::make_room(uint32_t except) {
  while (names.size() >= limits.accounts_max) {
    uint32_t goes = chain(Order::idle).first;
    if (goes == except && goes != kNone) goes = accounts[goes].behind;
    if (goes == kNone) goes = chain(Order::active).first;
    if (goes == except && goes != kNone) goes = accounts[goes].behind;
    CHECK(goes != kNone, "two accounts fit, so one can go");
    drop_account(goes);
    ++accounts_evicted;
  }
}

void TransferGraph::State::drop_account(uint32_t number) {
  Account& account = accounts[number];
  leave(number);
  edges_evicted += account.out.size() + account.in.size();
  const TransferLegs out = std::exchange(account.out, {}), in = std::exchange(account.in, {});
  drop_legs(number, out, true);
  drop_legs(number, in, false);
  names.remove(number);
}

// The other side of each edge, and its place among all.
void TransferGraph::State::drop_legs(uint32_t number, const TransferLegs& legs, bool outgoing) {
  legs.each(legs.begin(), legs.end(), [&](const TransferLeg& leg) {
    const TimeKey key{leg.at_us, leg.seq};
    Account& other = accounts[leg.other];
    TransferLegs& theirs = outgoing ? other.in : other.out;
    // Callers may give one seq twice, so the first of that key need not be the one.
    auto at = theirs.first_from(key);
    while (theirs[at].other != number) at = theirs.next(at);
    theirs.erase(at);
    const uint32_t from = outgoing ? number : leg.other, to = outgoing ? leg.other : number;
    auto place = edges.first_from(key);
    while (edges[place].from != from || edges[place].to != to) place = edges.next(place);
    edges.erase(place);
    if (other.silent()) leave(leg.other), append(leg.other, Order::idle);
    return true;
  });
}

void TransferGraph::State::drop_oldest() {
  const Ends oldest = edges.front();
  edges.pop_front();
  CHECK(accounts[oldest.from].out.front().seq == oldest.seq && accounts[oldest.to].in.front().seq == oldest.seq,
        "the oldest edge of all is the oldest of both its accounts");
  accounts[oldest.from].out.pop_front();
  accounts[oldest.to].in.pop_front();
  for (const uint32_t end : {oldest.from, oldest.to}) {
    if (accounts[end].silent()) leave(end), append(end, Order::idle);
  }
}

int64_t TransferGraph::State::oldest_kept() const { return minus_saturating(newest_us, horizon_us); }

void TransferGraph::State::insert(const TransferEdge& edge) {
  edges.insert({edge.at_us, edge.seq, edge.from, edge.to});
  accounts[edge.from].out.insert({edge.at_us, edge.seq, edge.amount_minor, edge.to});
  accounts[edge.to].in.insert({edge.at_us, edge.seq, edge.amount_minor, edge.from});
}

void TransferGraph::State::begin_sights() const {
  if (sights.size() < accounts.size()) sights.resize(accounts.size() + accounts.size() / 2);
  if (++epoch == 0) {
    std::fill(sights.begin(), sights.end(), 0);
    epoch = 1;
  }
}

bool TransferGraph::State::first_sight(uint32_t number) const { return std::exchange(sights[number], epoch) != epoch; }

TransferGraph::Flow TransferGraph::State::flow(const TransferLegs& legs, int64_t until_us, int64_t window_us) const {
  Flow out;
  const LegRange range = range_of(legs, until_us, window_us);
  begin_sights();
  legs.each(range.from, range.to, [&](const TransferLeg& leg) {
    if (out.transfers++ == 0) out.first_at_us = leg.at_us;
    out.last_at_us = leg.at_us;
    out.amount_minor = plus_saturating(out.amount_minor, leg.amount_minor);
    out.counterparties += first_sight(leg.other) ? 1 : 0;
    return true;
  });
  return out;
}

TransferGraph::TransferGraph(int64_t horizon_us, TransferGraphLimits limits)
    : state_(std::make_unique<State>(horizon_us, limits)) {}
TransferGraph::TransferGraph(TransferGraph&&) noexcept = default;
TransferGraph::~TransferGraph() = default;

std::optional<uint32_t> TransferGraph::find(std::string_view account) const { return state_->names.find(account); }

uint32_t TransferGraph::number_of(std::string_view account) {
  State& state = *state_;
  const auto known = state.names.find(account);
  if (known) return state.asked_last = *known;
  state.make_room(state.asked_last);
  const uint32_t number = state.names.add(account);
  if (number >= state.accounts.size()) state.accounts.emplace_back();
  state.append(number, TransferOrder::idle);
  return state.asked_last = number;
}

std::string_view TransferGraph::name_of(uint32_t account) const {
  return state_->names.holds(account) ? state_->names.name(account) : std::string_view();
}

void TransferGraph::add(const TransferEdge& edge) {
  State& state = *state_;
  state.account(edge.from), state.account(edge.to);
  if (edge.from == edge.to) {
    ++state.self_transfers;
    return;
  }
  state.newest_us = std::max(state.newest_us, edge.at_us);
  if (edge.at_us < state.oldest_kept()) {
    ++state.edges_forgotten;
    return;
  }
  state.insert(edge);
  for (const uint32_t end : {edge.from, edge.to}) state.leave(end), state.append(end, TransferOrder::active);
  for (; state.edges.front().at_us < state.oldest_kept(); ++state.edges_forgotten) state.drop_oldest();
  for (; state.edges.size() > state.limits.edges_max; ++state.edges_evicted) state.drop_oldest();
}

TransferGraph::Flow TransferGraph::into(uint32_t account, int64_t until_us, int64_t window_us) const {
  return state_->flow(state_->account(account).in, until_us, window_us);
}
TransferGraph::Flow TransferGraph::out_of(uint32_t account, int64_t until_us, int64_t window_us) const {
  return state_->flow(state_->account(account).out, until_us, window_us);
}

namespace {

enum class Side { into, out_of };

std::vector<TransferEdge> newest_of(const TransferLegs& legs, Side side, uint32_t account, const LegRange& range,
                                    size_t max) {
  std::vector<TransferEdge> out;
  if (max == 0) return out;
  legs.each_backwards(range.from, range.to, [&](const TransferLeg& leg) {
    const uint32_t from = side == Side::into ? leg.other : account, to = side == Side::into ? account : leg.other;
    out.push_back({from, to, leg.at_us, leg.amount_minor, leg.seq});
    return out.size() < max;
  });
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

std::vector<TransferEdge> TransferGraph::edges_into(uint32_t account, int64_t until_us, int64_t window_us,
                                                    size_t max) const {
  const TransferLegs& legs = state_->account(account).in;
  return newest_of(legs, Side::into, account, range_of(legs, until_us, window_us), max);
}
std::vector<TransferEdge> TransferGraph::edges_out_of(uint32_t account, int64_t until_us, int64_t window_us,
                                                      size_t max) const {
  const TransferLegs& legs = state_->account(account).out;
  return newest_of(legs, Side::out_of, account, range_of(legs, until_us, window_us), max);
}

TransferGraph::Counts TransferGraph::counts() const {
  const State& state = *state_;
  Counts out;
  out.edges = state.edges.size();
  out.accounts = state.names.size();
  out.edges_forgotten = state.edges_forgotten;
  out.edges_evicted = state.edges_evicted;
  out.accounts_evicted = state.accounts_evicted;
  out.self_transfers = state.self_transfers;
  out.searches_cut = state.searches_cut;
  // By what is kept, not by what the allocator rounds it up to, so that it is the same after a restore.
  out.bytes = out.edges * (2 * sizeof(TransferLeg) + sizeof(State::Ends)) * 3 / 2 +
              state.names.numbers() * (sizeof(State::Account) + 64) + state.names.text_bytes();
  return out;
}

}  // namespace puhui::features
