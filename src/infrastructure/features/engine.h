// Engine: the windows of one FeatureSet in memory. One thread at a time; its state is a function of the accepted events
// and labels in their order, so a snapshot and the log after it give the same bytes again.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "infrastructure/features/event.h"

namespace puhui::features {

class SharingGraph;
class TransferGraph;

struct EngineLimits {
  size_t keys_max = size_t{1} << 20;   // an entity
  size_t tiles_max = 4096;             // a key and series
  size_t edges_max = size_t{1} << 22;  // of each graph
};

struct EngineCounts {
  uint64_t events = 0, late = 0, labels = 0, late_labels = 0;  // a label for what is no longer kept
  uint64_t keys = 0, tiles = 0, edges = 0;
  uint64_t keys_evicted = 0, tiles_merged = 0, edges_evicted = 0, overflowed = 0, estimated = 0;
  uint64_t bytes = 0;  // memory held, about
};

enum class Standing : uint8_t {
  accepted,
  late,  // counted, not added; its features are absent
};

class Engine {
 public:
  explicit Engine(std::shared_ptr<const FeatureSet> set, EngineLimits limits = {});
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

  const FeatureSet& set() const;
  // Adds the event and writes what it sees, one value a feature in the set's order; CHECKs the length.
  Standing observe(const Event& event, std::span<FeatureValue> out);
  // What an event like this one would see now; adds nothing. Graph measures leave the event itself out: its own transfer and
  // ties do not count, and cycles are absent.
  void peek(const Event& event, std::span<FeatureValue> out);
  // The event proved bad or good. `before`: what was said of it earlier, if anything was. Of an event that was accepted,
  // after it: who calls knows which those are, the engine keeps no events.
  void label(const Event& event, std::optional<bool> before, bool bad);

  // The graphs behind the set's graph measures, for pictures; null when it has none of that kind.
  const TransferGraph* transfers() const;
  const SharingGraph* ties() const;

  Timestamp watermark() const;
  EngineCounts counts() const;

  std::string snapshot() const;
  // `corrupt` for anything that snapshot() of the same set and limits did not write.
  static Result<Engine> restore(std::shared_ptr<const FeatureSet> set, EngineLimits limits, std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace puhui::features
