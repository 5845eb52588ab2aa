#include "infrastructure/models/pmml_cell.h"

#include <cmath>

#include "ground/base/date.h"
#include "ground/base/hash.h"
#include "ground/base/text.h"

namespace puhui::models {

Cell Cell::of(double value) {
  if (!std::isfinite(value)) return invalid();
  return {.number = value, .kind = CellKind::number};
}

bool PmmlType::is_numeric() const {
  switch (type) {
    case DataType::integer:
    case DataType::float32:
    case DataType::float64:
    case DataType::days:
    case DataType::seconds: return true;
    default: return false;
  }
}

FieldType PmmlType::field_type() const {
  switch (type) {
    case DataType::boolean: return FieldType::boolean;
    case DataType::string:
    case DataType::time: return FieldType::text;
    case DataType::date:
    case DataType::date_time:
    case DataType::days: return FieldType::date;
    default: return FieldType::number;
  }
}

std::optional<PmmlType> PmmlType::parse(std::string_view name) {
  static constexpr std::pair<std::string_view, DataType> kNames[] = {{"string", DataType::string},
                                                                     {"integer", DataType::integer},
                                                                     {"float", DataType::float32},
                                                                     {"double", DataType::float64},
                                                                     {"boolean", DataType::boolean},
                                                                     {"date", DataType::date},
                                                                     {"time", DataType::time},
                                                                     {"dateTime", DataType::date_time},
                                                                     {"timeSeconds", DataType::seconds},
                                                                     {"dateDaysSince", DataType::days},
                                                                     {"dateTimeSecondsSince", DataType::seconds}};
  PmmlType out;
  std::string_view plain = name;
  if (const size_t open = name.find('['); open != std::string_view::npos && name.ends_with(']')) {
    const auto year = parse_int64(name.substr(open + 1, name.size() - open - 2));
    plain = name.substr(0, open);
    if (!year || (*year != 0 && *year != 1960 && *year != 1970 && *year != 1980)) return std::nullopt;
    if (!plain.ends_with("Since")) return std::nullopt;
    out.year = static_cast<int>(*year);
  }
  for (const auto& [known, type] : kNames) {
    if (known == plain) return out.type = type, out;
  }
  return std::nullopt;
}

namespace {

std::optional<Cell> date_number(std::string_view text, PmmlType type) {
  if (const auto number = parse_double(trim(text))) return Cell::of(*number);
  const auto parts = parse_date_parts(trim(text));
  if (!parts) return std::nullopt;
  const int64_t days = parts->days - (type.year == 1970 ? 0 : days_to_year(type.year));
  if (type.type == DataType::days) return Cell::of(static_cast<double>(days));
  const bool has_day = trim(text).size() >= 10;
  return Cell::of(static_cast<double>(has_day ? days * 86'400 + parts->seconds : parts->seconds));
}

}  // namespace

std::optional<Cell> cell_of(std::string_view text, PmmlType type) {
  switch (type.type) {
    case DataType::string: return Cell::of_text(text);
    case DataType::boolean:
      if (text == "true" || text == "1" || text == "1.0") return Cell::of_flag(true);
      if (text == "false" || text == "0" || text == "0.0") return Cell::of_flag(false);
      return std::nullopt;
    case DataType::date:
    case DataType::time:
    case DataType::date_time: return parse_date_parts(text) ? std::optional(Cell::of_text(text)) : std::nullopt;
    case DataType::days:
    case DataType::seconds: return date_number(text, type);
    default: break;
  }
  const auto number = parse_double(trim(text));
  if (!number) return std::nullopt;
  if (type.type == DataType::integer && std::trunc(*number) != *number) return std::nullopt;
  const Cell cell =
      Cell::of(type.type == DataType::float32 ? static_cast<double>(static_cast<float>(*number)) : *number);
  return cell.is_invalid ? std::nullopt : std::optional(cell);
}

std::optional<double> number_in(const Cell& cell) {
  if (cell.kind == CellKind::number || cell.kind == CellKind::boolean) return cell.number;
  if (cell.kind == CellKind::text) return parse_double(trim(cell.text));
  return std::nullopt;
}

std::partial_ordering compare(const Cell& a, const Cell& b) {
  if (a.is_missing() || b.is_missing()) return std::partial_ordering::unordered;
  if (a.kind == CellKind::text && b.kind == CellKind::text) {
    if (a.text.data() == b.text.data() && a.text.size() == b.text.size()) return std::partial_ordering::equivalent;
    return a.text <=> b.text;
  }
  if (a.kind == CellKind::boolean && b.kind == CellKind::text)
    return compare(a, cell_of(b.text, {DataType::boolean}).value_or(Cell()));
  if (b.kind == CellKind::boolean && a.kind == CellKind::text)
    return compare(cell_of(a.text, {DataType::boolean}).value_or(Cell()), b);
  const auto x = number_in(a), y = number_in(b);
  if (!x || !y) return std::partial_ordering::unordered;
  return *x <=> *y;
}

uint64_t hash_of(const Cell& cell) {
  if (cell.kind == CellKind::text) return hash64(cell.text, 1);
  const double number = cell.number == 0 ? 0 : cell.number;
  return (std::bit_cast<uint64_t>(number) ^ static_cast<uint64_t>(cell.kind)) * 0x9E37'79B9'7F4A'7C15u;
}

std::string text_in(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::missing: return cell.is_invalid ? "an invalid value" : "no value";
    case CellKind::number: return format_double(cell.number);
    case CellKind::text: return std::string(cell.text);
    case CellKind::boolean: return cell.number != 0 ? "true" : "false";
  }
  return "";
}

std::optional<DateParts> parse_date_parts(std::string_view text) {
  DateParts out;
  if (text.size() >= 10 && text[4] == '-') {
    const auto date = Date::parse(text.substr(0, 10));
    if (!date) return std::nullopt;
    out.days = date->days;
    if (text.size() == 10) return out;
    if (text[10] != 'T' && text[10] != ' ') return std::nullopt;
    text.remove_prefix(11);
  }
  if (text.ends_with('Z')) text.remove_suffix(1);
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hour = parse_int64(text.substr(0, 2)), minute = parse_int64(text.substr(3, 2)),
             second = parse_int64(text.substr(6, 2));
  if (!hour || !minute || !second || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59 || *second < 0 ||
      *second > 59) {
    return std::nullopt;
  }
  if (text.size() > 8 && text[8] != '.') return std::nullopt;  // an offset is not taken for UTC
  out.seconds = *hour * 3600 + *minute * 60 + *second;
  return out;
}

int64_t days_to_year(int year) {
  if (year == 0) return Date::from_civil(1, 1, 1)->days - 366;  // the year 0 is a leap year
  const auto date = Date::from_civil(year, 1, 1);
  return date ? date->days : 0;
}

}  // namespace puhui::models
