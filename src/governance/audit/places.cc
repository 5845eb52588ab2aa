#include "governance/audit/places.h"

#include <algorithm>

#include "ground/base/bytes.h"

namespace puhui::audit {

namespace {
constexpr size_t kBitmapBytes = kBlockRecords / 8, kNumberBytes = 2;
}  // namespace

size_t Places::count() const {
  size_t out = 0;
  for (const uint64_t word : words_) out += static_cast<size_t>(std::popcount(word));
  return out;
}

bool Places::empty() const {
  return std::all_of(words_.begin(), words_.end(), [](uint64_t word) { return word == 0; });
}

Places& Places::operator&=(const Places& other) {
  for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  return *this;
}

Places& Places::operator|=(const Places& other) {
  for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  return *this;
}

// Below 512 bytes it is a list of numbers of two bytes each, at 512 the bitmap.
std::string Places::encode() const {
  ByteWriter to;
  if (count() * kNumberBytes < kBitmapBytes) {
    each_down([&](uint32_t place) {
      to.u8(static_cast<uint8_t>(place & 0xFF));
      to.u8(static_cast<uint8_t>(place >> 8));
    });
  } else {
    for (const uint64_t word : words_) to.u64(word);
  }
  return to.take();
}

Result<Places> Places::decode(std::string_view bytes) {
  Places out;
  ByteReader from(bytes);
  if (bytes.size() == kBitmapBytes) {
    for (uint64_t& word : out.words_) word = from.u64();
    return out;
  }
  if (bytes.size() > kBitmapBytes || bytes.size() % kNumberBytes != 0) {
    return fail(ErrorCode::corrupt, "audit_posting",
                "expected at most 512 bytes, two a place, came " + std::to_string(bytes.size()) +
                    ": empty audit's tables and its row of kernel_follower, and the index is made anew");
  }
  while (from.remaining() > 0) {
    const uint32_t low = from.u8(), place = low | uint32_t{from.u8()} << 8;
    if (place >= kBlockRecords) return fail(ErrorCode::corrupt, "audit_posting", "a place lies beyond its block");
    out.add(place);
  }
  return out;
}

}  // namespace puhui::audit
