#include "infrastructure/dmn/batch.h"

#include "infrastructure/dmn/policy_inside.h"

namespace puhui::dmn {

using feel::kChunkRows;
using feel::kColumnStep;
using feel::Value;

namespace {
constexpr size_t kArenaBytesMax = size_t{1} << 40;  // of all rows together; each chunk has its own limit
}  // namespace

// A chunk of rows is evaluated decision by decision. What one row may use bounds the whole chunk: if the chunk stays
// within the limits of steps and memory, so did each of its rows; if not, its rows are evaluated one by one as online,
// and only those that reach a limit feel it.
struct Batch::State {
  State(const Policy& of, const CompiledPolicy& code, BatchOptions chosen, Scratch own, feel::Run& own_run);

  void evaluate_chunk(std::span<const std::span<const Value>> inputs, size_t from, size_t rows);
  void read_inputs(std::span<const std::span<const Value>> inputs, size_t from, std::span<const uint32_t> rows);
  void evaluate_singly(std::span<const std::span<const Value>> inputs, size_t from, size_t rows);
  void keep_hits(size_t rows);

  const Policy& policy;
  const CompiledPolicy& compiled;
  BatchOptions options;
  std::vector<uint32_t> decisions;  // computed, in order of evaluation

  feel::Arena arena{kArenaBytesMax};
  feel::Run run{arena};
  feel::Moment moment;
  std::vector<Value> globals;  // columns of a chunk
  std::vector<Value> locals;
  std::vector<std::unique_ptr<Value[]>> spare;
  std::vector<uint32_t> all_rows;
  size_t chunk_rows = kChunkRows;

  Scratch scratch;  // for rows evaluated one by one
  feel::Run& scratch_run;
  std::vector<Value> single;
  BatchTrace trace;

  std::vector<std::vector<Value>> columns;  // [decision][row]
  std::vector<uint64_t> hits;
  std::vector<uint32_t> row_rules;
  std::vector<size_t> row_from;
};

Batch::State::State(const Policy& of, const CompiledPolicy& code, BatchOptions chosen, Scratch own, feel::Run& own_run)
    : policy(of),
      compiled(code),
      options(std::move(chosen)),
      decisions(code.needed_for(options.decisions)),
      scratch(std::move(own)),
      scratch_run(own_run),
      columns(code.decision_codes.size()),
      hits(code.rules.size(), 0) {
  globals.resize(compiled.initial.size() * kColumnStep);
  for (size_t slot = 0; slot < compiled.initial.size(); ++slot) {
    std::fill_n(globals.begin() + static_cast<ptrdiff_t>(slot * kColumnStep), kColumnStep, compiled.initial[slot]);
  }
  size_t locals_max = 0;
  for (const uint32_t d : decisions) locals_max = std::max<size_t>(locals_max, compiled.decision_codes[d].locals);
  locals.resize(locals_max * kColumnStep);
  for (uint32_t row = 0; row < kChunkRows; ++row) all_rows.push_back(row);
  trace.kept_calls = options.calls;
}

void Batch::State::read_inputs(std::span<const std::span<const Value>> inputs, size_t from,
                               std::span<const uint32_t> rows) {
  for (size_t i = 0; i < compiled.input_codes.size(); ++i) {
    const CompiledInput& code = compiled.input_codes[i];
    Value* const column = globals.data() + size_t{code.slot} * kColumnStep;
    if (i >= inputs.size() || inputs[i].empty()) {
      for (const uint32_t row : rows) column[row] = code.taken(Value::missing(), run);
      continue;
    }
    const auto given = inputs[i].subspan(from);
    for (const uint32_t row : rows) {
      column[row] = code.taken(given[row], run);
    }
  }
}

void Batch::State::evaluate_chunk(std::span<const std::span<const Value>> inputs, size_t from, size_t rows) {
  trace.clear();
  trace.rows.clear();
  if (options.calls != nullptr) options.calls->begin(from, rows);
  const feel::Arena::Mark mark = arena.mark();
  const size_t used_before = arena.bytes_used();
  arena.allow(compiled.limits.arena_bytes_max);
  run.begin({.steps_max = compiled.limits.steps_max, .depth_max = compiled.limits.depth_max});
  run.trace = &trace;
  const auto chosen = std::span<const uint32_t>(all_rows).first(rows);
  feel::RowsFrame frame{run, locals.data(), globals.data(), spare};
  read_inputs(inputs, from, chosen);
  for (const uint32_t d : decisions) compiled.evaluate_rows(d, frame, chosen);
  const bool within = run.stopped == nullptr && !arena.exhausted() &&
                      arena.bytes_used() - used_before <= compiled.limits.arena_bytes_max;
  if (within) {
    for (const uint32_t d : decisions) {
      const Value* const column = globals.data() + size_t{compiled.decision_codes[d].slot} * kColumnStep;
      std::copy_n(column, rows, columns[d].begin() + static_cast<ptrdiff_t>(from));
    }
    chunk_rows = std::min(kChunkRows, chunk_rows * 2);
  } else {
    arena.rewind(mark);
    evaluate_singly(inputs, from, rows);
    chunk_rows = std::max<size_t>(1, chunk_rows / 2);
  }
  keep_hits(rows);
}

void Batch::State::evaluate_singly(std::span<const std::span<const Value>> inputs, size_t from, size_t rows) {
  arena.allow(kArenaBytesMax);
  trace.clear();
  trace.rows.clear();
  if (options.calls != nullptr) options.calls->begin(from, rows);
  single.resize(inputs.size());
  for (uint32_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i < inputs.size(); ++i) single[i] = inputs[i].empty() ? Value::missing() : inputs[i][from + row];
    scratch_run.row = row;  // so that no host takes the batch's trace for its own
    const auto values = policy.evaluate_some(decisions, single, scratch, &trace);
    for (const uint32_t d : decisions) columns[d][from + row] = deep_copy(values[d], arena);
  }
}

// Hits come decision by decision; within a row they are in the order of its own trace.
void Batch::State::keep_hits(size_t rows) {
  for (const uint32_t rule : trace.hits) ++hits[rule];
  if (options.row_hits == BatchOptions::RowHits::none) return;
  size_t next[kChunkRows] = {};
  for (const uint32_t row : trace.rows) ++next[row];
  size_t at = row_rules.size();
  for (size_t row = 0; row < rows; ++row) {
    const size_t count = next[row];
    next[row] = at;
    at += count;
    row_from.push_back(at);
  }
  row_rules.resize(at);
  for (size_t i = 0; i < trace.hits.size(); ++i) row_rules[next[trace.rows[i]]++] = trace.hits[i];
}

Batch::Batch(const Policy& policy, BatchOptions options) {
  Scratch scratch(policy.compiled_->limits);
  feel::Run& run = scratch.state_->run;  // stays where it is when the scratch moves
  state_ = std::make_unique<State>(policy, *policy.compiled_, std::move(options), std::move(scratch), run);
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
  for (size_t from = 0; from < rows;) {
    const size_t count = std::min(state.chunk_rows, rows - from);
    state.evaluate_chunk(inputs, from, count);
    from += count;
  }
}

std::span<const Value> Batch::values(size_t decision) const { return state_->columns[decision]; }
std::span<const uint64_t> Batch::rule_hits() const { return state_->hits; }
void Batch::clear_hits() { std::ranges::fill(state_->hits, 0); }

std::span<const uint32_t> Batch::row_hits(size_t row) const {
  const auto& from = state_->row_from;
  return std::span<const uint32_t>(state_->row_rules).subspan(from[row], from[row + 1] - from[row]);
}

void Batch::set_moment(const feel::DateTime& now) {
  state_->moment.now = now;
  state_->run.moment = &state_->moment;
  state_->scratch.set_moment(now);
}

}  // namespace puhui::dmn
