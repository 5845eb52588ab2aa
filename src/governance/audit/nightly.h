// The night: the chain is verified and decisions are taken again: every decline of tier 1 since the night before, a seeded
// sample of all others, what differed the last time, and everything when the program changed. A difference or a break
// is an alert of severity 1 and an incident.
#pragma once

#include "governance/audit/audit.h"
#include "governance/audit/replay_shapes.h"

namespace puhui::audit {

struct NightPlan {
  int64_t sample = 1000;
  int64_t seed = 0;  // 0: the day's number, so every night draws others
  int64_t threads = 1;
  int64_t batch = 256;
};
void fields(Shape& shape, NightPlan& plan);

// Keeps its row. That something is wrong is in the row, not an error: an error is a night that could not run.
Result<NightRow> nightly(const AuditNeeds& needs, const NightPlan& plan, Progress& progress);

Result<NightsAnswer> list_nights(const AuditNeeds& needs, const NightsRequest& request);
// The last one; none before the first.
Result<std::optional<NightRow>> last_night(Reader& reader);
// Between kNightFromHour and kNightToHour of the bank's own day, when none has run within kNightApartHours: for the chore
// of a serving bank.
inline constexpr int64_t kNightFromHour = 2, kNightToHour = 5, kNightApartHours = 20;
inline constexpr int kNightOffsetMinutes = 480;  // Beijing
Result<bool> night_is_due(const AuditNeeds& needs);
Result<void> night_if_due(const AuditNeeds& needs, Progress& progress);

}  // namespace puhui::audit
