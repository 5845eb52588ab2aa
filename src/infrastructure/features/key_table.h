// KeyTable: the keys of one entity, each with a block of words that its windows live in, and the order in which they were
// last updated. Keys are known by 128 bits of hash; a block never moves while its key is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace puhui::features {

struct KeyHash {
  uint64_t high = 0, low = 0;
  bool operator==(const KeyHash&) const = default;
  static KeyHash of(std::string_view key);
};

inline constexpr uint32_t kKeyWords = 4;  // at the front of a block: the hash, then two for the block's owner

class KeyTable {
 public:
  KeyTable(uint32_t block_words, size_t keys_max);

  void prefetch(const KeyHash& key) const {
    if (!places_.empty()) __builtin_prefetch(&places_[place_of(key)]);
  }
  uint64_t* find(const KeyHash& key) const;  // null when it is not kept
  // The block of the key, which is the newest from now on. One that is new is zero behind its hash; when there is no room for
  // it, the key updated longest ago goes first: `forget` gets its block.
  uint64_t* touch(const KeyHash& key, const std::function<void(uint64_t*)>& forget);

  size_t size() const { return size_; }
  uint64_t bytes() const;
  template <class Visit>
  void each_from_oldest(Visit visit) const {
    for (uint32_t slot = oldest_; slot != kNone; slot = links_[slot].newer) visit(block(slot));
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX, kBlocksInAPiece = 64;
  struct Place {
    uint32_t tag = 0;
    uint32_t slot = kNone;
  };
  struct Link {
    uint32_t older = kNone, newer = kNone;
  };

  uint64_t* block(uint32_t slot) const {
    return pieces_[slot / kBlocksInAPiece].get() + size_t{slot % kBlocksInAPiece} * block_words_;
  }
  // A tag says its place too, so that growing reads no blocks.
  static uint32_t tag_of(const KeyHash& key) { return static_cast<uint32_t>(key.low >> 32); }
  size_t place_of(const KeyHash& key) const { return tag_of(key) & (places_.size() - 1); }
  // Where the key stands, or would.
  size_t search(const KeyHash& key) const;
  uint32_t slot_for_new(const std::function<void(uint64_t*)>& forget);
  void erase(size_t place);
  void grow();
  void unlink(uint32_t slot);
  void link_newest(uint32_t slot);

  uint32_t block_words_;
  size_t keys_max_;
  size_t size_ = 0;
  std::vector<Place> places_;
  std::vector<Link> links_;
  std::vector<std::unique_ptr<uint64_t[]>> pieces_;
  uint32_t oldest_ = kNone, newest_ = kNone;
};

}  // namespace puhui::features
