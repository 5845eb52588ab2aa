// Which different values lie in a tile (ValueSet) and in a window (ValueCounts). Both live in a WordPool and are held by pointer;
// a null pointer is the empty one.
#pragma once

#include <span>

#include "infrastructure/features/aggregate_value.h"
#include "infrastructure/features/word_pool.h"

namespace puhui::features {

// Hashes of values, at most kDistinctExactMax of them; beyond that the registers of a DistinctSketch.
struct ValueSet {
  static constexpr uint32_t kSketch = UINT32_MAX;
  static constexpr size_t kSketchWords = DistinctSketch::kRegisters / sizeof(uint64_t);

  uint32_t count;
  uint32_t capacity;  // kSketch: registers follow, not hashes

  bool is_sketch() const { return capacity == kSketch; }
  std::span<const uint64_t> hashes() const { return {words(), is_sketch() ? 0 : count}; }
  std::span<const uint8_t, DistinctSketch::kRegisters> registers() const {
    return std::span<const uint8_t, DistinctSketch::kRegisters>(reinterpret_cast<const uint8_t*>(words()),
                                                                DistinctSketch::kRegisters);
  }
  bool holds(uint64_t hash) const;
  bool is_full() const { return count == kDistinctExactMax; }
  size_t size_words() const { return 1 + (is_sketch() ? kSketchWords : capacity); }

  uint64_t* words() { return reinterpret_cast<uint64_t*>(this) + 1; }
  const uint64_t* words() const { return reinterpret_cast<const uint64_t*>(this) + 1; }
};

// Each takes the old set and answers the one that stands in its place.
ValueSet* with_value(ValueSet* set, uint64_t hash, WordPool& pool);  // needs: not held; turns into a sketch when full
ValueSet* joined(ValueSet* set, ValueSet* other, WordPool& pool);    // takes both
ValueSet* read_hashes(std::span<const uint64_t> hashes, WordPool& pool);
ValueSet* read_registers(std::span<const uint8_t, DistinctSketch::kRegisters> registers, WordPool& pool);
void release(ValueSet* set, WordPool& pool);

// How many tiles of a window hold each value; how many of its tiles are sketches.
struct ValueCounts {
  struct Entry {
    uint64_t hash;
    uint64_t tiles;  // 0: free
  };
  uint32_t values;
  uint32_t capacity;  // entries, a power of two
  uint32_t sketches;
  uint32_t sketch_stands;  // the registers below are those of the window's values
  uint64_t* sketch;        // null until one is asked for

  std::span<Entry> entries() { return {reinterpret_cast<Entry*>(this + 1), capacity}; }
  std::span<const Entry> entries() const { return {reinterpret_cast<const Entry*>(this + 1), capacity}; }
  bool holds(uint64_t hash) const;
};

ValueCounts* enter(ValueCounts* counts, const ValueSet* set, WordPool& pool);
ValueCounts* enter(ValueCounts* counts, uint64_t hash, WordPool& pool);
// A value that went into a tile that is a sketch.
void enter_sketched(ValueCounts* counts, uint64_t hash);
void leave(ValueCounts* counts, const ValueSet* set);
void release(ValueCounts* counts, WordPool& pool);

// The number of different values, exact or estimated; `current`: the current event's, where it counts. `tiles`: the sets of the
// window's tiles, asked for only when the sketch has to be made anew.
struct Distinct {
  uint64_t values = 0;
  bool estimated = false;
};
template <class EachSet>
Distinct distinct_of(ValueCounts* counts, const uint64_t* current, WordPool& pool, EachSet each_set);

// Of distinct_of: the registers, made anew from `each_set` when they do not stand.
DistinctSketch& blank_sketch(ValueCounts& counts, WordPool& pool);
inline DistinctSketch& sketch_of(ValueCounts& counts) { return *reinterpret_cast<DistinctSketch*>(counts.sketch); }
void add_to(DistinctSketch& sketch, const ValueSet& set);

template <class EachSet>
Distinct distinct_of(ValueCounts* counts, const uint64_t* current, WordPool& pool, EachSet each_set) {
  if (counts == nullptr) return {current != nullptr ? 1u : 0u, false};
  const bool one_more = current != nullptr && !counts->holds(*current);
  const uint64_t exact = counts->values + (one_more ? 1 : 0);
  if (counts->sketches == 0 && exact <= kDistinctExactMax) return {exact, false};
  if (counts->sketch_stands == 0) {
    DistinctSketch& sketch = blank_sketch(*counts, pool);
    each_set([&](const ValueSet& set) { add_to(sketch, set); });
    counts->sketch_stands = 1;
  }
  if (current == nullptr) return {sketch_of(*counts).estimate(), true};
  DistinctSketch with_current = sketch_of(*counts);
  with_current.add(*current);
  return {with_current.estimate(), true};
}

}  // namespace puhui::features
