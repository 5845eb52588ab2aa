// KeyIndex: where a payment's row lies, by its key, in 11 to 21 bytes of memory each. A table's own index by key would
// dirty a random page with each payment; this touches one line of memory, and the rows stay in time order.
// One thread adds; any thread looks.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace puhui::fraud {

inline constexpr uint64_t kKeysMax = uint64_t{1} << 28;   // of one scheme; the desk refuses more
inline constexpr uint64_t kPlaceMax = uint64_t{1} << 40;  // of a row

class KeyIndex {
 public:
  KeyIndex() : shards_(kShards) {}

  // `hash`: 64 good bits of the key. CHECKs the place.
  void add(uint64_t hash, uint64_t place);
  // Places of rows whose key may be this one: all that are, and seldom another. The row says which.
  void find(uint64_t hash, std::vector<uint64_t>& places) const;
  uint64_t size() const { return size_; }
  uint64_t bytes() const;

 private:
  // A slot is 24 bits of the hash and 40 of the place; 0: free. Each shard grows by itself: no add takes long.
  static constexpr size_t kShards = 1024;
  struct Shard {
    std::vector<uint64_t> slots;
    size_t used = 0;
    mutable std::mutex mutex;
  };
  std::vector<Shard> shards_;
  std::atomic<uint64_t> size_ = 0;
};

}  // namespace puhui::fraud
