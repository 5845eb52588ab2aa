// Plan: how a challenger is led from its golden vectors to champion: how long each stage lasts, what it may cost, and
// by how much its quality must hold. Fixed at the start and kept with the promotion: no bound moves while it is tested.
#pragma once

#include <vector>

#include "ground/base/shape.h"

namespace puhui::promotion {

inline constexpr size_t kRampSharesMax = 10, kLooksMax = 20;

struct Plan {
  // How long: a stage is over when it has seen so many decisions and stood so long.
  int64_t shadow_decisions_min = 10'000;
  int64_t canary_share_ppm = 50'000;
  std::vector<int64_t> ramp_shares_ppm = {200'000, 500'000};
  int64_t step_decisions_min = 500;  // of the challenger, in canary and at each share of the ramp
  int64_t stage_minutes_min = 60;
  int64_t watch_decisions = 2000;  // after it became champion, before the promotion is done

  // Guardrails: anytime-valid tests of the challenger against the champion, looked at every minute.
  double guardrail_alpha = 0.01;                 // of all guardrails over the whole promotion together
  int64_t approval_difference_max_ppm = 50'000;  // either way
  int64_t referral_rise_max_ppm = 50'000;
  int64_t errors_max_ppm = 1'000;         // of the challenger's judgements
  int64_t cpu_ratio_max_ppm = 2'000'000;  // of the champion's mean
  int64_t latency_ratio_max_ppm = 2'000'000;

  // Quality: DeLong's paired test on decisions with known ends, at planned looks.
  bool quality_required = true;
  double quality_alpha = 0.05;  // two-sided, over all looks
  int64_t matured_rows = 2000;  // decisions with known ends at the last look
  int64_t looks = 5;            // at equal shares of them
  int64_t auc_margin_ppm = 0;   // the challenger may be worse by less than this; 0: it must be better
  bool automatic = true;        // tiers 2 and 3: goes on by itself; a person advances it otherwise
};
void fields(Shape& shape, Plan& plan);

// Every fault: bounds out of order, shares that fall, an alpha outside (0, 0.5).
Result<void> check(const Plan& plan);

}  // namespace puhui::promotion
