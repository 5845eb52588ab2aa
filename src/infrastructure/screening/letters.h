// The letters of Cyrillic, Greek and Arabic script as names are romanised in passports, and which Latin capital each looks like.
#pragma once

#include <cstdint>
#include <string_view>

namespace puhui::screening {

struct LetterReading {
  char32_t letter = 0;
  uint8_t script = 0;  // romanise.h
  std::string_view text;
  char look = 0;
};

// Null for a letter that is not in the table.
const LetterReading* reading_of(char32_t letter);

}  // namespace puhui::screening
