// DecisionIndex: which decisions bear a term (use case, outcome, reason, rule, permit, model), as a bitmap a term and
// block of 4,096 records, with each decision's moment beside it. A million decisions take some megabytes; what a
// decision holds is read from the evidence, where its id says it lies. One exact index stands apart: by entity.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "governance/audit/find.h"
#include "governance/audit/places.h"
#include "infrastructure/kernel/follower.h"

namespace puhui::audit {

inline constexpr std::string_view kIndexProjection = "audit_index";
inline constexpr uint16_t kIndexNode = 0;  // the follower reads one node's chain

std::vector<Migration> migrations();  // of all of audit's tables

class DecisionIndex final : public kernel::Projection {
 public:
  std::string_view name() const override { return kIndexProjection; }
  void see(const kernel::Seen& seen) override;
  Result<void> flush(Transaction& tx) override;
  void settled() override { gathered_.clear(); }
  void dropped() override { gathered_.clear(); }

 private:
  struct Entry {
    uint64_t sequence = 0;
    Timestamp at;
    Id128 entity;
    std::vector<int64_t> terms;
  };
  std::vector<Entry> gathered_;
};

// Decisions by their number in the chain, the last first.
struct FoundPlaces {
  std::vector<uint64_t> sequences;  // at most `limit`
  uint64_t matches = 0;             // of all pages
  bool more = false;
};
// Of those before record number `before` (0: from the last on).
Result<FoundPlaces> find_places(Reader& reader, const DecisionFilter& filter, uint64_t before, size_t limit);
// All of them, the first first; `at_most`: exhausted beyond it.
Result<std::vector<uint64_t>> find_all_places(Reader& reader, const DecisionFilter& filter, size_t at_most);

// The same as bitmaps, by block, the last first.
using PlacesByBlock = std::map<uint64_t, Places, std::greater<>>;
Result<PlacesByBlock> places_of(Reader& reader, const DecisionFilter& filter);
bool holds(const PlacesByBlock& places, uint64_t sequence);

// As a decision's page and the filter write a rule.
std::string rule_name(std::string_view owner, uint32_t number);

}  // namespace puhui::audit
