// compute_batch: every feature of every event from its definition (README.md), over whole histories: what training tables
// are made by and what the engine is held against. Shares the declarations with the engine, no code of its windows.
#pragma once

#include <optional>
#include <vector>

#include "ground/base/verb.h"
#include "infrastructure/features/event.h"

namespace puhui::features {

// In arrival order. `label_at`: when its label became known; none: never.
struct BatchEvent {
  Event event;
  bool bad = false;
  std::optional<Timestamp> label_at;
};

// events × features, row after row. A label known at the time of an event or before it counts as arrived before it.
// An event that is late by the set's own bound sees nothing and is seen by nothing, as online.
Result<std::vector<FeatureValue>> compute_batch(const FeatureSet& set, std::span<const BatchEvent> events,
                                                Progress& progress);

}  // namespace puhui::features
