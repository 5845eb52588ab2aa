#include "infrastructure/models/pmml_function_text.h"

#include <cmath>
#include <cstdio>

#include "ground/base/date.h"
#include "ground/base/text.h"

namespace puhui::models {

namespace {

using Cells = std::span<const Cell>;

template <char (*F)(char)>
Cell mapped(const Cell& cell, Machine& machine) {
  std::string out = text_in(cell);
  for (char& c : out) c = F(c);
  return Cell::of_text(machine.keep(out));
}
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// The byte at which character `index` begins; the end where there are fewer.
size_t byte_of(std::string_view text, size_t index) {
  size_t seen = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (begins_character(text[i]) && seen++ == index) return i;
  }
  return text.size();
}

std::optional<int64_t> whole(const Cell& cell) {
  const auto number = number_in(cell);
  if (!number || std::trunc(*number) != *number || std::fabs(*number) > 1e15) return std::nullopt;
  return static_cast<int64_t>(*number);
}

std::optional<DateParts> date_in(const Cell& cell) {
  if (cell.kind == CellKind::text) return parse_date_parts(cell.text);
  return std::nullopt;
}

}  // namespace

Cell uppercase(Cells a, Machine& machine) { return mapped<upper>(a[0], machine); }
Cell lowercase(Cells a, Machine& machine) { return mapped<lower>(a[0], machine); }

Cell string_length(Cells a, Machine&) {
  const std::string text = text_in(a[0]);
  return Cell::of(static_cast<double>(std::count_if(text.begin(), text.end(), begins_character)));
}

// The first character is 1.
Cell substring(Cells a, Machine& machine) {
  const auto start = whole(a[1]), length = whole(a[2]);
  if (!start || !length || *start < 1 || *length < 0) return Cell::invalid();
  const std::string text = text_in(a[0]);
  const size_t begin = byte_of(text, static_cast<size_t>(*start - 1));
  const std::string_view rest = std::string_view(text).substr(begin);
  return Cell::of_text(machine.keep(rest.substr(0, byte_of(rest, static_cast<size_t>(*length)))));
}

Cell trim_blanks(Cells a, Machine& machine) { return Cell::of_text(machine.keep(trim(text_in(a[0])))); }

Cell concat(Cells a, Machine& machine) {
  std::string out;
  for (const Cell& cell : a) {
    out += text_in(cell);
    if (out.size() > kPmmlTextBytesMax) break;  // keep() refuses it
  }
  return Cell::of_text(machine.keep(out));
}

// A number by one conversion of C's printf (d, i, f, e, g, E, G, x) with plain text around it.
Cell format_number(Cells a, Machine& machine) {
  constexpr int kWidthMax = 100;
  const auto number = number_in(a[0]);
  if (!number || a[1].kind != CellKind::text) return Cell::invalid();
  const std::string_view pattern = a[1].text;
  const size_t open = pattern.find('%');
  if (open == std::string_view::npos) return Cell::invalid();
  size_t at = open + 1;
  std::string flags;
  for (; at < pattern.size() && std::string_view("-+ 0#").find(pattern[at]) != std::string_view::npos; ++at) {
    if (flags.size() < 5) flags += pattern[at];
  }
  const auto digits = [&] {
    int value = 0;
    for (; at < pattern.size() && pattern[at] >= '0' && pattern[at] <= '9'; ++at) {
      value = std::min(kWidthMax, value * 10 + (pattern[at] - '0'));
    }
    return value;
  };
  const int width = digits();
  int precision = -1;
  if (at < pattern.size() && pattern[at] == '.') ++at, precision = digits();
  if (at == pattern.size()) return Cell::invalid();
  const char kind = pattern[at];
  const bool is_whole = kind == 'd' || kind == 'i';
  if (!is_whole && std::string_view("feEgG").find(kind) == std::string_view::npos) return Cell::invalid();
  if (is_whole && !(std::fabs(*number) < 9e15)) return Cell::invalid();
  const std::string conversion = "%" + flags + "*.*" + (is_whole ? "lld" : std::string(1, kind));
  char text[512];
  const int length = is_whole ? std::snprintf(text, sizeof text, conversion.c_str(), width, precision,
                                              static_cast<long long>(std::nearbyint(*number)))
                              : std::snprintf(text, sizeof text, conversion.c_str(), width, precision, *number);
  if (length < 0 || static_cast<size_t>(length) >= sizeof text) return Cell::invalid();
  std::string out(pattern.substr(0, open));
  out.append(text, static_cast<size_t>(length));
  out += pattern.substr(at + 1);
  return Cell::of_text(machine.keep(out));
}

// By the conversions Y y m d H M S j and % of C's strftime.
Cell format_datetime(Cells a, Machine& machine) {
  const auto parts = date_in(a[0]);
  if (!parts || a[1].kind != CellKind::text) return Cell::invalid();
  const Date date{static_cast<int32_t>(parts->days)};
  std::string out;
  const auto put = [&](int64_t value, size_t digits) {
    std::string text = std::to_string(value);
    if (text.size() < digits) text.insert(0, digits - text.size(), '0');
    out += text;
  };
  const std::string_view pattern = a[1].text;
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '%' || at + 1 == pattern.size()) {
      out += pattern[at];
      continue;
    }
    switch (pattern[++at]) {
      case 'Y': put(date.year(), 4); break;
      case 'y': put(date.year() % 100, 2); break;
      case 'm': put(date.month(), 2); break;
      case 'd': put(date.day(), 2); break;
      case 'H': put(parts->seconds / 3600, 2); break;
      case 'M': put(parts->seconds / 60 % 60, 2); break;
      case 'S': put(parts->seconds % 60, 2); break;
      case 'j': put(parts->days - days_to_year(date.year()) + 1, 3); break;
      case '%': out += '%'; break;
      default: return Cell::invalid();
    }
  }
  return Cell::of_text(machine.keep(out));
}

Cell days_since_year(Cells a, Machine&) {
  const auto parts = date_in(a[0]);
  const auto year = whole(a[1]);
  if (!parts || !year || *year < 1 || *year > 9999) return Cell::invalid();
  return Cell::of(static_cast<double>(parts->days - days_to_year(static_cast<int>(*year))));
}

Cell seconds_since_year(Cells a, Machine& machine) {
  const Cell days = days_since_year(a, machine);
  if (days.is_missing()) return days;
  return Cell::of(days.number * 86'400 + static_cast<double>(date_in(a[0])->seconds));
}

Cell seconds_since_midnight(Cells a, Machine&) {
  const auto parts = date_in(a[0]);
  return parts ? Cell::of(static_cast<double>(parts->seconds)) : Cell::invalid();
}

}  // namespace puhui::models
