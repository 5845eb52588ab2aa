// Plan: a FeatureSet laid out for the engine. Features of one entity, filter, field and hop share a *series* of tiles; those of it
// that also share window and delay share a *window* with its running sums. Says where each number stands in memory.
#pragma once

#include <memory>
#include <vector>

#include "infrastructure/features/aggregate_value.h"

namespace puhui::features {

// Where the parts of a tile stand, in words; 0: it has none of that part. Word 0 is its start in microseconds, word 1 its events
// (low half) and the bad of them (high half).
struct TileLayout {
  uint8_t sum = 0;       // 1 word
  uint8_t squares = 0;   // 2 words
  uint8_t extremes = 0;  // least, greatest
  uint8_t last = 0;      // time of the latest event, its value
  uint8_t first = 0;     // time of the earliest event
  uint8_t values = 0;    // ValueSet*
  uint8_t words = 2;
  bool operator==(const TileLayout&) const = default;
};

// The same of a window's running sums. Word 0 holds the first tile inside (low half) and the first behind it, word 1 the events.
struct SumsLayout {
  uint8_t bad = 0;
  uint8_t sum = 0;      // 2 words
  uint8_t squares = 0;  // 2 words
  uint8_t extremes = 0;
  uint8_t values = 0;  // ValueCounts*
  uint8_t words = 2;
};

struct PlannedFeature {
  size_t feature = 0;  // its place in the set
  ValueRule rule;
  bool includes_current = true;
  std::vector<uint64_t> weights;  // of an ewma, by age in tiles
};

struct PlannedWindow {
  int64_t window_us = INT64_MAX;
  int64_t delay_us = 0;
  SumsLayout sums;
  uint32_t at_word = 0;  // of a key's block
  std::vector<PlannedFeature> features;
  bool reads_last = false, reads_first = false, reads_weights = false;

  // Tiles whose start lies in (low, high] are inside for an event at that time.
  int64_t low_us(int64_t at_us) const { return window_us == INT64_MAX ? INT64_MIN : at_us - delay_us - window_us; }
  int64_t high_us(int64_t at_us) const { return at_us - delay_us; }
};

struct PlannedSeries {
  size_t filter = 0;
  std::optional<size_t> of;  // field
  bool of_text = false;      // it is a key or text: empty is absent
  int64_t hop_us = 1;
  bool unbounded = false;   // its windows are `all`: tiles are folded, never dropped
  bool has_labels = false;  // a feature of it looks at what proved bad
  int64_t reach_us = 0;     // how far behind an event it looks: the longest window with its delay, or the longest delay
  TileLayout tile;
  uint32_t at_word = 0;  // of a key's block: its Ring
  std::vector<PlannedWindow> windows;
};

struct PlannedEntity {
  size_t field = 0;
  uint32_t block_words = 0;
  std::vector<PlannedSeries> series;
};

struct Plan {
  std::vector<PlannedEntity> entities;
  std::vector<size_t> expressions;    // features, in the set's order
  std::vector<size_t> graph;          // features, in the set's order
  std::vector<size_t> hashed_fields;  // whose texts' hashes are counted
  int64_t lateness_us = 0;
};

// `filter_of`: the number of each feature's filter.
Plan plan_of(const FeatureSet& set, std::span<const size_t> filter_of);

inline int64_t tile_start(int64_t at_us, int64_t hop_us) {
  const int64_t over = at_us % hop_us;
  return at_us - over - (over < 0 ? hop_us : 0);
}

}  // namespace puhui::features
