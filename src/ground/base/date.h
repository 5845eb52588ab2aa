// Date: a calendar day (proleptic Gregorian), and the day counts that turn two days into a share of a year.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ground/base/clock.h"
#include "ground/base/result.h"

namespace puhui {

// Days since 1970-01-01. Arithmetic is on days; months clamp to the month's last day.
struct Date {
  int32_t days = 0;
  auto operator<=>(const Date&) const = default;

  static std::optional<Date> from_civil(int year, int month, int day);
  int year() const;
  int month() const;  // 1 to 12
  int day() const;    // 1 to 31
  // 2024-01-31 plus one month is 2024-02-29. Counting from one anchor keeps the anchor's day.
  Date plus_months(int months) const;
  Date plus_days(int count) const { return {days + count}; }
  Date end_of_month() const;

  std::string text() const;                          // "2024-02-29"
  static Result<Date> parse(std::string_view text);  // that form, years 0001 to 9999
};
inline int days_between(Date from, Date to) { return to.days - from.days; }
bool is_leap_year(int year);

Date date_of(Timestamp at, int utc_offset_minutes = 0);
Timestamp start_of(Date date, int utc_offset_minutes = 0);
// RFC 3339 in UTC: "2026-11-22T03:48:29.000123Z".
std::string text_of(Timestamp at);
Result<Timestamp> parse_timestamp(std::string_view text);  // RFC 3339 with Z or an offset, up to 6 decimals

// The convention is part of a contract, never assumed.
enum class DayCount {
  actual_365_fixed,  // days / 365 (ISDA 2006 §4.16(d))
  actual_360,        // days / 360 (ISDA 2006 §4.16(e))
  thirty_360,        // bond basis (ISDA 2006 §4.16(f))
  thirty_e_360,      // Eurobond basis (ISDA 2006 §4.16(g))
  actual_actual,     // ISDA 2006 §4.16(b): leap and common days apart
};

// A share of a year as an exact fraction: numerator / denominator. date_test.cc holds published examples.
// Backwards in time it is the negative of forwards. Both days lie in years 0001 to 9999.
struct YearFraction {
  int64_t numerator = 0;
  int64_t denominator = 1;
};
YearFraction year_fraction(DayCount convention, Date from, Date to);

}  // namespace puhui
