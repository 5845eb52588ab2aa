#include "ground/base/date.h"

#include <chrono>
#include <cstdio>

#include "ground/base/text.h"

namespace puhui {

namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

year_month_day civil(Date date) { return year_month_day(sys_days(std::chrono::days(date.days))); }

Date from_sys(sys_days days) { return {static_cast<int32_t>(days.time_since_epoch().count())}; }

constexpr int64_t kDayMicroseconds = 86'400'000'000;

// Floor division: days before 1970 must not round towards it.
int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return text.empty() ? std::nullopt : std::optional(value);
}

}  // namespace

std::optional<Date> Date::from_civil(int year, int month, int day) {
  // std::chrono keeps a month and a day in one byte: 257 would be January.
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const year_month_day ymd(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                           std::chrono::day(static_cast<unsigned>(day)));
  if (!ymd.ok()) return std::nullopt;
  return from_sys(sys_days(ymd));
}

int Date::year() const { return static_cast<int>(civil(*this).year()); }
int Date::month() const { return static_cast<int>(static_cast<unsigned>(civil(*this).month())); }
int Date::day() const { return static_cast<int>(static_cast<unsigned>(civil(*this).day())); }

Date Date::plus_months(int months) const {
  const year_month_day moved = civil(*this) + std::chrono::months(months);
  if (moved.ok()) return from_sys(sys_days(moved));
  return from_sys(sys_days(moved.year() / moved.month() / std::chrono::last));
}

Date Date::end_of_month() const {
  const year_month_day ymd = civil(*this);
  return from_sys(sys_days(ymd.year() / ymd.month() / std::chrono::last));
}

std::string Date::text() const {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02d", year(), month(), day());
  return buffer;
}

Result<Date> Date::parse(std::string_view text) {
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const auto y = digits(text.substr(0, 4)), m = digits(text.substr(5, 2)), d = digits(text.substr(8, 2));
    if (y && m && d) {
      if (const auto date = from_civil(*y, *m, *d)) return *date;
    }
  }
  return fail(ErrorCode::invalid,
              "expected a calendar day such as '2026-02-28', came '" + std::string(cut_utf8(text, 40)) + "'");
}

bool is_leap_year(int year) { return std::chrono::year(year).is_leap(); }

Date date_of(Timestamp at, int utc_offset_minutes) {
  return {
      static_cast<int32_t>(floor_divide(at.microseconds + int64_t{utc_offset_minutes} * 60'000'000, kDayMicroseconds))};
}

Timestamp start_of(Date date, int utc_offset_minutes) {
  return {int64_t{date.days} * kDayMicroseconds - int64_t{utc_offset_minutes} * 60'000'000};
}

std::string text_of(Timestamp at) {
  const Date date = date_of(at);
  const int64_t within = at.microseconds - start_of(date).microseconds;
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "T%02d:%02d:%02d.%06dZ", static_cast<int>(within / 3'600'000'000),
                static_cast<int>(within / 60'000'000 % 60), static_cast<int>(within / 1'000'000 % 60),
                static_cast<int>(within % 1'000'000));
  return date.text() + buffer;
}

Result<Timestamp> parse_timestamp(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::invalid,
                "expected a moment such as '2026-11-22T03:48:29Z', came '" + std::string(cut_utf8(text, 60)) + "'");
  };
  if (text.size() < 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':') return wrong();
  const auto date = Date::parse(text.substr(0, 10));
  const auto h = digits(text.substr(11, 2)), m = digits(text.substr(14, 2)), s = digits(text.substr(17, 2));
  if (!date || !h || !m || !s || *h > 23 || *m > 59 || *s > 59) return wrong();
  std::string_view rest = text.substr(19);
  int64_t fraction = 0;
  if (rest[0] == '.') {
    const auto end = rest.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end < 2 || end > 7) return wrong();
    fraction = *parse_fixed("0" + std::string(rest.substr(0, end)), 6);
    rest.remove_prefix(end);
  }
  int offset_minutes = 0;
  if (rest != "Z") {
    if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':') return wrong();
    const auto oh = digits(rest.substr(1, 2)), om = digits(rest.substr(4, 2));
    if (!oh || !om || *oh > 23 || *om > 59) return wrong();
    offset_minutes = (*oh * 60 + *om) * (rest[0] == '-' ? -1 : 1);
  }
  const int64_t seconds = int64_t{*h} * 3600 + *m * 60 + *s;
  return Timestamp{start_of(*date, offset_minutes).microseconds + seconds * 1'000'000 + fraction};
}

namespace {

// 30/360: every month has 30 days. The two rules differ in when the 31st becomes the 30th.
int64_t thirty_days(Date from, Date to, bool eurobond) {
  int d1 = from.day(), d2 = to.day();
  if (d1 == 31) d1 = 30;
  if (d2 == 31 && (eurobond || d1 == 30)) d2 = 30;
  return 360ll * (to.year() - from.year()) + 30ll * (to.month() - from.month()) + (d2 - d1);
}

// Leap years of the years 1 to `year`.
int64_t leap_years_to(int year) { return year / 4 - year / 100 + year / 400; }

// Days of leap years before `date`, counted from year 1.
int64_t leap_year_days_before(Date date) {
  const int year = date.year();
  const int64_t whole_years = leap_years_to(year - 1) * 366;
  return is_leap_year(year) ? whole_years + days_between(*Date::from_civil(year, 1, 1), date) : whole_years;
}

YearFraction actual_actual(Date from, Date to) {
  const int64_t leap_days = leap_year_days_before(to) - leap_year_days_before(from);
  const int64_t common_days = days_between(from, to) - leap_days;
  return {leap_days * 365 + common_days * 366, 365 * 366};
}

}  // namespace

YearFraction year_fraction(DayCount convention, Date from, Date to) {
  if (to < from) {
    const YearFraction forward = year_fraction(convention, to, from);
    return {-forward.numerator, forward.denominator};
  }
  switch (convention) {
    case DayCount::actual_365_fixed: return {days_between(from, to), 365};
    case DayCount::actual_360: return {days_between(from, to), 360};
    case DayCount::thirty_360: return {thirty_days(from, to, false), 360};
    case DayCount::thirty_e_360: return {thirty_days(from, to, true), 360};
    case DayCount::actual_actual: return actual_actual(from, to);
  }
  return {0, 1};
}

}  // namespace puhui
