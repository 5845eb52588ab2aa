// Tags: what is left of a doubly masked point for comparing: its first bytes, as many as keep a false match over a whole
// job below 2^-40.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace puhui::federation {

inline constexpr size_t kTagBytesMin = 8, kTagBytesMax = 32;

// Each of `places` is compared with each of `peer_places`, in each of `buckets`: 40 bits more than there are comparisons.
size_t tag_bytes_for(uint64_t places, uint64_t peer_places, uint64_t buckets);

// The peer's tags by place, found by their bytes.
class TagTable {
 public:
  TagTable(size_t count, size_t tag_bytes);
  // The next place. False when the tag stands there already.
  bool add(std::span<const uint8_t> tag);
  std::optional<uint32_t> find(std::span<const uint8_t> tag) const;
  size_t count() const { return count_; }

 private:
  size_t slot_of(std::span<const uint8_t> tag) const;
  std::span<const uint8_t> at(size_t place) const { return {tags_.data() + place * tag_bytes_, tag_bytes_}; }

  size_t tag_bytes_, count_ = 0;
  std::vector<uint8_t> tags_;    // by place
  std::vector<uint32_t> slots_;  // place + 1, 0: free; a power of two, at most half full
};

}  // namespace puhui::federation
