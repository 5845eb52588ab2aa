// Which bytes of UTF-8 text are spaces, begin a name or belong to one (FEEL grammar rules 28 to 31 and 61).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace puhui::feel {

// The code point at `at` and its length in bytes; length 0 at the end. Broken UTF-8 reads as single bytes.
struct CodePoint {
  char32_t value = 0;
  size_t length = 0;
};
CodePoint code_point(std::string_view text, size_t at);
void append_utf8(std::string& out, char32_t code_point);

// Length in bytes of the space, name start or name part at `at`; 0 when there is none.
size_t space_length(std::string_view text, size_t at);
size_t name_start_length(std::string_view text, size_t at);
size_t name_part_length(std::string_view text, size_t at);

}  // namespace puhui::feel
