// compute_batch: every feature of every event from its definition (README.md), over whole histories: what training tables
// are made by and what the engine is held against. Shares the declarations with the engine, no code of its windows.
#pragma once

#include <optional>
#include <vector>

#include "ground/base/verb.h"
#include "infrastructure/features/event.h"

namespace puhui::features {

// In arrival order. `label_at`: when its label became known; none: never. It arrives right before the first event that happens
// then or later, but never before its own event; from then on it is known, also to events that come out of order.
struct BatchEvent {
  Event event;
  bool bad = false;
  std::optional<Timestamp> label_at;
};

// events × features, row after row. An event that is late by the set's own bound sees nothing and is seen by nothing, as online.
Result<std::vector<FeatureValue>> compute_batch(const FeatureSet& set, std::span<const BatchEvent> events,
                                                Progress& progress);

}  // namespace puhui::features
