#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/temporal_math.h"

namespace puhui::feel {
namespace {

using Args = std::span<const Value>;

Value no_temporal(Run& run, const Place& place, std::string_view expected, const Value& came) {
  return wrong_argument(run, place, {"expected ", expected, ", came ", text_of(came)});
}

Value date_from(Run& run, Args args, const Place& place) {
  const Value& from = args[0];
  if (from.kind() == Kind::date) return from;
  if (from.kind() == Kind::date_time) return Value::date(date_of(from.as_date_time()));
  if (from.is_string()) {
    if (const auto date = parse_date(from.as_string())) return Value::date(*date);
  }
  return no_temporal(run, place, "a date", from);
}

Value date_of_parts(Run& run, Args args, const Place& place) {
  int64_t parts[3];
  for (size_t i = 0; i < 3; ++i) {
    const auto part = args[i].as_number().as_int64();
    if (!part) return no_temporal(run, place, "whole numbers", args[i]);
    parts[i] = *part;
  }
  if (!is_valid(parts[0], parts[1], parts[2])) {
    return wrong_argument(
        run, place,
        {"there is no day ", text_of(args[2]), " of month ", text_of(args[1]), " in year ", text_of(args[0])});
  }
  return Value::date(
      CivilDate{static_cast<int32_t>(parts[0]), static_cast<uint8_t>(parts[1]), static_cast<uint8_t>(parts[2])});
}

Value time_from(Run& run, Args args, const Place& place) {
  const Value& from = args[0];
  if (from.kind() == Kind::time) return from;
  if (from.kind() == Kind::date_time) return Value::time(time_of(from.as_date_time()));
  if (from.kind() == Kind::date) return Value::time({0, 0, Zone::offset(0)});
  if (from.is_string()) {
    if (const auto time = parse_time(from.as_string())) return Value::time(*time);
  }
  return no_temporal(run, place, "a time", from);
}

Value time_of_parts(Run& run, Args args, const Place& place) {
  const auto hour = args[0].as_number().as_int64();
  const auto minute = args[1].as_number().as_int64();
  const Decimal& seconds = args[2].as_number();
  const Decimal whole = floor(seconds);
  const auto second = whole.as_int64();
  if (!hour || !minute || !second || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59 || *second < 0 ||
      *second > 59) {
    return wrong_argument(run, place,
                          {"there is no time of ", text_of(args[0]), " hours, ", text_of(args[1]), " minutes and ",
                           text_of(args[2]), " seconds"});
  }
  TimeOfDay time{static_cast<int32_t>(*hour * 3600 + *minute * 60 + *second), 0, {}};
  const auto rest = multiply(*subtract(seconds, whole), Decimal(kNanosPerSecond));
  time.nano = static_cast<int32_t>(*rest->rounded_int64(RoundingMode::down));
  if (given(args, 3) && !args[3].is_null()) {
    if (args[3].kind() != Kind::days_time) return no_temporal(run, place, "a duration as offset", args[3]);
    const int64_t offset = args[3].as_duration().second;
    constexpr int64_t kOffsetMax = 18 * 3600;
    if (offset > kOffsetMax || offset < -kOffsetMax)
      return no_temporal(run, place, "an offset up to 18 hours", args[3]);
    time.zone = Zone::offset(static_cast<int32_t>(offset));
  }
  return Value::time(time);
}

Value date_time_from(Run& run, Args args, const Place& place) {
  const Value& from = args[0];
  if (from.kind() == Kind::date_time) return from;
  if (from.kind() == Kind::date) return Value::date_time(join(from.as_date(), TimeOfDay{0, 0, Zone::offset(0)}));
  if (from.is_string()) {
    if (const auto at = parse_date_time(from.as_string())) return Value::date_time(*at);
  }
  return no_temporal(run, place, "a date and time", from);
}

Value date_time_of(Run& run, Args args, const Place& place) {
  if (args[1].kind() != Kind::time) return no_temporal(run, place, "a time", args[1]);
  if (args[0].kind() == Kind::date) return Value::date_time(join(args[0].as_date(), args[1].as_time()));
  if (args[0].kind() == Kind::date_time) {
    return Value::date_time(join(date_of(args[0].as_date_time()), args[1].as_time()));
  }
  return no_temporal(run, place, "a date", args[0]);
}

Value duration_from(Run& run, Args args, const Place& place) {
  const Value& from = args[0];
  if (from.kind() == Kind::days_time || from.kind() == Kind::years_months) return from;
  if (from.is_string()) {
    if (const auto months = parse_months(from.as_string())) return Value::months(*months);
    if (const auto duration = parse_duration(from.as_string())) return Value::duration(*duration);
  }
  return no_temporal(run, place, "a duration", from);
}

std::optional<CivilDate> day_of(const Value& value) {
  if (value.kind() == Kind::date) return value.as_date();
  if (value.kind() == Kind::date_time) return date_of(value.as_date_time());
  return std::nullopt;
}

// Whole months from the first to the second, towards zero.
Value months_between(Run& run, Args args, const Place& place) {
  const auto from = day_of(args[0]);
  const auto to = day_of(args[1]);
  if (!from || !to) return no_temporal(run, place, "two dates", from ? args[1] : args[0]);
  int64_t months = (int64_t{to->year} - from->year) * 12 + to->month - from->month;
  if (months > 0 && to->day < from->day) --months;
  if (months < 0 && to->day > from->day) ++months;
  return Value::months(months);
}

Value day_of_year_of(Run& run, Args args, const Place& place) {
  const auto day = day_of(args[0]);
  return day ? Value::number(day_of_year(*day)) : no_temporal(run, place, "a date", args[0]);
}
Value week_of_year_of(Run& run, Args args, const Place& place) {
  const auto day = day_of(args[0]);
  return day ? Value::number(week_of_year(*day)) : no_temporal(run, place, "a date", args[0]);
}
Value day_of_week_of(Run& run, Args args, const Place& place) {
  static constexpr std::string_view kNames[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                "Friday", "Saturday", "Sunday"};
  const auto day = day_of(args[0]);
  return day ? Value::string(kNames[day_of_week(*day) - 1]) : no_temporal(run, place, "a date", args[0]);
}
Value month_of_year_of(Run& run, Args args, const Place& place) {
  static constexpr std::string_view kNames[] = {"January", "February", "March",     "April",   "May",      "June",
                                                "July",    "August",   "September", "October", "November", "December"};
  const auto day = day_of(args[0]);
  return day ? Value::string(kNames[day->month - 1]) : no_temporal(run, place, "a date", args[0]);
}

Value now(Run& run, Args, const Place& place) {
  if (run.moment != nullptr) return Value::date_time(run.moment->now);
  return run.fail(CauseCode::unavailable, place, {"the caller gave no moment of decision"});
}
Value today(Run& run, Args, const Place& place) {
  if (run.moment != nullptr) return Value::date(date_of(run.moment->now));
  return run.fail(CauseCode::unavailable, place, {"the caller gave no moment of decision"});
}

// is(): the same value of the same type, offsets and fractions included.
Value is_same(Run& run, Args args, const Place& place) {
  if (!given(args, 0) && !given(args, 1)) return wrong_argument(run, place, {"is expects two values"});
  if (!given(args, 0) || !given(args, 1)) return Value::boolean(false);
  if (args[0].kind() != args[1].kind()) return Value::boolean(false);
  return Value::boolean(identical(args[0], args[1]));
}

constexpr Builtin kRows[] = {
    {"date", "from/a", 1, 'd', date_from},
    {"date", "year/n,month/n,day/n", 3, 'd', date_of_parts},
    {"time", "from/a", 1, 't', time_from},
    {"time", "hour/n,minute/n,second/n,offset/z", 3, 't', time_of_parts},
    {"date and time", "from/a", 1, 'D', date_time_from},
    {"date and time", "date/a,time/a", 2, 'D', date_time_of},
    {"duration", "from/a", 1, 'a', duration_from},
    {"years and months duration", "from/a,to/a", 2, 'a', months_between},
    {"day of year", "date/a", 1, 'n', day_of_year_of},
    {"week of year", "date/a", 1, 'n', week_of_year_of},
    {"day of week", "date/a", 1, 's', day_of_week_of},
    {"month of year", "date/a", 1, 's', month_of_year_of},
    {"now", "", 0, 'D', now, false},
    {"today", "", 0, 'd', today, false},
    {"is", "value1/z,value2/z", 0, 'b', is_same},
};

}  // namespace

std::span<const Builtin> temporal_builtins() { return kRows; }

}  // namespace puhui::feel
