// Letters of any script as A–Z and 0–9. Latin, Cyrillic, Greek, Arabic and Han character by character, so that every letter knows where
// it came from; the other scripts, in which a sound hangs on its neighbours, a word at a time by ICU.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace puhui::screening {

// Scripts of a word, as bits.
inline constexpr uint8_t kLatin = 1, kCyrillic = 2, kGreek = 4, kArabic = 8, kHan = 16, kOther = 32, kDigit = 64;

struct Romanised {
  enum class Kind : uint8_t {
    letter,     // `text` says it; may be empty (a soft sign)
    separator,  // ends a word: spaces, punctuation, symbols, emoji
    ignored,    // neither: accents, zero-width characters, marks of direction, apostrophes
    run,        // of a script that romanise_run() reads a word at a time
  };
  Kind kind = Kind::separator;
  uint8_t script = 0;
  std::array<char, 8> letters{};
  uint8_t size = 0;
  char look = 0;  // the Latin capital that a Cyrillic or Greek letter looks like; 0: like none
  std::string_view text() const { return {letters.data(), size}; }
};
Romanised romanise(char32_t c);

// A word of one of the other scripts (UTF-8) as capitals and digits; empty when there is no reading.
std::string romanise_run(std::string_view word);

// How a Han character is read as a surname where that differs from its usual reading (单 is SHAN, not DAN); empty otherwise.
std::string_view surname_reading(char32_t c);

}  // namespace puhui::screening
