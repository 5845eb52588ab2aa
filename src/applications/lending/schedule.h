// Plan and Schedule: what falls due when. A Plan is the resumable part (what is left to repay and
// how); stepping it over its due dates gives the instalments, so the schedule shown to the borrower
// and the day-end are one code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "applications/lending/accrual.h"
#include "applications/lending/contract.h"

namespace puhui::lending {

// The principal not yet due, its interest, and the rule of the next instalments.
struct Plan {
  int64_t principal_minor = 0;
  Rate rate;
  Accrual interest;  // of the running period, not yet due
  Date period_start;
  Date accrued_to;         // interest counts the days before it
  Date due_anchor;         // due dates are whole periods after it
  int due_index = 0;       // periods from the anchor to next_due
  Date next_due = kNever;  // kNever when all instalments have fallen due
  int terms_left = 0;
  int interest_only_left = 0;
  int64_t level_minor = 0;  // the instalment (equal_instalment) or the principal part (equal_principal)
  bool operator==(const Plan&) const = default;
};

struct Due {
  int64_t principal_minor = 0;
  int64_t interest_minor = 0;
  int64_t rounding_minor = 0;  // what rounding added to the interest accrued before (0 or 1)
};

struct Instalment {
  Date due;
  int64_t principal_minor = 0;
  int64_t interest_minor = 0;
  int64_t balance_minor = 0;  // principal not yet due after it
  int64_t total_minor() const { return principal_minor + interest_minor; }
  bool operator==(const Instalment&) const = default;
};
using Schedule = std::vector<Instalment>;

struct Drawdown {
  Date date;
  int64_t amount_minor = 0;
};

Plan open_plan(const Contract& contract);  // nothing drawn yet

// Where next_due is, from the anchor and the terms left.
Date next_due_of(const Terms& terms, const Plan& plan);
// Accrues to `to`, which is not after next_due.
void accrue_to(const Terms& terms, Date to, Plan& plan);
// Takes the instalment due on next_due, where the plan stands, and moves on to the next period.
Due fall_due(const Terms& terms, Plan& plan);
// Sets level_minor anew after principal, rate or terms changed. Equal instalments: the smallest
// whole amount with which nothing is left after the last one, exactly (schedule_test.cc checks it
// against rationals).
void set_level(const Terms& terms, Plan& plan);
// A new run of due dates: the first one, and how many.
void set_due_dates(const Terms& terms, Date first_due, int terms_left, Plan& plan);

// The instalments still to fall due, if nothing else happens.
Schedule remaining(const Terms& terms, Plan plan);
// The whole schedule of a contract with its drawdowns, in date order; faults drawdowns outside the
// contract.
Result<Schedule> schedule_of(const Contract& contract, const std::vector<Drawdown>& drawdowns);
// The usual case: all is drawn on the day of opening.
Schedule schedule_of(const Contract& contract);

// Six to eight bytes an instalment. The decoder answers `corrupt` on bytes that are no schedule.
std::string pack(const Schedule& schedule);
Result<Schedule> unpack_schedule(std::string_view bytes);

}  // namespace puhui::lending
