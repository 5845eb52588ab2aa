// RuleIndex: for each column the segments between the cells' ends, for each segment a bit a rule. The rules that
// match are the AND of one mask a column. Summaries (a bit a block of 512 rules) skip what cannot match; a column of
// very many ends gets fewer, wider segments, whose candidates are then asked exactly.
#pragma once

#include <array>
#include <bit>
#include <vector>

#include "infrastructure/dmn/rule_cells.h"

namespace puhui::dmn {

class RuleIndex {
 public:
  static constexpr size_t kBytesMax = 1 << 20;
  // Needs a column. Joins segments to stay within the bytes, but to no fewer than eight a column.
  explicit RuleIndex(const RuleCells& cells, size_t bytes_max = kBytesMax);

  // As Matcher::each.
  template <class Visit>
  void each(const RuleCells& cells, const Key* keys, Visit visit) const;
  size_t bytes() const;

  // What one look-up does: for the estimate of its cost.
  struct Work {
    uint64_t columns = 0;
    uint64_t searched_columns = 0;  // by bisection, not by counting or from a list of keys
    uint64_t far_columns = 0;       // whose masks are too many to stay in the cache
    uint64_t words = 0;             // ANDed, over all columns
    uint64_t candidates = 0;        // asked exactly
  };
  Work work(const Key* keys) const;

  static constexpr size_t kBlockWords = 8;  // a cache line
  // The AND of one block of each mask, into `out`; false when nothing is left. The widest the machine has, or plain.
  static bool and_block(std::span<const uint64_t* const> rows, size_t word, uint64_t* out);
  static bool and_block_plain(std::span<const uint64_t* const> rows, size_t word, uint64_t* out);

 private:
  struct Column {
    uint32_t column = 0;
    std::vector<Key> cuts;  // a segment begins at each; segment 0 lies before the first
    Key direct_from = 0;    // keys from here on have their segment in `direct`, as long as it is
    std::vector<uint32_t> direct;
    std::vector<Key> counted;         // few cuts, filled up to whole steps
    std::vector<uint64_t> masks;      // [segment][word]
    std::vector<uint64_t> summaries;  // [segment][summary word]; empty for a few words
    size_t segment(Key key) const;
  };
  bool build(Column& column, const RuleCells& cells, size_t bytes_max);
  static void speed_up(Column& column);
  static void keep_at_most(std::vector<Key>& cuts, size_t segments);

  size_t words_ = 0;          // a mask; of whole blocks where there are summaries
  size_t summary_words_ = 0;  // 0: every word is looked at
  bool exact_ = true;         // what the masks leave matches
  std::vector<Column> columns_;
};

template <class Visit>
void RuleIndex::each(const RuleCells& cells, const Key* keys, Visit visit) const {
  constexpr size_t kColumnsOnStack = 32;
  std::array<const uint64_t*, kColumnsOnStack> few;
  std::array<const uint64_t*, kColumnsOnStack> few_summaries;
  std::vector<const uint64_t*> many;
  const uint64_t** rows = few.data();
  const uint64_t** summaries = few_summaries.data();
  const size_t columns = columns_.size();
  if (columns > kColumnsOnStack) many.resize(columns * 2), rows = many.data(), summaries = rows + columns;
  for (size_t c = 0; c < columns; ++c) {
    const Column& column = columns_[c];
    const size_t segment = column.segment(keys[column.column]);
    rows[c] = column.masks.data() + segment * words_;
    summaries[c] = column.summaries.data() + segment * summary_words_;
  }
  const auto visit_word = [&](size_t word, uint64_t mask) {
    for (; mask != 0; mask &= mask - 1) {
      const size_t rule = word * 64 + static_cast<size_t>(std::countr_zero(mask));
      if ((exact_ || cells.holds(rule, keys)) && !visit(rule)) return false;
    }
    return true;
  };
  if (summary_words_ == 0) {
    for (size_t w = 0; w < words_; ++w) {
      uint64_t mask = rows[0][w];
      for (size_t c = 1; c < columns; ++c) mask &= rows[c][w];
      if (mask != 0 && !visit_word(w, mask)) return;
    }
    return;
  }
  for (size_t s = 0; s < summary_words_; ++s) {
    uint64_t blocks = summaries[0][s];
    for (size_t c = 1; c < columns; ++c) blocks &= summaries[c][s];
    for (; blocks != 0; blocks &= blocks - 1) {
      const size_t block = s * 64 + static_cast<size_t>(std::countr_zero(blocks));
      uint64_t masks[kBlockWords];
      if (!and_block({rows, columns}, block * kBlockWords, masks)) continue;
      for (size_t i = 0; i < kBlockWords; ++i) {
        if (masks[i] != 0 && !visit_word(block * kBlockWords + i, masks[i])) return;
      }
    }
  }
}

}  // namespace puhui::dmn
