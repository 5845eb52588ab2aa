// Series: the accepted events that one kind of feature adds up (an entity, a filter, a field), by key and in time order, with
// sums over their beginnings. Answers what lies in a window as of an event's arrival, whatever order events came in.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "infrastructure/features/aggregate_value.h"

namespace puhui::features {

inline constexpr uint32_t kNoKey = UINT32_MAX;

// What is added of one event.
struct SeriesEntry {
  uint32_t key = 0;
  uint32_t event = 0;  // its arrival
  int64_t at_us = 0;
  int64_t value = 0;  // a number, or which value of a key or text
};

// Positions of a series, in time order: [first, last) whole, and of [first_rest, last_rest) those that arrived before `bound`.
struct Window {
  size_t first = 0, last = 0;
  size_t first_rest = 0, last_rest = 0;
  uint32_t bound = 0;
};

class Series {
 public:
  Series(std::vector<SeriesEntry> entries, uint32_t keys);

  // Entries of the key with low ≤ at < high that arrived before event number `bound`.
  Window window(uint32_t key, int64_t low_us, int64_t high_us, uint32_t bound) const;

  // Calls visit(position) for what is in the window beside the whole part.
  template <class Visit>
  void each_rest(const Window& window, Visit visit) const {
    for (size_t i = window.first_rest; i < window.last_rest; ++i) {
      if (events_[i] < window.bound) visit(i);
    }
  }
  uint64_t count(const Window& window) const;
  void add_sums(const Window& window, Inside& to) const;      // sum, squares
  void add_extremes(const Window& window, Inside& to) const;  // min, max
  // Position of the first, of the latest one in the window; SIZE_MAX: none.
  size_t first(const Window& window) const;
  size_t latest(const Window& window) const;
  void add_weighted(const Window& window, int64_t tile, int64_t hop_us, int64_t half_life_us, Inside& to) const;

  // Labels: what is in the window and bad by those told so far.
  void use_labels();
  void set_bad(uint32_t event, bool bad);
  uint64_t bad(const Window& window) const;

  int64_t at(size_t position) const { return at_[position]; }
  int64_t value(size_t position) const { return values_[position]; }

 private:
  size_t begin_of(uint32_t key) const { return offsets_[key]; }
  int64_t marked_before(size_t begin, size_t position) const;

  std::vector<uint32_t> offsets_;  // by key
  // By position.
  std::vector<uint32_t> events_;
  std::vector<uint32_t> latest_before_;  // greatest arrival up to here, within the key
  std::vector<uint32_t> first_after_;    // least arrival from here on, within the key
  std::vector<int64_t> at_, values_;
  std::vector<Int128> sums_, squares_;               // of all before the position
  std::vector<int64_t> least_, greatest_;            // trees over all positions
  std::vector<int32_t> marks_;                       // a Fenwick tree a key: how many are bad
  std::unordered_map<uint32_t, uint32_t> place_of_;  // event to position, once labels are used
  std::vector<bool> is_bad_;
};

// How many different values lie in a window that moves along.
class DistinctWindow {
 public:
  // `hashes`: of each value.
  uint64_t count(const Series& series, const Window& window, std::span<const uint64_t> hashes);

 private:
  void add(int64_t value, std::span<const uint64_t> hashes);
  void remove(int64_t value, std::span<const uint64_t> hashes);
  void sketch(std::span<const uint64_t> hashes);
  uint64_t estimate(std::span<const int64_t> more, std::span<const uint64_t> hashes) const;

  size_t first_ = 0, last_ = 0;
  std::unordered_map<int64_t, uint32_t> counts_;
  // Once there were many: how many values of each rank a register has, and which ranks have any.
  std::vector<std::array<uint32_t, 56>> ranks_;
  std::vector<uint64_t> present_;
};

}  // namespace puhui::features
