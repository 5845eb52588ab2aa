// CoverSearch: whether rules together cover a region, and what of it they leave open. Goes column by column; the rules
// still in play name the state, so that a state met again is not searched again.
#pragma once

#include <functional>
#include <map>
#include <unordered_map>

#include "infrastructure/dmn/analysis_space.h"

namespace puhui::dmn {

class CoverSearch {
 public:
  // What is left of a search's allowance; counted down, and at 0 of either the search ends.
  struct Budget {
    uint64_t steps = 0;
    size_t states = 0;
  };
  // The region is the whole space, or where the rule `box` answers.
  CoverSearch(const AnalysisSpace& space, std::vector<uint32_t> coverers, std::optional<size_t> box, Budget& budget);

  // Stops at the first place left open. nullopt: over budget.
  std::optional<bool> covers();
  // Visits the boxes left open, runs a level (none: all of the region), until visit answers false.
  // False when over budget: then boxes may be missing.
  bool each_gap(const std::function<bool(const std::vector<Runs>&)>& visit);

 private:
  using NodeId = uint32_t;
  static constexpr NodeId kCovered = 0;
  static constexpr NodeId kOpen = 1;  // all of it
  struct Branch {
    NodeId child;
    Runs runs;
  };
  struct Node {
    size_t level;
    std::vector<Branch> branches;  // those not covered
  };
  struct State {
    size_t level;
    uint64_t hash[2];
    bool operator==(const State&) const = default;
  };
  struct StateHash {
    size_t operator()(const State& state) const { return state.hash[0] ^ (state.hash[1] * 3 + state.level); }
  };
  // A place where a coverer begins or ceases to hold.
  struct Event {
    uint32_t at;
    uint32_t coverer;
    bool begins;
  };

  NodeId search(State state, const std::vector<uint32_t>& active);
  bool spend(uint64_t steps);
  NodeId branch(const State& state, const std::vector<uint32_t>& active);
  std::vector<Event> events(size_t level, const std::vector<uint32_t>& active, const Runs& region,
                            std::vector<uint32_t>& throughout);
  NodeId kept(size_t level, std::vector<Branch> branches);
  const Runs& region(size_t level) const { return regions_[level]; }
  bool each_box(NodeId id, std::vector<Runs>& box, const std::function<bool(const std::vector<Runs>&)>& visit);
  uint64_t mark(uint32_t coverer, uint64_t which) const { return marks_[coverer * 2 + which]; }

  const AnalysisSpace& space_;
  std::vector<uint32_t> coverers_;
  std::vector<uint32_t> closes_from_;  // [coverer]: from this level on it holds all of the region
  std::vector<uint64_t> marks_;        // two random numbers a coverer: a state's hash is their XOR
  std::vector<Runs> regions_;
  bool first_gap_only_ = false;
  bool found_gap_ = false;
  bool over_budget_ = false;
  std::unordered_map<State, NodeId, StateHash> known_;
  std::vector<Node> nodes_;  // two that stand for the ids above, then the others
  Budget& budget_;
  std::map<std::vector<uint32_t>, NodeId> same_;  // nodes by their content
};

}  // namespace puhui::dmn
