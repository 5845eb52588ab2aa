// WindowSums: the running sums of one window of one key, and which tiles are inside. It moves forward with its events tile by tile;
// what comes late is put in where it belongs. The sums are at each moment those of the tiles inside, whatever way they were
// reached.
#pragma once

#include "infrastructure/features/tile_ring.h"

namespace puhui::features {

class WindowSums {
 public:
  // `words`: of the layout's size; zero: a window with no tile inside that stands before all of them.
  WindowSums(uint64_t* words, const PlannedWindow& window, const TileLayout& tile, WordPool& pool)
      : words_(words), sums_(window.sums), tile_(tile), pool_(pool) {}

  uint32_t first() const { return static_cast<uint32_t>(words_[0]); }
  uint32_t behind() const { return static_cast<uint32_t>(words_[0] >> 32); }
  bool holds(uint32_t i) const { return first() <= i && i < behind(); }

  // Takes in and gives out tiles until those inside start in (low, high]. Neither bound may go back.
  void advance(const Tiles& tiles, int64_t low_us, int64_t high_us);
  // Stands before the first tile of (low, high] with nothing inside.
  void start_at(const Tiles& tiles, int64_t low_us) { place(tiles.first_after(low_us), tiles.first_after(low_us)); }

  // A tile, still empty, that starts at that time was put in; the window stands at (low, high].
  void tile_inserted(int64_t start_us, int64_t low_us, int64_t high_us);
  // So many of the first tiles go; their content, where it was inside, went out before.
  void first_tiles_go(uint32_t count);
  // An event came into a tile that is inside, or a label to it.
  void add(const Mark& mark);
  void add_bad(int64_t change) {
    if (sums_.bad != 0) words_[sums_.bad] += static_cast<uint64_t>(change);
  }
  // A tile's content comes in or goes out, all but the tile itself. True: an extreme may have gone with it, refresh_extremes.
  void take_in(const uint64_t* tile);
  bool give_out(const uint64_t* tile);
  void refresh_extremes(const Tiles& tiles);

  ValueCounts* values() const { return reinterpret_cast<ValueCounts*>(words_[sums_.values]); }
  void set_values(ValueCounts* values) { words_[sums_.values] = reinterpret_cast<uint64_t>(values); }
  bool has_values() const { return sums_.values != 0; }
  void clear();

  // Counts, sums and extremes.
  void read(Inside& inside) const;

 private:
  void place(uint32_t first, uint32_t behind) { words_[0] = first | uint64_t{behind} << 32; }

  uint64_t* words_;
  const SumsLayout& sums_;
  const TileLayout& tile_;
  WordPool& pool_;
};

}  // namespace puhui::features
