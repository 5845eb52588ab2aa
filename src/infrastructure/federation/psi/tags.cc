#include "infrastructure/federation/psi/tags.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "ground/base/check.h"

namespace puhui::federation {

size_t tag_bytes_for(uint64_t places, uint64_t peer_places, uint64_t buckets) {
  const auto bits = [](uint64_t count) { return static_cast<size_t>(std::bit_width(count > 0 ? count - 1 : 0)); };
  const size_t all = 40 + bits(places) + bits(peer_places) + bits(buckets);
  return std::clamp((all + 7) / 8, kTagBytesMin, kTagBytesMax);
}

TagTable::TagTable(size_t count, size_t tag_bytes)
    : tag_bytes_(tag_bytes), slots_(std::bit_ceil(std::max<size_t>(count, 1) * 2)) {
  CHECK(tag_bytes >= kTagBytesMin && tag_bytes <= kTagBytesMax, "a tag has 8 to 32 bytes");
  CHECK(count < UINT32_MAX, "places are counted in 32 bits");
  tags_.reserve(count * tag_bytes);
}

// Tags are as good as random to whoever does not know both masks: their own bytes spread them.
size_t TagTable::slot_of(std::span<const uint8_t> tag) const {
  uint64_t spread = 0;
  std::memcpy(&spread, tag.data(), sizeof spread);
  size_t slot = spread & (slots_.size() - 1);
  while (slots_[slot] != 0 && !std::ranges::equal(at(slots_[slot] - 1), tag)) slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

bool TagTable::add(std::span<const uint8_t> tag) {
  CHECK(tag.size() == tag_bytes_, "all tags are of one length");
  CHECK((count_ + 1) * 2 <= slots_.size(), "no more tags than said");
  const size_t slot = slot_of(tag);
  if (slots_[slot] != 0) return false;
  tags_.insert(tags_.end(), tag.begin(), tag.end());
  slots_[slot] = static_cast<uint32_t>(++count_);
  return true;
}

std::optional<uint32_t> TagTable::find(std::span<const uint8_t> tag) const {
  CHECK(tag.size() == tag_bytes_, "all tags are of one length");
  const uint32_t found = slots_[slot_of(tag)];
  if (found == 0) return std::nullopt;
  return found - 1;
}

}  // namespace puhui::federation
