// Predicates of PMML in three-valued logic, flat: a book of nodes, each naming its children by a range. A comparison
// with a missing value is unknown; surrogates stand in for it.
#pragma once

#include <cstdint>
#include <vector>

#include "infrastructure/models/pmml_program.h"

namespace puhui::models {

enum class Truth : uint8_t { no, unknown, yes };

enum class PredicateKind : uint8_t {
  always,
  never,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  equal,
  not_equal,
  is_missing,
  is_not_missing,
  is_in,
  is_not_in,
  both,       // and
  either,     // or
  different,  // xor
  surrogate,
};

using PredicateId = uint32_t;

struct Predicate {
  PredicateKind kind = PredicateKind::never;
  bool is_ranked = false;  // an ordinal field: values compare by their rank in its list
  uint32_t slot = 0;
  Cell value;                     // comparisons; of a ranked one the rank
  uint32_t first = 0, count = 0;  // compounds: into children(); sets: `first` is the set
};

class PredicateBook {
 public:
  // What test() adds up: how often a surrogate stood in for a missing value.
  struct Trail {
    uint32_t surrogates = 0;
  };
  Truth test(PredicateId id, Machine& machine, Trail& trail) const;
  Truth test(PredicateId id, Machine& machine) const {
    Trail trail;
    return test(id, machine, trail);
  }
  const Predicate& at(PredicateId id) const { return predicates_[id]; }
  PredicateId add(Predicate predicate);
  PredicateId add_compound(PredicateKind kind, const std::vector<PredicateId>& children);
  PredicateId add_set(Predicate predicate, const std::vector<Cell>& values);

 private:
  Truth test_compound(const Predicate& predicate, Machine& machine, Trail& trail) const;
  Truth test_comparison(const Predicate& predicate, const Cell& cell, Machine& machine) const;
  std::vector<Predicate> predicates_;
  std::vector<PredicateId> children_;
  std::vector<std::unordered_set<Cell, CellHash, CellEqual>> sets_;
};

}  // namespace puhui::models
