#include "infrastructure/feel/operators.h"

#include "infrastructure/feel/function.h"
#include "infrastructure/feel/temporal_math.h"

namespace puhui::feel {
namespace {

std::string_view symbol_of(Arithmetic op) {
  switch (op) {
    case Arithmetic::add: return "+";
    case Arithmetic::subtract: return "-";
    case Arithmetic::multiply: return "*";
    case Arithmetic::divide: return "/";
    case Arithmetic::power: return "**";
  }
  return "?";
}

Value mismatch(std::string_view op, const Value& a, const Value& b, Run& run, const Place& place) {
  const Value& null = a.is_null() ? a : b;
  return run.fail(CauseCode::wrong_type, place,
                  {"'", op, "' has no answer for ", name_of(a.kind()), " and ", name_of(b.kind())},
                  null.is_null() ? &null.cause() : nullptr);
}

std::optional<Decimal> apply_numbers(Arithmetic op, const Decimal& a, const Decimal& b) {
  switch (op) {
    case Arithmetic::add: return add(a, b);
    case Arithmetic::subtract: return subtract(a, b);
    case Arithmetic::multiply: return multiply(a, b);
    case Arithmetic::divide: return divide(a, b);
    case Arithmetic::power: return power(a, b);
  }
  return std::nullopt;
}

Value apply_other(Arithmetic op, const Value& a, const Value& b, Run& run, const Place& place) {
  if (op == Arithmetic::add && a.is_string() && b.is_string()) {
    const size_t bytes = a.as_string().size() + b.as_string().size();
    if (bytes > kStringBytesMax) return run.stop(place, "bytes in one string");
    auto* text = run.arena.array<char>(bytes);
    if (text == nullptr) return run.stop(place, "memory");
    std::ranges::copy(b.as_string(), std::ranges::copy(a.as_string(), text).out);
    return Value::string({text, bytes});
  }
  const auto temporal = apply_temporal(op, a, b);
  if (!temporal) return mismatch(symbol_of(op), a, b, run, place);
  if (temporal->is_null()) {
    return run.fail(CauseCode::arithmetic, place, {"the result of '", symbol_of(op), "' is out of range"});
  }
  return *temporal;
}

bool answers(Comparison op, std::strong_ordering order) {
  switch (op) {
    case Comparison::less: return order < 0;
    case Comparison::less_equal: return order <= 0;
    case Comparison::greater: return order > 0;
    case Comparison::greater_equal: return order >= 0;
    case Comparison::equal: return order == 0;
    case Comparison::not_equal: return order != 0;
  }
  return false;
}

std::string_view symbol_of(Comparison op) {
  constexpr std::string_view kSymbols[] = {"<", "<=", ">", ">=", "=", "!="};
  return kSymbols[static_cast<size_t>(op)];
}

std::optional<bool> lists_equal(std::span<const Value> a, std::span<const Value> b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const auto same = equals(a[i], b[i]);
    if (!same || !*same) return same;
  }
  return true;
}

std::optional<bool> contexts_equal(const Value& a, const Value& b) {
  if (a.as_context().size() != b.as_context().size()) return false;
  for (const Entry& entry : a.as_context()) {
    const Value* other = b.find(entry.name);
    if (other == nullptr) return false;
    const auto same = equals(entry.value, *other);
    if (!same || !*same) return same;
  }
  return true;
}

bool ranges_equal(const Range& a, const Range& b) {
  return a.form == b.form && a.low_closed == b.low_closed && a.high_closed == b.high_closed &&
         a.low_bounded == b.low_bounded && a.high_bounded == b.high_bounded && equals(a.low, b.low).value_or(false) &&
         equals(a.high, b.high).value_or(false);
}

}  // namespace

Value apply(Arithmetic op, const Value& a, const Value& b, Run& run, const Place& place) {
  if (!a.is_number() || !b.is_number()) return apply_other(op, a, b, run, place);
  const auto result = apply_numbers(op, a.as_number(), b.as_number());
  if (result) [[likely]]
    return Value::number(*result);
  if (op == Arithmetic::divide && b.as_number().is_zero()) {
    return run.fail(CauseCode::arithmetic, place, {"division by zero"});
  }
  return run.fail(CauseCode::arithmetic, place, {"the result of '", symbol_of(op), "' is no number in range"});
}

Value negate(const Value& a, Run& run, const Place& place) {
  switch (a.kind()) {
    case Kind::number: return Value::number(a.as_number().negated());
    case Kind::years_months: return Value::months(-a.as_months());
    case Kind::days_time: return Value::duration(negated(a.as_duration()));
    default:
      return run.fail(CauseCode::wrong_type, place, {"'-' has no answer for ", name_of(a.kind())},
                      a.is_null() ? &a.cause() : nullptr);
  }
}

std::optional<std::strong_ordering> order(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return order_temporal(a, b);
  switch (a.kind()) {
    case Kind::number: return a.as_number() <=> b.as_number();
    case Kind::string: return a.as_string() <=> b.as_string();
    default: return order_temporal(a, b);
  }
}

std::optional<bool> equals(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.kind() != b.kind()) return equals_temporal(a, b);
  switch (a.kind()) {
    case Kind::boolean: return a.as_boolean() == b.as_boolean();
    case Kind::number: return a.as_number() == b.as_number();
    case Kind::string: return a.as_string() == b.as_string();
    case Kind::list: return lists_equal(a.as_list(), b.as_list());
    case Kind::context: return contexts_equal(a, b);
    case Kind::range: return ranges_equal(a.as_range(), b.as_range());
    case Kind::function: return &a.as_function() == &b.as_function();
    default: return equals_temporal(a, b);
  }
}

Value compare(Comparison op, const Value& a, const Value& b, Run& run, const Place& place) {
  if (!run.charge(place, std::min(Run::walk(a), Run::walk(b)))) return Value::null(run.stopped);
  if (op == Comparison::equal || op == Comparison::not_equal) {
    const auto same = equals(a, b);
    if (same) return Value::boolean(*same == (op == Comparison::equal));
  } else {
    const auto found = order(a, b);
    if (found) return Value::boolean(answers(op, *found));
  }
  return mismatch(symbol_of(op), a, b, run, place);
}

std::optional<bool> range_holds(const Range& range, const Value& value) {
  if (range.form != Range::Form::interval) {
    const auto same = equals(range.low, value);
    return same ? std::optional(*same == (range.form == Range::Form::equal)) : std::nullopt;
  }
  if (range.low_bounded) {
    const auto low = order(range.low, value);
    if (!low) return std::nullopt;
    if (*low > 0 || (*low == 0 && !range.low_closed)) return false;
  }
  if (range.high_bounded) {
    const auto high = order(value, range.high);
    if (!high) return std::nullopt;
    if (*high > 0 || (*high == 0 && !range.high_closed)) return false;
  }
  return true;
}

Value in_value(const Value& value, const Value& test, Run& run, const Place& place) {
  if (!run.charge(place, Run::walk(value) + Run::walk(test))) return Value::null(run.stopped);
  if (test.kind() == Kind::range && value.kind() != Kind::range) {
    const auto holds = range_holds(test.as_range(), value);
    if (holds) return Value::boolean(*holds);
    return mismatch("in", value, test, run, place);
  }
  if (test.kind() == Kind::list) {
    if (value.kind() == Kind::list && equals(value, test).value_or(false)) return Value::boolean(true);
    for (const Value& item : test.as_list()) {
      if (item.kind() == Kind::range ? range_holds(item.as_range(), value).value_or(false)
                                     : equals(value, item).value_or(false)) {
        return Value::boolean(true);
      }
    }
    return Value::boolean(false);
  }
  const auto same = equals(value, test);
  if (same) return Value::boolean(*same);
  return mismatch("in", value, test, run, place);
}

Value member(const Value& of, std::string_view name, Run& run, const Place& place) {
  if (of.kind() == Kind::context) {
    const Value* entry = of.find(name);
    if (entry != nullptr) return *entry;
    return run.fail(CauseCode::missing, place, {"the context has no entry '", name, "'"});
  }
  if (of.kind() == Kind::list) {
    const auto items = of.as_list();
    auto* members = run.arena.array<Value>(items.size());
    if (members == nullptr) return run.stop(place, "memory");
    for (size_t i = 0; i < items.size(); ++i) {
      if (!run.step(place)) return Value::null(run.stopped);
      members[i] = member(items[i], name, run, place);
    }
    return run.whole(Value::list({members, items.size()}), place);
  }
  if (of.kind() == Kind::range) {
    const Range& range = of.as_range();
    if (name == "start" && range.low_bounded) return range.low;
    if (name == "end" && range.high_bounded) return range.high;
    if (name == "start" || name == "end") {
      return run.fail(CauseCode::missing, place, {"the range has no ", name, ": it is open there"});
    }
    if (name == "start included") return Value::boolean(range.low_bounded && range.low_closed);
    if (name == "end included") return Value::boolean(range.high_bounded && range.high_closed);
  }
  const auto part = temporal_member(of, name);
  if (part && part->is_null()) {
    return run.fail(CauseCode::missing, place, {"this ", name_of(of.kind()), " has no ", name});
  }
  if (part) return *part;
  return run.fail(CauseCode::missing, place, {name_of(of.kind()), " has no member '", name, "'"},
                  of.is_null() ? &of.cause() : nullptr);
}

}  // namespace puhui::feel
