// FEEL's operators over values: arithmetic, order, equality, membership. Each answers null with a cause where the
// standard has no answer (DMN 1.5, tables 42 to 58).
#pragma once

#include <optional>

#include "infrastructure/feel/run.h"

namespace puhui::feel {

enum class Arithmetic : uint8_t { add, subtract, multiply, divide, power };
enum class Comparison : uint8_t { less, less_equal, greater, greater_equal, equal, not_equal };

Value apply(Arithmetic op, const Value& a, const Value& b, Run& run, const Place& place);
Value negate(const Value& a, Run& run, const Place& place);
Value compare(Comparison op, const Value& a, const Value& b, Run& run, const Place& place);

// nullopt where the two cannot be compared.
std::optional<bool> equals(const Value& a, const Value& b);
std::optional<std::strong_ordering> order(const Value& a, const Value& b);

// value in test: a range holds it, a list holds it (or is it), anything else equals it.
Value in_value(const Value& value, const Value& test, Run& run, const Place& place);
std::optional<bool> range_holds(const Range& range, const Value& value);

// A member: a context's entry, a part of a date, time, duration or range; over a list, of each item.
Value member(const Value& of, std::string_view name, Run& run, const Place& place);

}  // namespace puhui::feel
