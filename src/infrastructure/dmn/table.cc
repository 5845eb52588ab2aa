#include "infrastructure/dmn/table.h"

#include "infrastructure/feel/rows.h"

namespace puhui::dmn {

using feel::CauseCode;
using feel::Frame;
using feel::Value;

namespace {
constexpr size_t kColumnsOnStack = 32;
constexpr size_t kHitsOnStack = 64;
}  // namespace

// The rules that hit, in rule order; few of them without an allocation.
struct TableNode::Hits {
  void push(size_t rule) {
    if (size < kHitsOnStack)
      few[size] = rule;
    else if (size == kHitsOnStack)
      many.assign(few, few + kHitsOnStack), many.push_back(rule);
    else
      many.push_back(rule);
    ++size;
  }
  std::span<const size_t> rules() const {
    return size <= kHitsOnStack ? std::span<const size_t>(few, size) : std::span<const size_t>(many);
  }
  size_t size = 0;
  size_t few[kHitsOnStack];
  std::vector<size_t> many;
};

TableNode::TableNode(const feel::Place& where, const CompiledTable& table) : Node(where), table_(table) {
  const bool one_row = table.hit_policy == HitPolicy::first || table.hit_policy == HitPolicy::unique;
  simple_ = one_row && table.general.empty();
  for (const CompiledTable::Input& input : table.inputs) leaves_.push_back(input.value->leaf());
  fix_constants();
  fix_points();
  simple_ = simple_ || !points_.empty();
}

// A constant that is not of its output's type stays to be evaluated: its null says so each time.
void TableNode::fix_constants() {
  feel::Arena arena;
  feel::Run run(arena, 256);
  const size_t outputs = table_.outputs.size();
  for (size_t rule = 0; rule < table_.rules; ++rule) {
    for (size_t o = 0; o < outputs; ++o) {
      const Value* constant = table_.entries[rule * outputs + o]->constant();
      const feel::Type* type = table_.outputs[o].type;
      run.begin({.steps_max = 10'000, .depth_max = 16});
      arena.reset();
      // What a conversion makes lives in the arena of one evaluation, so only what is of the type as it stands counts.
      const bool fits =
          constant != nullptr &&
          (type == nullptr || constant->is_null() ||
           (feel::conforms(*constant, *type) && !check(*constant, *type, run, place, "an output").is_null()));
      is_constant_.push_back(fits ? 1 : 0);
      constants_.push_back(fits ? *constant : Value());
      constant_entries_.push_back({table_.outputs[o].name, constants_.back()});
    }
  }
  for (size_t rule = 0; rule < table_.rules; ++rule) {
    const auto row = std::span<const feel::Entry>(constant_entries_).subspan(rule * outputs, outputs);
    const auto fixed = std::span<const uint8_t>(is_constant_).subspan(rule * outputs, outputs);
    run.begin({.steps_max = 10'000, .depth_max = 16});
    const bool whole = outputs > 1 && std::ranges::all_of(fixed, [](uint8_t one) { return one != 0; });
    constant_rows_.push_back(whole ? run.whole(Value::context(row), place) : Value());
  }
}

// A scorecard's points as whole numbers of one exponent: what hits is added up without decimals.
void TableNode::fix_points() {
  constexpr int kPlacesMax = 6;
  constexpr int64_t kPointsMax = 1'000'000'000'000;  // of a rule, as scaled: a million of them still fit
  const bool sums = table_.hit_policy == HitPolicy::collect && table_.aggregation == Aggregation::sum;
  if (!sums || !table_.general.empty() || table_.rules > 1'000'000) return;
  for (size_t rule = 0; rule < table_.rules; ++rule) {
    if (is_constant_[rule] == 0 || !constants_[rule].is_number()) return;
    points_exponent_ = std::min(points_exponent_, constants_[rule].as_number().exponent());
  }
  if (points_exponent_ < -kPlacesMax) return;
  std::vector<int64_t> points;
  for (const Value& constant : constants_) {
    const auto scaled =
        multiply(constant.as_number(), *feel::power(feel::Decimal(10), feel::Decimal(-points_exponent_)));
    const auto whole = scaled ? scaled->as_int64() : std::nullopt;
    if (!whole || *whole > kPointsMax || *whole < -kPointsMax) return;
    points.push_back(*whole);
  }
  points_ = std::move(points);
}

// nullopt: no rule hit.
std::optional<Value> TableNode::sum_of_points(Frame& frame, std::span<const Key> keys) const {
  int64_t sum = 0;
  bool any = false;
  table_.matcher.each(keys, [&](size_t rule) {
    any = true;
    sum += points_[rule];
    trace(frame, rule);
    return true;
  });
  return any ? std::optional(Value::number(feel::Decimal::scaled(sum, points_exponent_))) : std::nullopt;
}

Value TableNode::eval(Frame& frame) const {
  if (!frame.run.step(place)) return Value::null(frame.run.stopped);
  Key few[kColumnsOnStack];
  std::vector<Key> more;
  std::span<Key> keys(few, table_.inputs.size());
  if (table_.inputs.size() > kColumnsOnStack) more.resize(table_.inputs.size()), keys = more;
  Value failure;
  if (!evaluate_inputs(frame, keys, failure)) return failure;
  if (simple_) return simple_answer(frame, keys);
  Hits hits;
  collect(frame, keys, hits);
  return answer(frame, hits);
}

bool TableNode::allowed(const CompiledTable::Input& input, Value& value, feel::Run& run) const {
  if (input.allowed == nullptr) return true;
  value = check(value, *input.allowed, run, place, input.label);
  return !value.is_null() || value.cause().code != CauseCode::not_allowed;
}

bool TableNode::evaluate_inputs(Frame& frame, std::span<Key> keys, Value& failure) const {
  for (size_t i = 0; i < table_.inputs.size(); ++i) {
    const CompiledTable::Input& input = table_.inputs[i];
    Value& value = frame.slots[input.slot];
    const feel::Leaf leaf = leaves_[i];
    value = leaf.kind == feel::Leaf::Kind::global ? frame.run.globals[leaf.index] : input.value->eval(frame);
    if (!allowed(input, value, frame.run)) {
      failure = value;
      return false;
    }
    keys[i] = input.keys.key(value);
  }
  return true;
}

Value TableNode::simple_answer(Frame& frame, std::span<const Key> keys) const {
  if (!points_.empty()) {
    const auto sum = sum_of_points(frame, keys);
    return sum ? *sum : no_match(frame);
  }
  if (table_.hit_policy == HitPolicy::first) {
    const size_t rule = table_.matcher.first(keys);
    if (rule == table_.rules) return no_match(frame);
    trace(frame, rule);
    return row(frame, rule);
  }
  uint32_t two[2];
  const size_t found = table_.matcher.take(keys, two);
  if (found == 0) return no_match(frame);
  if (found == 1) {
    trace(frame, two[0]);
    return row(frame, two[0]);
  }
  Hits hits;
  collect(frame, keys, hits);
  return answer(frame, hits);
}

const Value* TableNode::eval_rows(feel::RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const {
  feel::Run& run = frame.run;
  for (size_t i = 0; i < rows.size(); ++i) run.step(place);
  if (run.stopped != nullptr) return out;  // the chunk is evaluated anew, row by row
  const size_t columns = table_.inputs.size();
  std::vector<Key> keys(feel::kChunkRows * columns);
  feel::Selection kept[2];  // a row leaves at its first value that is not allowed
  size_t turn = 0;
  for (const uint32_t row : rows) kept[0].add(row);
  for (size_t c = 0; c < columns; ++c) {
    const CompiledTable::Input& input = table_.inputs[c];
    const feel::Selection& open = kept[turn];
    feel::Selection& next = kept[1 - turn];
    Value* const column = frame.slot_column(input.slot);
    const Value* const values = input.value->eval_rows(frame, open.rows(), column);
    for (const uint32_t row : open.rows()) {
      column[row] = values[row];
      if (!allowed(input, column[row], run))
        out[row] = column[row];
      else if (input.allowed != nullptr)
        next.add(row);
      keys[row * columns + c] = input.keys.key(column[row]);
    }
    if (input.allowed == nullptr) continue;
    turn = 1 - turn;
    kept[1 - turn].clear();
  }
  for (const uint32_t row : kept[turn].rows()) {
    Frame one = frame.row(row);
    const std::span<const Key> row_keys = std::span(keys).subspan(row * columns, columns);
    if (simple_) {
      out[row] = simple_answer(one, row_keys);
      continue;
    }
    Hits hits;
    collect(one, row_keys, hits);
    out[row] = answer(one, hits);
  }
  return out;
}

bool TableNode::general_cells_hold(size_t rule, Frame& frame) const {
  for (uint32_t i = table_.general_from[rule]; i < table_.general_from[rule + 1]; ++i) {
    if (!table_.general[i].test->eval(frame).is_true()) return false;
  }
  return true;
}

void TableNode::collect(Frame& frame, std::span<const Key> keys, Hits& hits) const {
  const bool first_only = table_.hit_policy == HitPolicy::first;
  table_.matcher.each(keys, [&](size_t rule) {
    if (!table_.general.empty() && !general_cells_hold(rule, frame)) return true;
    hits.push(rule);
    return !first_only;
  });
}

void TableNode::trace(Frame& frame, size_t rule) const {
  if (frame.run.trace == nullptr) return;
  auto* const trace = static_cast<Trace*>(frame.run.trace);
  trace->hits.push_back(table_.first_rule + static_cast<uint32_t>(rule));
  if (frame.run.row != feel::kNoRow) static_cast<BatchTrace*>(trace)->rows.push_back(frame.run.row);
}

Value TableNode::entry(Frame& frame, size_t rule, size_t output) const {
  const size_t at = rule * table_.outputs.size() + output;
  if (is_constant_[at] != 0) return constants_[at];
  const Value value = table_.entries[at]->eval(frame);
  const feel::Type* type = table_.outputs[output].type;
  return type == nullptr ? value : check(value, *type, frame.run, place, "an output");
}

// One output is its value; several are a context by their names.
Value TableNode::row(Frame& frame, size_t rule) const {
  const size_t outputs = table_.outputs.size();
  if (outputs == 1) return entry(frame, rule, 0);
  if (!constant_rows_[rule].is_null()) return constant_rows_[rule];
  auto* entries = frame.run.arena.array<feel::Entry>(table_.outputs.size());
  if (entries == nullptr) return frame.run.stop(place, "memory");
  for (size_t o = 0; o < outputs; ++o) entries[o] = {table_.outputs[o].name, entry(frame, rule, o)};
  return frame.run.whole(Value::context({entries, outputs}), place);
}

Value TableNode::answer(Frame& frame, const Hits& hits) const {
  if (hits.size == 0) return no_match(frame);
  if (frame.run.trace != nullptr && table_.hit_policy != HitPolicy::priority) {
    for (const size_t rule : hits.rules()) trace(frame, rule);
  }
  switch (table_.hit_policy) {
    case HitPolicy::first: return row(frame, hits.rules()[0]);
    case HitPolicy::unique: return hits.size == 1 ? row(frame, hits.rules()[0]) : many(frame, hits.rules());
    case HitPolicy::any: return any(frame, hits);
    case HitPolicy::rule_order: return list_of(frame, hits.rules());
    case HitPolicy::output_order: return list_of(frame, by_priority(frame, hits));
    case HitPolicy::collect:
      return table_.aggregation == Aggregation::none ? list_of(frame, hits.rules()) : aggregated(frame, hits);
    case HitPolicy::priority: {
      const size_t best = by_priority(frame, hits).front();
      trace(frame, best);
      return row(frame, best);
    }
  }
  return Value::null();
}

Value TableNode::no_match(Frame& frame) const {
  bool has_default = false;
  for (const CompiledTable::Output& output : table_.outputs) has_default = has_default || output.otherwise != nullptr;
  if (has_default) {
    auto* entries = frame.run.arena.array<feel::Entry>(table_.outputs.size());
    if (entries == nullptr) return frame.run.stop(place, "memory");
    for (size_t o = 0; o < table_.outputs.size(); ++o) {
      const auto& output = table_.outputs[o];
      entries[o] = {output.name, output.otherwise ? output.otherwise->eval(frame) : Value::null()};
    }
    return table_.outputs.size() == 1 ? entries[0].value : Value::context({entries, table_.outputs.size()});
  }
  // Collecting nothing is an answer: none. For one value it is not.
  const bool lists = table_.hit_policy == HitPolicy::rule_order || table_.hit_policy == HitPolicy::output_order ||
                     (table_.hit_policy == HitPolicy::collect && table_.aggregation == Aggregation::none);
  if (lists) return Value::list({});
  if (table_.hit_policy == HitPolicy::collect && table_.aggregation == Aggregation::count) return Value::number(0);
  std::string came;
  const feel::Cause* from = nullptr;
  for (const CompiledTable::Input& input : table_.inputs) {
    const Value& value = frame.slots[input.slot];
    came += (came.empty() ? "" : ", ") + input.label + " = " + text_of(value);
    if (value.is_null() && from == nullptr) from = &value.cause();
  }
  return frame.run.fail(CauseCode::no_match, place, {"no rule for ", came}, from);
}

Value TableNode::many(Frame& frame, std::span<const size_t> hit) const {
  std::string rules;
  for (const size_t rule : hit) rules += (rules.empty() ? "" : ", ") + std::to_string(rule + 1);
  return frame.run.fail(CauseCode::many_matches, place, {"expected one rule to match, came rules ", rules});
}

Value TableNode::any(Frame& frame, const Hits& hits) const {
  const Value first = row(frame, hits.rules()[0]);
  for (const size_t rule : hits.rules().subspan(1)) {
    if (!identical(first, row(frame, rule))) return many(frame, hits.rules());
  }
  return first;
}

Value TableNode::list_of(Frame& frame, std::span<const size_t> rules) const {
  auto* items = frame.run.arena.array<Value>(rules.size());
  if (items == nullptr) return frame.run.stop(place, "memory");
  for (size_t i = 0; i < rules.size(); ++i) items[i] = row(frame, rules[i]);
  return frame.run.whole(Value::list({items, rules.size()}), place);
}

// Best first by the outputs from left to right; equals stay in rule order. What is not listed comes last.
std::vector<size_t> TableNode::by_priority(Frame& frame, const Hits& hits) const {
  struct Ranked {
    size_t rule;
    std::vector<size_t> ranks;
  };
  std::vector<Ranked> ranked;
  for (const size_t rule : hits.rules()) {
    Ranked& made = ranked.emplace_back(Ranked{rule, {}});
    for (size_t o = 0; o < table_.outputs.size(); ++o) {
      const auto& priority = table_.outputs[o].priority;
      if (priority.empty()) continue;
      const Value value = entry(frame, rule, o);
      const auto at = std::ranges::find_if(priority, [&](const Value& listed) { return identical(listed, value); });
      made.ranks.push_back(static_cast<size_t>(at - priority.begin()));
    }
  }
  std::ranges::sort(
      ranked, [](const Ranked& a, const Ranked& b) { return std::tie(a.ranks, a.rule) < std::tie(b.ranks, b.rule); });
  std::vector<size_t> rules;
  for (const Ranked& one : ranked) rules.push_back(one.rule);
  return rules;
}

Value TableNode::aggregated(Frame& frame, const Hits& hits) const {
  if (table_.aggregation == Aggregation::count) return Value::number(static_cast<int64_t>(hits.size));
  Value result = entry(frame, hits.rules()[0], 0);
  for (const size_t rule : hits.rules().subspan(1)) {
    const Value next = entry(frame, rule, 0);
    if (table_.aggregation == Aggregation::sum) {
      result = apply(feel::Arithmetic::add, result, next, frame.run, place);
      continue;
    }
    const auto found = order(next, result);
    if (!found) {
      return frame.run.fail(CauseCode::wrong_type, place,
                            {"an aggregation expects outputs of one ordered type, came ", name_of(result.kind()),
                             " and ", name_of(next.kind())});
    }
    if (table_.aggregation == Aggregation::min ? *found < 0 : *found > 0) result = next;
  }
  return result;
}

}  // namespace puhui::dmn
