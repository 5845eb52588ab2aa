#include "infrastructure/workbench/sheet_xlsx_value.h"

#include "ground/base/text.h"

namespace puhui::workbench {
namespace {

std::optional<unsigned> hex_unit(std::string_view text) {
  if (text.size() < 7 || !text.starts_with("_x") || text[6] != '_') return std::nullopt;
  unsigned unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  if (error != std::errc() || end != text.data() + 6) return std::nullopt;
  return unit;
}

void append_utf8(std::string& out, unsigned point) {
  if (point >= 0xD800 && point < 0xE000) point = 0xFFFD;  // half of a pair
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12));
    out += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (point >> 18));
    out += static_cast<char>(0x80 | ((point >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

std::string clock_text(int64_t seconds) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return text.data();
}

}  // namespace

NumberStyle number_style_of(int built_in_number) {
  const auto within = [&](int low, int high) { return built_in_number >= low && built_in_number <= high; };
  if (built_in_number == 46) return NumberStyle::elapsed;
  // 27 to 36 and 50 to 58 are dates of Chinese, Japanese and Korean editions.
  if (within(14, 22) || within(27, 36) || within(45, 47) || within(50, 58)) return NumberStyle::moment;
  return NumberStyle::number;
}

NumberStyle number_style_of(std::string_view format_code) {
  NumberStyle style = NumberStyle::number;
  for (size_t at = 0; at < format_code.size(); ++at) {
    const char c = format_code[at];
    if (c == ';') break;  // what follows is for negative numbers and texts
    if (c == '\\' || c == '_' || c == '*') {
      ++at;
    } else if (c == '"') {
      at = std::min(format_code.find('"', at + 1), format_code.size());
    } else if (c == '[') {
      const size_t end = std::min(format_code.find(']', at), format_code.size());
      const std::string inside = to_lower_ascii(format_code.substr(at + 1, end - at - 1));
      if (!inside.empty() && inside.find_first_not_of("hms") == std::string::npos) return NumberStyle::elapsed;
      at = end;
    } else if (std::string_view("ymdhsYMDHS").contains(c)) {
      style = NumberStyle::moment;
    }
  }
  return to_lower_ascii(format_code) == "general" ? NumberStyle::number : style;
}

std::string number_text(double value) {
  constexpr int kDigits = 15;
  if (value == 0) return "0";
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                 std::chars_format::scientific, kDigits - 1);
  const std::string_view text(buffer.data(), static_cast<size_t>(end.ptr - buffer.data()));
  const size_t e = text.find('e');
  const int exponent = static_cast<int>(parse_int64(text.substr(text[e + 1] == '+' ? e + 2 : e + 1)).value_or(0));
  std::string digits = std::string(text.substr(0, 1)) + std::string(text.substr(2, e - 2));
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  const std::string sign = value < 0 ? "-" : "";
  const auto whole = exponent + 1;  // digits before the point
  if (whole <= 0) return sign + "0." + std::string(static_cast<size_t>(-whole), '0') + digits;
  if (digits.size() <= static_cast<size_t>(whole)) {
    return sign + digits + std::string(static_cast<size_t>(whole) - digits.size(), '0');
  }
  return sign + digits.substr(0, static_cast<size_t>(whole)) + "." + digits.substr(static_cast<size_t>(whole));
}

std::optional<std::string> moment_text(double serial, bool counts_from_1904) {
  constexpr double kSerialMax = 2'958'466;  // the end of the year 9999
  constexpr int64_t kDaySeconds = 86'400;
  if (!(serial >= 0) || serial >= kSerialMax) return std::nullopt;
  auto day = static_cast<int64_t>(serial);
  int64_t seconds = std::llround((serial - static_cast<double>(day)) * static_cast<double>(kDaySeconds));
  if (seconds == kDaySeconds) {
    ++day;
    seconds = 0;
  }
  if (day == 0 && !counts_from_1904) return "time(\"" + clock_text(seconds) + "\")";
  // Excel's calendar of 1900 has a 29th of February (day 60) that never was.
  if (!counts_from_1904 && day == 60) return std::nullopt;
  using std::chrono::year;
  const auto base = counts_from_1904 ? std::chrono::sys_days(year(1904) / 1 / 1)
                    : day < 60       ? std::chrono::sys_days(year(1899) / 12 / 31)
                                     : std::chrono::sys_days(year(1899) / 12 / 30);
  const std::chrono::year_month_day date(base + std::chrono::days(day));
  if (date.year() > year(9999)) return std::nullopt;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  if (seconds == 0) return std::string("date(\"") + text.data() + "\")";
  return std::string("date and time(\"") + text.data() + "T" + clock_text(seconds) + "\")";
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto unit = hex_unit(text.substr(at));
    if (!unit) {
      out += text[at];
      continue;
    }
    at += 6;
    unsigned point = *unit;
    if (point >= 0xD800 && point < 0xDC00) {
      const auto low = hex_unit(text.substr(at + 1));
      if (low && *low >= 0xDC00 && *low < 0xE000) {
        point = 0x10000 + ((point - 0xD800) << 10) + (*low - 0xDC00);
        at += 7;
      }
    }
    append_utf8(out, point);
  }
  return out;
}

}  // namespace puhui::workbench
