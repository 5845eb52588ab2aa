// RuleCells: the cells of a table's rules, packed rule by rule with the most selective column first. Says exactly
// whether a rule holds for a row of keys; the index and the hash only narrow which rules to ask.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace puhui::dmn {

using Key = int64_t;
constexpr Key kNullKey = std::numeric_limits<Key>::min();      // matched by "-" and by tests for null only
constexpr Key kMismatchKey = std::numeric_limits<Key>::max();  // of another type: matched by "-" and "not(null)" only
constexpr Key kKeyMin = -(Key{1} << 62);
constexpr Key kKeyMax = Key{1} << 62;

struct Interval {
  Key low = kNullKey;
  Key high = kMismatchKey;
  bool operator==(const Interval&) const = default;
};
using Intervals = std::vector<Interval>;  // a key in any of them matches
inline const Intervals kAnyKey{Interval{}};

class RuleCells {
 public:
  RuleCells() = default;
  // cells[column][rule]; intervals in any order, overlapping or not.
  RuleCells(size_t rules, const std::vector<std::vector<Intervals>>& cells);

  size_t rules() const { return rules_; }
  size_t columns() const { return columns_; }
  // Sorted, apart from each other and not empty; none when the cell holds nothing.
  std::span<const Interval> cell(size_t rule, size_t column) const;
  bool is_any(size_t rule, size_t column) const {
    const auto held = cell(rule, column);
    return held.size() == 1 && held[0] == Interval{};
  }
  // The columns that not every cell leaves open, the most selective first.
  std::span<const uint32_t> asked_columns() const { return order_; }
  // Where the column's cells begin, and where they end plus one: sorted, each once.
  std::span<const Key> cuts(size_t column) const { return cuts_[column]; }

  bool holds(size_t rule, const Key* keys) const {
    const Interval* bounds = bounds_.data() + rule * order_.size();
    for (const uint32_t column : order_) {
      const Key key = keys[column];
      if (key < bounds->low || key > bounds->high) return false;
      ++bounds;
    }
    return !has_lists_ || holds_lists(rule, keys);
  }
  // How many columns holds() looks at before it knows.
  size_t tests(size_t rule, const Key* keys) const;

 private:
  struct List {
    uint32_t column;
    uint32_t from;
    uint32_t count;
  };
  bool holds_lists(size_t rule, const Key* keys) const;
  void order_columns();

  size_t rules_ = 0;
  size_t columns_ = 0;
  bool has_lists_ = false;
  std::vector<uint32_t> order_;      // columns as holds() asks them; those all cells leave open are not asked
  std::vector<Interval> bounds_;     // [rule][order]: from a cell's first key to its last
  std::vector<uint32_t> cell_from_;  // [rule · columns + column]: where its intervals begin; one more at the end
  std::vector<Interval> intervals_;
  std::vector<uint32_t> list_from_;  // [rule]: its cells of several intervals; one more at the end
  std::vector<List> lists_;
  std::vector<std::vector<Key>> cuts_;
};

}  // namespace puhui::dmn
