#include "infrastructure/dmn/matcher.h"

#include <algorithm>

namespace puhui::dmn {

size_t Matcher::Column::segment(Key key) const {
  constexpr size_t kLinearMax = 12;
  if (cuts.size() <= kLinearMax) {
    size_t before = 0;
    for (const Key cut : cuts) before += cut <= key ? 1 : 0;
    return before;
  }
  return static_cast<size_t>(std::ranges::upper_bound(cuts, key) - cuts.begin());
}

Matcher::Matcher(size_t rules, const std::vector<std::vector<Intervals>>& cells, Strategy strategy)
    : rules_(rules), words_((rules + 63) / 64), columns_(cells.size()) {
  last_word_ = rules % 64 == 0 ? ~uint64_t{0} : (uint64_t{1} << (rules % 64)) - 1;
  if (rules == 0) words_ = 0;
  indexed_ = strategy != Strategy::scan && index(rules, cells, strategy);
  if (indexed_) return;
  for (size_t c = 0; c < cells.size(); ++c) {
    Column& column = columns_[c];
    column = Column();
    column.starts.push_back(0);
    for (const Intervals& cell : cells[c]) {
      column.intervals.insert(column.intervals.end(), cell.begin(), cell.end());
      column.starts.push_back(static_cast<uint32_t>(column.intervals.size()));
    }
  }
}

bool Matcher::index(size_t rules, const std::vector<std::vector<Intervals>>& cells, Strategy strategy) {
  size_t bytes = 0;
  for (size_t c = 0; c < cells.size(); ++c) {
    std::vector<Key>& cuts = columns_[c].cuts;
    for (const Intervals& cell : cells[c]) {
      for (const Interval& interval : cell) {
        if (interval.low != kNullKey) cuts.push_back(interval.low);
        if (interval.high != kMismatchKey) cuts.push_back(interval.high + 1);
      }
    }
    std::ranges::sort(cuts);
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    bytes += (cuts.size() + 1) * words_ * sizeof(uint64_t);
    if (strategy == Strategy::automatic && bytes > kIndexBytesMax) return false;
  }
  for (size_t c = 0; c < cells.size(); ++c) {
    Column& column = columns_[c];
    column.masks.assign((column.cuts.size() + 1) * words_, 0);
    for (size_t rule = 0; rule < rules; ++rule) {
      for (const Interval& interval : cells[c][rule]) {
        const size_t first = column.segment(interval.low);
        const size_t last = column.segment(interval.high);
        for (size_t s = first; s <= last; ++s) column.masks[s * words_ + rule / 64] |= uint64_t{1} << (rule % 64);
      }
    }
  }
  return true;
}

size_t Matcher::first(std::span<const Key> keys) const {
  size_t found = rules_;
  each(keys, [&](size_t rule) { return found = rule, false; });
  return found;
}

size_t Matcher::take(std::span<const Key> keys, std::span<uint32_t> out) const {
  size_t taken = 0;
  if (out.empty()) return 0;
  each(keys, [&](size_t rule) { return out[taken++] = static_cast<uint32_t>(rule), taken < out.size(); });
  return taken;
}

void Matcher::first_many(std::span<const Key* const> columns, std::span<uint32_t> out) const {
  std::vector<Key> keys(columns.size());
  for (size_t row = 0; row < out.size(); ++row) {
    for (size_t c = 0; c < columns.size(); ++c) keys[c] = columns[c][row];
    out[row] = static_cast<uint32_t>(first(keys));
  }
}

}  // namespace puhui::dmn
