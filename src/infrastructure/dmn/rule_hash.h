// RuleHash: rules found by what their cells equal. Rules are grouped by the columns in which they name single keys;
// one probe a group finds the few that can match, which are then asked exactly. Rules that name too little are asked
// every time.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "infrastructure/dmn/rule_cells.h"

namespace puhui::dmn {

class RuleHash {
 public:
  static constexpr size_t kGroupsMax = 6;
  static constexpr size_t kKeysOfRuleMax = 64;    // a rule that names more combinations of keys is asked every time
  static constexpr size_t kEntriesOfRuleMax = 8;  // on average over the rules

  // By the columns given; nullopt when they group no rule or take too many entries.
  static std::optional<RuleHash> by(const RuleCells& cells, std::span<const uint32_t> columns);
  // Columns worth grouping by, the most telling first.
  static std::vector<uint32_t> columns_worth(const RuleCells& cells);

  // As Matcher::each.
  template <class Visit>
  void each(const RuleCells& cells, const Key* keys, Visit visit) const;
  size_t bytes() const;

  struct Work {
    uint64_t probes = 0;
    uint64_t hashed = 0;      // keys, over all probes
    uint64_t candidates = 0;  // asked exactly
  };
  Work work(const Key* keys) const;

 private:
  using Rules = std::span<const uint32_t>;
  struct Group {
    uint64_t seed = 0;
    std::vector<uint32_t> columns;
  };
  struct Slot {
    uint64_t hash = 0;
    uint32_t from = 0;
    uint32_t count = 0;  // 0: free
  };
  static uint64_t mixed(uint64_t hash, Key key) {
    hash = (hash ^ static_cast<uint64_t>(key)) * 0x9E3779B97F4A7C15;
    return hash ^ (hash >> 29);
  }
  Rules find(const Group& group, const Key* keys) const {
    uint64_t hash = group.seed;
    for (const uint32_t column : group.columns) hash = mixed(hash, keys[column]);
    for (size_t at = hash & slots_mask_; slots_[at].count != 0; at = (at + 1) & slots_mask_) {
      if (slots_[at].hash == hash) return {rules_.data() + slots_[at].from, slots_[at].count};
    }
    return {};
  }
  struct Entry {
    uint64_t hash;
    uint32_t rule;
  };
  bool enter(const RuleCells& cells, const Group& group, uint32_t rule, std::vector<Entry>& out);
  void fill(std::vector<Entry>& entries);

  std::vector<Group> groups_;
  std::vector<uint32_t> always_;  // rules of no group, in order
  std::vector<Slot> slots_;       // open addressing; two combinations of one hash share a slot, which is only slower
  size_t slots_mask_ = 0;
  std::vector<uint32_t> rules_;
};

template <class Visit>
void RuleHash::each(const RuleCells& cells, const Key* keys, Visit visit) const {
  std::array<Rules, kGroupsMax + 1> found;
  size_t lists = 0;
  for (const Group& group : groups_) {
    const Rules rules = find(group, keys);
    if (!rules.empty()) found[lists++] = rules;
  }
  if (!always_.empty()) found[lists++] = always_;
  if (lists == 1) {
    for (const uint32_t rule : found[0]) {
      if (cells.holds(rule, keys) && !visit(rule)) return;
    }
    return;
  }
  while (lists != 0) {  // the lists are in rule order, and no rule is in two
    size_t next = 0;
    for (size_t i = 1; i < lists; ++i) {
      if (found[i].front() < found[next].front()) next = i;
    }
    const uint32_t rule = found[next].front();
    found[next] = found[next].subspan(1);
    if (found[next].empty()) found[next] = found[--lists];
    if (cells.holds(rule, keys) && !visit(rule)) return;
  }
}

}  // namespace puhui::dmn
