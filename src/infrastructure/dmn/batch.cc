#include "infrastructure/dmn/batch.h"

#include <set>

#include "infrastructure/dmn/policy_inside.h"

namespace puhui::dmn {

using feel::Value;

struct Batch::State {
  State(const Policy& of, BatchOptions chosen)
      : policy(of), options(std::move(chosen)), scratch(of.compiled_->limits), hits(of.rules().size(), 0) {}

  const Policy& policy;
  BatchOptions options;
  Scratch scratch;
  feel::Arena arena{size_t{1} << 40};
  std::vector<uint32_t> decisions;  // computed, in order of evaluation
  std::vector<std::vector<Value>> columns;
  std::vector<uint64_t> hits;
  std::vector<uint32_t> row_rules;
  std::vector<size_t> row_from;
  Trace trace;
};

Batch::Batch(const Policy& policy, BatchOptions options) : state_(std::make_unique<State>(policy, std::move(options))) {
  const auto& codes = policy.compiled_->decision_codes;
  std::set<uint32_t> needed;
  for (const size_t decision : state_->options.decisions) {
    needed.insert(codes[decision].needs.begin(), codes[decision].needs.end());
  }
  if (state_->options.decisions.empty()) {
    for (uint32_t d = 0; d < codes.size(); ++d) needed.insert(d);
  }
  state_->decisions.assign(needed.begin(), needed.end());
  state_->columns.resize(codes.size());
}

Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

void Batch::evaluate(std::span<const std::span<const Value>> inputs, size_t rows) {
  State& state = *state_;
  state.arena.reset();
  state.row_rules.clear();
  state.row_from.assign(1, 0);
  for (const uint32_t d : state.decisions) state.columns[d].resize(rows);
  std::vector<Value> row(inputs.size());
  for (size_t r = 0; r < rows; ++r) {
    for (size_t i = 0; i < inputs.size(); ++i) row[i] = inputs[i].empty() ? Value::missing() : inputs[i][r];
    state.trace.clear();
    const auto values = state.policy.evaluate_some(state.decisions, row, state.scratch, &state.trace);
    for (const uint32_t d : state.decisions) state.columns[d][r] = deep_copy(values[d], state.arena);
    for (const uint32_t rule : state.trace.hits) ++state.hits[rule];
    if (state.options.row_hits == BatchOptions::RowHits::none) continue;
    state.row_rules.insert(state.row_rules.end(), state.trace.hits.begin(), state.trace.hits.end());
    state.row_from.push_back(state.row_rules.size());
  }
}

std::span<const Value> Batch::values(size_t decision) const { return state_->columns[decision]; }
std::span<const uint64_t> Batch::rule_hits() const { return state_->hits; }
void Batch::clear_hits() { std::ranges::fill(state_->hits, 0); }

std::span<const uint32_t> Batch::row_hits(size_t row) const {
  const auto& from = state_->row_from;
  return std::span<const uint32_t>(state_->row_rules).subspan(from[row], from[row + 1] - from[row]);
}

void Batch::set_moment(const feel::DateTime& now) { state_->scratch.set_moment(now); }

}  // namespace puhui::dmn
