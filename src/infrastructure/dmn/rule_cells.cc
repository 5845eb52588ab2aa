#include "infrastructure/dmn/rule_cells.h"

#include <algorithm>
#include <numeric>

namespace puhui::dmn {
namespace {

// Sorted; what overlaps or touches is one. The whole range of keys stays one interval.
void append_normalized(Intervals cell, std::vector<Interval>& out) {
  std::erase_if(cell, [](const Interval& interval) { return interval.low > interval.high; });
  std::ranges::sort(cell, {}, &Interval::low);
  const size_t first = out.size();
  for (const Interval& interval : cell) {
    const bool joins = out.size() > first && (out.back().high == kMismatchKey || interval.low <= out.back().high + 1);
    if (joins)
      out.back().high = std::max(out.back().high, interval.high);
    else
      out.push_back(interval);
  }
}

}  // namespace

RuleCells::RuleCells(size_t rules, const std::vector<std::vector<Intervals>>& cells)
    : rules_(rules), columns_(cells.size()), cuts_(cells.size()) {
  cell_from_.push_back(0);
  list_from_.push_back(0);
  for (size_t rule = 0; rule < rules; ++rule) {
    for (size_t c = 0; c < columns_; ++c) {
      const size_t from = intervals_.size();
      append_normalized(cells[c][rule], intervals_);
      const size_t count = intervals_.size() - from;
      if (count > 1) {
        lists_.push_back({static_cast<uint32_t>(c), static_cast<uint32_t>(from), static_cast<uint32_t>(count)});
      }
      cell_from_.push_back(static_cast<uint32_t>(intervals_.size()));
    }
    list_from_.push_back(static_cast<uint32_t>(lists_.size()));
  }
  has_lists_ = !lists_.empty();
  for (size_t c = 0; c < columns_; ++c) {
    std::vector<Key>& cuts = cuts_[c];
    for (size_t rule = 0; rule < rules; ++rule) {
      for (const Interval& interval : cell(rule, c)) {
        if (interval.low != kNullKey) cuts.push_back(interval.low);
        if (interval.high != kMismatchKey) cuts.push_back(interval.high + 1);
      }
    }
    std::ranges::sort(cuts);
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  }
  order_columns();
  constexpr Interval kNothing{kMismatchKey, kNullKey};
  for (size_t rule = 0; rule < rules; ++rule) {
    for (const uint32_t c : order_) {
      const auto held = cell(rule, c);
      bounds_.push_back(held.empty() ? kNothing : Interval{held.front().low, held.back().high});
    }
  }
}

// A column's share is the chance that a cell of it holds a key that falls evenly among its segments: the smaller, the
// sooner a rule is refused.
void RuleCells::order_columns() {
  std::vector<uint64_t> share_ppm(columns_, 0);
  for (size_t c = 0; c < columns_; ++c) {
    const std::vector<Key>& cuts = cuts_[c];
    const auto segment = [&](Key key) {
      return static_cast<uint64_t>(std::ranges::upper_bound(cuts, key) - cuts.begin());
    };
    uint64_t covered = 0;
    bool all_open = true;
    for (size_t rule = 0; rule < rules_; ++rule) {
      if (is_any(rule, c)) {
        covered += cuts.size() + 1;
        continue;
      }
      all_open = false;
      for (const Interval& interval : cell(rule, c)) covered += segment(interval.high) - segment(interval.low) + 1;
    }
    if (all_open) continue;
    share_ppm[c] = 1'000'000 * covered / (std::max<uint64_t>(rules_, 1) * (cuts.size() + 1));
    order_.push_back(static_cast<uint32_t>(c));
  }
  std::ranges::sort(order_, {}, [&](uint32_t c) { return std::pair(share_ppm[c], c); });
}

std::span<const Interval> RuleCells::cell(size_t rule, size_t column) const {
  const size_t at = rule * columns_ + column;
  return {intervals_.data() + cell_from_[at], cell_from_[at + 1] - cell_from_[at]};
}

bool RuleCells::holds_lists(size_t rule, const Key* keys) const {
  for (uint32_t l = list_from_[rule]; l < list_from_[rule + 1]; ++l) {
    const List& list = lists_[l];
    const std::span<const Interval> held(intervals_.data() + list.from, list.count);
    const Key key = keys[list.column];
    const auto after = std::ranges::upper_bound(held, key, {}, &Interval::low);
    if (after == held.begin() || (after - 1)->high < key) return false;
  }
  return true;
}

size_t RuleCells::tests(size_t rule, const Key* keys) const {
  const Interval* bounds = bounds_.data() + rule * order_.size();
  size_t done = 0;
  for (const uint32_t column : order_) {
    const Key key = keys[column];
    ++done;
    if (key < bounds->low || key > bounds->high) break;
    ++bounds;
  }
  return done;
}

}  // namespace puhui::dmn
