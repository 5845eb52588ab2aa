// Tiles: what happened to one key in one series, tile after tile in time order; only tiles that hold an event. New ones come at the
// end, now and then one between, the oldest go at the front.
#pragma once

#include <cstring>

#include "infrastructure/features/plan.h"
#include "infrastructure/features/value_set.h"

namespace puhui::features {

// In a key's block; zero is a ring without tiles.
struct Ring {
  uint64_t* words;
  uint32_t begin, count, capacity;  // tiles
  uint32_t has_merged;              // the oldest tile is several in one, the first of which began at merged_from_us
  int64_t merged_from_us;
};

// What an event gives to a series.
struct Mark {
  int64_t at_us = 0;
  int64_t value = 0;  // of a number
  uint64_t hash = 0;  // of a text
};

inline Int128 load_wide(const uint64_t* words) {
  Int128 out;
  std::memcpy(&out, words, sizeof out);
  return out;
}
inline void store_wide(uint64_t* words, Int128 value) { std::memcpy(words, &value, sizeof value); }

inline int64_t start_of_tile(const uint64_t* tile) { return static_cast<int64_t>(tile[0]); }
inline uint32_t events_of(const uint64_t* tile) { return static_cast<uint32_t>(tile[1]); }
inline uint32_t bad_of(const uint64_t* tile) { return static_cast<uint32_t>(tile[1] >> 32); }
inline ValueSet* values_of(const uint64_t* tile, const TileLayout& layout) {
  return reinterpret_cast<ValueSet*>(tile[layout.values]);
}

// Whether one more such event fits the tile's 32 bits of events and 64 bits of sum.
bool fits(const uint64_t* tile, const TileLayout& layout, const Mark& mark);
// All but its values, see ValueSet. Needs: it fits.
void add(uint64_t* tile, const TileLayout& layout, const Mark& mark);
// Whether both fit one tile; and the later one with all that is in the earlier one.
bool fit_together(const uint64_t* earlier, const uint64_t* later, const TileLayout& layout);
void merge_into(uint64_t* later, const uint64_t* earlier, const TileLayout& layout, WordPool& pool);

class Tiles {
 public:
  Tiles(Ring& ring, const TileLayout& layout, WordPool& pool) : ring_(ring), layout_(layout), pool_(pool) {}

  uint32_t count() const { return ring_.count; }
  bool is_full() const { return ring_.begin + ring_.count == ring_.capacity; }
  uint64_t* operator[](uint32_t i) const { return ring_.words + size_t{ring_.begin + i} * layout_.words; }
  int64_t start(uint32_t i) const { return start_of_tile((*this)[i]); }
  // The first tile that starts at that time or later.
  uint32_t first_from(int64_t start_us) const;
  // The first tile that starts after it.
  uint32_t first_after(int64_t start_us) const { return start_us == INT64_MAX ? count() : first_from(start_us + 1); }

  // An empty tile before the i-th; all pointers to tiles end.
  uint64_t* insert(uint32_t i, int64_t start_us);
  // With the values in it.
  void drop_first();
  // The two oldest become one that bears the newer start. Needs: they fit together.
  void merge_first_two();
  bool first_two_fit() const { return fit_together((*this)[0], (*this)[1], layout_); }
  // The oldest tile is several in one, and an event of that tile may lie in it.
  bool merged_over(int64_t start_us) const {
    return ring_.has_merged != 0 && ring_.merged_from_us <= start_us && start_us <= start(0);
  }
  void clear();

 private:
  void make_room();

  Ring& ring_;
  const TileLayout& layout_;
  WordPool& pool_;
};

}  // namespace puhui::features
