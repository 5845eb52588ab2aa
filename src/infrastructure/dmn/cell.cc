#include "infrastructure/dmn/cell.h"

#include <cstring>
#include <map>

#include "ground/base/text.h"
#include "infrastructure/feel/temporal_math.h"

namespace puhui::dmn {
namespace {

using feel::Comparison;
using feel::Kind;
using feel::Op;
using feel::Value;

bool may_have_key(Kind kind) { return kind > Kind::null && kind < Kind::list; }

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
    if (!value->is_null() && !may_have_key(value->kind())) return std::nullopt;
    return SimpleTest{test.comparison, *value, nullptr};
  }
  if (value->kind() == Kind::range) {
    const feel::Range& range = value->as_range();
    if (range.form == feel::Range::Form::not_equal) return std::nullopt;
    const bool low = !range.low_bounded || may_have_key(range.low.kind());
    const bool high = !range.high_bounded || may_have_key(range.high.kind());
    if (!low || !high) return std::nullopt;
    return SimpleTest{Comparison::equal, Value::null(), &range};
  }
  if (!value->is_null() && !may_have_key(value->kind())) return std::nullopt;
  return SimpleTest{Comparison::equal, *value, nullptr};
}

}  // namespace

Cell read_cell(Build& build, const Text& text, const feel::Scope& scope, const feel::Symbol& input) {
  Cell cell;
  if (trim(text.text).empty() || trim(text.text) == "-") {
    cell.any = true;
    return cell;
  }
  feel::Layout layout;
  const auto parsed = parse_unary_tests({.text = text.text}, build.unit, scope, layout, input);
  if (!parsed || !parsed->unknown_names.empty()) return cell;
  const feel::Expr& tests = *parsed->expr;
  cell.negated = tests.op == Op::test_none;
  for (const auto& test : tests.children) {
    const auto simple = simple_test(*test, build.unit);
    if (!simple) {
      cell.simple.clear();
      break;
    }
    cell.simple.push_back(*simple);
    const bool null = simple->range == nullptr && simple->value.is_null();
    cell.speaks_of_null = cell.speaks_of_null || (null && simple->value.cause().code == feel::CauseCode::literal);
  }
  return cell;
}

feel::NodePtr compile_cell(Build& build, const Text& text, const feel::Scope& scope, feel::Layout& layout,
                           const feel::Symbol& input) {
  const auto parsed = parse_unary_tests(build.source_of(text), build.unit, scope, layout, input);
  if (!parsed) return build.fault(text.spot, parsed.error()).node;
  for (const Fault& unknown : parsed->unknown_names) build.faults.add(unknown.where, unknown.message);
  return feel::compile(*parsed->expr, build.unit, layout);
}

namespace {

template <class Visit>
void each_constant(std::span<const Cell> cells, Visit visit) {
  for (const Cell& cell : cells) {
    for (const SimpleTest& test : cell.simple) {
      if (test.range == nullptr)
        visit(test.value);
      else
        visit(test.range->low), visit(test.range->high);
    }
  }
}

// Sixteen bytes or fewer are the text, given its size; longer ones are hashed, eight bytes at a time.
constexpr size_t kWordBytes = sizeof(uint64_t);
constexpr size_t kHeldBytesMax = 2 * kWordBytes;
constexpr uint64_t kOdd = 0x9E3779B97F4A7C15;

template <class Word>
uint64_t word_at(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

uint64_t mixed(uint64_t a, uint64_t b) {
  const uint64_t hash = (a ^ (b * 0xD6E8FEB86659FD93)) * kOdd;
  return hash ^ (hash >> 32);
}

std::pair<uint64_t, uint64_t> words_of(std::string_view text) {
  const char* const at = text.data();
  const size_t size = text.size();
  if (size <= kHeldBytesMax) {
    if (size >= kWordBytes) return {word_at<uint64_t>(at), word_at<uint64_t>(at + size - kWordBytes)};
    if (size >= 4) return {word_at<uint32_t>(at) | word_at<uint32_t>(at + size - 4) << 32, 0};
    if (size == 0) return {0, 0};
    return {word_at<uint8_t>(at) | word_at<uint8_t>(at + size / 2) << 8 | word_at<uint8_t>(at + size - 1) << 16, 0};
  }
  uint64_t hash = size;
  for (size_t i = 0; i + kWordBytes < size; i += kWordBytes) hash = mixed(hash, word_at<uint64_t>(at + i));
  return {mixed(hash, word_at<uint64_t>(at + size - kWordBytes)), hash};
}

}  // namespace

// A date is compared with dates and times by its midnight but equals none of them, so where a column may hold both,
// neither has keys.
bool KeyMap::is_key_kind(Kind kind) const {
  if (kind == Kind::date) return dates_only_;
  if (kind == Kind::date_time) return dates_and_times_only_;
  return may_have_key(kind);
}

KeyMap::KeyMap(std::span<const Cell> cells, const feel::Type& type)
    : dates_only_(type.is(Kind::date)), dates_and_times_only_(type.is(Kind::date_time)) {
  std::map<Kind, size_t> kinds;
  each_constant(cells, [&](const Value& value) {
    if (is_key_kind(value.kind())) ++kinds[value.kind()];
  });
  size_t most = 0;
  for (const auto& [kind, count] : kinds) {
    if (count > most) most = count, kind_ = kind;
  }
  each_constant(cells, [&](const Value& value) {
    if (value.kind() != kind_) return;
    if (kind_ == Kind::number) places_ = std::max(places_, std::min(9, -value.as_number().normalized().exponent()));
    if (kind_ == Kind::string) strings_.emplace_back(value.as_string());
  });
  std::ranges::sort(strings_);
  strings_.erase(std::unique(strings_.begin(), strings_.end()), strings_.end());
  buckets_.assign(std::bit_ceil(strings_.size() * 2 + 1), Bucket{});
  for (size_t i = 0; i < strings_.size(); ++i) {
    const auto [first, second] = words_of(strings_[i]);
    size_t at = mixed(first, second) & (buckets_.size() - 1);
    while (buckets_[at].key != 0) at = (at + 1) & (buckets_.size() - 1);
    buckets_[at] = {first, second, static_cast<uint32_t>(strings_[i].size()), static_cast<uint32_t>(i) + 1};
  }
}

Key KeyMap::string_key(std::string_view text) const {
  const auto [first, second] = words_of(text);
  const size_t mask = buckets_.size() - 1;
  for (size_t at = mixed(first, second) & mask; buckets_[at].key != 0; at = (at + 1) & mask) {
    const Bucket& bucket = buckets_[at];
    if (bucket.first != first || bucket.second != second || bucket.bytes != text.size()) continue;
    if (text.size() <= kHeldBytesMax || strings_[bucket.key - 1] == text) return bucket.key;
  }
  return 0;
}

namespace {

constexpr std::array<uint64_t, 19> kPowers = [] {
  std::array<uint64_t, 19> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
constexpr uint64_t kHalfMax = uint64_t{1} << 61;

}  // namespace

Key KeyMap::number_key(const feel::Decimal& number) const {
  const unsigned __int128 coefficient = number.coefficient();
  const auto shift = static_cast<size_t>(number.exponent() + places_);
  uint64_t scaled = 0;
  const bool fits = (coefficient >> 64) == 0 && shift < kPowers.size() &&
                    !__builtin_mul_overflow(static_cast<uint64_t>(coefficient), kPowers[shift], &scaled) &&
                    scaled < kHalfMax;
  if (!fits) [[unlikely]]
    return odd_number_key(number);
  const auto key = static_cast<Key>(2 * scaled);
  return number.is_negative() ? -key : key;
}

// More places than the column's constants have, or too many digits.
Key KeyMap::odd_number_key(const feel::Decimal& number) const {
  const unsigned __int128 coefficient = number.coefficient();
  const bool negative = number.is_negative();
  const int shift = number.exponent() + places_;
  if (coefficient == 0) return 0;
  if (shift >= 0) return negative ? kKeyMin : kKeyMax;
  if (-shift > 18 || (coefficient >> 64) != 0) {  // exact, and rare enough to be slow
    const auto scaled = multiply(number, feel::Decimal::scaled(1, places_));
    const auto whole = scaled ? floor(*scaled).as_int64() : std::nullopt;
    if (!whole || *whole >= static_cast<Key>(kHalfMax) || *whole <= -static_cast<Key>(kHalfMax)) {
      return negative ? kKeyMin : kKeyMax;
    }
    return 2 * *whole + (floor(*scaled) == *scaled ? 0 : 1);
  }
  const uint64_t power = kPowers[static_cast<size_t>(-shift)];
  const uint64_t quotient = static_cast<uint64_t>(coefficient) / power;
  const bool rest = static_cast<uint64_t>(coefficient) % power != 0;
  if (quotient >= kHalfMax) return negative ? kKeyMin : kKeyMax;
  const auto whole = static_cast<Key>(quotient);
  if (!negative) return 2 * whole + (rest ? 1 : 0);
  return -2 * whole - (rest ? 1 : 0);  // floor(-2.5) is -3, and its key -2·3+1
}

namespace {

// Seconds that have a fraction lie between two keys.
Key second_key(int64_t second, int32_t nano) {
  constexpr int64_t kSecondMax = int64_t{1} << 60;
  if (second > kSecondMax) return kKeyMax;
  if (second < -kSecondMax) return kKeyMin;
  return 2 * second + (nano == 0 ? 0 : 1);
}

}  // namespace

Key KeyMap::key(const Value& value) const {
  if (value.is_null()) return kNullKey;
  if (value.kind() != kind_) return kMismatchKey;
  switch (kind_) {
    case Kind::number: return number_key(value.as_number());
    case Kind::string: return string_key(value.as_string());
    case Kind::boolean: return value.as_boolean() ? 1 : 0;
    case Kind::date: return 2 * days_since_epoch(value.as_date());
    case Kind::time: {
      const feel::TimeOfDay& time = value.as_time();
      return second_key(time.second - feel::offset_at(time.zone, time.second), time.nano);
    }
    case Kind::date_time: return second_key(feel::instant_of(value.as_date_time()), value.as_date_time().nano);
    case Kind::years_months: return second_key(value.as_months(), 0);
    case Kind::days_time: return second_key(value.as_duration().second, value.as_duration().nano);
    default: return kMismatchKey;
  }
}

Value KeyMap::value_of(Key key) const {
  const Key half = key >> 1;  // towards the lower value
  switch (kind_) {
    case Kind::number: {
      // Five tenths of the last place: what lies between two numbers that have keys.
      const bool between = key % 2 != 0;
      return Value::number(between ? *multiply(feel::Decimal::scaled(5, -places_ - 1), feel::Decimal(key))
                                   : feel::Decimal::scaled(half, -places_));
    }
    case Kind::string: return key == 0 ? Value::null() : Value::string(strings_[static_cast<size_t>(key) - 1]);
    case Kind::boolean: return Value::boolean(key != 0);
    case Kind::date: {
      const auto day = feel::date_from_days(half);
      return day ? Value::date(*day) : Value::null();
    }
    case Kind::time: {
      const int64_t second = (half % feel::kSecondsPerDay + feel::kSecondsPerDay) % feel::kSecondsPerDay;
      return Value::time({static_cast<int32_t>(second), key % 2 == 0 ? 0 : feel::kNanosPerSecond / 2, {}});
    }
    case Kind::date_time: return Value::date_time({half, key % 2 == 0 ? 0 : feel::kNanosPerSecond / 2, {}});
    case Kind::years_months: return Value::months(half);
    case Kind::days_time: return Value::duration({half, key % 2 == 0 ? 0 : feel::kNanosPerSecond / 2});
    default: return Value::null();
  }
}

// The key of a constant, if no other value of its kind shares it.
std::optional<Key> KeyMap::constant_key(const Value& value) const {
  if (value.is_null()) return kNullKey;
  if (value.kind() != kind_) return std::nullopt;
  const Key made = key(value);
  if (kind_ == Kind::string || kind_ == Kind::boolean) return made;
  return made % 2 == 0 && made != kKeyMin && made != kKeyMax ? std::optional(made) : std::nullopt;
}

Interval KeyMap::domain() const {
  if (kind_ == Kind::string) return {0, static_cast<Key>(strings_.size())};
  if (kind_ == Kind::boolean) return {0, 1};
  return {kKeyMin, kKeyMax};
}

std::optional<Interval> KeyMap::interval(const feel::Range& range) const {
  if (!is_ordered() || (range.low_bounded && range.low.is_null()) || (range.high_bounded && range.high.is_null())) {
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

std::optional<Intervals> KeyMap::intervals(const SimpleTest& test) const {
  if (test.range != nullptr) {
    const auto made = interval(*test.range);
    return made ? std::optional(Intervals{*made}) : std::nullopt;
  }
  const auto at = constant_key(test.value);
  if (!at) return std::nullopt;
  if (test.comparison == Comparison::equal || test.comparison == Comparison::not_equal) {
    // Times equal each other by other parts than they are ordered by.
    const bool time = kind_ == Kind::time || kind_ == Kind::date_time;
    if (time && *at != kNullKey) return std::nullopt;
    if (test.comparison == Comparison::equal) return Intervals{{*at, *at}};
    // Everything differs from null; of another kind than a value there is no answer.
    if (*at == kNullKey) return Intervals{{kNullKey + 1, kMismatchKey}};
    const Interval all = domain();
    return Intervals{{kNullKey, kNullKey}, {all.low, *at - 1}, {*at + 1, all.high}};
  }
  if (!is_ordered() || *at == kNullKey) return std::nullopt;
  switch (test.comparison) {
    case Comparison::less: return Intervals{{kKeyMin, *at - 1}};
    case Comparison::less_equal: return Intervals{{kKeyMin, *at}};
    case Comparison::greater: return Intervals{{*at + 1, kKeyMax}};
    default: return Intervals{{*at, kKeyMax}};
  }
}

std::optional<Intervals> KeyMap::intervals(const Cell& cell) const {
  if (cell.any) return kAnyKey;
  if (cell.simple.empty()) return std::nullopt;
  Intervals held;
  bool of_null_only = true;      // "null" alone has an answer for values of any kind
  bool by_equality_only = true;  // an order test of null has no answer, and neither has its not(…)
  for (const SimpleTest& test : cell.simple) {
    const auto some = intervals(test);
    if (!some) return std::nullopt;
    if (cell.negated && test.range == nullptr && test.comparison == Comparison::not_equal) return std::nullopt;
    for (const Interval& one : *some) {
      if (one.low <= one.high) held.push_back(one);
    }
    const bool equality = test.range == nullptr && test.comparison == Comparison::equal;
    by_equality_only = by_equality_only && equality;
    of_null_only = of_null_only && equality && test.value.is_null();
  }
  if (!cell.negated) return held;
  if (of_null_only) return Intervals{{kNullKey + 1, kMismatchKey}};
  std::ranges::sort(held, {}, &Interval::low);
  Intervals outside;
  const Interval all = domain();
  Key next = all.low;
  bool null_held = false;
  for (const Interval& in : held) {
    if (in.low == kNullKey) {
      null_held = true;
      continue;
    }
    if (in.low > next) outside.push_back({next, in.low - 1});
    next = std::max(next, in.high + 1);
  }
  if (next <= all.high) outside.push_back({next, all.high});
  if (by_equality_only && !null_held) outside.push_back({kNullKey, kNullKey});
  return outside;
}

}  // namespace puhui::dmn
