#include "infrastructure/feel/temporal_math.h"

namespace puhui::feel {
namespace {

constexpr int64_t kMonthsMax = 12 * 2 * kYearMax;
constexpr int64_t kSecondsMax = INT64_MAX / 4;

struct Instant {
  int64_t second;
  int32_t nano;
  auto operator<=>(const Instant&) const = default;
};

Instant instant_with_nano(const DateTime& at) { return {instant_of(at), at.nano}; }

Value out_of_range() { return Value::null(); }

Duration between(const Instant& from, const Instant& to) {
  Duration difference{to.second - from.second, to.nano - from.nano};
  if (difference.nano < 0) difference.nano += kNanosPerSecond, --difference.second;
  return difference;
}

std::optional<Duration> sum(const Duration& a, const Duration& b) {
  Duration total{};
  if (__builtin_add_overflow(a.second, b.second, &total.second)) return std::nullopt;
  total.nano = a.nano + b.nano;
  if (total.nano >= kNanosPerSecond) total.nano -= kNanosPerSecond, ++total.second;
  if (total.second > kSecondsMax || total.second < -kSecondsMax) return std::nullopt;
  return total;
}

int64_t floor_days(int64_t second) { return second / kSecondsPerDay - (second % kSecondsPerDay < 0 ? 1 : 0); }

DateTime midnight(const CivilDate& date) { return join(date, TimeOfDay{0, 0, Zone::offset(0)}); }

std::optional<DateTime> shifted(const DateTime& at, const Duration& by) {
  // A duration is time that passes: across a change of a named zone's offset the wall clock shows another hour.
  const bool named = at.zone.is_named();
  auto moved = sum({named ? instant_of(at) : at.second, at.nano}, by);
  if (!moved) return std::nullopt;
  if (named) moved->second += offset_at_instant(at.zone, moved->second);
  if (!date_from_days(floor_days(moved->second))) return std::nullopt;
  return DateTime{moved->second, moved->nano, at.zone};
}

Value plus_duration(const Value& at, const Duration& by) {
  if (at.kind() == Kind::date) {
    const auto moved = shifted(join(at.as_date(), TimeOfDay{}), by);
    return moved ? Value::date(date_of(*moved)) : out_of_range();
  }
  if (at.kind() == Kind::date_time) {
    const auto moved = shifted(at.as_date_time(), by);
    return moved ? Value::date_time(*moved) : out_of_range();
  }
  const TimeOfDay& time = at.as_time();
  const auto moved = sum({time.second, time.nano}, {by.second % kSecondsPerDay, by.nano});
  const int64_t second = ((moved->second % kSecondsPerDay) + kSecondsPerDay) % kSecondsPerDay;
  return Value::time({static_cast<int32_t>(second), moved->nano, time.zone});
}

Value plus_months_value(const Value& at, int64_t months) {
  if (at.kind() == Kind::date) {
    const auto moved = plus_months(at.as_date(), months);
    return moved ? Value::date(*moved) : out_of_range();
  }
  const auto moved = plus_months(date_of(at.as_date_time()), months);
  return moved ? Value::date_time(join(*moved, time_of(at.as_date_time()))) : out_of_range();
}

bool is_day_based(const Value& v) { return v.kind() == Kind::date || v.kind() == Kind::date_time; }

DateTime as_date_time(const Value& v) { return v.kind() == Kind::date ? midnight(v.as_date()) : v.as_date_time(); }

std::optional<Value> subtract_points(const Value& a, const Value& b) {
  if (is_day_based(a) && is_day_based(b)) {
    const DateTime x = as_date_time(a);
    const DateTime y = as_date_time(b);
    if (x.zone.is_none() != y.zone.is_none()) return std::nullopt;
    return Value::duration(between(instant_with_nano(y), instant_with_nano(x)));
  }
  if (a.kind() != Kind::time || b.kind() != Kind::time) return std::nullopt;
  const TimeOfDay& x = a.as_time();
  const TimeOfDay& y = b.as_time();
  if (x.zone.is_none() != y.zone.is_none()) return std::nullopt;
  return Value::duration(
      between({y.second - offset_of_time(y.zone), y.nano}, {x.second - offset_of_time(x.zone), x.nano}));
}

std::optional<Value> add_values(const Value& a, const Value& b, bool subtracting) {
  const bool point_a = is_day_based(a) || a.kind() == Kind::time;
  if (point_a && b.kind() == Kind::days_time) {
    return plus_duration(a, subtracting ? negated(b.as_duration()) : b.as_duration());
  }
  if (is_day_based(a) && b.kind() == Kind::years_months) {
    return plus_months_value(a, subtracting ? -b.as_months() : b.as_months());
  }
  if (a.kind() == Kind::days_time && b.kind() == Kind::days_time) {
    const auto total = sum(a.as_duration(), subtracting ? negated(b.as_duration()) : b.as_duration());
    return total ? Value::duration(*total) : out_of_range();
  }
  if (a.kind() == Kind::years_months && b.kind() == Kind::years_months) {
    const int64_t total = subtracting ? a.as_months() - b.as_months() : a.as_months() + b.as_months();
    return std::abs(total) <= kMonthsMax ? Value::months(total) : out_of_range();
  }
  if (subtracting) return subtract_points(a, b);
  const bool duration_a = a.kind() == Kind::days_time || a.kind() == Kind::years_months;
  return duration_a && (is_day_based(b) || b.kind() == Kind::time) ? add_values(b, a, false) : std::nullopt;
}

Value months_or_null(const std::optional<Decimal>& months) {
  const auto whole = months ? months->rounded_int64(RoundingMode::down) : std::nullopt;
  return whole && std::abs(*whole) <= kMonthsMax ? Value::months(*whole) : out_of_range();
}

Value duration_or_null(const std::optional<Decimal>& seconds) {
  const auto duration = seconds ? duration_of_seconds(*seconds) : std::nullopt;
  return duration ? Value::duration(*duration) : out_of_range();
}

std::optional<Value> scale(Arithmetic op, const Value& a, const Value& b) {
  const auto by = [&](const Decimal& x, const Decimal& y) {
    return op == Arithmetic::multiply ? multiply(x, y) : divide(x, y);
  };
  const auto number_or_null = [](const std::optional<Decimal>& n) { return n ? Value::number(*n) : out_of_range(); };
  if (b.is_number()) {
    if (a.kind() == Kind::years_months) return months_or_null(by(Decimal(a.as_months()), b.as_number()));
    if (a.kind() == Kind::days_time) return duration_or_null(by(seconds_of(a.as_duration()), b.as_number()));
    return std::nullopt;
  }
  if (op == Arithmetic::multiply) return a.is_number() ? scale(op, b, a) : std::nullopt;
  if (a.kind() != b.kind()) return std::nullopt;
  if (a.kind() == Kind::years_months) return number_or_null(divide(Decimal(a.as_months()), Decimal(b.as_months())));
  if (a.kind() == Kind::days_time) {
    return number_or_null(divide(seconds_of(a.as_duration()), seconds_of(b.as_duration())));
  }
  return std::nullopt;
}

}  // namespace

Duration negated(const Duration& duration) {
  if (duration.nano == 0) return {-duration.second, 0};
  return {-duration.second - 1, kNanosPerSecond - duration.nano};
}

Decimal seconds_of(const Duration& duration) {
  return *add(Decimal(duration.second), Decimal::scaled(duration.nano, -9));
}

std::optional<Duration> duration_of_seconds(const Decimal& seconds) {
  const auto whole = floor(seconds).as_int64();
  if (!whole || std::abs(*whole) > kSecondsMax) return std::nullopt;
  const auto rest = multiply(*subtract(seconds, Decimal(*whole)), Decimal(kNanosPerSecond));
  const auto nano = rest->rounded_int64(RoundingMode::down);
  return Duration{*whole, static_cast<int32_t>(*nano)};
}

std::optional<Value> apply_temporal(Arithmetic op, const Value& a, const Value& b) {
  switch (op) {
    case Arithmetic::add: return add_values(a, b, false);
    case Arithmetic::subtract: return add_values(a, b, true);
    case Arithmetic::multiply:
    case Arithmetic::divide: return scale(op, a, b);
    case Arithmetic::power: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::strong_ordering> order_temporal(const Value& a, const Value& b) {
  if (is_day_based(a) && is_day_based(b)) {
    if (a.kind() == Kind::date && b.kind() == Kind::date) return a.as_date() <=> b.as_date();
    return instant_with_nano(as_date_time(a)) <=> instant_with_nano(as_date_time(b));
  }
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::time: {
      const TimeOfDay& x = a.as_time();
      const TimeOfDay& y = b.as_time();
      return Instant{x.second - offset_of_time(x.zone), x.nano} <=> Instant{y.second - offset_of_time(y.zone), y.nano};
    }
    case Kind::years_months: return a.as_months() <=> b.as_months();
    case Kind::days_time: return a.as_duration() <=> b.as_duration();
    default: return std::nullopt;
  }
}

// Equality of times looks at hour, minute, second and offset (DMN 1.5, 10.3.2.3.4): no fraction of a second.
std::optional<bool> equals_temporal(const Value& a, const Value& b) {
  if (a.kind() == Kind::time && b.kind() == Kind::time) {
    const TimeOfDay& x = a.as_time();
    const TimeOfDay& y = b.as_time();
    if (x.zone.is_none() != y.zone.is_none()) return false;
    return x.second - offset_of_time(x.zone) == y.second - offset_of_time(y.zone);
  }
  if (is_day_based(a) && is_day_based(b)) {
    if (a.kind() != b.kind()) return std::nullopt;
    if (a.kind() == Kind::date) return a.as_date() == b.as_date();
    const DateTime& x = a.as_date_time();
    const DateTime& y = b.as_date_time();
    return x.zone.is_none() == y.zone.is_none() && instant_of(x) == instant_of(y);
  }
  const auto found = order_temporal(a, b);
  return found ? std::optional(*found == 0) : std::nullopt;
}

int64_t instant_of(const DateTime& at) { return at.second - offset_at(at.zone, at.second); }

namespace {

std::optional<Value> date_member(const CivilDate& date, std::string_view name) {
  if (name == "year") return Value::number(date.year);
  if (name == "month") return Value::number(date.month);
  if (name == "day") return Value::number(date.day);
  if (name == "weekday") return Value::number(day_of_week(date));
  return std::nullopt;
}

std::optional<Value> time_member(const TimeOfDay& time, int32_t offset, std::string_view name) {
  if (name == "hour") return Value::number(time.second / 3600);
  if (name == "minute") return Value::number(time.second / 60 % 60);
  if (name == "second") return Value::number(time.second % 60);
  if (name == "time offset") {
    return time.zone.is_none() ? Value::null() : Value::duration({offset, 0});
  }
  if (name == "timezone") return time.zone.is_named() ? Value::string(time.zone.name()) : Value::null();
  return std::nullopt;
}

std::optional<Value> duration_member(const Duration& duration, std::string_view name) {
  // Truncated towards zero: the parts of -PT90M are -1 hours and -30 minutes.
  int64_t seconds = duration.second;
  if (seconds < 0 && duration.nano != 0) ++seconds;
  if (name == "days") return Value::number(seconds / kSecondsPerDay);
  if (name == "hours") return Value::number(seconds % kSecondsPerDay / 3600);
  if (name == "minutes") return Value::number(seconds % 3600 / 60);
  if (name == "seconds") return Value::number(seconds % 60);
  return std::nullopt;
}

}  // namespace

std::optional<Value> temporal_member(const Value& of, std::string_view name) {
  switch (of.kind()) {
    case Kind::date: {
      const auto part = date_member(of.as_date(), name);
      return part ? part : time_member({0, 0, Zone::offset(0)}, 0, name);
    }
    case Kind::date_time: {
      const auto part = date_member(date_of(of.as_date_time()), name);
      const DateTime& at = of.as_date_time();
      return part ? part : time_member(time_of(at), offset_at(at.zone, at.second), name);
    }
    case Kind::time: return time_member(of.as_time(), offset_of_time(of.as_time().zone), name);
    case Kind::years_months:
      if (name == "years") return Value::number(of.as_months() / 12);
      if (name == "months") return Value::number(of.as_months() % 12);
      return std::nullopt;
    case Kind::days_time: return duration_member(of.as_duration(), name);
    default: return std::nullopt;
  }
}

}  // namespace puhui::feel
