// KeyWindows: all windows of one key of one entity: what an event sees in them, what it adds, what a label changes.
#pragma once

#include "infrastructure/features/key_table.h"
#include "infrastructure/features/window_sums.h"

namespace puhui::features {

// An event as the series of an engine see it: each asks for its filter and its field.
class SeenEvent {
 public:
  virtual ~SeenEvent() = default;
  int64_t at_us = 0;
  const Event* event = nullptr;
  virtual bool passes(size_t filter) = 0;
  virtual uint64_t hash_of(size_t field) = 0;  // of Plan::hashed_fields
};

struct WindowCounts {
  uint64_t tiles_merged = 0, overflowed = 0, estimated = 0;
};

struct WindowBounds {
  int64_t kept_from_us = 0;  // no event from now on happens before it: the watermark less the lateness
  size_t tiles_max = 0;
};

class KeyWindows {
 public:
  KeyWindows(uint64_t* block, const PlannedEntity& entity, WordPool& pool)
      : block_(block), entity_(entity), pool_(pool) {}

  void begin_new() { set_cursor(kBeforeAll); }
  void prefetch() const;
  // Writes what the event sees, before it is added.
  void read(SeenEvent& seen, std::span<FeatureValue> out, WindowCounts& counts);
  // The same, and nothing moves.
  void peek(SeenEvent& seen, std::span<FeatureValue> out) const;
  // After read() of the same event.
  void add(SeenEvent& seen, const WindowBounds& bounds, WindowCounts& counts);
  enum class Labelled : uint8_t { nowhere_asked, not_kept, changed };
  Labelled label(SeenEvent& seen, int bad_change, const WindowBounds& bounds);
  // Gives everything back; the block is then zero.
  void clear();
  // Drops and folds what no event will look at.
  void settle(const PlannedSeries& series, const WindowBounds& bounds);
  Ring& ring(const PlannedSeries& series) const { return *reinterpret_cast<Ring*>(block_ + series.at_word); }

 private:
  static constexpr int64_t kBeforeAll = INT64_MIN / 2;
  // When the windows stand: that of the latest event in order.
  int64_t cursor_us() const { return static_cast<int64_t>(block_[2]); }
  void set_cursor(int64_t at_us) { block_[2] = static_cast<uint64_t>(at_us); }
  WindowSums sums(const PlannedSeries& series, const PlannedWindow& window) const {
    return WindowSums(block_ + window.at_word, window, series.tile, pool_);
  }
  Tiles tiles(const PlannedSeries& series) const { return Tiles(ring(series), series.tile, pool_); }
  void add_to(const PlannedSeries& series, const Mark& mark, const WindowBounds& bounds, WindowCounts& counts);
  void add_value(const PlannedSeries& series, uint32_t tile, uint64_t hash);
  void merge_oldest(const PlannedSeries& series);

  uint64_t* block_;
  const PlannedEntity& entity_;
  WordPool& pool_;
};

}  // namespace puhui::features
