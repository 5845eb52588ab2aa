// TimeOrdered: entries kept in order of (at_us, seq), mostly appended at the end and dropped at the front. A late entry moves at
// most one block of others, so a hub with a hundred thousand entries takes one as fast as an ordinary account does.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "ground/base/check.h"

namespace puhui::features {

struct TimeKey {
  int64_t at_us = 0;
  uint64_t seq = 0;
  auto operator<=>(const TimeKey&) const = default;
};
// The last of that moment: what lies after it is later.
inline constexpr TimeKey end_of(int64_t at_us) { return {at_us, UINT64_MAX}; }

// Entry: a plain struct with at_us and seq. Equal keys stay in the order they came. Never holds an empty block but the first.
template <class Entry, size_t kBlockMax = 512>
class TimeOrdered {
  struct Block {
    std::vector<Entry> entries;
    size_t begin = 0;  // those before it are gone
    size_t size() const { return entries.size() - begin; }
    std::span<const Entry> live() const { return std::span(entries).subspan(begin); }
  };

 public:
  struct Cursor {
    size_t block = 0, index = 0;
    auto operator<=>(const Cursor&) const = default;
  };
  static TimeKey key_of(const Entry& entry) { return {entry.at_us, entry.seq}; }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Entry& front() const { return first_.entries[first_.begin]; }
  const Entry& back() const { return block(block_count() - 1).entries.back(); }

  void insert(const Entry& entry) {
    const TimeKey key = key_of(entry);
    const bool last = empty() || key_of(back()) <= key;
    Cursor at = last ? end() : first_after(key);
    if (block(at.block).size() >= kBlockMax) at = make_room(at, last);
    Block& into = block(at.block);
    into.entries.insert(into.entries.begin() + static_cast<ptrdiff_t>(into.begin + at.index), entry);
    ++size_;
  }

  void pop_front() {
    CHECK(size_ > 0, "there is a first entry");
    --size_;
    ++first_.begin;
    if (first_.size() == 0) {
      drop_block(0);
    } else if (first_.begin >= 16 && first_.begin * 2 >= first_.entries.size()) {
      first_.entries.erase(first_.entries.begin(), first_.entries.begin() + static_cast<ptrdiff_t>(first_.begin));
      first_.begin = 0;
    }
  }

  void erase(Cursor at) {
    Block& from = block(at.block);
    from.entries.erase(from.entries.begin() + static_cast<ptrdiff_t>(from.begin + at.index));
    --size_;
    if (from.size() == 0) drop_block(at.block);
  }

  // Of the first entry whose key is greater than `key`; end() when there is none.
  Cursor first_after(TimeKey key) const {
    return partition([key](const Entry& entry) { return !(key < key_of(entry)); });
  }
  // Of the first entry whose key is not less than `key`.
  Cursor first_from(TimeKey key) const {
    return partition([key](const Entry& entry) { return key_of(entry) < key; });
  }
  Cursor begin() const { return {}; }
  Cursor end() const { return rest_.empty() ? Cursor{0, first_.size()} : Cursor{rest_.size(), rest_.back().size()}; }

  size_t count(Cursor from, Cursor to) const {
    if (from >= to) return 0;
    if (from.block == to.block) return to.index - from.index;
    size_t out = block(from.block).size() - from.index + to.index;
    for (size_t i = from.block + 1; i < to.block; ++i) out += block(i).size();
    return out;
  }
  const Entry& operator[](Cursor at) const { return block(at.block).live()[at.index]; }

  Cursor next(Cursor at) const {
    if (++at.index == block(at.block).size() && at.block + 1 < block_count()) return {at.block + 1, 0};
    return at;
  }

  // f(entry) in time order; it answers false to end.
  template <class F>
  void each(Cursor from, Cursor to, F&& f) const {
    for (size_t b = from.block; b <= to.block && b < block_count(); ++b) {
      const std::span<const Entry> live = block(b).live();
      const size_t stop = b == to.block ? to.index : live.size();
      for (size_t i = b == from.block ? from.index : 0; i < stop; ++i) {
        if (!f(live[i])) return;
      }
    }
  }
  // The same, newest first.
  template <class F>
  void each_backwards(Cursor from, Cursor to, F&& f) const {
    if (from >= to) return;
    for (size_t b = to.block + 1; b-- > from.block;) {
      const std::span<const Entry> live = block(b).live();
      const size_t stop = b == from.block ? from.index : 0;
      for (size_t i = b == to.block ? to.index : live.size(); i-- > stop;) {
        if (!f(live[i])) return;
      }
    }
  }

 private:
  size_t block_count() const { return rest_.size() + 1; }
  Block& block(size_t i) { return i == 0 ? first_ : rest_[i - 1]; }
  const Block& block(size_t i) const { return i == 0 ? first_ : rest_[i - 1]; }

  // A full block gets a neighbour; answers where the new entry goes. Appending leaves the blocks full.
  Cursor make_room(Cursor at, bool last) {
    Block upper;
    const size_t half = kBlockMax / 2;
    if (!last) {
      Block& full = block(at.block);
      const auto middle = full.entries.begin() + static_cast<ptrdiff_t>(full.begin + half);
      upper.entries.assign(middle, full.entries.end());
      full.entries.erase(middle, full.entries.end());
    }
    rest_.insert(rest_.begin() + static_cast<ptrdiff_t>(at.block), std::move(upper));
    if (last) return {at.block + 1, 0};
    return at.index <= half ? at : Cursor{at.block + 1, at.index - half};
  }

  void drop_block(size_t i) {
    if (rest_.empty()) {
      first_.begin = 0;
      first_.entries.clear();
      if (first_.entries.capacity() > 16) first_.entries.shrink_to_fit();
      return;
    }
    if (i == 0) first_ = std::move(rest_.front());
    rest_.erase(rest_.begin() + static_cast<ptrdiff_t>(i == 0 ? 0 : i - 1));
  }

  template <class Before>
  Cursor partition(Before before) const {
    size_t low = 0;  // the last block whose first entry is before
    if (!rest_.empty()) {
      size_t high = block_count();
      while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        (before(block(middle).live().front()) ? low : high) = middle;
      }
    }
    const std::span<const Entry> live = block(low).live();
    const size_t index = static_cast<size_t>(std::partition_point(live.begin(), live.end(), before) - live.begin());
    if (index == live.size() && low + 1 < block_count()) return {low + 1, 0};
    return {low, index};
  }

  Block first_;
  std::vector<Block> rest_;
  size_t size_ = 0;
};

}  // namespace puhui::features
