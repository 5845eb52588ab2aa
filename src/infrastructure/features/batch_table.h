// BatchTable: the batch row by row, so that tables larger than memory's room for all their features can be written and compared.
// compute_batch is it, gathered.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ground/base/verb.h"
#include "infrastructure/features/batch.h"
#include "infrastructure/features/engine.h"

namespace puhui::features {

inline constexpr size_t kBatchEventsMax = 200'000'000;

// A label as it arrived: before the event of that number, after the one before it. Places in the events' order.
struct BatchLabel {
  uint32_t event = 0;   // whose
  uint32_t before = 0;  // the first event that knows it
  bool bad = false;
};
// When each label arrives by its `label_at` (batch.h), in that order; those that no event is after are left out.
std::vector<BatchLabel> labels_of(std::span<const BatchEvent> events);

class BatchTable {
 public:
  // `set` and `events` outlive it; `labels` in the order they arrived. exhausted beyond kBatchEventsMax.
  static Result<BatchTable> prepare(const FeatureSet& set, std::span<const BatchEvent> events,
                                    std::vector<BatchLabel> labels, Progress& progress);
  BatchTable(BatchTable&&) noexcept;
  ~BatchTable();

  size_t size() const;
  // The features of the next event, one a feature. CHECKs that there is one.
  Standing next(std::span<FeatureValue> out);

 private:
  struct State;
  explicit BatchTable(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace puhui::features
