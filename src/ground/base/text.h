// Plain text work: hex, splitting, exact number parsing. Parsers here accept the whole text or nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace puhui {

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view hex);

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string to_lower_ascii(std::string_view text);

std::optional<int64_t> parse_int64(std::string_view text);  // decimal, optional '-', no spaces
std::optional<double> parse_double(std::string_view text);  // finite only: no NaN, no infinity
// A decimal number as an integer of 10^-places: ("12.3", 2) is 1230. Refuses more places than that.
std::optional<int64_t> parse_fixed(std::string_view text, int places);
std::string format_fixed(int64_t value, int places);  // (1230, 2) is "12.30"
std::string format_double(double value);              // the shortest text that reads back equal

// 1234567 as "1,234,567": for people.
std::string with_thousands(int64_t value);

// Where the first byte that is not UTF-8 stands; nullopt when all is well.
std::optional<size_t> first_invalid_utf8(std::string_view text);
// Cuts to at most `bytes_max` without splitting a character.
std::string_view cut_utf8(std::string_view text, size_t bytes_max);
// Columns the text takes on a terminal: Chinese, Japanese and Korean characters take two (Unicode's UAX 11, wide).
size_t columns_of(std::string_view text);

// The name nearest to `wrong` (edit distance at most 3), to end an error with "did you mean …?"; empty if none.
std::string nearest(std::string_view wrong, const std::vector<std::string>& names);

}  // namespace puhui
