#include "applications/fraud/key_index.h"

#include "ground/base/check.h"

namespace puhui::fraud {

namespace {

constexpr size_t kSlotsFirst = 16;  // a power of two, as all sizes
constexpr int kPlaceBits = 40, kFingerprintBits = 24;

// The top bits choose the shard, so what is kept of the hash in a slot tells its keys apart.
uint64_t fingerprint_of(uint64_t hash) { return (hash >> 10) & ((uint64_t{1} << kFingerprintBits) - 1); }

void put(std::vector<uint64_t>& slots, uint64_t slot) {
  const size_t mask = slots.size() - 1;
  size_t at = (slot >> kPlaceBits) & mask;
  while (slots[at] != 0) at = (at + 1) & mask;
  slots[at] = slot;
}

}  // namespace

void KeyIndex::add(uint64_t hash, uint64_t place) {
  CHECK(place > 0 && place < kPlaceMax, "a row's place");
  Shard& shard = shards_[hash >> 54];
  const std::lock_guard lock(shard.mutex);
  if ((shard.used + 1) * 4 > shard.slots.size() * 3) {
    std::vector<uint64_t> wider(shard.slots.empty() ? kSlotsFirst : shard.slots.size() * 2);
    for (const uint64_t slot : shard.slots) {
      if (slot != 0) put(wider, slot);
    }
    shard.slots.swap(wider);
  }
  put(shard.slots, fingerprint_of(hash) << kPlaceBits | place);
  ++shard.used;
  ++size_;
}

void KeyIndex::find(uint64_t hash, std::vector<uint64_t>& places) const {
  places.clear();
  const Shard& shard = shards_[hash >> 54];
  const std::lock_guard lock(shard.mutex);
  if (shard.slots.empty()) return;
  const uint64_t fingerprint = fingerprint_of(hash);
  const size_t mask = shard.slots.size() - 1;
  for (size_t at = fingerprint & mask; shard.slots[at] != 0; at = (at + 1) & mask) {
    if (shard.slots[at] >> kPlaceBits == fingerprint) places.push_back(shard.slots[at] & (kPlaceMax - 1));
  }
}

uint64_t KeyIndex::bytes() const {
  uint64_t bytes = shards_.size() * sizeof(Shard);
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += shard.slots.capacity() * sizeof(uint64_t);
  }
  return bytes;
}

}  // namespace puhui::fraud
