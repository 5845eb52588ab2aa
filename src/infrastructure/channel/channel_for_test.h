// What the channel's tests share: bytes that do not compress, and the text of an error.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "ground/base/random.h"

namespace puhui::channel {

inline std::string noise(size_t size, uint64_t seed) {
  std::string out(size, '\0');
  RandomStream random(Random(seed), 0, 0);
  for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
    const uint64_t eight = random.next();
    std::memcpy(out.data() + i, &eight, std::min(size - i, sizeof eight));
  }
  return out;
}

inline std::string reason_of(const auto& result) { return result.has_value() ? "no error" : result.error().text(); }

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace puhui::channel
