// PmmlProgram: a PMML file compiled: fields are slots, expressions and models are small objects over them. It is
// immutable, and a Machine runs it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "infrastructure/models/pmml_cell.h"
#include "infrastructure/models/pmml_machine.h"

namespace puhui::models {

class Expression {
 public:
  virtual ~Expression() = default;
  virtual Cell evaluate(Machine& machine) const = 0;
};
using ExpressionPtr = std::unique_ptr<const Expression>;

struct Interval {
  double left = -HUGE_VAL, right = HUGE_VAL;
  bool is_left_open = true, is_right_open = true;
  bool contains(double x) const {
    return (is_left_open ? x > left : x >= left) && (is_right_open ? x < right : x <= right);
  }
};

struct CellHash {
  size_t operator()(const Cell& cell) const { return hash_of(cell); }
};
struct CellEqual {
  bool operator()(const Cell& a, const Cell& b) const { return a.kind == b.kind && equal(a, b); }
};

// What a field allows (DataField): its listed values with their rank, and the intervals of a continuous one.
struct Domain {
  enum class Property : uint8_t { valid, invalid, missing };
  struct Listed {
    Property property = Property::valid;
    uint32_t rank = 0;
    std::string_view text;
  };
  std::unordered_map<Cell, Listed, CellHash, CellEqual> values;
  std::unordered_set<std::string> missing_texts;  // values that mean missing, also where the type has no such value
  std::vector<Interval> intervals;
  bool lists_valid = false;
  std::vector<std::string> valid;  // as texts, in the file's order
  bool allows(const Cell& cell) const;
};

enum class InvalidTreatment : uint8_t { return_invalid, as_is, as_missing, as_value };
enum class Outliers : uint8_t { as_is, as_missing, as_extreme };

// What a MiningField does to a value, in the standard's order: invalid, then outliers, then missing.
struct Treatment {
  InvalidTreatment invalid = InvalidTreatment::return_invalid;
  Outliers outliers = Outliers::as_is;
  double low = -HUGE_VAL, high = HUGE_VAL;
  Cell invalid_replacement;
  Cell missing_replacement;
  bool refuses_missing = false;
  bool does_nothing() const {
    return outliers == Outliers::as_is && missing_replacement.is_missing() && !refuses_missing;
  }
};

enum class SlotKind : uint8_t { input, mining, derived, result };
struct Slot {
  SlotKind kind = SlotKind::result;
  PmmlType type;
  OpType optype = OpType::continuous;
  const Domain* domain = nullptr;
  uint32_t source = 0;  // input: index among the inputs; mining: a slot
  Treatment treatment;
  ExpressionPtr expression;  // derived
  std::string_view name;
  std::string place;  // derived: where it stands, for faults
};

// A model inside the program. `evaluate` leaves its answer in the machine and its outputs in their slots.
class PmmlModel;

class PmmlProgram {
 public:
  PmmlProgram();
  ~PmmlProgram();
  std::vector<Slot> slots;
  std::deque<Domain> domains;
  std::vector<uint32_t> input_slots;     // one an input
  std::vector<ExpressionPtr> functions;  // bodies of defined functions
  std::unique_ptr<const PmmlModel> model;
  uint32_t answer_count = 0;

  // A text that lives as long as the program.
  std::string_view intern(std::string_view text);

 private:
  std::unordered_set<std::string> texts_;
};

// Converts to a type as a DerivedField or an OutputField declares; invalid where it cannot be.
Cell converted(const Cell& cell, PmmlType type, Machine& machine);

}  // namespace puhui::models
