#include "infrastructure/dmn/table.h"

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

Value TableNode::eval(Frame& frame) const {
  if (!frame.run.step(place)) return Value::null(frame.run.stopped);
  Key few[kColumnsOnStack];
  std::vector<Key> more;
  std::span<Key> keys(few, table_.inputs.size());
  if (table_.inputs.size() > kColumnsOnStack) more.resize(table_.inputs.size()), keys = more;
  Value failure;
  if (!evaluate_inputs(frame, keys, failure)) return failure;
  Hits hits;
  collect(frame, keys, hits);
  return answer(frame, hits);
}

bool TableNode::evaluate_inputs(Frame& frame, std::span<Key> keys, Value& failure) const {
  for (size_t i = 0; i < table_.inputs.size(); ++i) {
    const CompiledTable::Input& input = table_.inputs[i];
    Value value = input.value->eval(frame);
    if (input.allowed != nullptr) {
      value = check(value, *input.allowed, frame.run, place, input.label);
      if (value.is_null() && value.cause().code == CauseCode::not_allowed) {
        failure = value;
        return false;
      }
    }
    frame.slots[input.slot] = value;
    keys[i] = input.keys.key(value);
  }
  return true;
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
  static_cast<Trace*>(frame.run.trace)->hits.push_back(table_.first_rule + static_cast<uint32_t>(rule));
}

Value TableNode::entry(Frame& frame, size_t rule, size_t output) const {
  const Value value = table_.entries[rule * table_.outputs.size() + output]->eval(frame);
  const feel::Type* type = table_.outputs[output].type;
  return type == nullptr ? value : check(value, *type, frame.run, place, "an output");
}

// One output is its value; several are a context by their names.
Value TableNode::row(Frame& frame, size_t rule) const {
  if (table_.outputs.size() == 1) return entry(frame, rule, 0);
  auto* entries = frame.run.arena.array<feel::Entry>(table_.outputs.size());
  if (entries == nullptr) return frame.run.stop(place, "memory");
  for (size_t o = 0; o < table_.outputs.size(); ++o) entries[o] = {table_.outputs[o].name, entry(frame, rule, o)};
  return Value::context({entries, table_.outputs.size()});
}

Value TableNode::answer(Frame& frame, const Hits& hits) const {
  if (hits.size == 0) return no_match(frame);
  if (frame.run.trace != nullptr && table_.hit_policy != HitPolicy::priority) {
    for (const size_t rule : hits.rules()) trace(frame, rule);
  }
  switch (table_.hit_policy) {
    case HitPolicy::first: return row(frame, hits.rules()[0]);
    case HitPolicy::unique: return hits.size == 1 ? row(frame, hits.rules()[0]) : many(frame, hits);
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

Value TableNode::many(Frame& frame, const Hits& hits) const {
  std::string rules;
  for (const size_t rule : hits.rules()) rules += (rules.empty() ? "" : ", ") + std::to_string(rule + 1);
  return frame.run.fail(CauseCode::many_matches, place, {"expected one rule to match, came rules ", rules});
}

Value TableNode::any(Frame& frame, const Hits& hits) const {
  const Value first = row(frame, hits.rules()[0]);
  for (const size_t rule : hits.rules().subspan(1)) {
    if (!identical(first, row(frame, rule))) return many(frame, hits);
  }
  return first;
}

Value TableNode::list_of(Frame& frame, std::span<const size_t> rules) const {
  auto* items = frame.run.arena.array<Value>(rules.size());
  if (items == nullptr) return frame.run.stop(place, "memory");
  for (size_t i = 0; i < rules.size(); ++i) items[i] = row(frame, rules[i]);
  return Value::list({items, rules.size()});
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
