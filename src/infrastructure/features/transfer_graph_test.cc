#include "infrastructure/features/transfer_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "ground/base/random.h"

namespace puhui::features {
namespace {

using Edges = std::vector<TransferEdge>;

std::pair<int64_t, uint64_t> key_of(const TransferEdge& edge) { return {edge.at_us, edge.seq}; }

// The graph by its definition: a list of edges and of accounts, everything recomputed.
class PlainGraph {
 public:
  PlainGraph(int64_t horizon_us, TransferGraphLimits limits) : horizon_us_(horizon_us), limits_(limits) {}

  std::string asked(const std::string& name) {
    if (!accounts_.contains(name)) {
      while (accounts_.size() >= limits_.accounts_max) evict_account();
      accounts_[name] = {++tick_, 0};
    }
    return asked_last_ = name;
  }

  void add(const std::string& from, const std::string& to, TransferEdge edge) {
    if (from == to) {
      ++counts.self_transfers;
      return;
    }
    newest_us_ = std::max(newest_us_, edge.at_us);
    if (edge.at_us < newest_us_ - horizon_us_) {
      ++counts.edges_forgotten;
      return;
    }
    named.push_back({from, to, edge});
    std::stable_sort(named.begin(), named.end(),
                     [](const Named& a, const Named& b) { return key_of(a.edge) < key_of(b.edge); });
    accounts_[from].active = ++tick_;
    accounts_[to].active = ++tick_;
    for (; named.front().edge.at_us < newest_us_ - horizon_us_; ++counts.edges_forgotten) drop_oldest();
    for (; named.size() > limits_.edges_max; ++counts.edges_evicted) drop_oldest();
  }

  bool holds(const std::string& name) const { return accounts_.contains(name); }
  size_t accounts() const { return accounts_.size(); }

  struct Named {
    std::string from, to;
    TransferEdge edge;
  };
  std::vector<Named> named;  // in time order
  TransferGraph::Counts counts;

 private:
  struct Account {
    uint64_t idle = 0, active = 0;  // since when
  };
  bool silent(const std::string& name) const {
    return std::none_of(named.begin(), named.end(), [&](const Named& n) { return n.from == name || n.to == name; });
  }
  void drop_oldest() {
    const Named gone = named.front();
    named.erase(named.begin());
    for (const std::string& end : {gone.from, gone.to}) {
      if (silent(end)) accounts_[end].idle = ++tick_;
    }
  }
  void evict_account() {
    std::optional<std::string> goes;
    for (const bool idle : {true, false}) {
      for (const auto& [name, account] : accounts_) {
        if (goes && silent(*goes) != idle) break;
        if (name == asked_last_ || silent(name) != idle) continue;
        const auto since = [&](const Account& a) { return idle ? a.idle : a.active; };
        if (!goes || since(account) < since(accounts_[*goes])) goes = name;
      }
      if (goes) break;
    }
    const auto touches = [&](const Named& n) { return n.from == *goes || n.to == *goes; };
    std::vector<Named> gone;
    for (const bool outgoing : {true, false}) {
      for (const Named& n : named) {
        if ((outgoing ? n.from : n.to) == *goes) gone.push_back(n);
      }
    }
    // Those who lose their last edge become idle in the order of the edges: what was paid out first, then what came in.
    for (const Named& n : gone) {
      const std::string other = n.from == *goes ? n.to : n.from;
      std::erase_if(named, [&](const Named& m) { return m.edge == n.edge && m.from == n.from && m.to == n.to; });
      if (silent(other)) accounts_[other].idle = ++tick_;
    }
    counts.edges_evicted += gone.size();
    EXPECT_TRUE(std::none_of(named.begin(), named.end(), touches));
    accounts_.erase(*goes);
    ++counts.accounts_evicted;
  }

  int64_t horizon_us_;
  TransferGraphLimits limits_;
  std::map<std::string, Account> accounts_;
  std::string asked_last_;
  uint64_t tick_ = 0;
  int64_t newest_us_ = INT64_MIN / 2;
};

// All edges in time order, by number.
Edges edges_of(const PlainGraph& plain, const TransferGraph& graph) {
  Edges out;
  for (const auto& named : plain.named) {
    TransferEdge edge = named.edge;
    edge.from = *graph.find(named.from);
    edge.to = *graph.find(named.to);
    out.push_back(edge);
  }
  return out;
}

TransferGraph::Flow plain_flow(const Edges& edges, uint32_t account, bool incoming, int64_t until, int64_t window) {
  TransferGraph::Flow out;
  std::set<uint32_t> others;
  for (const TransferEdge& edge : edges) {
    if ((incoming ? edge.to : edge.from) != account || edge.at_us > until || edge.at_us <= until - window) continue;
    if (out.transfers++ == 0) out.first_at_us = edge.at_us;
    out.last_at_us = edge.at_us;
    out.amount_minor += edge.amount_minor;
    others.insert(incoming ? edge.from : edge.to);
  }
  out.counterparties = static_cast<uint32_t>(others.size());
  return out;
}

bool follows(const TransferEdge& next, const TransferEdge& last, const TransferGraph::CycleRule& rule) {
  if (key_of(next) <= key_of(last) || next.from != last.to) return false;
  const __int128 scaled = static_cast<__int128>(next.amount_minor) * 1'000'000;
  if (rule.keep_ppm > 0 && scaled < static_cast<__int128>(last.amount_minor) * rule.keep_ppm) return false;
  return rule.grow_ppm == 0 || scaled <= static_cast<__int128>(last.amount_minor) * (1'000'000 + rule.grow_ppm);
}

// Every path tried, earliest edges first.
bool plain_walk(const Edges& edges, const TransferEdge& closing, const TransferGraph::CycleRule& rule, size_t length,
                Edges& path) {
  if (path.size() + 1 == length) {
    if (path.back().to != closing.from || !follows(closing, path.back(), rule)) return false;
    path.push_back(closing);
    return true;
  }
  for (const TransferEdge& edge : edges) {
    if (edge.at_us <= closing.at_us - rule.window_us || key_of(edge) >= key_of(closing)) continue;
    if (path.empty() ? edge.from != closing.to : !follows(edge, path.back(), rule)) continue;
    if (edge.to == closing.to || (path.size() + 2 < length && edge.to == closing.from)) continue;
    if (std::any_of(path.begin(), path.end(), [&](const TransferEdge& e) { return e.from == edge.to; })) continue;
    path.push_back(edge);
    if (plain_walk(edges, closing, rule, length, path)) return true;
    path.pop_back();
  }
  return false;
}

Edges plain_cycle(const Edges& edges, const TransferEdge& closing, const TransferGraph::CycleRule& rule) {
  for (size_t length = rule.length_min; length <= rule.length_max; ++length) {
    Edges path;
    if (plain_walk(edges, closing, rule, length, path)) return path;
  }
  return {};
}

void expect_equal(const TransferGraph::Flow& a, const TransferGraph::Flow& b) {
  EXPECT_EQ(a.counterparties, b.counterparties);
  EXPECT_EQ(a.transfers, b.transfers);
  EXPECT_EQ(a.amount_minor, b.amount_minor);
  EXPECT_EQ(a.first_at_us, b.first_at_us);
  EXPECT_EQ(a.last_at_us, b.last_at_us);
}

struct Streamed {
  std::string from, to;
  TransferEdge edge;
};

// A random stream with late edges, equal times, transfers to oneself and one account that many use.
class Source {
 public:
  Source(uint64_t seed, uint64_t accounts, int64_t pace_us)
      : draws_(Random(seed), 1, 1), accounts_(accounts), pace_us_(pace_us) {}
  Streamed next() {
    now_us_ += static_cast<int64_t>(draws_.below(static_cast<uint64_t>(2 * pace_us_)));
    Streamed out{name(), name(), {}};
    out.edge.at_us = now_us_;
    if (draws_.chance(.2)) out.edge.at_us -= static_cast<int64_t>(draws_.below(static_cast<uint64_t>(30 * pace_us_)));
    out.edge.amount_minor = 900 + static_cast<int64_t>(draws_.below(200));
    out.edge.seq = ++seq_;
    return out;
  }
  uint64_t below(uint64_t bound) { return draws_.below(bound); }

 private:
  std::string name() { return draws_.chance(.2) ? "hub" : "account " + std::to_string(draws_.below(accounts_)); }
  RandomStream draws_;
  uint64_t accounts_;
  int64_t pace_us_, now_us_ = 0;
  uint64_t seq_ = 0;
};

TransferEdge add(TransferGraph& graph, const Streamed& next) {
  TransferEdge edge = next.edge;
  edge.from = graph.number_of(next.from);
  edge.to = graph.number_of(next.to);
  graph.add(edge);
  return edge;
}

void compare(Source& source, const TransferGraph& graph, const PlainGraph& plain, const TransferEdge& added,
             std::map<size_t, int>& lengths) {
  const Edges edges = edges_of(plain, graph);
  const auto counts = graph.counts();
  ASSERT_EQ(counts.edges, edges.size());
  ASSERT_EQ(counts.accounts, plain.accounts());
  ASSERT_EQ(counts.edges_forgotten, plain.counts.edges_forgotten);
  ASSERT_EQ(counts.edges_evicted, plain.counts.edges_evicted);
  ASSERT_EQ(counts.accounts_evicted, plain.counts.accounts_evicted);
  ASSERT_EQ(counts.self_transfers, plain.counts.self_transfers);
  const int64_t window = 1 + static_cast<int64_t>(source.below(600));
  expect_equal(graph.into(added.to, added.at_us, window), plain_flow(edges, added.to, true, added.at_us, window));
  expect_equal(graph.out_of(added.from, added.at_us, window),
               plain_flow(edges, added.from, false, added.at_us, window));
  TransferGraph::CycleRule rule{.window_us = window, .length_min = 2 + source.below(5)};
  if (source.below(2) == 0) rule.keep_ppm = 900'000, rule.grow_ppm = 50'000;
  const Edges cycle = graph.cycle_closed_by(added, rule);
  EXPECT_EQ(cycle, added.from == added.to ? Edges{} : plain_cycle(edges, added, rule));
  ++lengths[cycle.size()];
}

TEST(TransferGraph, AnswersAsTheListOfEdgesDoesUnderLateEdgesAndLimits) {
  std::map<size_t, int> lengths;  // of the cycles found
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const TransferGraphLimits limits{.edges_max = seed % 2 == 0 ? 60u : 1'000u,
                                     .accounts_max = seed % 3 == 0 ? 7u : 1'000u};
    const int64_t horizon = 700;
    TransferGraph graph(horizon, limits);
    PlainGraph plain(horizon, limits);
    Source source(seed, 12, 5);
    for (int i = 0; i < 500; ++i) {
      const Streamed next = source.next();
      const TransferEdge added = add(graph, next);
      plain.asked(next.from), plain.asked(next.to);
      plain.add(next.from, next.to, next.edge);
      ASSERT_TRUE(plain.holds(next.from) && graph.name_of(added.from) == next.from);
      ASSERT_NO_FATAL_FAILURE(compare(source, graph, plain, added, lengths));
      if (HasFailure()) return;
    }
    EXPECT_EQ(graph.counts().searches_cut, 0u);
    EXPECT_GT(plain.counts.edges_forgotten + plain.counts.edges_evicted, 0u);
    EXPECT_TRUE(seed % 3 != 0 || plain.counts.accounts_evicted > 0);
  }
  for (size_t length = 2; length <= kCycleLengthMax; ++length) EXPECT_GT(lengths[length], 5) << length;
}

TEST(TransferGraph, GoesOnToTheBitFromItsSnapshot) {
  const TransferGraphLimits limits{.edges_max = 300, .accounts_max = 40};
  TransferGraph graph(5'000, limits);
  Source source(9, 60, 5);
  for (int i = 0; i < 2'000; ++i) {
    add(graph, source.next());
    if (i % 97 != 0) continue;
    const std::string bytes = graph.snapshot();
    auto restored = TransferGraph::restore(5'000, limits, bytes);
    ASSERT_TRUE(restored.has_value()) << restored.error().text();
    ASSERT_EQ(restored->snapshot(), bytes);
    EXPECT_EQ(restored->counts().bytes, graph.counts().bytes);
    for (int j = 0; j < 60; ++j) {
      const Streamed next = source.next();
      const TransferEdge a = add(graph, next), b = add(*restored, next);
      ASSERT_EQ(a, b);
      const TransferGraph::CycleRule rule{.window_us = 1'000};
      ASSERT_EQ(graph.cycle_closed_by(a, rule), restored->cycle_closed_by(b, rule));
    }
    ASSERT_EQ(graph.snapshot(), restored->snapshot());
  }
}

TEST(TransferGraph, RefusesASnapshotOfOtherLimitsAndOneThatIsDamaged) {
  const TransferGraphLimits limits{.edges_max = 50, .accounts_max = 40};
  TransferGraph graph(5'000, limits);
  Source source(10, 20, 5);
  for (int i = 0; i < 40; ++i) add(graph, source.next());
  const std::string bytes = graph.snapshot();
  EXPECT_EQ(TransferGraph::restore(5'001, limits, bytes).error().code, ErrorCode::corrupt);
  EXPECT_EQ(TransferGraph::restore(5'000, {.edges_max = 51, .accounts_max = 40}, bytes).error().code,
            ErrorCode::corrupt);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(TransferGraph::restore(5'000, limits, bytes.substr(0, length)).has_value());
  }
  EXPECT_FALSE(TransferGraph::restore(5'000, limits, bytes + "x").has_value());
}

TEST(TransferGraph, KeepsATransferToOneselfApart) {
  TransferGraph graph(100);
  const uint32_t account = graph.number_of("a");
  const TransferEdge edge{account, account, 5, 10, 1};
  graph.add(edge);
  EXPECT_EQ(graph.counts().self_transfers, 1u);
  EXPECT_EQ(graph.counts().edges, 0u);
  EXPECT_EQ(graph.into(account, 5, 100).transfers, 0u);
  EXPECT_TRUE(graph.cycle_closed_by(edge, {.window_us = 100}).empty());
}

TEST(TransferGraph, AddsUpAmountsToTheGreatestNumberAndNoFurther) {
  TransferGraph graph(100);
  const uint32_t a = graph.number_of("a"), b = graph.number_of("b");
  for (uint64_t seq = 1; seq <= 3; ++seq) graph.add({a, b, 5, INT64_MAX / 2, seq});
  EXPECT_EQ(graph.into(b, 5, 100).amount_minor, INT64_MAX);
  EXPECT_EQ(graph.into(b, INT64_MAX, INT64_MAX).transfers, 3u);
  EXPECT_EQ(graph.into(b, INT64_MIN, INT64_MAX).transfers, 0u);
}

TEST(TransferGraph, GivesTheNewestEdgesInTimeOrder) {
  TransferGraph graph(1'000);
  const uint32_t a = graph.number_of("a"), b = graph.number_of("b");
  for (const int64_t at : {10, 30, 20, 40}) graph.add({a, b, at, at, static_cast<uint64_t>(at)});
  const Edges newest = graph.edges_into(b, 35, 100, 2);
  ASSERT_EQ(newest.size(), 2u);
  EXPECT_EQ(newest[0], (TransferEdge{a, b, 20, 20, 20}));
  EXPECT_EQ(newest[1], (TransferEdge{a, b, 30, 30, 30}));
  EXPECT_EQ(graph.edges_out_of(a, 40, 25, 9).size(), 3u);
}

TEST(TransferGraph, FindsACycleBesideAHubWithoutLookingThroughTheHub) {
  TransferGraph graph(INT64_MAX, {.cycle_steps_max = 1'000});
  const uint32_t hub = graph.number_of("hub");
  uint64_t seq = 0;
  for (int i = 0; i < 100'000; ++i) {
    const uint32_t other = graph.number_of("payer " + std::to_string(i % 5'000));
    graph.add(i % 2 == 0 ? TransferEdge{other, hub, i, 100, ++seq} : TransferEdge{hub, other, i, 100, ++seq});
  }
  const uint32_t a = graph.number_of("payer 1"), b = graph.number_of("b"), c = graph.number_of("c");
  graph.add({a, b, 100'001, 500, ++seq});
  graph.add({b, c, 100'002, 490, ++seq});
  const TransferEdge closing{c, a, 100'003, 480, ++seq};
  graph.add(closing);
  const Edges cycle = graph.cycle_closed_by(closing, {.window_us = INT64_MAX});
  ASSERT_EQ(cycle.size(), 3u);
  EXPECT_EQ(cycle.back(), closing);
  // Through the hub itself: it pays "payer 1", whose way back to the hub is short although the hub has many edges.
  const TransferEdge back{a, hub, 100'004, 480, ++seq};
  graph.add(back);
  EXPECT_EQ(graph.cycle_closed_by(back, {.window_us = INT64_MAX}).size(), 2u);
}

TEST(TransferGraph, CountsASearchThatAHubCutsShort) {
  TransferGraph graph(INT64_MAX, {.cycle_steps_max = 10});
  const uint32_t a = graph.number_of("a"), b = graph.number_of("b");
  for (uint64_t seq = 1; seq <= 50; ++seq) {
    const uint32_t other = graph.number_of("other " + std::to_string(seq));
    graph.add({b, other, static_cast<int64_t>(seq), 1, seq});
    graph.add({other, a, static_cast<int64_t>(seq + 100), 1, seq + 100});
  }
  const TransferEdge closing{a, b, 1'000, 1, 1'000};
  graph.add(closing);
  EXPECT_TRUE(graph.cycle_closed_by(closing, {.window_us = 5'000}).empty());
  EXPECT_EQ(graph.counts().searches_cut, 1u);
}

TEST(TransferGraph, NeverLosesTheAccountAskedForJustBefore) {
  TransferGraph graph(1'000, {.edges_max = 8, .accounts_max = 2});
  uint64_t seq = 0;
  for (int i = 0; i < 50; ++i) {
    const std::string from = "from " + std::to_string(i), to = "to " + std::to_string(i);
    const uint32_t a = graph.number_of(from), b = graph.number_of(to);
    ASSERT_EQ(graph.name_of(a), from);
    ASSERT_EQ(graph.name_of(b), to);
    graph.add({a, b, i, 1, ++seq});
    ASSERT_EQ(graph.counts().accounts, 2u);
    ASSERT_EQ(graph.counts().edges, 1u);
  }
  EXPECT_EQ(graph.counts().accounts_evicted, 98u);
}

}  // namespace
}  // namespace puhui::features
