#include "infrastructure/dmn/analysis_space.h"

#include <algorithm>

namespace puhui::dmn {
namespace {

using feel::Kind;
using feel::Value;

std::string literal_text(const Value& value) {
  switch (value.kind()) {
    case Kind::date:
    case Kind::time:
    case Kind::date_time:
    case Kind::years_months:
    case Kind::days_time: return "@\"" + text_of(value) + "\"";
    default: return text_of(value);
  }
}

bool is_odd(Key key) { return key % 2 != 0; }

}  // namespace

AnalysisSpace::AnalysisSpace(const CompiledTable& table) : table_(table) {
  const RuleCells& cells = table.matcher.cells();
  for (const uint32_t column : cells.asked_columns()) add_level(cells, column);
  run_from_.push_back(0);
  for (size_t rule = 0; rule < cells.rules(); ++rule) {
    for (const Level& level : levels_) {
      const size_t from = runs_.size();
      for (const Interval& interval : cells.cell(rule, level.input)) {
        const auto first = std::ranges::lower_bound(level.segments, interval.low, {}, &Interval::low);
        const auto end = std::ranges::upper_bound(level.segments, interval.high, {}, &Interval::high);
        const Run run{static_cast<uint32_t>(first - level.segments.begin()),
                      static_cast<uint32_t>(end - level.segments.begin())};
        if (run.first >= run.end) continue;
        if (runs_.size() > from && runs_.back().end == run.first)
          runs_.back().end = run.end;
        else
          runs_.push_back(run);
      }
      run_from_.push_back(static_cast<uint32_t>(runs_.size()));
    }
  }
}

void AnalysisSpace::add_level(const RuleCells& cells, size_t column) {
  const CompiledTable::Input& input = table_.inputs[column];
  Level& level = levels_.emplace_back(Level{.input = column, .segments = {}});
  if (input.speaks_of_null) level.segments.push_back({kNullKey, kNullKey});
  Intervals domain = input.domain;
  std::ranges::sort(domain, {}, &Interval::low);
  const auto cuts = cells.cuts(column);
  Key next = kKeyMin;
  for (Interval piece : domain) {
    piece.low = std::max(piece.low, next);
    for (auto cut = std::ranges::upper_bound(cuts, piece.low); piece.low <= piece.high; ++cut) {
      const Key end = cut == cuts.end() || *cut > piece.high ? piece.high + 1 : *cut;
      const bool nothing =
          input.keys.is_ordered() && !input.keys.has_between() && end == piece.low + 1 && is_odd(piece.low);
      if (!nothing) level.segments.push_back({piece.low, end - 1});
      piece.low = end;
      if (cut == cuts.end()) break;
    }
    next = std::max(next, piece.high + 1);
  }
}

bool AnalysisSpace::is_empty(size_t rule) const {
  for (size_t level = 0; level < levels(); ++level) {
    if (runs(rule, level).empty()) return true;
  }
  return false;
}

size_t AnalysisSpace::open_from(size_t rule) const {
  size_t level = levels();
  while (level > 0 && is_open(rule, level - 1)) --level;
  return level;
}

std::string AnalysisSpace::test_of(const KeyMap& keys, const Interval& interval) const {
  if (interval.high == kNullKey) return "null";
  const auto value = [&](Key key) { return literal_text(keys.value_of(key)); };
  if (!keys.is_ordered())
    return interval.low == 0 && keys.kind() == Kind::string ? "any other text" : value(interval.low);
  Interval ends = interval;
  if (!keys.has_between()) {
    if (is_odd(ends.low)) ++ends.low;
    if (is_odd(ends.high)) --ends.high;
  }
  const bool from_below = interval.low <= kKeyMin;
  const bool to_above = interval.high >= kKeyMax;
  if (from_below && to_above) return "not(null)";
  const bool low_open = is_odd(ends.low);
  const bool high_open = is_odd(ends.high);
  // An odd key lies just above the even one below it.
  const std::string low = from_below ? "" : value(low_open ? ends.low - 1 : ends.low);
  const std::string high = to_above ? "" : value(high_open ? ends.high + 1 : ends.high);
  if (from_below) return (high_open ? "< " : "<= ") + high;
  if (to_above) return (low_open ? "> " : ">= ") + low;
  if (ends.low == ends.high && !low_open) return low;
  return (low_open ? "(" : "[") + low + ".." + high + (high_open ? ")" : "]");
}

std::string AnalysisSpace::tests_of(size_t level, const Runs& runs) const {
  if (runs.size() == 1 && runs[0] == Run{0, segments(level)}) return "-";
  const KeyMap& keys = table_.inputs[levels_[level].input].keys;
  std::string text;
  const auto append = [&](const Interval& interval) { text += (text.empty() ? "" : ", ") + test_of(keys, interval); };
  for (const Run& run : runs) {
    const std::span<const Interval> held(levels_[level].segments.data() + run.first, run.end - run.first);
    if (!keys.is_ordered()) {
      for (const Interval& interval : held) {
        for (Key key = interval.low; key <= interval.high; ++key) append({key, key});
      }
      continue;
    }
    // Segments that touch are one range; null and the pieces of the allowed values are apart.
    Interval joined = held.front();
    for (const Interval& interval : held.subspan(1)) {
      const bool touches = joined.high != kNullKey && (joined.high + 1 == interval.low ||
                                                       (!keys.has_between() && joined.high + 2 == interval.low));
      if (touches) {
        joined.high = interval.high;
        continue;
      }
      append(joined);
      joined = interval;
    }
    append(joined);
  }
  return text;
}

std::string AnalysisSpace::example_of(size_t level, uint32_t segment) const {
  const KeyMap& keys = table_.inputs[levels_[level].input].keys;
  const Interval& interval = levels_[level].segments[segment];
  if (interval.high == kNullKey) return "null";
  if (!keys.is_ordered()) return test_of(keys, {interval.low, interval.low});
  Key key = interval.low > kKeyMin ? interval.low : interval.high < kKeyMax ? interval.high : 0;
  const bool a_value_is_near = is_odd(key) && key + 1 <= interval.high && interval.low > kKeyMin;
  if (a_value_is_near) ++key;
  if (!keys.has_between() && is_odd(key)) --key;
  return literal_text(keys.value_of(key));
}

}  // namespace puhui::dmn
