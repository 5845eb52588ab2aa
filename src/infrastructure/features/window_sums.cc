#include "infrastructure/features/window_sums.h"

#include <algorithm>

namespace puhui::features {

namespace {
int64_t signed_word(uint64_t word) { return static_cast<int64_t>(word); }
}  // namespace

void WindowSums::advance(const Tiles& tiles, int64_t low_us, int64_t high_us) {
  uint32_t from = first(), to = behind();
  const uint32_t count = tiles.count();
  bool stale = false;
  while (from < count && tiles.start(from) <= low_us) {
    if (from < to) {
      stale |= give_out(tiles[from]);
    } else {
      ++to;
    }
    ++from;
  }
  while (to < count && tiles.start(to) <= high_us) take_in(tiles[to++]);
  place(from, to);
  if (stale) refresh_extremes(tiles);
}

void WindowSums::tile_inserted(int64_t start_us, int64_t low_us, int64_t high_us) {
  uint32_t from = first(), to = behind();
  if (start_us <= low_us) {
    ++from, ++to;
  } else if (start_us <= high_us) {
    ++to;
  }
  place(from, to);
}

void WindowSums::first_tiles_go(uint32_t count) {
  const uint32_t from = first(), to = behind();
  place(from > count ? from - count : 0, to > count ? to - count : 0);
}

void WindowSums::add(const Mark& mark) {
  const bool first_one = words_[1]++ == 0;
  if (sums_.sum != 0) store_wide(words_ + sums_.sum, load_wide(words_ + sums_.sum) + mark.value);
  if (sums_.squares != 0)
    store_wide(words_ + sums_.squares, load_wide(words_ + sums_.squares) + Int128{mark.value} * mark.value);
  if (sums_.extremes == 0) return;
  uint64_t* extremes = words_ + sums_.extremes;
  if (first_one || mark.value < signed_word(extremes[0])) extremes[0] = static_cast<uint64_t>(mark.value);
  if (first_one || mark.value > signed_word(extremes[1])) extremes[1] = static_cast<uint64_t>(mark.value);
}

void WindowSums::take_in(const uint64_t* tile) {
  const bool first_one = words_[1] == 0;
  words_[1] += events_of(tile);
  if (sums_.bad != 0) words_[sums_.bad] += bad_of(tile);
  if (sums_.sum != 0) store_wide(words_ + sums_.sum, load_wide(words_ + sums_.sum) + signed_word(tile[tile_.sum]));
  if (sums_.squares != 0)
    store_wide(words_ + sums_.squares, load_wide(words_ + sums_.squares) + load_wide(tile + tile_.squares));
  if (sums_.values != 0) set_values(enter(values(), values_of(tile, tile_), pool_));
  if (sums_.extremes == 0) return;
  uint64_t* extremes = words_ + sums_.extremes;
  const uint64_t* taken = tile + tile_.extremes;
  if (first_one || signed_word(taken[0]) < signed_word(extremes[0])) extremes[0] = taken[0];
  if (first_one || signed_word(taken[1]) > signed_word(extremes[1])) extremes[1] = taken[1];
}

bool WindowSums::give_out(const uint64_t* tile) {
  words_[1] -= events_of(tile);
  if (sums_.bad != 0) words_[sums_.bad] -= bad_of(tile);
  if (sums_.sum != 0) store_wide(words_ + sums_.sum, load_wide(words_ + sums_.sum) - signed_word(tile[tile_.sum]));
  if (sums_.squares != 0)
    store_wide(words_ + sums_.squares, load_wide(words_ + sums_.squares) - load_wide(tile + tile_.squares));
  if (sums_.values != 0) leave(values(), values_of(tile, tile_));
  if (sums_.extremes == 0) return false;
  const uint64_t* given = tile + tile_.extremes;
  const uint64_t* extremes = words_ + sums_.extremes;
  return given[0] == extremes[0] || given[1] == extremes[1];
}

void WindowSums::refresh_extremes(const Tiles& tiles) {
  if (sums_.extremes == 0) return;
  int64_t least = INT64_MAX, greatest = INT64_MIN;
  for (uint32_t i = first(); i < behind(); ++i) {
    const uint64_t* extremes = tiles[i] + tile_.extremes;
    least = std::min(least, signed_word(extremes[0]));
    greatest = std::max(greatest, signed_word(extremes[1]));
  }
  words_[sums_.extremes] = static_cast<uint64_t>(least);
  words_[sums_.extremes + 1] = static_cast<uint64_t>(greatest);
}

void WindowSums::clear() {
  if (has_values()) {
    release(values(), pool_);
    set_values(nullptr);
  }
}

void WindowSums::read(Inside& inside) const {
  inside.events = words_[1];
  if (sums_.bad != 0) inside.bad = words_[sums_.bad];
  if (sums_.sum != 0) inside.sum = load_wide(words_ + sums_.sum);
  if (sums_.squares != 0) inside.squares = load_wide(words_ + sums_.squares);
  if (sums_.extremes != 0) {
    inside.min = signed_word(words_[sums_.extremes]);
    inside.max = signed_word(words_[sums_.extremes + 1]);
  }
}

}  // namespace puhui::features
