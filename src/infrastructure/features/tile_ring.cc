#include "infrastructure/features/tile_ring.h"

#include <algorithm>
#include <bit>

namespace puhui::features {

namespace {

int64_t signed_word(uint64_t word) { return static_cast<int64_t>(word); }

void add_events(uint64_t* tile, uint64_t events, uint64_t bad) { tile[1] += events | bad << 32; }

}  // namespace

bool fits(const uint64_t* tile, const TileLayout& layout, const Mark& mark) {
  int64_t sum = 0;
  if (events_of(tile) == UINT32_MAX) return false;
  return layout.sum == 0 || !__builtin_add_overflow(signed_word(tile[layout.sum]), mark.value, &sum);
}

void add(uint64_t* tile, const TileLayout& layout, const Mark& mark) {
  const bool first = events_of(tile) == 0;
  add_events(tile, 1, 0);
  if (layout.sum != 0) tile[layout.sum] += static_cast<uint64_t>(mark.value);
  if (layout.squares != 0)
    store_wide(tile + layout.squares, load_wide(tile + layout.squares) + Int128{mark.value} * mark.value);
  if (layout.extremes != 0) {
    uint64_t* extremes = tile + layout.extremes;
    if (first || mark.value < signed_word(extremes[0])) extremes[0] = static_cast<uint64_t>(mark.value);
    if (first || mark.value > signed_word(extremes[1])) extremes[1] = static_cast<uint64_t>(mark.value);
  }
  // Of two at one time the one that came later is the latest.
  if (layout.last != 0 && (first || mark.at_us >= signed_word(tile[layout.last]))) {
    tile[layout.last] = static_cast<uint64_t>(mark.at_us);
    tile[layout.last + 1] = static_cast<uint64_t>(mark.value);
  }
  if (layout.first != 0 && (first || mark.at_us < signed_word(tile[layout.first])))
    tile[layout.first] = static_cast<uint64_t>(mark.at_us);
}

bool fit_together(const uint64_t* earlier, const uint64_t* later, const TileLayout& layout) {
  int64_t sum = 0;
  if (uint64_t{events_of(earlier)} + events_of(later) > UINT32_MAX) return false;
  return layout.sum == 0 ||
         !__builtin_add_overflow(signed_word(earlier[layout.sum]), signed_word(later[layout.sum]), &sum);
}

void merge_into(uint64_t* later, const uint64_t* earlier, const TileLayout& layout, WordPool& pool) {
  add_events(later, events_of(earlier), bad_of(earlier));
  if (layout.sum != 0) later[layout.sum] += earlier[layout.sum];
  if (layout.squares != 0)
    store_wide(later + layout.squares, load_wide(later + layout.squares) + load_wide(earlier + layout.squares));
  if (layout.extremes != 0) {
    const auto merged = [&](uint8_t i, auto better) {
      later[i] = static_cast<uint64_t>(better(signed_word(later[i]), signed_word(earlier[i])));
    };
    merged(layout.extremes, [](int64_t a, int64_t b) { return std::min(a, b); });
    merged(static_cast<uint8_t>(layout.extremes + 1), [](int64_t a, int64_t b) { return std::max(a, b); });
  }
  if (layout.first != 0)
    later[layout.first] =
        static_cast<uint64_t>(std::min(signed_word(later[layout.first]), signed_word(earlier[layout.first])));
  if (layout.values != 0)
    later[layout.values] = std::bit_cast<uint64_t>(joined(values_of(later, layout), values_of(earlier, layout), pool));
}

uint32_t Tiles::first_from(int64_t start_us) const {
  uint32_t low = 0, high = ring_.count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (start(middle) < start_us) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void Tiles::make_room() {
  const size_t tile_bytes = layout_.words * sizeof(uint64_t);
  if (ring_.begin > ring_.capacity / 4) {
    std::memmove(ring_.words, (*this)[0], ring_.count * tile_bytes);
    ring_.begin = 0;
    return;
  }
  constexpr size_t kFirstTiles = 2;
  const size_t wanted = std::max(kFirstTiles, size_t{ring_.capacity} + ring_.capacity / 2 + 1);
  const size_t words = WordPool::rounded(wanted * layout_.words);
  uint64_t* larger = pool_.allocate(words);
  if (ring_.count > 0) std::memcpy(larger, (*this)[0], ring_.count * tile_bytes);
  pool_.release(ring_.words, size_t{ring_.capacity} * layout_.words);
  ring_.words = larger;
  ring_.begin = 0;
  ring_.capacity = static_cast<uint32_t>(words / layout_.words);
}

uint64_t* Tiles::insert(uint32_t i, int64_t start_us) {
  if (is_full()) make_room();
  uint64_t* tile = (*this)[i];
  const size_t tile_bytes = layout_.words * sizeof(uint64_t);
  std::memmove(tile + layout_.words, tile, (ring_.count - i) * tile_bytes);
  std::memset(tile, 0, tile_bytes);
  tile[0] = static_cast<uint64_t>(start_us);
  ++ring_.count;
  return tile;
}

void Tiles::drop_first() {
  if (layout_.values != 0) release(values_of((*this)[0], layout_), pool_);
  ++ring_.begin;
  --ring_.count;
  ring_.has_merged = 0;
}

void Tiles::merge_first_two() {
  const int64_t from_us = ring_.has_merged != 0 ? ring_.merged_from_us : start(0);
  uint64_t* earlier = (*this)[0];
  merge_into((*this)[1], earlier, layout_, pool_);
  if (layout_.values != 0) earlier[layout_.values] = 0;  // they went over
  drop_first();
  ring_.has_merged = 1;
  ring_.merged_from_us = from_us;
}

void Tiles::clear() {
  while (count() > 0) drop_first();
  pool_.release(ring_.words, size_t{ring_.capacity} * layout_.words);
  ring_ = {};
}

}  // namespace puhui::features
