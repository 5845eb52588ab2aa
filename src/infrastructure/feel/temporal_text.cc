#include <charconv>
#include <cstdlib>

#include "infrastructure/feel/temporal.h"

namespace puhui::feel {
namespace {

// Reads left to right; any mismatch sticks, and `done` answers for all of it.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}
  bool done() const { return ok_ && rest_.empty(); }
  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { ok_ = take(c) && ok_; }
  void reject() { ok_ = false; }
  // Between `least` and `most` digits.
  int64_t digits(size_t least, size_t most) {
    size_t count = 0;
    int64_t value = 0;
    while (count < most && count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') {
      value = value * 10 + (rest_[count++] - '0');
    }
    if (count < least) ok_ = false;
    rest_.remove_prefix(count);
    taken_ = count;
    return value;
  }
  size_t taken() const { return taken_; }
  // ".5" as nanoseconds, of at least so many digits when there is a point; those beyond nine are cut.
  int32_t fraction(size_t least) {
    if (!take('.')) return 0;
    int32_t nano = 0;
    int32_t unit = kNanosPerSecond / 10;
    size_t count = 0;
    while (!rest_.empty() && peek() >= '0' && peek() <= '9') {
      nano += (peek() - '0') * unit;
      unit /= 10;
      rest_.remove_prefix(1);
      ++count;
    }
    if (count < least) ok_ = false;
    return nano;
  }
  std::string_view rest() const { return rest_; }
  void take_all() { rest_ = {}; }

 private:
  std::string_view rest_;
  bool ok_ = true;
  size_t taken_ = 0;
};

constexpr int32_t kOffsetSecondsMax = 18 * 3600;

Zone scan_zone(Scan& scan) {
  if (scan.empty()) return {};
  if (scan.take('Z') || scan.take('z')) return Zone::offset(0);
  if (scan.take('@')) {
    const auto zone = Zone::named(scan.rest());
    if (!zone) scan.reject();
    scan.take_all();
    return zone.value_or(Zone());
  }
  const bool negative = scan.peek() == '-';
  if (!scan.take('-')) scan.expect('+');
  const int64_t hour = scan.digits(2, 2);
  scan.expect(':');
  const int64_t minute = scan.digits(2, 2);
  const int64_t second = scan.take(':') ? scan.digits(2, 2) : 0;
  const auto offset = static_cast<int32_t>(hour * 3600 + minute * 60 + second);
  if (minute > 59 || second > 59 || offset > kOffsetSecondsMax) scan.reject();
  return Zone::offset(negative ? -offset : offset);
}

CivilDate scan_date(Scan& scan) {
  const bool negative = scan.take('-');
  const bool zero_first = scan.peek() == '0';
  const int64_t year = scan.digits(4, 9);
  if (scan.taken() > 4 && zero_first) scan.reject();  // leading zeros only to fill four digits
  scan.expect('-');
  const int64_t month = scan.digits(2, 2);
  scan.expect('-');
  const int64_t day = scan.digits(2, 2);
  const int64_t signed_year = negative ? -year : year;
  if (!is_valid(signed_year, month, day)) scan.reject();
  if (!scan.ok()) return {};
  return {static_cast<int32_t>(signed_year), static_cast<uint8_t>(month), static_cast<uint8_t>(day)};
}

TimeOfDay scan_time(Scan& scan) {
  const int64_t hour = scan.digits(2, 2);
  scan.expect(':');
  const int64_t minute = scan.digits(2, 2);
  scan.expect(':');
  const int64_t second = scan.digits(2, 2);
  const int32_t nano = scan.fraction(1);
  const bool day_end = hour == 24 && minute == 0 && second == 0 && nano == 0;
  if ((hour > 23 && !day_end) || minute > 59 || second > 59) scan.reject();
  TimeOfDay time{static_cast<int32_t>(hour * 3600 + minute * 60 + second), nano, scan_zone(scan)};
  return time;
}

std::string two(int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string nano_text(int32_t nano) {
  if (nano == 0) return "";
  std::string digits = std::to_string(nano);
  digits.insert(0, 9 - digits.size(), '0');
  digits.erase(digits.find_last_not_of('0') + 1);
  return "." + digits;
}

std::string zone_text(const Zone& zone) {
  if (zone.is_none()) return "";
  if (zone.is_named()) return "@" + std::string(zone.name());
  const int32_t offset = zone.offset_seconds();
  if (offset == 0) return "Z";
  const int32_t magnitude = std::abs(offset);
  std::string text = (offset < 0 ? "-" : "+") + two(magnitude / 3600) + ":" + two(magnitude / 60 % 60);
  if (magnitude % 60 != 0) text += ":" + two(magnitude % 60);
  return text;
}

}  // namespace

std::optional<CivilDate> parse_date(std::string_view text) {
  Scan scan(text);
  const CivilDate date = scan_date(scan);
  return scan.done() ? std::optional(date) : std::nullopt;
}

std::optional<TimeOfDay> parse_time(std::string_view text) {
  Scan scan(text);
  TimeOfDay time = scan_time(scan);
  if (!scan.done()) return std::nullopt;
  if (time.second == kSecondsPerDay) time.second = 0;  // 24:00:00 is the next day's midnight
  return time;
}

std::optional<DateTime> parse_date_time(std::string_view text) {
  Scan scan(text);
  const CivilDate date = scan_date(scan);
  if (!scan.ok()) return std::nullopt;
  if (scan.empty()) return join(date, TimeOfDay{});
  scan.expect('T');
  const TimeOfDay time = scan_time(scan);
  if (!scan.done()) return std::nullopt;
  return join(date, time);
}

std::optional<int64_t> parse_months(std::string_view text) {
  Scan scan(text);
  const bool negative = scan.take('-');
  scan.expect('P');
  int64_t months = 0;
  int parts = 0;
  while (scan.ok() && !scan.empty()) {
    const int64_t count = scan.digits(1, 15);
    if (parts == 0 && scan.take('Y')) {
      months += count * 12;
      parts = 1;
    } else if (parts <= 1 && scan.take('M')) {
      months += count;
      parts = 2;
    } else {
      scan.reject();
    }
  }
  if (!scan.done() || parts == 0) return std::nullopt;
  return negative ? -months : months;
}

namespace {
// Days, then after T hours, minutes, seconds; each at most once and in this order.
std::optional<Duration> scan_duration(Scan& scan) {
  struct Unit {
    char letter;
    int64_t seconds;
  };
  constexpr Unit kUnits[] = {{'D', kSecondsPerDay}, {'H', 3600}, {'M', 60}, {'S', 1}};
  Duration total;
  size_t unit = 0;
  bool after_t = false;
  bool any = false;
  while (scan.ok() && !scan.empty()) {
    if (!after_t && scan.take('T')) {
      after_t = true;
      unit = 1;
      if (scan.empty()) scan.reject();
      continue;
    }
    const int64_t count = scan.digits(1, 13);
    const bool has_point = scan.peek() == '.';
    const int32_t nano = scan.fraction(0);  // "PT0.S" is written too
    while (unit < 4 && scan.peek() != kUnits[unit].letter) ++unit;
    if (unit >= 4 || (unit > 0) != after_t || (has_point && unit != 3)) {
      scan.reject();
      break;
    }
    scan.take(kUnits[unit].letter);
    total.second += count * kUnits[unit].seconds;
    total.nano = nano;
    any = true;
    ++unit;
  }
  return scan.done() && any ? std::optional(total) : std::nullopt;
}
}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  Scan scan(text);
  const bool negative = scan.take('-');
  scan.expect('P');
  auto total = scan_duration(scan);
  if (!total || !negative) return total;
  if (total->nano == 0) return Duration{-total->second, 0};
  return Duration{-total->second - 1, kNanosPerSecond - total->nano};
}

std::string text_of(const CivilDate& date) {
  std::string digits = std::to_string(std::abs(date.year));
  if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
  return (date.year < 0 ? "-" : "") + digits + "-" + two(date.month) + "-" + two(date.day);
}

std::string text_of(const TimeOfDay& time) {
  return two(time.second / 3600) + ":" + two(time.second / 60 % 60) + ":" + two(time.second % 60) +
         nano_text(time.nano) + zone_text(time.zone);
}

std::string text_of(const DateTime& at) { return text_of(date_of(at)) + "T" + text_of(time_of(at)); }

std::string text_of_months(int64_t months) {
  if (months == 0) return "P0M";
  const int64_t magnitude = months < 0 ? -months : months;
  std::string text = months < 0 ? "-P" : "P";
  if (magnitude / 12 != 0) text += std::to_string(magnitude / 12) + "Y";
  if (magnitude % 12 != 0) text += std::to_string(magnitude % 12) + "M";
  return text;
}

std::string text_of(const Duration& duration) {
  if (duration == Duration{}) return "PT0S";
  Duration magnitude = duration;
  if (duration.second < 0) {
    magnitude.second = -duration.second - (duration.nano != 0 ? 1 : 0);
    magnitude.nano = duration.nano == 0 ? 0 : kNanosPerSecond - duration.nano;
  }
  std::string text = duration.second < 0 ? "-P" : "P";
  const int64_t days = magnitude.second / kSecondsPerDay;
  const int64_t rest = magnitude.second % kSecondsPerDay;
  if (days != 0) text += std::to_string(days) + "D";
  if (rest == 0 && magnitude.nano == 0) return text;
  text += "T";
  if (rest / 3600 != 0) text += std::to_string(rest / 3600) + "H";
  if (rest / 60 % 60 != 0) text += std::to_string(rest / 60 % 60) + "M";
  if (rest % 60 != 0 || magnitude.nano != 0) {
    text += std::to_string(rest % 60) + nano_text(magnitude.nano) + "S";
  }
  return text;
}

}  // namespace puhui::feel
