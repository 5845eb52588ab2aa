// The insides of an Engine, shared by engine.cc and engine_snapshot.cc. Not for others.
#pragma once

#include "ground/base/bytes.h"
#include "infrastructure/features/engine.h"
#include "infrastructure/features/formulas.h"
#include "infrastructure/features/key_windows.h"
#include "infrastructure/features/set_graphs.h"

namespace puhui::features {

struct Engine::State : private SeenEvent {
  State(std::shared_ptr<const FeatureSet> declared, EngineLimits engine_limits);
  ~State() override = default;

  struct Entity {
    const PlannedEntity& plan;
    KeyTable keys;
    KeyHash now;                   // of the event under way
    uint64_t* block = nullptr;     // of the event under way; null: it has no such key
    std::vector<uint64_t> nobody;  // a block of zeros: a key that is not kept sees nothing
  };

  void begin(const Event& event);
  bool is_late(Timestamp at) const;
  void find_keys(bool create);
  void read_expressions(std::span<FeatureValue> out);
  WindowBounds bounds() const;
  KeyWindows windows(const Entity& entity) { return KeyWindows(entity.block, entity.plan, pool); }
  Standing observe(const Event& event, std::span<FeatureValue> out);
  void peek(const Event& event, std::span<FeatureValue> out);
  void label(const Event& event, int bad_change);
  void write(ByteWriter& out);
  void read(ByteReader& in);  // into a new one
  void read_keys(ByteReader& in, Entity& entity);

  bool passes(size_t filter) override { return filter == 0 || formulas.passes_filter(filter); }
  uint64_t hash_of(size_t field) override;

  std::shared_ptr<const FeatureSet> set;
  EngineLimits limits;
  Formulas formulas;
  bool has_formulas;
  Plan plan;
  WordPool pool;
  std::vector<Entity> entities;
  SetGraphs graphs;
  std::vector<uint64_t> hashes;  // of the event under way, by field; 0: not made yet
  EngineCounts counts;
  WindowCounts window_counts;
  bool any_event = false;
  int64_t watermark_us = kEventTimeMin.microseconds;
};

}  // namespace puhui::features
