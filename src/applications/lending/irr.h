// The internal rate of return of a loan's payments: the rate that must be shown to the borrower.
// Solved in exact fixed point by bracketing, so the same payments give the same rate on any
// machine.
#pragma once

#include <vector>

#include "applications/lending/schedule.h"

namespace puhui::lending {

// A payment at a whole number of periods after the first: positive is paid to the borrower,
// negative by the borrower.
struct Flow {
  int64_t period = 0;
  int64_t amount_minor = 0;
};
inline constexpr size_t kFlowsMax = 10'000;

// The rate of one period in parts per 10^15, rounded down; faults flows without a rate of 0 or more
// and below 1,000 %. Needs nothing of the order of the flows.
Result<int64_t> period_irr_e15(const std::vector<Flow>& flows);

struct AnnualRates {
  Rate nominal;    // periods a year times the period's rate
  Rate effective;  // compounded over the year
};
// From monthly flows (the rate the central bank's notice 2021/3 asks lenders to show: annualised
// IRR).
Result<AnnualRates> annual_irr_of_months(const std::vector<Flow>& flows);
// From flows on exact days: days after the first, a year of 365.
Result<AnnualRates> annual_irr_of_days(const std::vector<Flow>& flows);

// What the borrower gets on the opening day, less the fee then, against the instalments on their
// days.
std::vector<Flow> flows_by_day(const Schedule& schedule, Drawdown drawdown, int64_t fee_minor);
// The same with each instalment a whole period after the one before.
std::vector<Flow> flows_by_period(const Schedule& schedule, Drawdown drawdown, int64_t fee_minor);

}  // namespace puhui::lending
