// What one event sees in one window: the window's sums, with the event itself where a feature counts it.
#pragma once

#include "infrastructure/features/key_windows.h"

namespace puhui::features {

struct CurrentEvent {
  bool counts = false;           // it passes the filter, has the field, and its tile lies in the window
  std::optional<int64_t> value;  // of the field
  uint64_t hash = 0;
  int64_t at_us = 0;
};

// Writes the values of the window's features.
void read_features(const PlannedSeries& series, const PlannedWindow& window, const Tiles& tiles, const WindowSums& sums,
                   const CurrentEvent& current, WordPool& pool, std::span<FeatureValue> out, WindowCounts& counts);

}  // namespace puhui::features
