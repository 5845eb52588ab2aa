#include "infrastructure/feel/temporal.h"

#include <algorithm>

namespace puhui::feel {
namespace {

// Days of the proleptic Gregorian calendar by eras of 400 years (146,097 days), counted from 1 March.
constexpr int64_t kDaysPerEra = 146'097;
constexpr int64_t kEpochShift = 719'468;  // 0000-03-01 to 1970-01-01

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
bool leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

}  // namespace

int days_in_month(int64_t year, int month) {
  if (month == 2) return leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool is_valid(int64_t year, int64_t month, int64_t day) {
  return year >= -kYearMax && year <= kYearMax && month >= 1 && month <= 12 && day >= 1 &&
         day <= days_in_month(year, static_cast<int>(month));
}

int64_t days_since_epoch(const CivilDate& date) {
  const int64_t year = date.month <= 2 ? int64_t{date.year} - 1 : date.year;
  const int64_t era = floor_divide(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month_from_march = (date.month + 9) % 12;
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  return era * kDaysPerEra + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - kEpochShift;
}

std::optional<CivilDate> date_from_days(int64_t days) {
  constexpr int64_t kDaysMax = 366 * (kYearMax + 2);
  if (days > kDaysMax || days < -kDaysMax) return std::nullopt;
  days += kEpochShift;
  const int64_t era = floor_divide(days, kDaysPerEra);
  const int64_t day_of_era = days - era * kDaysPerEra;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  if (!is_valid(year, month, day)) return std::nullopt;
  return CivilDate{static_cast<int32_t>(year), static_cast<uint8_t>(month), static_cast<uint8_t>(day)};
}

int day_of_week(const CivilDate& date) {
  const int64_t from_thursday = days_since_epoch(date) % 7;  // 1970-01-01 was a Thursday
  return static_cast<int>((from_thursday + 7 + 3) % 7) + 1;
}

int day_of_year(const CivilDate& date) {
  return static_cast<int>(days_since_epoch(date) - days_since_epoch({date.year, 1, 1})) + 1;
}

int week_of_year(const CivilDate& date) {
  // The ISO week belongs to the year of its Thursday.
  const int64_t thursday = days_since_epoch(date) - day_of_week(date) + 4;
  const auto of_thursday = date_from_days(thursday);
  const int day = of_thursday ? day_of_year(*of_thursday) : day_of_year(date);
  return (day - 1) / 7 + 1;
}

std::optional<CivilDate> plus_months(const CivilDate& date, int64_t months) {
  if (months > 24 * kYearMax || months < -24 * kYearMax) return std::nullopt;
  const int64_t from_zero = int64_t{date.year} * 12 + date.month - 1 + months;
  const int64_t year = floor_divide(from_zero, 12);
  const int month = static_cast<int>(from_zero - year * 12) + 1;
  if (year < -kYearMax || year > kYearMax) return std::nullopt;
  const int day = std::min<int>(date.day, days_in_month(year, month));
  return CivilDate{static_cast<int32_t>(year), static_cast<uint8_t>(month), static_cast<uint8_t>(day)};
}

CivilDate date_of(const DateTime& at) {
  return date_from_days(floor_divide(at.second, kSecondsPerDay)).value_or(CivilDate{});
}

TimeOfDay time_of(const DateTime& at) {
  const int64_t day = floor_divide(at.second, kSecondsPerDay);
  return {static_cast<int32_t>(at.second - day * kSecondsPerDay), at.nano, at.zone};
}

DateTime join(const CivilDate& date, const TimeOfDay& time) {
  return {days_since_epoch(date) * kSecondsPerDay + time.second, time.nano, time.zone};
}

}  // namespace puhui::feel
