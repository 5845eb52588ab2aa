// FEEL's dates, times and durations: years from -999,999,999 to 999,999,999, zones as offsets or names, both kinds of
// duration. Plain values; parsing and printing follow XML Schema 1.1 as FEEL narrows it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace puhui::feel {

constexpr int64_t kYearMax = 999'999'999;
constexpr int32_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

// Proleptic Gregorian; month 1 to 12, day 1 to the month's length.
struct CivilDate {
  int32_t year = 1970;
  uint8_t month = 1;
  uint8_t day = 1;
  auto operator<=>(const CivilDate&) const = default;
};
bool is_valid(int64_t year, int64_t month, int64_t day);
int days_in_month(int64_t year, int month);
int64_t days_since_epoch(const CivilDate& date);
std::optional<CivilDate> date_from_days(int64_t days);
// 1 Monday … 7 Sunday (ISO 8601).
int day_of_week(const CivilDate& date);
int day_of_year(const CivilDate& date);
int week_of_year(const CivilDate& date);  // ISO 8601
// Clamps to the month's last day; nullopt when the year leaves the limits.
std::optional<CivilDate> plus_months(const CivilDate& date, int64_t months);

// None, an offset in seconds, or a named zone (an index into the table of temporal_zone.cc).
class Zone {
 public:
  constexpr Zone() = default;
  static constexpr Zone offset(int32_t seconds) { return Zone(seconds); }
  static std::optional<Zone> named(std::string_view name);  // "Europe/Paris"; nullopt when the zone table lacks it
  bool is_none() const { return code_ == kNone; }
  bool is_offset() const { return code_ > kNamedMax; }
  bool is_named() const { return code_ >= kNamedMin && code_ <= kNamedMax; }
  int32_t offset_seconds() const { return code_; }
  std::string_view name() const;  // of a named zone
  size_t index() const;           // of a named zone, in the table of this process: never leaves it
  bool operator==(const Zone&) const = default;

 private:
  explicit constexpr Zone(int32_t code) : code_(code) {}
  static constexpr int32_t kNone = INT32_MIN;
  static constexpr int32_t kNamedMin = INT32_MIN + 1;
  static constexpr int32_t kNamedMax = INT32_MIN + 4096;
  int32_t code_ = kNone;
};

// Of the zone table: "2022e". Zoned answers are the same wherever this is; evidence records it.
std::string zone_data_version();

struct TimeOfDay {
  int32_t second = 0;  // of the day
  int32_t nano = 0;
  Zone zone;
};

// Local wall time: seconds since 1970-01-01T00:00:00 as if it were UTC.
struct DateTime {
  int64_t second = 0;
  int32_t nano = 0;
  Zone zone;
};
CivilDate date_of(const DateTime& at);
TimeOfDay time_of(const DateTime& at);
DateTime join(const CivilDate& date, const TimeOfDay& time);

// Days and time duration. nano is 0 to 999,999,999 also when second is negative (-0.5 s is -1 s and 5e8 ns).
struct Duration {
  int64_t second = 0;
  int32_t nano = 0;
  auto operator<=>(const Duration&) const = default;
};

// Parsing takes the whole text or nothing.
std::optional<CivilDate> parse_date(std::string_view text);
std::optional<TimeOfDay> parse_time(std::string_view text);
std::optional<DateTime> parse_date_time(std::string_view text);
std::optional<int64_t> parse_months(std::string_view text);     // "P1Y2M"
std::optional<Duration> parse_duration(std::string_view text);  // "P1DT2H3.5S"

std::string text_of(const CivilDate& date);
std::string text_of(const TimeOfDay& time);
std::string text_of(const DateTime& at);
std::string text_of_months(int64_t months);
std::string text_of(const Duration& duration);

}  // namespace puhui::feel
