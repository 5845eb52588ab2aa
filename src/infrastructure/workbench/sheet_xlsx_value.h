// What a cell of an xlsx file that is not a text means, as the text a person would have typed for it in FEEL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace puhui::workbench {

enum class NumberStyle { number, moment, elapsed };

// By Excel's built-in number and by a format code such as `yyyy-mm-dd`.
NumberStyle number_style_of(int built_in_number);
NumberStyle number_style_of(std::string_view format_code);

// 15 digits, as spreadsheet programs show numbers, never with an exponent: .30000000000000004 is "0.3".
std::string number_text(double value);

// date("2026-01-31"), date and time("2026-01-31T12:30:00"), time("12:30:00"); nullopt outside of the calendar.
std::optional<std::string> moment_text(double serial, bool counts_from_1904);

// "_x000D_" and the like are the characters they name.
std::string unescaped(std::string_view text);

}  // namespace puhui::workbench
