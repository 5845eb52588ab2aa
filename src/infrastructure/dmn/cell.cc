#include "infrastructure/dmn/cell.h"

#include <map>

#include "ground/base/hash.h"
#include "ground/base/text.h"

namespace puhui::dmn {
namespace {

using feel::Comparison;
using feel::Kind;
using feel::Op;
using feel::Value;

bool is_key_kind(Kind kind) {
  return kind == Kind::number || kind == Kind::string || kind == Kind::boolean || kind == Kind::date;
}

// The constant an expression stands for, if it does.
std::optional<Value> constant_of(const feel::Expr& expr, feel::Unit& unit) {
  feel::Layout layout;
  const feel::NodePtr node = feel::compile(expr, unit, layout);
  const Value* value = node->constant();
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<SimpleTest> simple_test(const feel::Expr& test, feel::Unit& unit) {
  if (test.op != Op::test_compare && test.op != Op::test_value) return std::nullopt;
  // A name is no constant: asking would allocate captures for nothing.
  if (test.children[1]->op == Op::name) return std::nullopt;
  const auto value = constant_of(*test.children[1], unit);
  if (!value) return std::nullopt;
  if (test.op == Op::test_compare) {
    if (!is_key_kind(value->kind())) return std::nullopt;
    return SimpleTest{test.comparison, *value, nullptr};
  }
  if (value->kind() == Kind::range) {
    const feel::Range& range = value->as_range();
    if (range.form == feel::Range::Form::not_equal) return std::nullopt;
    const bool low = !range.low_bounded || is_key_kind(range.low.kind());
    const bool high = !range.high_bounded || is_key_kind(range.high.kind());
    if (!low || !high) return std::nullopt;
    return SimpleTest{Comparison::equal, Value::null(), &range};
  }
  if (!value->is_null() && !is_key_kind(value->kind())) return std::nullopt;
  return SimpleTest{Comparison::equal, *value, nullptr};
}

}  // namespace

Cell compile_cell(Build& build, const Text& text, const feel::Scope& scope, feel::Layout& layout,
                  const feel::Symbol& input) {
  Cell cell;
  if (trim(text.text).empty() || trim(text.text) == "-") {
    cell.any = true;
    return cell;
  }
  const auto parsed = parse_unary_tests(build.source_of(text), build.unit, scope, layout, input);
  if (!parsed) {
    cell.general = build.fault(text.spot, parsed.error()).node;
    return cell;
  }
  for (const Fault& unknown : parsed->unknown_names) build.faults.add(unknown.where, unknown.message);
  const feel::Expr& tests = *parsed->expr;
  cell.negated = tests.op == Op::test_none;
  for (const auto& test : tests.children) {
    const auto simple = simple_test(*test, build.unit);
    if (!simple) {
      cell.simple.clear();
      break;
    }
    cell.simple.push_back(*simple);
  }
  // Kept beside the simple tests: a column may turn out to be of no key kind.
  cell.general = feel::compile(tests, build.unit, layout);
  return cell;
}

KeyMap::KeyMap(std::span<const Cell> cells) {
  std::map<Kind, size_t> kinds;
  const auto each_constant = [&](auto visit) {
    for (const Cell& cell : cells) {
      for (const SimpleTest& test : cell.simple) {
        if (test.range == nullptr)
          visit(test.value);
        else
          visit(test.range->low), visit(test.range->high);
      }
    }
  };
  each_constant([&](const Value& value) {
    if (!value.is_null()) ++kinds[value.kind()];
  });
  size_t most = 0;
  for (const auto& [kind, count] : kinds) {
    if (count > most) most = count, kind_ = kind;
  }
  each_constant([&](const Value& value) {
    if (value.kind() != kind_) return;
    if (kind_ == Kind::number) places_ = std::max(places_, std::min(9, -value.as_number().normalized().exponent()));
    if (kind_ == Kind::string) strings_.emplace_back(value.as_string());
  });
  std::ranges::sort(strings_);
  strings_.erase(std::unique(strings_.begin(), strings_.end()), strings_.end());
  buckets_.assign(std::bit_ceil(strings_.size() * 2 + 1), 0);
  for (size_t i = 0; i < strings_.size(); ++i) {
    size_t at = hash64(strings_[i]) & (buckets_.size() - 1);
    while (buckets_[at] != 0) at = (at + 1) & (buckets_.size() - 1);
    buckets_[at] = static_cast<uint32_t>(i) + 1;
  }
}

Key KeyMap::string_key(std::string_view text) const {
  constexpr size_t kLinearMax = 6;
  if (strings_.size() <= kLinearMax) {
    for (size_t i = 0; i < strings_.size(); ++i) {
      if (strings_[i] == text) return static_cast<Key>(i) + 1;
    }
    return 0;
  }
  for (size_t at = hash64(text) & (buckets_.size() - 1); buckets_[at] != 0; at = (at + 1) & (buckets_.size() - 1)) {
    if (strings_[buckets_[at] - 1] == text) return buckets_[at];
  }
  return 0;
}

Key KeyMap::number_key(const feel::Decimal& number) const {
  static constexpr std::array<uint64_t, 19> kPowers = [] {
    std::array<uint64_t, 19> powers{1};
    for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
  }();
  constexpr uint64_t kHalfMax = uint64_t{1} << 61;
  const unsigned __int128 coefficient = number.coefficient();
  const bool negative = number.is_negative();
  const int shift = number.exponent() + places_;
  if (shift >= 0) {
    if (coefficient == 0) return 0;
    const bool fits =
        shift <= 18 && (coefficient >> 64) == 0 && coefficient * kPowers[static_cast<size_t>(shift)] < kHalfMax;
    if (!fits) return negative ? kKeyMin : kKeyMax;
    const auto whole = static_cast<Key>(static_cast<uint64_t>(coefficient) * kPowers[static_cast<size_t>(shift)]);
    return negative ? -2 * whole : 2 * whole;
  }
  if (-shift > 18 || (coefficient >> 64) != 0) {  // many digits: exact, and rare enough to be slow
    const auto scaled = multiply(number, feel::Decimal::scaled(1, places_));
    const auto whole = scaled ? floor(*scaled).as_int64() : std::nullopt;
    if (!whole || *whole >= static_cast<Key>(kHalfMax) || *whole <= -static_cast<Key>(kHalfMax)) {
      return negative ? kKeyMin : kKeyMax;
    }
    return 2 * *whole + (floor(*scaled) == *scaled ? 0 : 1);
  }
  const uint64_t power = kPowers[static_cast<size_t>(-shift)];
  const auto quotient = static_cast<uint64_t>(coefficient) / power;
  const bool rest = static_cast<uint64_t>(coefficient) % power != 0;
  if (quotient >= kHalfMax) return negative ? kKeyMin : kKeyMax;
  const auto whole = static_cast<Key>(quotient);
  if (!negative) return 2 * whole + (rest ? 1 : 0);
  return -2 * whole - (rest ? 1 : 0);  // floor(-2.5) is -3, and its key -2·3+1
}

Key KeyMap::key(const Value& value) const {
  if (value.is_null()) return kNullKey;
  if (value.kind() != kind_) return kMismatchKey;
  switch (kind_) {
    case Kind::number: return number_key(value.as_number());
    case Kind::string: return string_key(value.as_string());
    case Kind::boolean: return value.as_boolean() ? 2 : 0;
    case Kind::date: return 2 * days_since_epoch(value.as_date());
    default: return kMismatchKey;
  }
}

void KeyMap::keys(std::span<const Value> values, std::span<Key> out) const {
  for (size_t i = 0; i < values.size(); ++i) out[i] = key(values[i]);
}

// The key of a constant, if no other value of its kind shares it.
std::optional<Key> KeyMap::constant_key(const Value& value) const {
  if (value.is_null()) return kNullKey;
  if (value.kind() != kind_) return std::nullopt;
  const Key made = key(value);
  const bool exact = kind_ != Kind::number || (made % 2 == 0 && made != kKeyMin && made != kKeyMax);
  return exact ? std::optional(made) : std::nullopt;
}

std::optional<Interval> KeyMap::interval(const SimpleTest& test) const {
  if (test.range != nullptr) {
    const feel::Range& range = *test.range;
    if (kind_ == Kind::string || (range.low_bounded && range.low.is_null()) ||
        (range.high_bounded && range.high.is_null())) {
      return std::nullopt;
    }
    Interval made{kKeyMin, kKeyMax};
    if (range.low_bounded) {
      const auto low = constant_key(range.low);
      if (!low) return std::nullopt;
      made.low = *low + (range.low_closed ? 0 : 1);
    }
    if (range.high_bounded) {
      const auto high = constant_key(range.high);
      if (!high) return std::nullopt;
      made.high = *high - (range.high_closed ? 0 : 1);
    }
    return made;
  }
  const auto at = constant_key(test.value);
  if (!at) return std::nullopt;
  if (test.comparison == Comparison::equal) return Interval{*at, *at};
  const bool ordered = kind_ == Kind::number || kind_ == Kind::date;
  if (!ordered || test.value.is_null()) return std::nullopt;
  switch (test.comparison) {
    case Comparison::less: return Interval{kKeyMin, *at - 1};
    case Comparison::less_equal: return Interval{kKeyMin, *at};
    case Comparison::greater: return Interval{*at + 1, kKeyMax};
    case Comparison::greater_equal: return Interval{*at, kKeyMax};
    default: return std::nullopt;
  }
}

std::optional<Intervals> KeyMap::intervals(const Cell& cell) const {
  if (cell.any) return kAnyKey;
  if (cell.simple.empty() || kind_ == Kind::null) return std::nullopt;
  Intervals held;
  bool speaks_of_null_only_by_equality = true;
  for (const SimpleTest& test : cell.simple) {
    const auto one = interval(test);
    if (!one) return std::nullopt;
    if (one->low <= one->high) held.push_back(*one);
    speaks_of_null_only_by_equality =
        speaks_of_null_only_by_equality && test.range == nullptr && test.comparison == Comparison::equal;
  }
  if (!cell.negated) return held;
  // not(…): every key of the kind outside; null too, unless an order test made the answer null.
  std::ranges::sort(held, {}, &Interval::low);
  Intervals outside;
  Key next = kKeyMin;
  bool null_held = false;
  for (const Interval& in : held) {
    if (in.low == kNullKey) {
      null_held = true;
      continue;
    }
    if (in.low > next) outside.push_back({next, in.low - 1});
    next = std::max(next, in.high + 1);
  }
  if (next <= kKeyMax) outside.push_back({next, kKeyMax});
  if (speaks_of_null_only_by_equality && !null_held) outside.push_back({kNullKey, kNullKey});
  return outside;
}

}  // namespace puhui::dmn
