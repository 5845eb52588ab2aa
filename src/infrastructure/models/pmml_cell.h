// Cell: one value while a PMML model runs, with PMML's data types and what they say of comparing and converting.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "infrastructure/models/predictor.h"

namespace puhui::models {

enum class CellKind : uint8_t { missing, number, text, boolean };

struct Cell {
  double number = 0;      // of a boolean: 0 or 1
  std::string_view text;  // lent: by the program, the caller or the machine
  CellKind kind = CellKind::missing;
  bool is_invalid = false;  // not among what its field allows, or what a function has no answer for

  static Cell of(double value);  // NaN and infinities are invalid
  static Cell of_text(std::string_view value) { return {.text = value, .kind = CellKind::text}; }
  static Cell of_flag(bool value) { return {.number = value ? 1.0 : 0.0, .kind = CellKind::boolean}; }
  static Cell invalid() { return {.is_invalid = true}; }
  bool is_missing() const { return kind == CellKind::missing; }
};

enum class OpType : uint8_t { continuous, categorical, ordinal };
enum class DataType : uint8_t {
  string,
  integer,
  float32,
  float64,
  boolean,
  date,       // ISO text
  time,       // ISO text
  date_time,  // ISO text
  days,       // since a year: a number
  seconds,    // since a year or midnight: a number
};

// A type as PMML names it; `year` is that of dateDaysSince[…] and dateTimeSecondsSince[…].
struct PmmlType {
  DataType type = DataType::float64;
  int year = 1970;
  bool is_numeric() const;
  FieldType field_type() const;
  static std::optional<PmmlType> parse(std::string_view name);
  bool operator==(const PmmlType&) const = default;
};

// What a text spells in that type; nullopt where it spells none. A text cell lends `text`.
std::optional<Cell> cell_of(std::string_view text, PmmlType type);
// A number, or what a text or boolean stands for as a number.
std::optional<double> number_in(const Cell& cell);
// Equality and order as far as both can be compared: two numbers, two texts, a number and a text that spells one.
std::partial_ordering compare(const Cell& a, const Cell& b);
inline bool equal(const Cell& a, const Cell& b) { return compare(a, b) == std::partial_ordering::equivalent; }
uint64_t hash_of(const Cell& cell);  // equal cells of one kind have one hash
std::string text_in(const Cell& cell);

// Of an ISO date, time or both; nullopt when it is none.
struct DateParts {
  int64_t days = 0;     // since 1970-01-01; 0 for a time alone
  int64_t seconds = 0;  // since midnight
};
std::optional<DateParts> parse_date_parts(std::string_view text);
int64_t days_to_year(int year);  // from 1970-01-01 to January 1 of the year

}  // namespace puhui::models
