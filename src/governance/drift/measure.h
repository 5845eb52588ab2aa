// Measuring drift: what the book counted since the reference, held against the reference; alerts for what has moved.
#pragma once

#include "governance/drift/decay_shapes.h"
#include "governance/drift/drift_shapes.h"
#include "governance/drift/reference.h"
#include "ground/store/store.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::drift {

// A PSI of less than the first is of no account, from the second on a model is looked at again: the limits of the
// trade (Siddiqi, Credit Risk Scorecards, 2006, chapter 9), here asked for beside more than chance.
inline constexpr double kWatchPsi = 0.10, kShiftedPsi = 0.25;
inline constexpr double kMovedAlpha = 0.05;  // for all fields of a version together

struct MeasureNeeds {
  Store& store;
  kernel::Kernel& kernel;
  const Clock& clock;
};

// not_found when the use case has no version in force and none is named, or the field is none of its.
Result<ShowAnswer> show(const MeasureNeeds& needs, const ShowRequest& request);

// All versions in force over the last `days` days; raises and settles the alerts of kind "drift". For every night.
Result<RunAnswer> measure_all(const MeasureNeeds& needs, int64_t days = kWindowDaysUsual);

// The same for the ranking of the models against late labels; alerts of kind "decay".
Result<DecayShowAnswer> show_decay(const MeasureNeeds& needs, const DecayShowRequest& request);
Result<DecayRunAnswer> measure_decay(const MeasureNeeds& needs);

// Of one field, once its p-value holds for all fields together.
Verdict verdict_of(double psi, double p_value, double smallest_visible_psi);

}  // namespace puhui::drift
