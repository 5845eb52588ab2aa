// TableNode: a compiled decision table. Columns become keys, the matcher finds the rules, the hit policy says what
// they yield. Cells that are no tests against constants are evaluated for the rules the keys leave.
#pragma once

#include <string>
#include <vector>

#include "infrastructure/dmn/cell.h"
#include "infrastructure/dmn/matcher.h"
#include "infrastructure/dmn/model.h"
#include "infrastructure/dmn/policy.h"
#include "infrastructure/feel/run.h"

namespace puhui::dmn {

// Owned by the policy (CompiledPolicy::tables), so that reports can read what the nodes evaluate.
struct CompiledTable {
  struct Input {
    feel::NodePtr value;
    uint32_t slot = 0;  // the column's value, for general cells
    KeyMap keys;
    const feel::Type* allowed = nullptr;  // input values, or null
    std::string label;
    // For reports: the keys the column may have, without null, and whether a rule asks for null.
    Intervals domain;
    bool is_domain_exact = true;  // false: its allowed values are no test against constants
    bool speaks_of_null = false;
  };
  struct Output {
    std::string_view name;              // kept by the unit
    feel::NodePtr otherwise;            // null: none
    std::vector<feel::Value> priority;  // best first; empty: none given
    const feel::Type* type = nullptr;   // null: any
  };
  struct GeneralCell {
    uint32_t rule;
    feel::NodePtr test;
  };
  std::string id;                 // the table element's, or the nearest above it that has one
  std::string owner;              // the decision or business knowledge model it belongs to
  const Table* source = nullptr;  // as the file has it; the policy keeps it
  HitPolicy hit_policy = HitPolicy::unique;
  Aggregation aggregation = Aggregation::none;
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  std::vector<feel::NodePtr> entries;  // [rule][output]
  std::vector<GeneralCell> general;    // in rule order
  std::vector<uint32_t> general_from;  // [rule]: where its general cells begin; one more at the end
  Matcher matcher;
  uint32_t first_rule = 0;  // its number in the policy's rules
  size_t rules = 0;
};

std::string_view name_of(HitPolicy policy, Aggregation aggregation);  // "COLLECT SUM"
TableInfo info_of(const CompiledTable& table);

class TableNode final : public feel::Node {
 public:
  // Needs the table complete. What its rules yield is computed and checked here where it is constant.
  TableNode(const feel::Place& where, const CompiledTable& table);
  feel::Value eval(feel::Frame& frame) const override;
  const feel::Value* eval_rows(feel::RowsFrame& frame, std::span<const uint32_t> rows, feel::Value* out) const override;

 private:
  struct Hits;
  void fix_constants();
  bool evaluate_inputs(feel::Frame& frame, std::span<Key> keys, feel::Value& failure) const;
  bool allowed(const CompiledTable::Input& input, feel::Value& value, feel::Run& run) const;
  bool general_cells_hold(size_t rule, feel::Frame& frame) const;
  void collect(feel::Frame& frame, std::span<const Key> keys, Hits& hits) const;
  void fix_points();
  feel::Value simple_answer(feel::Frame& frame, std::span<const Key> keys) const;
  std::optional<feel::Value> sum_of_points(feel::Frame& frame, std::span<const Key> keys) const;
  feel::Value answer(feel::Frame& frame, const Hits& hits) const;
  feel::Value no_match(feel::Frame& frame) const;
  feel::Value row(feel::Frame& frame, size_t rule) const;
  feel::Value entry(feel::Frame& frame, size_t rule, size_t output) const;
  feel::Value any(feel::Frame& frame, const Hits& hits) const;
  feel::Value many(feel::Frame& frame, std::span<const size_t> rules) const;
  feel::Value aggregated(feel::Frame& frame, const Hits& hits) const;
  std::vector<size_t> by_priority(feel::Frame& frame, const Hits& hits) const;
  feel::Value list_of(feel::Frame& frame, std::span<const size_t> rules) const;
  void trace(feel::Frame& frame, size_t rule) const;

  const CompiledTable& table_;
  bool simple_ = false;          // FIRST, UNIQUE or a sum of points, by keys alone
  std::vector<int64_t> points_;  // [rule] of COLLECT SUM by keys alone, where all are constant; else empty
  int points_exponent_ = 0;
  std::vector<feel::Leaf> leaves_;             // of the inputs
  std::vector<feel::Value> constants_;         // [rule][output]: its value of its type; meaningless where not constant
  std::vector<uint8_t> is_constant_;           // [rule][output]
  std::vector<feel::Entry> constant_entries_;  // [rule][output], of several outputs
  std::vector<feel::Value> constant_rows_;     // [rule]: a context over them; null where it is not constant
};

}  // namespace puhui::dmn
