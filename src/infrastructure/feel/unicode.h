// What Unicode says of characters: categories, blocks and letter cases. ICU stays behind it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "infrastructure/feel/regex.h"

namespace puhui::feel {

char32_t to_upper(char32_t c);  // simple pairs: one character to one
char32_t to_lower(char32_t c);

// Whole texts, with the mappings that change the length: "ß" becomes "SS", a last "Σ" becomes "ς".
std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);

// "Lu", "L", "IsBasicLatin", "IsLatin-1Supplement": as XML Schema names categories and blocks; nullopt for others.
std::optional<CharacterSet> named_characters(std::string_view name);
// The set with every character that differs from one of its own by case only.
CharacterSet with_cases(const CharacterSet& set);

}  // namespace puhui::feel
