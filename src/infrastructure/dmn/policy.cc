#include "infrastructure/dmn/policy.h"

#include <set>

#include "infrastructure/dmn/policy_inside.h"

namespace puhui::dmn {

using feel::Value;

Scratch::Scratch(const Limits& limits) : state_(std::make_unique<State>(limits)) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;
feel::Arena& Scratch::arena() { return state_->arena; }

void Scratch::begin() {
  state_->arena.reset();
  state_->begun = true;
}

void Scratch::set_moment(const feel::DateTime& now) {
  state_->moment.now = now;
  state_->run.moment = &state_->moment;
}

Policy::Policy(std::unique_ptr<CompiledPolicy> compiled) : compiled_(std::move(compiled)) {
  std::vector<bool> computed(compiled_->initial.size(), false);
  for (const CompiledInput& input : compiled_->input_codes) computed[input.slot] = true;
  for (const CompiledDecision& decision : compiled_->decision_codes) computed[decision.slot] = true;
  for (uint32_t slot = 0; slot < computed.size(); ++slot) {
    if (!computed[slot]) compiled_->fixed.push_back(slot);
  }
}
Policy::Policy(Policy&&) noexcept = default;
Policy& Policy::operator=(Policy&&) noexcept = default;
Policy::~Policy() = default;

const Digest& Policy::digest() const { return compiled_->digest; }
const std::string& Policy::name() const { return compiled_->models.front().name; }
std::span<const Variable> Policy::inputs() const { return compiled_->inputs; }
std::span<const Variable> Policy::decisions() const { return compiled_->decisions; }
std::span<const RuleInfo> Policy::rules() const { return compiled_->rules; }
std::span<const TableInfo> Policy::tables() const { return compiled_->table_infos; }
std::span<const uint32_t> Policy::needs(size_t decision) const { return compiled_->decision_codes[decision].needs; }
std::span<const Fault> Policy::faults() const { return compiled_->faults; }

namespace {

std::optional<size_t> place_of(std::span<const Variable> variables, std::string_view name) {
  const auto at = std::ranges::find(variables, name, &Variable::name);
  return at == variables.end() ? std::nullopt : std::optional(static_cast<size_t>(at - variables.begin()));
}

}  // namespace

std::optional<size_t> Policy::input(std::string_view name) const { return place_of(compiled_->inputs, name); }
std::optional<size_t> Policy::decision(std::string_view name) const { return place_of(compiled_->decisions, name); }

void CompiledPolicy::evaluate(uint32_t decision, feel::Run& run) const {
  const CompiledDecision& code = decision_codes[decision];
  const Value value = feel::evaluate(run, *code.logic, code.locals);
  run.globals[code.slot] = code.type->any ? value : check(value, *code.type, run, code.place, code.label);
}

void CompiledPolicy::evaluate_rows(uint32_t decision, feel::RowsFrame& frame, std::span<const uint32_t> rows) const {
  const CompiledDecision& code = decision_codes[decision];
  feel::Run& run = frame.run;
  if (run.stopped != nullptr) return;
  // The stack is as full as it is for one row, so that calls stop where they would stop there.
  if (code.locals > run.stack.size()) return static_cast<void>(run.stop(code.place, "values on the stack"));
  run.stack_used = code.locals;
  Value* const column = frame.globals + size_t{code.slot} * feel::kColumnStep;
  const Value* const values = code.logic->eval_rows(frame, rows, column);
  for (const uint32_t row : rows) {
    column[row] = code.type->any ? values[row] : check(values[row], *code.type, run, code.place, code.label);
  }
  run.stack_used = 0;
}

std::vector<uint32_t> CompiledPolicy::needed_for(std::span<const size_t> chosen) const {
  std::set<uint32_t> needed;
  for (const size_t decision : chosen) {
    needed.insert(decision_codes[decision].needs.begin(), decision_codes[decision].needs.end());
  }
  for (uint32_t d = 0; chosen.empty() && d < decision_codes.size(); ++d) needed.insert(d);
  return {needed.begin(), needed.end()};
}

namespace {

// What an earlier evaluation left in a decision's place is never read: each is computed before who requires it. With
// faults let through there may be cycles, and then nothing may be left.
void set_globals(const CompiledPolicy& compiled, std::vector<Value>& globals) {
  if (globals.size() != compiled.initial.size() || !compiled.faults.empty()) {
    globals = compiled.initial;
    return;
  }
  for (const uint32_t slot : compiled.fixed) globals[slot] = compiled.initial[slot];
}

void start(const CompiledPolicy& compiled, std::span<const Value> inputs, feel::Run& run, std::vector<Value>& globals,
           bool& begun, Trace* trace) {
  const Value missing = Value::missing();
  if (!begun) run.arena.reset();
  begun = false;
  run.begin({.steps_max = compiled.limits.steps_max, .depth_max = compiled.limits.depth_max});
  run.trace = trace;
  set_globals(compiled, globals);
  run.globals = globals.data();
  for (size_t i = 0; i < compiled.input_codes.size(); ++i) {
    const CompiledInput& input = compiled.input_codes[i];
    const Value& given = i < inputs.size() ? inputs[i] : missing;
    globals[input.slot] = input.taken(given, run);
  }
}

}  // namespace

std::span<const Value> Policy::evaluate(std::span<const Value> inputs, Scratch& scratch, Trace* trace) const {
  Scratch::State& state = *scratch.state_;
  start(*compiled_, inputs, state.run, state.globals, state.begun, trace);
  const auto count = static_cast<uint32_t>(compiled_->decision_codes.size());
  state.outputs.resize(count);
  for (uint32_t d = 0; d < count; ++d) {
    compiled_->evaluate(d, state.run);
    state.outputs[d] = state.globals[compiled_->decision_codes[d].slot];
  }
  return state.outputs;
}

std::span<const Value> Policy::evaluate_some(std::span<const uint32_t> decisions, std::span<const Value> inputs,
                                             Scratch& scratch, Trace* trace) const {
  Scratch::State& state = *scratch.state_;
  start(*compiled_, inputs, state.run, state.globals, state.begun, trace);
  state.outputs.resize(compiled_->decision_codes.size());
  for (const uint32_t d : decisions) {
    compiled_->evaluate(d, state.run);
    state.outputs[d] = state.globals[compiled_->decision_codes[d].slot];
  }
  return state.outputs;
}

Value Policy::evaluate_one(size_t decision, std::span<const Value> inputs, Scratch& scratch, Trace* trace) const {
  Scratch::State& state = *scratch.state_;
  start(*compiled_, inputs, state.run, state.globals, state.begun, trace);
  for (const uint32_t d : compiled_->decision_codes[decision].needs) compiled_->evaluate(d, state.run);
  return state.globals[compiled_->decision_codes[decision].slot];
}

Value Policy::invoke(std::string_view name, std::span<const feel::Entry> arguments, Scratch& scratch,
                     Trace* trace) const {
  Scratch::State& state = *scratch.state_;
  start(*compiled_, {}, state.run, state.globals, state.begun, trace);
  for (const CompiledFunction& function : compiled_->functions) {
    if (function.name != name) continue;
    const Value callee = state.globals[function.slot];
    if (callee.kind() != feel::Kind::function) return callee;
    std::vector<Value> ordered;
    for (const auto& parameter : callee.as_function().code->parameters) {
      const auto at = std::ranges::find(arguments, parameter.name, &feel::Entry::name);
      ordered.push_back(at == arguments.end() ? Value::missing() : at->value);
    }
    return call(state.run, callee.as_function(), ordered, {});
  }
  return state.run.fail(feel::CauseCode::missing, {}, {"there is no function '", name, "'"});
}

}  // namespace puhui::dmn
