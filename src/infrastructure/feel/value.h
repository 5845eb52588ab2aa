// Value: what a FEEL expression yields. 24 bytes, copied like a number: strings, lists and contexts are borrowed
// from an Arena, from the policy's constants, or (inputs) from the caller, and must not outlive them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ground/base/date.h"
#include "ground/base/json.h"
#include "infrastructure/feel/arena.h"
#include "infrastructure/feel/cause.h"
#include "infrastructure/feel/decimal.h"
#include "infrastructure/feel/temporal.h"

namespace puhui::feel {

enum class Kind : uint8_t {
  null,
  boolean,
  number,
  string,
  date,
  time,
  date_time,
  years_months,  // years and months duration
  days_time,     // days and time duration
  list,
  context,
  range,
  function,
};
std::string_view name_of(Kind kind);  // "number", "years and months duration", …

class Value;
struct Entry;
struct Range;
struct Function;

// How much a value holds: every value inside it, long strings by their length, and how deep they lie. Lists share their
// items, so a value of few bytes may be larger than any memory to walk over: what is made is held to these limits.
constexpr uint32_t kValuePartsMax = 4'000'000;
constexpr uint16_t kValueDepthMax = 500;

// The causes of nulls nobody computed.
inline constexpr Cause kLiteralNull{CauseCode::literal, "", {}, nullptr};
inline constexpr Cause kMissingValue{CauseCode::missing, "not given", {}, nullptr};

struct Extent {
  uint32_t parts = 1;
  uint16_t depth = 0;
  void add(const Value& inside);
};

class Value {
 public:
  Value() : Value(Kind::null, &kLiteralNull, 0) {}  // null, because nobody said anything else

  static Value null() { return Value(); }  // cause: literal
  static Value null(const Cause* cause) { return Value(Kind::null, cause, 0); }
  static Value missing() { return Value(Kind::null, &kMissingValue, 0); }  // cause: an input not given
  static Value boolean(bool value) {
    Value v(Kind::boolean);
    v.boolean_ = value;
    return v;
  }
  static Value number(const Decimal& value) {
    Value v(Kind::number);
    v.number_ = value;
    return v;
  }
  static Value number(int64_t value) { return number(Decimal(value)); }
  static Value string(std::string_view text) {
    constexpr size_t kBytesAPart = 16;
    Value v(Kind::string, text.data(), text.size());
    v.set({.parts = static_cast<uint32_t>(1 + text.size() / kBytesAPart)});
    return v;
  }
  static Value date(CivilDate date) {
    Value v(Kind::date);
    v.date_ = date;
    return v;
  }
  static Value date(Date day);
  static Value time(TimeOfDay time) {
    Value v(Kind::time);
    v.time_ = time;
    return v;
  }
  static Value date_time(DateTime at) {
    Value v(Kind::date_time);
    v.date_time_ = at;
    return v;
  }
  static Value months(int64_t months) {
    Value v(Kind::years_months);
    v.months_ = months;
    return v;
  }
  static Value duration(Duration d) {
    Value v(Kind::days_time);
    v.duration_ = d;
    return v;
  }
  static Value list(std::span<const Value> items) {
    Extent extent;
    for (const Value& item : items) extent.add(item);
    return list(items, extent);
  }
  // For a maker who has counted already.
  static Value list(std::span<const Value> items, Extent extent) {
    Value v(Kind::list, items.data(), items.size());
    v.set(extent);
    return v;
  }
  static Value context(std::span<const Entry> entries);
  static Value range(const Range* range) { return Value(Kind::range, range, 0); }
  // `extent` counts what it has captured.
  static Value function(const Function* function, Extent extent = {}) {
    Value v(Kind::function, function, 0);
    v.set(extent);
    return v;
  }

  Kind kind() const { return static_cast<Kind>(about_ & 0xFF); }
  uint32_t parts() const { return static_cast<uint32_t>(about_ >> 32); }
  uint16_t depth() const { return static_cast<uint16_t>(about_ >> 8); }
  bool is_null() const { return kind() == Kind::null; }
  bool is_number() const { return kind() == Kind::number; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_true() const { return kind() == Kind::boolean && boolean_; }
  bool is_false() const { return kind() == Kind::boolean && !boolean_; }

  // Each needs the matching kind.
  const Cause& cause() const { return *static_cast<const Cause*>(view_.data); }
  bool as_boolean() const { return boolean_; }
  const Decimal& as_number() const { return number_; }
  std::string_view as_string() const { return {static_cast<const char*>(view_.data), view_.size}; }
  const CivilDate& as_date() const { return date_; }
  const TimeOfDay& as_time() const { return time_; }
  const DateTime& as_date_time() const { return date_time_; }
  int64_t as_months() const { return months_; }
  const Duration& as_duration() const { return duration_; }
  std::span<const Value> as_list() const { return {static_cast<const Value*>(view_.data), view_.size}; }
  std::span<const Entry> as_context() const;
  const Range& as_range() const { return *static_cast<const Range*>(view_.data); }
  const Function& as_function() const { return *static_cast<const Function*>(view_.data); }

  // A context's entry, or nullptr (also when this is no context).
  const Value* find(std::string_view name) const;

 private:
  explicit Value(Kind kind) : view_{nullptr, 0}, about_(about(kind, {})) {}
  Value(Kind kind, const void* data, size_t size) : view_{data, size}, about_(about(kind, {})) {}
  static constexpr uint64_t about(Kind kind, Extent extent) {
    return static_cast<uint64_t>(kind) | uint64_t{extent.depth} << 8 | uint64_t{extent.parts} << 32;
  }
  void set(Extent extent) { about_ = about(kind(), extent); }
  struct View {
    const void* data;
    size_t size;
  };
  union {
    View view_;
    bool boolean_;
    Decimal number_;
    CivilDate date_;
    TimeOfDay time_;
    DateTime date_time_;
    int64_t months_;
    Duration duration_;
  };
  // Kind, depth and parts in one word: written and copied at once. As three members they are three short stores, which
  // the copy's one long load has to wait for; that made every evaluation a third slower.
  uint64_t about_;
};
static_assert(sizeof(Value) == 24);

struct Entry {
  std::string_view name;
  Value value;
};

// [low..high]; an open end without a value is unbounded ("< 5" has no low). "(= 5)" and "(!= 5)" have the value at both
// ends, and equal none but their like (DMN 1.5, table 42: the same comparison operator).
struct Range {
  enum class Form : uint8_t { interval, equal, not_equal };
  Value low;
  Value high;
  bool low_closed = false;
  bool high_closed = false;
  bool low_bounded = true;
  bool high_bounded = true;
  Form form = Form::interval;
};

inline void Extent::add(const Value& inside) {
  if (__builtin_add_overflow(parts, inside.parts(), &parts)) parts = UINT32_MAX;
  depth = std::max(depth, static_cast<uint16_t>(std::min(inside.depth() + 1, int{UINT16_MAX})));
}

inline Value Value::context(std::span<const Entry> entries) {
  Value v(Kind::context, entries.data(), entries.size());
  Extent extent;
  for (const Entry& entry : entries) extent.add(entry.value);
  v.set(extent);
  return v;
}
inline std::span<const Entry> Value::as_context() const { return {static_cast<const Entry*>(view_.data), view_.size}; }

// FEEL text: 12.5, "quoted", [1, 2], {a: 1}, null, @"2024-02-29" as 2024-02-29. The same value, the same text.
std::string text_of(const Value& value);
// What the string() function gives: a string itself is not quoted.
std::string string_of(const Value& value);

// Numbers keep every digit; temporal values, ranges and functions become their text; contexts keep their order.
Json to_json(const Value& value);
// Strings stay strings: only a declared type turns them into dates. Copies into the arena.
Value from_json(const Json& json, Arena& arena);

// A copy whose every part lives in `arena`.
Value deep_copy(const Value& value, Arena& arena);

// Same kind and same content (structural; a null equals a null whatever their causes). For tests and evidence;
// FEEL's own `=` is three-valued: operators.h.
bool identical(const Value& a, const Value& b);

}  // namespace puhui::feel
