#include "infrastructure/dmn/analysis.h"

#include <algorithm>
#include <numeric>

#include "infrastructure/dmn/analysis_cover.h"
#include "infrastructure/dmn/policy_inside.h"

namespace puhui::dmn {
namespace {

using feel::Value;

class TableAnalysis {
 public:
  TableAnalysis(const CompiledPolicy& policy, const CompiledTable& table, const AnalysisLimits& limits)
      : policy_(policy), table_(table), limits_(limits), space_(table) {}
  TableReport report();

 private:
  RuleName name_of(size_t rule) const {
    const RuleInfo& info = policy_.rules[table_.first_rule + rule];
    return {info.number, info.id};
  }
  static std::string text_of(const RuleName& rule) {
    return "rule " + std::to_string(rule.number) + (rule.id.empty() ? "" : " (" + rule.id + ")");
  }
  void inexact(std::string note) {
    report_.exact = false;
    report_.notes.push_back(std::move(note));
  }
  void cut(const std::string& what) {
    report_.cut_short = true;
    inexact(what);
  }
  const Value* output(size_t rule, size_t o) const {
    return table_.entries[rule * table_.outputs.size() + o]->constant();
  }
  bool has_general(size_t rule) const { return table_.general_from[rule] != table_.general_from[rule + 1]; }
  bool same_outputs(size_t a, size_t b) const;
  void sort_out_rules();
  void rank_rules();
  void gaps();
  void pairs();
  void overlap(uint32_t a, uint32_t b);
  bool meet(uint32_t a, uint32_t b, std::vector<uint32_t>* where) const;
  bool contains(uint32_t outer, uint32_t inner) const;
  void covered_rules();

  const CompiledPolicy& policy_;
  const CompiledTable& table_;
  const AnalysisLimits& limits_;
  AnalysisSpace space_;
  TableReport report_;
  std::vector<uint32_t> live_;                 // rules against constants that hold something
  std::vector<uint32_t> rank_;                 // [rule]: the better of two that match is the one of the lower rank
  bool ranked_ = false;                        // FIRST, or PRIORITY with constant outputs
  bool wants_pairs_ = false;                   // the hit policy minds overlaps
  std::vector<std::vector<uint32_t>> better_;  // [rule]: live rules of lower rank that match where it matches
  bool overlaps_left_out_ = false;
  bool pairs_complete_ = true;
};

TableReport TableAnalysis::report() {
  const TableInfo info = info_of(table_);
  report_.table_id = info.id;
  report_.owner = info.owner;
  report_.hit_policy = info.hit_policy;
  report_.inputs = info.inputs;
  if (table_.matcher.rules() != table_.rules || table_.general_from.empty()) {
    inexact("the table has faults and was not analysed");
    return std::move(report_);
  }
  const HitPolicy policy = table_.hit_policy;
  ranked_ = policy == HitPolicy::first || policy == HitPolicy::priority;
  wants_pairs_ = ranked_ || policy == HitPolicy::unique || policy == HitPolicy::any;
  sort_out_rules();
  rank_rules();
  gaps();
  if (wants_pairs_) pairs();
  if (ranked_ && pairs_complete_) covered_rules();
  std::ranges::sort(report_.dead, {}, [](const DeadRule& dead) { return dead.rule.number; });
  return std::move(report_);
}

void TableAnalysis::sort_out_rules() {
  for (size_t c = 0; c < table_.inputs.size(); ++c) {
    if (!table_.inputs[c].is_domain_exact) {
      inexact("the allowed values of column '" + table_.inputs[c].label +
              "' are no tests against constants: any value counts as allowed");
    }
  }
  const RuleCells& cells = table_.matcher.cells();
  for (uint32_t rule = 0; rule < table_.rules; ++rule) {
    if (space_.is_empty(rule)) {
      size_t level = 0;
      while (!space_.runs(rule, level).empty()) ++level;
      const auto held = cells.cell(rule, space_.input(level));
      const bool nothing = held.empty() || held.back().high == kNullKey;
      const std::string& label = table_.inputs[space_.input(level)].label;
      report_.dead.push_back({name_of(rule), nothing ? "its cell for '" + label + "' holds no value"
                                                     : "its cell for '" + label + "' holds no allowed value"});
    } else if (has_general(rule)) {
      report_.left_out.push_back(name_of(rule));
    } else {
      live_.push_back(rule);
    }
  }
  if (!report_.left_out.empty()) {
    inexact(std::to_string(report_.left_out.size()) +
            " rules have a test that is not against constants and are left out, beginning with " +
            text_of(report_.left_out.front()));
  }
}

void TableAnalysis::rank_rules() {
  std::vector<uint32_t> order(table_.rules);
  std::iota(order.begin(), order.end(), 0);
  if (table_.hit_policy == HitPolicy::priority) {
    std::vector<std::vector<size_t>> places(table_.rules);
    for (size_t rule = 0; rule < table_.rules; ++rule) {
      for (size_t o = 0; o < table_.outputs.size(); ++o) {
        const auto& listed = table_.outputs[o].priority;
        if (listed.empty()) continue;
        const Value* value = output(rule, o);
        if (value == nullptr) {
          ranked_ = false;
          inexact("outputs that are computed have no known priority: covered rules are not looked for");
          return;
        }
        const auto at = std::ranges::find_if(listed, [&](const Value& one) { return identical(one, *value); });
        places[rule].push_back(static_cast<size_t>(at - listed.begin()));
      }
    }
    std::ranges::sort(order, [&](uint32_t a, uint32_t b) { return std::tie(places[a], a) < std::tie(places[b], b); });
  }
  rank_.resize(table_.rules);
  for (uint32_t i = 0; i < order.size(); ++i) rank_[order[i]] = i;
}

void TableAnalysis::gaps() {
  CoverSearch::Budget budget{limits_.steps_max, limits_.states_max};
  CoverSearch search(space_, live_, std::nullopt, budget);
  bool all_told = true;
  const bool complete = search.each_gap([&](const std::vector<Runs>& box) {
    if (report_.gaps.size() == limits_.gaps_max) return all_told = false;
    Gap gap{.tests = std::vector<std::string>(table_.inputs.size(), "-"), .text = ""};
    for (size_t level = 0; level < box.size(); ++level) {
      if (!box[level].empty()) gap.tests[space_.input(level)] = space_.tests_of(level, box[level]);
    }
    for (size_t c = 0; c < gap.tests.size(); ++c) {
      if (gap.tests[c] == "-") continue;
      gap.text += (gap.text.empty() ? "" : ", ") + table_.inputs[c].label + ": " + gap.tests[c];
    }
    if (gap.text.empty()) gap.text = "any input";
    report_.gaps.push_back(std::move(gap));
    return true;
  });
  if (!all_told) cut("only the first " + std::to_string(limits_.gaps_max) + " gaps are told");
  if (!complete) cut("the search for gaps was cut short: there may be others");
}

bool TableAnalysis::same_outputs(size_t a, size_t b) const {
  for (size_t o = 0; o < table_.outputs.size(); ++o) {
    const Value* one = output(a, o);
    const Value* other = output(b, o);
    if (one == nullptr || other == nullptr || !identical(*one, *other)) return false;
  }
  return true;
}

// Whether one input matches both; `where` gets a segment a level.
bool TableAnalysis::meet(uint32_t a, uint32_t b, std::vector<uint32_t>* where) const {
  for (size_t level = 0; level < space_.levels(); ++level) {
    const auto one = space_.runs(a, level);
    const auto other = space_.runs(b, level);
    size_t i = 0;
    size_t j = 0;
    while (i < one.size() && j < other.size() &&
           std::max(one[i].first, other[j].first) >= std::min(one[i].end, other[j].end)) {
      one[i].end < other[j].end ? ++i : ++j;
    }
    if (i == one.size() || j == other.size()) return false;
    if (where != nullptr) where->push_back(std::max(one[i].first, other[j].first));
  }
  return true;
}

bool TableAnalysis::contains(uint32_t outer, uint32_t inner) const {
  for (size_t level = 0; level < space_.levels(); ++level) {
    for (const Run& run : space_.runs(inner, level)) {
      const auto held = space_.runs(outer, level);
      if (!std::ranges::any_of(held, [&](const Run& one) { return one.first <= run.first && run.end <= one.end; })) {
        return false;
      }
    }
  }
  return true;
}

// A sweep over the most selective column: only rules that meet there are compared further.
void TableAnalysis::pairs() {
  better_.resize(table_.rules);
  const auto span_of = [&](uint32_t rule) {
    if (space_.levels() == 0) return Run{0, 1};
    const auto runs = space_.runs(rule, 0);
    return Run{runs.front().first, runs.back().end};
  };
  std::vector<uint32_t> order = live_;
  std::ranges::sort(order, {}, [&](uint32_t rule) { return std::pair(span_of(rule).first, rule); });
  std::vector<uint32_t> open;
  std::vector<std::pair<uint32_t, uint32_t>> found;
  uint64_t steps = limits_.steps_max;
  for (const uint32_t rule : order) {
    const uint32_t first = span_of(rule).first;
    std::erase_if(open, [&](uint32_t other) { return span_of(other).end <= first; });
    if (steps < open.size() || found.size() > limits_.pairs_max) {
      pairs_complete_ = false;
      break;
    }
    steps -= open.size();
    for (const uint32_t other : open) {
      if (meet(rule, other, nullptr)) found.emplace_back(std::min(rule, other), std::max(rule, other));
    }
    open.push_back(rule);
  }
  if (!pairs_complete_) cut("the search for overlaps was cut short; rules covered by others are not looked for");
  std::ranges::sort(found);
  for (const auto& [a, b] : found) {
    const uint32_t best = rank_[a] < rank_[b] ? a : b;
    better_[best == a ? b : a].push_back(best);
    overlap(a, b);
  }
}

void TableAnalysis::overlap(uint32_t a, uint32_t b) {
  if (overlaps_left_out_) return;
  const HitPolicy policy = table_.hit_policy;
  if (policy == HitPolicy::any && same_outputs(a, b)) return;
  const uint32_t best = ranked_ && rank_[b] < rank_[a] ? b : a;
  const uint32_t worse = best == a ? b : a;
  if (policy == HitPolicy::first || policy == HitPolicy::priority) {
    // A general rule behind its exception is how such tables are written, and a covered rule is told as dead.
    if (!ranked_ || contains(worse, best) || contains(best, worse) || same_outputs(a, b)) return;
  }
  if (report_.overlaps.size() == limits_.overlaps_max) {
    overlaps_left_out_ = true;
    return cut("only the first " + std::to_string(limits_.overlaps_max) + " overlaps are told");
  }
  std::vector<uint32_t> where;
  meet(a, b, &where);
  Overlap made{.first = name_of(best), .second = name_of(worse), .example = {}, .text = ""};
  made.example.assign(table_.inputs.size(), "-");
  std::string example;
  for (size_t level = 0; level < where.size(); ++level) {
    made.example[space_.input(level)] = space_.example_of(level, where[level]);
  }
  for (size_t c = 0; c < made.example.size(); ++c) {
    if (made.example[c] == "-") continue;
    example += (example.empty() ? "" : ", ") + table_.inputs[c].label + " = " + made.example[c];
  }
  const std::string both = text_of(made.first) + " and " + text_of(made.second);
  switch (policy) {
    case HitPolicy::unique: made.text = both + " both match"; break;
    case HitPolicy::any: made.text = both + " both match and may yield different outputs"; break;
    default:
      made.weight = Overlap::Weight::notice;
      made.text = text_of(made.first) + " hides a part of " + text_of(made.second);
  }
  made.text += example.empty() ? ", always" : ", for example at " + example;
  report_.overlaps.push_back(std::move(made));
}

void TableAnalysis::covered_rules() {
  CoverSearch::Budget budget{limits_.steps_max, 0};
  size_t unknown = 0;
  for (const uint32_t rule : live_) {
    const auto& better = better_[rule];
    const auto whole = std::ranges::find_if(better, [&](uint32_t other) { return contains(other, rule); });
    if (whole != better.end()) {
      report_.dead.push_back({name_of(rule), text_of(name_of(*whole)) + " always answers before it"});
      continue;
    }
    if (better.size() < 2) continue;
    budget.states = limits_.states_max;  // a search frees them when it ends
    const auto covered = CoverSearch(space_, better, rule, budget).covers();
    if (!covered) ++unknown;
    if (covered.value_or(false)) {
      std::string names;
      constexpr size_t kNamesMax = 5;
      for (size_t i = 0; i < std::min(better.size(), kNamesMax); ++i) {
        names += (i == 0 ? "rules " : ", ") + std::to_string(name_of(better[i]).number);
      }
      if (better.size() > kNamesMax) names += " and others";
      report_.dead.push_back({name_of(rule), names + " together always answer before it"});
    }
  }
  if (unknown != 0) cut("of " + std::to_string(unknown) + " rules it is not known whether the rules before cover them");
}

}  // namespace

std::vector<TableReport> analyse(const Policy& policy, const AnalysisLimits& limits) {
  std::vector<TableReport> reports;
  const CompiledPolicy& compiled = policy.compiled();
  for (const CompiledTable& table : compiled.tables) {
    reports.push_back(TableAnalysis(compiled, table, limits).report());
  }
  return reports;
}

}  // namespace puhui::dmn
