// Matcher: which rules of a table match, on integer keys alone. A cell is a set of closed intervals of keys; columns of
// numbers, strings, booleans and dates all become keys (cell.h). Small enough tables get an index: for each column
// the elementary segments between the cells' ends, for each segment a bit a rule. The others are scanned.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace puhui::dmn {

using Key = int64_t;
constexpr Key kNullKey = std::numeric_limits<Key>::min();      // matched by "-" and by tests for null only
constexpr Key kMismatchKey = std::numeric_limits<Key>::max();  // of another type: matched by "-" only
constexpr Key kKeyMin = -(Key{1} << 62);
constexpr Key kKeyMax = Key{1} << 62;

struct Interval {
  Key low = kNullKey;
  Key high = kMismatchKey;
  bool operator==(const Interval&) const = default;
};
using Intervals = std::vector<Interval>;  // a key in any of them matches
inline const Intervals kAnyKey{Interval{}};

class Matcher {
 public:
  enum class Strategy { automatic, scan, index };
  static constexpr size_t kIndexBytesMax = 16 << 20;

  Matcher() = default;
  // cells[column][rule]
  Matcher(size_t rules, const std::vector<std::vector<Intervals>>& cells, Strategy strategy = Strategy::automatic);

  bool is_indexed() const { return indexed_; }
  size_t rules() const { return rules_; }
  // The first rule that matches; rules() when none does. `keys`: one a column.
  size_t first(std::span<const Key> keys) const;
  // The first rules that match, in rule order, as many as `out` holds; how many they are. With room for two it tells
  // whether a UNIQUE table's answer is one.
  size_t take(std::span<const Key> keys, std::span<uint32_t> out) const;
  // first() of many rows: columns[c][row] is the key of column c, out[row] the row's rule or rules().
  void first_many(std::span<const Key* const> columns, std::span<uint32_t> out) const;
  // visit(rule) in rule order for every rule that matches, until it answers false.
  template <class Visit>
  void each(std::span<const Key> keys, Visit visit) const {
    indexed_ ? each_indexed(keys, visit) : each_scanned(keys, visit);
  }

 private:
  struct Column {
    std::vector<Key> cuts;         // a segment begins at each; segment 0 lies before the first
    std::vector<uint64_t> masks;   // [segment][word]
    std::vector<uint32_t> starts;  // scan: intervals of rule r are [starts[r], starts[r + 1])
    std::vector<Interval> intervals;
    size_t segment(Key key) const;
  };
  bool index(size_t rules, const std::vector<std::vector<Intervals>>& cells, Strategy strategy);

  template <class Visit>
  void each_indexed(std::span<const Key> keys, Visit visit) const {
    constexpr size_t kColumnsOnStack = 32;
    const uint64_t* few[kColumnsOnStack];
    std::vector<const uint64_t*> many;
    const uint64_t** rows = few;
    if (columns_.size() > kColumnsOnStack) many.resize(columns_.size()), rows = many.data();
    for (size_t c = 0; c < columns_.size(); ++c) {
      rows[c] = columns_[c].masks.data() + columns_[c].segment(keys[c]) * words_;
    }
    for (size_t w = 0; w < words_; ++w) {
      uint64_t mask = w + 1 == words_ ? last_word_ : ~uint64_t{0};
      for (size_t c = 0; c < columns_.size(); ++c) mask &= rows[c][w];
      for (; mask != 0; mask &= mask - 1) {
        if (!visit(w * 64 + static_cast<size_t>(std::countr_zero(mask)))) return;
      }
    }
  }
  template <class Visit>
  void each_scanned(std::span<const Key> keys, Visit visit) const {
    for (size_t rule = 0; rule < rules_; ++rule) {
      bool matches = true;
      for (size_t c = 0; matches && c < columns_.size(); ++c) {
        const Column& column = columns_[c];
        matches = false;
        for (uint32_t i = column.starts[rule]; i < column.starts[rule + 1]; ++i) {
          matches = matches || (column.intervals[i].low <= keys[c] && keys[c] <= column.intervals[i].high);
        }
      }
      if (matches && !visit(rule)) return;
    }
  }

  size_t rules_ = 0;
  size_t words_ = 0;
  uint64_t last_word_ = 0;
  bool indexed_ = false;
  std::vector<Column> columns_;
};

}  // namespace puhui::dmn
