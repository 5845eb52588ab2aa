// Arithmetic, order and parts of temporal values.
#pragma once

#include <optional>

#include "infrastructure/feel/operators.h"
#include "infrastructure/feel/temporal.h"

namespace puhui::feel {

Duration negated(const Duration& duration);
Decimal seconds_of(const Duration& duration);
std::optional<Duration> duration_of_seconds(const Decimal& seconds);

// nullopt when the operator knows no such pair; a null value when the result is out of range.
std::optional<Value> apply_temporal(Arithmetic op, const Value& a, const Value& b);
std::optional<std::strong_ordering> order_temporal(const Value& a, const Value& b);
std::optional<bool> equals_temporal(const Value& a, const Value& b);
// year, month, day, weekday, hour, minute, second, time offset, timezone, years, months, days, hours, …
std::optional<Value> temporal_member(const Value& of, std::string_view name);

// Seconds since the epoch in universal time; local time counts as universal.
int64_t instant_of(const DateTime& at);
// Seconds the zone is ahead of universal time at that local time.
int32_t offset_at(const Zone& zone, int64_t local_second);
// The same at a second of universal time.
int32_t offset_at_instant(const Zone& zone, int64_t second);
// Of a time without a date: a named zone's standard offset.
int32_t offset_of_time(const Zone& zone);

}  // namespace puhui::feel
