#include "infrastructure/dmn/analysis_cover.h"

#include <algorithm>

#include "ground/base/random.h"

namespace puhui::dmn {
namespace {

bool holds_all(std::span<const Run> held, const Runs& region) {
  return std::ranges::all_of(region, [&](const Run& wanted) {
    return std::ranges::any_of(held,
                               [&](const Run& run) { return run.first <= wanted.first && wanted.end <= run.end; });
  });
}

// Appends a run, joined to the last when they touch.
void append(Runs& runs, const Run& run) {
  if (!runs.empty() && runs.back().end == run.first)
    runs.back().end = run.end;
  else
    runs.push_back(run);
}

}  // namespace

CoverSearch::CoverSearch(const AnalysisSpace& space, std::vector<uint32_t> coverers, std::optional<size_t> box,
                         Budget& budget)
    : space_(space), coverers_(std::move(coverers)), nodes_(2), budget_(budget) {
  const size_t levels = space.levels();
  for (size_t level = 0; level < levels; ++level) {
    const auto held = box ? space.runs(*box, level) : std::span<const Run>();
    regions_.push_back(box ? Runs(held.begin(), held.end()) : Runs{{0, space.segments(level)}});
  }
  const Random random(0);
  for (const uint32_t rule : coverers_) {
    size_t level = levels;
    while (level > 0 && holds_all(space.runs(rule, level - 1), regions_[level - 1])) --level;
    closes_from_.push_back(static_cast<uint32_t>(level));
    marks_.push_back(random.draw(0, rule, 0));
    marks_.push_back(random.draw(0, rule, 1));
  }
}

std::optional<bool> CoverSearch::covers() {
  first_gap_only_ = true;
  State state{0, {0, 0}};
  std::vector<uint32_t> all(coverers_.size());
  for (uint32_t i = 0; i < all.size(); ++i) {
    all[i] = i;
    for (uint64_t which : {0, 1}) state.hash[which] ^= mark(i, which);
  }
  const bool covered = search(state, all) == kCovered;
  if (found_gap_) return false;
  return over_budget_ ? std::nullopt : std::optional(covered);
}

bool CoverSearch::each_gap(const std::function<bool(const std::vector<Runs>&)>& visit) {
  State state{0, {0, 0}};
  std::vector<uint32_t> all(coverers_.size());
  for (uint32_t i = 0; i < all.size(); ++i) {
    all[i] = i;
    for (uint64_t which : {0, 1}) state.hash[which] ^= mark(i, which);
  }
  const NodeId root = search(state, all);
  std::vector<Runs> box(space_.levels());
  each_box(root, box, visit);
  return !over_budget_;
}

bool CoverSearch::each_box(NodeId id, std::vector<Runs>& box,
                           const std::function<bool(const std::vector<Runs>&)>& visit) {
  if (id == kCovered) return true;
  if (id == kOpen) return visit(box);
  const Node& node = nodes_[id];
  for (const Branch& one : node.branches) {
    box[node.level] = one.runs;
    const bool go_on = each_box(one.child, box, visit);
    box[node.level].clear();
    if (!go_on) return false;
  }
  return true;
}

CoverSearch::NodeId CoverSearch::search(State state, const std::vector<uint32_t>& active) {
  if (active.empty()) {
    found_gap_ = true;
    return kOpen;
  }
  for (const uint32_t coverer : active) {
    if (closes_from_[coverer] <= state.level) return kCovered;
  }
  const auto known = known_.find(state);
  if (known != known_.end()) return known->second;
  if (budget_.states == 0) over_budget_ = true;
  if (over_budget_) return kCovered;
  --budget_.states;
  const NodeId made = branch(state, active);
  known_.emplace(state, made);
  return made;
}

bool CoverSearch::spend(uint64_t steps) {
  if (budget_.steps < steps) over_budget_ = true, budget_.steps = 0;
  if (!over_budget_) budget_.steps -= steps;
  return !over_budget_;
}

// What begins or ends inside the region; who holds all of it goes to `throughout`.
std::vector<CoverSearch::Event> CoverSearch::events(size_t level, const std::vector<uint32_t>& active,
                                                    const Runs& wanted, std::vector<uint32_t>& throughout) {
  std::vector<Event> events;
  for (const uint32_t coverer : active) {
    const auto held = space_.runs(coverers_[coverer], level);
    if (holds_all(held, wanted)) {
      throughout.push_back(coverer);
      continue;
    }
    for (const Run& run : held) {
      events.push_back({run.first, coverer, true});
      events.push_back({run.end, coverer, false});
    }
  }
  spend(events.size());
  std::ranges::sort(events, [](const Event& a, const Event& b) {
    return a.at != b.at ? a.at < b.at : a.begins != b.begins ? !a.begins : a.coverer < b.coverer;
  });
  return events;
}

CoverSearch::NodeId CoverSearch::branch(const State& state, const std::vector<uint32_t>& active) {
  const size_t level = state.level;
  std::vector<uint32_t> throughout;
  spend(active.size());
  const std::vector<Event> changes = events(level, active, region(level), throughout);
  State inner{level + 1, {0, 0}};
  for (const uint32_t coverer : throughout) {
    for (uint64_t which : {0, 1}) inner.hash[which] ^= mark(coverer, which);
  }
  std::vector<uint32_t> current;
  size_t closing = 0;  // of the current, how many close all that is left
  std::vector<Branch> branches;
  const auto visit = [&](Run run) {
    NodeId child = kCovered;
    if (spend(1 + (closing == 0 ? throughout.size() + current.size() : 0)) && closing == 0) {
      std::vector<uint32_t> held = throughout;
      held.insert(held.end(), current.begin(), current.end());
      child = search(inner, held);
    }
    if (child == kCovered) return;
    const auto at = std::ranges::find(branches, child, &Branch::child);
    if (at == branches.end())
      branches.push_back({child, {run}});
    else
      append(at->runs, run);
  };
  size_t next = 0;
  for (const Run& wanted : region(level)) {
    uint32_t at = wanted.first;
    while (at < wanted.end) {
      for (; next < changes.size() && changes[next].at <= at; ++next) {
        const Event& change = changes[next];
        for (uint64_t which : {0, 1}) inner.hash[which] ^= mark(change.coverer, which);
        const bool closes = closes_from_[change.coverer] <= level + 1;
        if (change.begins)
          current.push_back(change.coverer), closing += closes ? 1 : 0;
        else
          std::erase(current, change.coverer), closing -= closes ? 1 : 0, spend(1 + current.size() / 8);
      }
      const uint32_t end = next < changes.size() ? std::min(changes[next].at, wanted.end) : wanted.end;
      visit({at, end});
      if ((first_gap_only_ && found_gap_) || over_budget_) break;
      at = end;
    }
  }
  return kept(level, std::move(branches));
}

// Nodes of one content are one node; a node that changes nothing is its only child.
CoverSearch::NodeId CoverSearch::kept(size_t level, std::vector<Branch> branches) {
  if (branches.empty()) return kCovered;
  if (branches.size() == 1 && branches[0].runs == region(level)) return branches[0].child;
  std::vector<uint32_t> content{static_cast<uint32_t>(level)};
  for (const Branch& one : branches) {
    content.push_back(one.child);
    content.push_back(static_cast<uint32_t>(one.runs.size()));
    for (const Run& run : one.runs) content.push_back(run.first), content.push_back(run.end);
  }
  const auto [at, is_new] = same_.try_emplace(std::move(content), static_cast<NodeId>(nodes_.size()));
  if (is_new) nodes_.push_back({level, std::move(branches)});
  return at->second;
}

}  // namespace puhui::dmn
