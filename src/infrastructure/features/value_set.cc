#include "infrastructure/features/value_set.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "ground/base/check.h"

namespace puhui::features {

namespace {

constexpr uint32_t kFirstCapacity = 3;  // with its head a block of four words
static_assert(sizeof(DistinctSketch) == DistinctSketch::kRegisters);

ValueSet* blank_set(uint32_t capacity, WordPool& pool) {
  uint64_t* words = pool.allocate(1 + capacity);
  return new (words) ValueSet{0, capacity};
}

ValueSet* as_sketch(const DistinctSketch& sketch, WordPool& pool) {
  uint64_t* words = pool.allocate(1 + ValueSet::kSketchWords);
  auto* set = new (words) ValueSet{0, ValueSet::kSketch};
  std::memcpy(set->words(), sketch.registers().data(), DistinctSketch::kRegisters);
  return set;
}

ValueSet* grown(ValueSet* set, WordPool& pool) {
  const size_t wanted = WordPool::rounded(1 + size_t{set->capacity} * 2) - 1;
  ValueSet* larger = blank_set(static_cast<uint32_t>(std::min<size_t>(wanted, kDistinctExactMax)), pool);
  larger->count = set->count;
  std::memcpy(larger->words(), set->words(), set->count * sizeof(uint64_t));
  release(set, pool);
  return larger;
}

}  // namespace

bool ValueSet::holds(uint64_t hash) const { return std::ranges::find(hashes(), hash) != hashes().end(); }

ValueSet* with_value(ValueSet* set, uint64_t hash, WordPool& pool) {
  if (set == nullptr) set = blank_set(kFirstCapacity, pool);
  if (set->is_sketch() || set->is_full()) {
    DistinctSketch sketch;
    add_to(sketch, *set);
    sketch.add(hash);
    if (!set->is_sketch()) {
      release(set, pool);
      return as_sketch(sketch, pool);
    }
    std::memcpy(set->words(), sketch.registers().data(), DistinctSketch::kRegisters);
    return set;
  }
  if (set->count == set->capacity) set = grown(set, pool);
  set->words()[set->count++] = hash;
  return set;
}

ValueSet* joined(ValueSet* set, ValueSet* other, WordPool& pool) {
  if (set == nullptr || other == nullptr) return set == nullptr ? other : set;
  if (set->is_sketch() && !other->is_sketch()) std::swap(set, other);
  if (other->is_sketch()) {
    DistinctSketch sketch;
    add_to(sketch, *set);
    add_to(sketch, *other);
    release(set, pool);
    std::memcpy(other->words(), sketch.registers().data(), DistinctSketch::kRegisters);
    return other;
  }
  for (const uint64_t hash : other->hashes()) {
    if (set->is_sketch() || !set->holds(hash)) set = with_value(set, hash, pool);
  }
  release(other, pool);
  return set;
}

ValueSet* read_hashes(std::span<const uint64_t> hashes, WordPool& pool) {
  if (hashes.empty()) return nullptr;
  const size_t capacity = WordPool::rounded(1 + hashes.size()) - 1;
  ValueSet* set = blank_set(static_cast<uint32_t>(std::min<size_t>(capacity, kDistinctExactMax)), pool);
  set->count = static_cast<uint32_t>(hashes.size());
  std::memcpy(set->words(), hashes.data(), hashes.size_bytes());
  return set;
}

ValueSet* read_registers(std::span<const uint8_t, DistinctSketch::kRegisters> registers, WordPool& pool) {
  DistinctSketch sketch;
  sketch.merge(registers);
  return as_sketch(sketch, pool);
}

void release(ValueSet* set, WordPool& pool) {
  if (set != nullptr) pool.release(reinterpret_cast<uint64_t*>(set), set->size_words());
}

void add_to(DistinctSketch& sketch, const ValueSet& set) {
  if (set.is_sketch()) {
    sketch.merge(set.registers());
  } else {
    for (const uint64_t hash : set.hashes()) sketch.add(hash);
  }
}

namespace {

constexpr uint32_t kFirstEntries = 4;
constexpr size_t kCountsWords = sizeof(ValueCounts) / sizeof(uint64_t);

size_t words_of(uint32_t capacity) { return kCountsWords + size_t{capacity} * 2; }

ValueCounts* blank_counts(uint32_t capacity, WordPool& pool) {
  uint64_t* words = pool.allocate(words_of(capacity));
  std::memset(words, 0, words_of(capacity) * sizeof(uint64_t));
  auto* counts = reinterpret_cast<ValueCounts*>(words);
  counts->capacity = capacity;
  return counts;
}

// The entry of the hash, or the free one where it belongs. There is always a free one.
ValueCounts::Entry& slot_of(std::span<ValueCounts::Entry> entries, uint64_t hash) {
  const size_t mask = entries.size() - 1;
  size_t at = hash & mask;
  while (entries[at].tiles != 0 && entries[at].hash != hash) at = (at + 1) & mask;
  return entries[at];
}

ValueCounts* with_room(ValueCounts* counts, WordPool& pool) {
  if (counts == nullptr) return blank_counts(kFirstEntries, pool);
  if (counts->values + 1 <= counts->capacity / 4 * 3) return counts;
  ValueCounts* larger = blank_counts(counts->capacity * 2, pool);
  for (const ValueCounts::Entry& entry : counts->entries()) {
    if (entry.tiles != 0) slot_of(larger->entries(), entry.hash) = entry;
  }
  larger->values = counts->values;
  larger->sketches = counts->sketches;
  larger->sketch_stands = counts->sketch_stands;
  larger->sketch = counts->sketch;
  pool.release(reinterpret_cast<uint64_t*>(counts), words_of(counts->capacity));
  return larger;
}

// Closes the gap, so that no search ends before what lies behind it (Knuth, volume 3, 6.4, algorithm R).
void erase(ValueCounts& counts, ValueCounts::Entry& gone) {
  const std::span<ValueCounts::Entry> entries = counts.entries();
  const size_t mask = entries.size() - 1;
  size_t gap = static_cast<size_t>(&gone - entries.data());
  for (size_t at = (gap + 1) & mask; entries[at].tiles != 0; at = (at + 1) & mask) {
    const size_t home = entries[at].hash & mask;
    if (((at - home) & mask) < ((at - gap) & mask)) continue;
    entries[gap] = entries[at];
    gap = at;
  }
  entries[gap].tiles = 0;
  --counts.values;
}

}  // namespace

bool ValueCounts::holds(uint64_t hash) const {
  return slot_of(const_cast<ValueCounts*>(this)->entries(), hash).tiles != 0;
}

ValueCounts* enter(ValueCounts* counts, uint64_t hash, WordPool& pool) {
  counts = with_room(counts, pool);
  ValueCounts::Entry& entry = slot_of(counts->entries(), hash);
  if (entry.tiles++ == 0) {
    entry.hash = hash;
    ++counts->values;
    enter_sketched(counts, hash);
  }
  return counts;
}

void enter_sketched(ValueCounts* counts, uint64_t hash) {
  if (counts->sketch_stands != 0) sketch_of(*counts).add(hash);
}

ValueCounts* enter(ValueCounts* counts, const ValueSet* set, WordPool& pool) {
  if (set == nullptr) return counts;
  if (!set->is_sketch()) {
    for (const uint64_t hash : set->hashes()) counts = enter(counts, hash, pool);
    return counts;
  }
  counts = counts == nullptr ? blank_counts(kFirstEntries, pool) : counts;
  ++counts->sketches;
  if (counts->sketch_stands != 0) sketch_of(*counts).merge(set->registers());
  return counts;
}

void leave(ValueCounts* counts, const ValueSet* set) {
  if (set == nullptr) return;
  CHECK(counts != nullptr, "what leaves a window has entered it");
  counts->sketch_stands = 0;
  if (set->is_sketch()) {
    CHECK(counts->sketches > 0, "what leaves a window has entered it");
    --counts->sketches;
    return;
  }
  for (const uint64_t hash : set->hashes()) {
    ValueCounts::Entry& entry = slot_of(counts->entries(), hash);
    CHECK(entry.tiles > 0, "what leaves a window has entered it");
    if (--entry.tiles == 0) erase(*counts, entry);
  }
}

DistinctSketch& blank_sketch(ValueCounts& counts, WordPool& pool) {
  if (counts.sketch == nullptr) counts.sketch = pool.allocate(ValueSet::kSketchWords);
  return *new (counts.sketch) DistinctSketch();
}

void release(ValueCounts* counts, WordPool& pool) {
  if (counts == nullptr) return;
  if (counts->sketch != nullptr) pool.release(counts->sketch, ValueSet::kSketchWords);
  pool.release(reinterpret_cast<uint64_t*>(counts), words_of(counts->capacity));
}

}  // namespace puhui::features
