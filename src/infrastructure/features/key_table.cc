#include "infrastructure/features/key_table.h"

#include <algorithm>
#include <cstring>

#include "ground/base/check.h"
#include "ground/base/hash.h"

namespace puhui::features {

KeyHash KeyHash::of(std::string_view key) { return {hash64(key, 0x6B65792D68696768), hash64(key, 0x6B65792D6C6F77)}; }

KeyTable::KeyTable(uint32_t block_words, size_t keys_max)
    : block_words_(block_words), keys_max_(std::clamp<size_t>(keys_max, 1, kNone - 1)) {}

size_t KeyTable::search(const KeyHash& key) const {
  const size_t mask = places_.size() - 1;
  const uint32_t tag = tag_of(key);
  size_t at = place_of(key);
  for (;; at = (at + 1) & mask) {
    const Place& place = places_[at];
    if (place.slot == kNone) return at;
    if (place.tag != tag) continue;
    const uint64_t* found = block(place.slot);
    if (found[0] == key.high && found[1] == key.low) return at;
  }
}

uint64_t* KeyTable::find(const KeyHash& key) const {
  if (places_.empty()) return nullptr;
  const uint32_t slot = places_[search(key)].slot;
  return slot == kNone ? nullptr : block(slot);
}

uint64_t* KeyTable::touch(const KeyHash& key, const std::function<void(uint64_t*)>& forget) {
  if (size_ + 1 > places_.size() / 2) grow();
  size_t at = search(key);
  uint32_t slot = places_[at].slot;
  if (slot != kNone) {
    if (slot == newest_) return block(slot);
    unlink(slot);
    link_newest(slot);
    return block(slot);
  }
  slot = slot_for_new(forget);
  at = search(key);  // what was forgotten may have moved its neighbours
  places_[at] = {tag_of(key), slot};
  uint64_t* words = block(slot);
  std::memset(words, 0, block_words_ * sizeof(uint64_t));
  words[0] = key.high;
  words[1] = key.low;
  link_newest(slot);
  ++size_;
  return words;
}

uint32_t KeyTable::slot_for_new(const std::function<void(uint64_t*)>& forget) {
  if (size_ < keys_max_) {
    if (size_ % kBlocksInAPiece == 0)
      pieces_.push_back(std::make_unique_for_overwrite<uint64_t[]>(size_t{kBlocksInAPiece} * block_words_));
    links_.emplace_back();
    return static_cast<uint32_t>(size_);
  }
  const uint32_t slot = oldest_;
  uint64_t* words = block(slot);
  const size_t place = search({words[0], words[1]});
  CHECK(places_[place].slot == slot, "a key that is kept stands in the table");
  forget(words);
  erase(place);
  unlink(slot);
  --size_;
  return slot;
}

// Closes the gap (Knuth, volume 3, 6.4, algorithm R).
void KeyTable::erase(size_t gap) {
  const size_t mask = places_.size() - 1;
  for (size_t at = (gap + 1) & mask; places_[at].slot != kNone; at = (at + 1) & mask) {
    const size_t home = places_[at].tag & mask;
    if (((at - home) & mask) < ((at - gap) & mask)) continue;
    places_[gap] = places_[at];
    gap = at;
  }
  places_[gap] = {};
}

void KeyTable::grow() {
  constexpr size_t kFirstPlaces = 64;
  std::vector<Place> before(std::max(kFirstPlaces, places_.size() * 2));
  before.swap(places_);
  const size_t mask = places_.size() - 1;
  for (const Place& place : before) {
    if (place.slot == kNone) continue;
    size_t at = place.tag & mask;
    while (places_[at].slot != kNone) at = (at + 1) & mask;
    places_[at] = place;
  }
}

void KeyTable::unlink(uint32_t slot) {
  const Link link = links_[slot];
  (link.older == kNone ? oldest_ : links_[link.older].newer) = link.newer;
  (link.newer == kNone ? newest_ : links_[link.newer].older) = link.older;
}

void KeyTable::link_newest(uint32_t slot) {
  links_[slot] = {newest_, kNone};
  (newest_ == kNone ? oldest_ : links_[newest_].newer) = slot;
  newest_ = slot;
}

uint64_t KeyTable::bytes() const {
  return places_.capacity() * sizeof(Place) + links_.capacity() * sizeof(Link) +
         pieces_.size() * kBlocksInAPiece * block_words_ * sizeof(uint64_t);
}

}  // namespace puhui::features
