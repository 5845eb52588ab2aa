#include "infrastructure/dmn/rule_hash.h"

#include <algorithm>
#include <bit>
#include <map>

namespace puhui::dmn {
namespace {

// Whether the cell names single keys, and few.
bool names_keys(std::span<const Interval> cell) {
  return !cell.empty() && cell.size() <= RuleHash::kKeysOfRuleMax &&
         std::ranges::all_of(cell, [](const Interval& interval) { return interval.low == interval.high; });
}

}  // namespace

std::vector<uint32_t> RuleHash::columns_worth(const RuleCells& cells) {
  struct Candidate {
    size_t keys;
    uint32_t column;
  };
  std::vector<Candidate> candidates;
  for (uint32_t c = 0; c < cells.columns(); ++c) {
    size_t naming = 0;
    for (size_t rule = 0; rule < cells.rules(); ++rule) naming += names_keys(cells.cell(rule, c)) ? 1 : 0;
    if (naming * 2 >= cells.rules() && naming != 0) candidates.push_back({cells.cuts(c).size(), c});
  }
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return a.keys != b.keys ? a.keys > b.keys : a.column < b.column;
  });
  std::vector<uint32_t> columns;
  for (const Candidate& candidate : candidates) columns.push_back(candidate.column);
  return columns;
}

std::optional<RuleHash> RuleHash::by(const RuleCells& cells, std::span<const uint32_t> columns) {
  constexpr size_t kColumnsMax = 64;
  if (columns.empty() || columns.size() > kColumnsMax) return std::nullopt;
  std::map<uint64_t, std::vector<uint32_t>> rules_by_named;  // a bit for each column the rule names keys in
  for (uint32_t rule = 0; rule < cells.rules(); ++rule) {
    uint64_t named = 0;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (names_keys(cells.cell(rule, columns[i]))) named |= uint64_t{1} << i;
    }
    rules_by_named[named].push_back(rule);
  }
  std::vector<std::pair<uint64_t, const std::vector<uint32_t>*>> groups;
  for (const auto& [named, rules] : rules_by_named) groups.emplace_back(named, &rules);
  std::ranges::sort(groups, [](const auto& a, const auto& b) {
    return a.second->size() != b.second->size() ? a.second->size() > b.second->size() : a.first < b.first;
  });
  RuleHash made;
  std::vector<Entry> entries;
  for (const auto& [named, rules] : groups) {
    Group group{.seed = mixed(0x51ED270B, static_cast<Key>(named)), .columns = {}};
    for (size_t i = 0; i < columns.size(); ++i) {
      if ((named >> i & 1) != 0) group.columns.push_back(columns[i]);
    }
    if (named == 0 || made.groups_.size() == kGroupsMax) {
      made.always_.insert(made.always_.end(), rules->begin(), rules->end());
      continue;
    }
    for (const uint32_t rule : *rules) {
      if (!made.enter(cells, group, rule, entries)) made.always_.push_back(rule);
    }
    if (entries.size() > cells.rules() * kEntriesOfRuleMax) return std::nullopt;
    made.groups_.push_back(std::move(group));
  }
  if (entries.empty()) return std::nullopt;
  std::ranges::sort(made.always_);
  made.fill(entries);
  return made;
}

// An entry for each combination of the keys it names; false when there are too many.
bool RuleHash::enter(const RuleCells& cells, const Group& group, uint32_t rule, std::vector<Entry>& out) {
  size_t combinations = 1;
  for (const uint32_t column : group.columns) {
    combinations *= cells.cell(rule, column).size();
    if (combinations > kKeysOfRuleMax) return false;
  }
  for (size_t i = 0; i < combinations; ++i) {
    uint64_t hash = group.seed;
    size_t rest = i;
    for (const uint32_t column : group.columns) {
      const auto named = cells.cell(rule, column);
      hash = mixed(hash, named[rest % named.size()].low);
      rest /= named.size();
    }
    out.push_back({hash, rule});
  }
  return true;
}

void RuleHash::fill(std::vector<Entry>& entries) {
  std::ranges::sort(
      entries, [](const Entry& a, const Entry& b) { return a.hash != b.hash ? a.hash < b.hash : a.rule < b.rule; });
  size_t different = 0;
  for (size_t i = 0; i < entries.size(); ++i) different += i == 0 || entries[i].hash != entries[i - 1].hash ? 1 : 0;
  slots_.assign(std::bit_ceil(different * 2 + 1), Slot{});
  slots_mask_ = slots_.size() - 1;
  for (size_t i = 0; i < entries.size();) {
    const uint64_t hash = entries[i].hash;
    const auto from = static_cast<uint32_t>(rules_.size());
    for (; i < entries.size() && entries[i].hash == hash; ++i) {
      // The same rule twice under one hash would be visited twice.
      if (rules_.size() == from || rules_.back() != entries[i].rule) rules_.push_back(entries[i].rule);
    }
    size_t at = hash & slots_mask_;
    while (slots_[at].count != 0) at = (at + 1) & slots_mask_;
    slots_[at] = {hash, from, static_cast<uint32_t>(rules_.size()) - from};
  }
}

size_t RuleHash::bytes() const {
  return slots_.size() * sizeof(Slot) + (rules_.size() + always_.size()) * sizeof(uint32_t);
}

RuleHash::Work RuleHash::work(const Key* keys) const {
  Work work{.probes = groups_.size(), .candidates = always_.size()};
  for (const Group& group : groups_) {
    work.hashed += group.columns.size();
    work.candidates += find(group, keys).size();
  }
  return work;
}

}  // namespace puhui::dmn
