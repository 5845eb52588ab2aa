#include "infrastructure/features/sharing_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "ground/base/random.h"

namespace puhui::features {
namespace {

using Link = std::pair<int, std::string>;

// The graph by its definition: every use of every tie kept, everything recomputed.
class PlainSharing {
 public:
  PlainSharing(int64_t horizon_us, SharingLimits limits) : horizon_us_(horizon_us), limits_(limits) {}

  void tie(const std::string& entity, int kind, const std::string& link, int64_t at_us) {
    newest_us_ = std::max(newest_us_, at_us);
    if (at_us < newest_us_ - horizon_us_) {
      ++forgotten;
      return;
    }
    uses_[{entity, {kind, link}}].insert({at_us, ++calls_});
    std::erase_if(uses_, [&](const auto& tie) {
      const bool old = tie.second.rbegin()->first < newest_us_ - horizon_us_;
      forgotten += old ? 1 : 0;
      return old;
    });
    for (; uses_.size() > limits_.ties_max; ++evicted) {
      uses_.erase(std::min_element(uses_.begin(), uses_.end(), [](const auto& a, const auto& b) {
        return *a.second.rbegin() < *b.second.rbegin();
      }));
    }
  }

  uint32_t sharers(const std::string& entity, int kind, const std::string& link, int64_t until, int64_t window) const {
    uint32_t out = 0;
    for (const auto& [pair, uses] : uses_) {
      if (pair.second != Link{kind, link} || pair.first == entity) continue;
      out += std::any_of(uses.begin(), uses.end(),
                         [&](const auto& use) { return use.first <= until && use.first > until - window; })
                 ? 1
                 : 0;
    }
    return out;
  }

  uint32_t reach(const std::string& entity, int hops) const {
    std::set<std::string> met{entity};
    for (int hop = 0; hop < hops; ++hop) {
      std::set<std::string> more = met;
      for (const auto& [mine, a] : uses_) {
        if (!met.contains(mine.first) || users(mine.second) > limits_.hub_max) continue;
        for (const auto& [theirs, b] : uses_) {
          if (theirs.second == mine.second) more.insert(theirs.first);
        }
      }
      if (more == met) break;
      met = std::move(more);
    }
    return static_cast<uint32_t>(met.size() - 1);
  }

  size_t ties() const { return uses_.size(); }
  int64_t newest_us() const { return newest_us_; }
  uint64_t forgotten = 0, evicted = 0;

 private:
  size_t users(const Link& link) const {
    return static_cast<size_t>(
        std::count_if(uses_.begin(), uses_.end(), [&](const auto& tie) { return tie.first.second == link; }));
  }
  int64_t horizon_us_;
  SharingLimits limits_;
  std::map<std::pair<std::string, Link>, std::set<std::pair<int64_t, uint64_t>>> uses_;
  int64_t newest_us_ = INT64_MIN / 2;
  uint64_t calls_ = 0;
};

struct Used {
  std::string entity;
  uint8_t kind = 0;
  std::string link;
  int64_t at_us = 0;
};

// Uses in a random order of time, not later than `lateness` behind the newest.
class Source {
 public:
  Source(uint64_t seed, int64_t lateness_us) : draws_(Random(seed), 2, 1), lateness_us_(lateness_us) {}
  Used next() {
    now_us_ += static_cast<int64_t>(draws_.below(10));
    Used out{"entity " + std::to_string(draws_.below(30)), static_cast<uint8_t>(draws_.below(3)), {}, now_us_};
    out.link = draws_.chance(.15) ? "everybody's" : "link " + std::to_string(draws_.below(25));
    if (draws_.chance(.3)) out.at_us -= static_cast<int64_t>(draws_.below(static_cast<uint64_t>(lateness_us_)));
    return out;
  }
  uint64_t below(uint64_t bound) { return draws_.below(bound); }

 private:
  RandomStream draws_;
  int64_t lateness_us_, now_us_ = 0;
};

TEST(SharingGraph, AnswersAsTheListOfUsesDoesUnderLateUsesAndLimits) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const SharingLimits limits{.ties_max = seed % 2 == 0 ? 20u : 1'000u, .hub_max = 5, .lateness_us = 60};
    SharingGraph graph(300, limits);
    PlainSharing plain(300, limits);
    Source source(seed, 60);
    for (int i = 0; i < 600; ++i) {
      const Used use = source.next();
      graph.tie(use.entity, use.kind, use.link, use.at_us);
      plain.tie(use.entity, use.kind, use.link, use.at_us);
      const auto counts = graph.counts();
      ASSERT_EQ(counts.ties, plain.ties());
      ASSERT_EQ(counts.ties_forgotten, plain.forgotten);
      ASSERT_EQ(counts.ties_evicted, plain.evicted);
      const auto window = static_cast<int64_t>(source.below(250));
      ASSERT_EQ(graph.sharers(use.entity, use.kind, use.link, use.at_us, window),
                plain.sharers(use.entity, use.kind, use.link, use.at_us, window));
      const Used other = source.next();  // not tied: asked of only
      ASSERT_EQ(graph.sharers(other.entity, other.kind, other.link, plain.newest_us(), window),
                plain.sharers(other.entity, other.kind, other.link, plain.newest_us(), window));
      for (const int hops : {1, 2, 3}) {
        ASSERT_EQ(graph.reach(use.entity, hops), plain.reach(use.entity, hops));
      }
      ASSERT_EQ(graph.component(other.entity), plain.reach(other.entity, 1'000) + 1);
    }
    EXPECT_GT(plain.forgotten + plain.evicted, 0u);
    EXPECT_EQ(graph.counts().answers_cut, 0u);
    EXPECT_EQ(graph.counts().uses_forgotten, 0u);
  }
}

TEST(SharingGraph, GoesOnToTheBitFromItsSnapshot) {
  const SharingLimits limits{.ties_max = 40, .reach_steps_max = 30, .hub_max = 5, .lateness_us = 60};
  SharingGraph graph(300, limits);
  Source source(8, 60);
  for (int i = 0; i < 1'000; ++i) {
    const Used use = source.next();
    graph.tie(use.entity, use.kind, use.link, use.at_us);
    if (i % 89 != 0) continue;
    const std::string bytes = graph.snapshot();
    auto restored = SharingGraph::restore(300, limits, bytes);
    ASSERT_TRUE(restored.has_value()) << restored.error().text();
    ASSERT_EQ(restored->snapshot(), bytes);
    EXPECT_EQ(restored->counts().bytes, graph.counts().bytes);
    for (int j = 0; j < 40; ++j) {
      const Used next = source.next();
      for (SharingGraph* each : {&graph, &*restored}) each->tie(next.entity, next.kind, next.link, next.at_us);
      ASSERT_EQ(graph.component(next.entity), restored->component(next.entity));
      ASSERT_EQ(graph.reach(next.entity, 2), restored->reach(next.entity, 2));
    }
    ASSERT_EQ(graph.snapshot(), restored->snapshot());
  }
  EXPECT_GT(graph.counts().answers_cut, 0u);
}

TEST(SharingGraph, RefusesASnapshotOfOtherLimitsAndOneThatIsDamaged) {
  SharingGraph graph(300);
  Source source(11, 60);
  for (int i = 0; i < 30; ++i) {
    const Used use = source.next();
    graph.tie(use.entity, use.kind, use.link, use.at_us);
  }
  const std::string bytes = graph.snapshot();
  ASSERT_TRUE(SharingGraph::restore(300, {}, bytes).has_value());
  EXPECT_EQ(SharingGraph::restore(301, {}, bytes).error().code, ErrorCode::corrupt);
  EXPECT_EQ(SharingGraph::restore(300, {.ties_max = 100}, bytes).error().code, ErrorCode::corrupt);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(SharingGraph::restore(300, {}, bytes.substr(0, length)).has_value());
  }
  EXPECT_FALSE(SharingGraph::restore(300, {}, bytes + "x").has_value());
}

TEST(SharingGraph, TellsLinksOfTwoKindsApartAndTiesNothingByAnEmptyText) {
  SharingGraph graph(100);
  graph.tie("a", 0, "x", 1);
  graph.tie("b", 1, "x", 1);
  graph.tie("c", 0, "", 1);
  graph.tie("d", 0, "", 1);
  graph.tie("", 0, "x", 1);
  EXPECT_EQ(graph.sharers("a", 0, "x", 1, 100), 0u);
  EXPECT_EQ(graph.component("a"), 1u);
  EXPECT_EQ(graph.component("c"), 1u);
  EXPECT_EQ(graph.component("nobody"), 1u);
  EXPECT_EQ(graph.counts().ties, 2u);
}

TEST(SharingGraph, ForgetsAComponentWithTheTieThatHeldItTogether) {
  SharingGraph graph(100);
  graph.tie("a", 0, "x", 1);
  graph.tie("b", 0, "x", 50);
  graph.tie("b", 0, "y", 60);
  graph.tie("c", 0, "y", 60);
  EXPECT_EQ(graph.component("c"), 3u);
  graph.tie("d", 0, "z", 120);
  EXPECT_EQ(graph.component("c"), 2u);
  EXPECT_EQ(graph.component("a"), 1u);
  graph.tie("d", 0, "z", 155);
  EXPECT_EQ(graph.component("c"), 2u);  // by y, although x is forgotten
  EXPECT_EQ(graph.counts().ties_forgotten, 2u);
}

TEST(SharingGraph, ListsNeighboursNewestFirstWithWhatTheyShare) {
  SharingGraph graph(100);
  graph.tie("a", 0, "phone", 1);
  graph.tie("b", 0, "phone", 2);
  graph.tie("c", 1, "device", 3);
  graph.tie("a", 1, "device", 4);
  const auto all = graph.neighbours("a", 10);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].entity, "c");
  EXPECT_EQ(all[0].kind, 1);
  EXPECT_EQ(all[0].link, "device");
  EXPECT_EQ(all[0].last_at_us, 3);
  EXPECT_EQ(all[1].entity, "b");
  EXPECT_EQ(graph.neighbours("a", 1).size(), 1u);
  EXPECT_TRUE(graph.neighbours("nobody", 5).empty());
}

TEST(SharingGraph, ForgetsTheOldestUsesOfATieUsedTooOftenAndCountsThem) {
  SharingGraph graph(1'000'000, {.lateness_us = 1'000'000});
  for (int64_t at = 0; at < 100; ++at) graph.tie("a", 0, "x", at);
  EXPECT_EQ(graph.counts().uses_forgotten, 100 - 1 - kTieUsesMax);
  graph.tie("b", 0, "x", 90);
  EXPECT_EQ(graph.sharers("b", 0, "x", 90, 10), 1u);  // a's use at 90 is kept behind its use at 99
}

}  // namespace
}  // namespace puhui::features
