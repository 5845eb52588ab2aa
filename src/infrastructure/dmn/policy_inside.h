// What a Policy holds once compiled, and the class that makes it. Not for others.
#pragma once

#include <deque>
#include <map>

#include "infrastructure/dmn/item_types.h"
#include "infrastructure/dmn/policy.h"
#include "infrastructure/dmn/table.h"
#include "infrastructure/feel/rows.h"

namespace puhui::dmn {

struct CompiledInput {
  uint32_t slot = 0;
  const feel::Type* type = nullptr;
  feel::Place place;
  std::string label;
  const feel::Cause* not_given = nullptr;  // why it is null when the caller says nothing of it; kept by the unit

  // What the policy takes it for: checked, or null with this input's own cause.
  feel::Value taken(const feel::Value& given, feel::Run& run) const {
    if (given.is_null() && &given.cause() == &feel::kMissingValue) return feel::Value::null(not_given);
    return type->any ? given : check(given, *type, run, place, label);
  }
};

struct CompiledDecision {
  uint32_t slot = 0;  // of its value among the globals
  uint32_t locals = 0;
  feel::NodePtr logic;
  const feel::Type* type = nullptr;
  feel::Place place;
  std::string label;
  std::vector<uint32_t> needs;  // indices of the decisions it requires, itself last, in order of evaluation
};

// A business knowledge model or a decision service: a function among the globals.
struct CompiledFunction {
  std::string name;
  uint32_t slot = 0;
  feel::NodePtr make;
};

struct CompiledPolicy {
  feel::Unit unit;
  std::vector<Model> models;  // the file's own first
  Digest digest;
  Limits limits;
  feel::Layout globals{.is_global = true};
  std::vector<Variable> inputs;
  std::vector<Variable> decisions;
  std::vector<CompiledInput> input_codes;
  std::vector<CompiledDecision> decision_codes;
  std::vector<CompiledFunction> functions;
  std::vector<RuleInfo> rules;
  std::deque<CompiledTable> tables;
  std::vector<TableInfo> table_infos;
  std::vector<feel::NodePtr> kept_nodes;
  std::vector<Fault> faults;
  std::vector<feel::Value> initial;  // globals before an evaluation: functions set, all else missing
  std::vector<uint32_t> fixed;       // the globals that are neither inputs nor decisions

  void evaluate(uint32_t decision, feel::Run& run) const;
  // The same for rows of a chunk; its globals hold what the decision needs.
  void evaluate_rows(uint32_t decision, feel::RowsFrame& frame, std::span<const uint32_t> rows) const;
  // What these decisions require, themselves too, in order of evaluation; all when none is named.
  std::vector<uint32_t> needed_for(std::span<const size_t> chosen) const;
};

struct Scratch::State {
  explicit State(const Limits& limits) : arena(limits.arena_bytes_max), run(arena) {}
  feel::Arena arena;
  feel::Run run;
  feel::Moment moment;
  std::vector<feel::Value> globals;
  std::vector<feel::Value> outputs;
  bool begun = false;
  // Of JsonDoor: the inputs as read, items of the lists and objects not yet closed, the rules hit.
  std::vector<feel::Value> inputs;
  std::vector<feel::Entry> open_entries;
  Trace trace;
};

}  // namespace puhui::dmn
