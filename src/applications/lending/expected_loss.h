// Expected credit loss by stage (IFRS 9): twelve months in stage 1, the whole life in stage 2, the
// loss itself in 3.
#pragma once

#include <span>
#include <vector>

#include "applications/lending/position.h"

namespace puhui::lending {

enum class Stage : uint8_t { one = 1, two = 2, three = 3 };

struct StageFacts {
  int days_past_due = 0;
  Rate pd_at_opening;  // both over the next twelve months
  Rate pd_now;
};
// Stage 3 at stage3_days; stage 2 beyond stage2_days, or when the PD has grown to pd_ratio times
// that at opening.
Stage stage_of(const StageRule& rule, const StageFacts& facts);

struct LossParameters {
  Rate pd;              // over the next twelve months, at most 1
  Rate lgd;             // at most 1
  Rate pd_year_factor;  // each later year's default rate against the year before
  Rate discount;        // the contract rate, a year; a month's twelfth
};

// Sum over the months of (probability to default in it) · LGD · exposure · discount, in minor
// units, half-even once at the end. `exposure_minor[m]` is the principal and interest outstanding
// in month m from now; [0] is today's. Defaults spread evenly over each year. Stage 3 is LGD ·
// exposure today.
int64_t expected_loss_minor(Stage stage, std::span<const int64_t> exposure_minor, const LossParameters& parameters);

// The exposure month by month if the loan is repaid as planned; what is past due stays in it.
std::vector<int64_t> exposure_by_month(const Contract& contract, const State& state);

// Brings the allowance of a loan from one amount to another.
std::vector<Posting> allowance_postings(int64_t before_minor, int64_t after_minor);

}  // namespace puhui::lending
