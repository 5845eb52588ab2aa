// A name as it is compared: its words romanised and folded to A–Z and digits, each with where it stood in the original.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace puhui::screening {

inline constexpr size_t kWordLettersMax = 64;  // of a longer one the first

struct Word {
  std::string text;
  uint32_t begin = 0, end = 0;  // bytes of the original, on the borders of characters
  bool foreign = false;         // written in another script
  bool syllable = false;        // one Han character
};

// All words; `words_max` ends it early. Bytes that are no UTF-8 end a word and are passed over.
std::vector<Word> words_of(std::string_view name, size_t words_max);

}  // namespace puhui::screening
