// Places: which of a block's 4,096 records, as a bitmap; stored as a list of numbers while that is shorter.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "ground/base/result.h"

namespace puhui::audit {

inline constexpr uint64_t kBlockRecords = 4096;
inline uint64_t block_of(uint64_t sequence) { return sequence / kBlockRecords; }
inline uint32_t place_of(uint64_t sequence) { return static_cast<uint32_t>(sequence % kBlockRecords); }

class Places {
 public:
  void add(uint32_t place) { words_[place / 64] |= uint64_t{1} << (place % 64); }
  bool has(uint32_t place) const { return (words_[place / 64] >> (place % 64) & 1) != 0; }
  void drop(uint32_t place) { words_[place / 64] &= ~(uint64_t{1} << (place % 64)); }
  size_t count() const;
  bool empty() const;
  Places& operator&=(const Places& other);
  Places& operator|=(const Places& other);
  bool operator==(const Places&) const = default;

  // Calls visit(place) for each, the highest first.
  template <class Visit>
  void each_down(Visit visit) const {
    for (size_t w = words_.size(); w-- > 0;) {
      for (uint64_t left = words_[w]; left != 0;) {
        const int top = 63 - std::countl_zero(left);
        left &= ~(uint64_t{1} << top);
        visit(static_cast<uint32_t>(w * 64 + static_cast<size_t>(top)));
      }
    }
  }

  std::string encode() const;
  static Result<Places> decode(std::string_view bytes);  // corrupt

 private:
  std::array<uint64_t, kBlockRecords / 64> words_{};
};

}  // namespace puhui::audit
