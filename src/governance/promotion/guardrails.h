// Guardrails: what a challenger may not cost while it is tested. Anytime-valid: they may be looked at after every
// decision, and all of them together call a rollback falsely with probability at most the plan's guardrail_alpha.
#pragma once

#include <vector>

#include "governance/promotion/shapes.h"
#include "governance/promotion/tally.h"

namespace puhui::promotion {

inline constexpr uint64_t kCostRowsMin = 200;  // of each arm, before processor time and latency may break

// How the plan's alpha is shared: equally by phase, and within one by guardrail (Bonferroni).
size_t phases_of(const Plan& plan);

// Of the shadow phase: the same decisions judged twice, compared in pairs.
std::vector<GuardrailView> shadow_guardrails(const Plan& plan, const Tallied& tally);
// Of a later phase: two groups, drawn by entity. The watch has no champion beside it: it is held against `base`, the
// champion's decisions of the phase before.
struct TwoArms {
  ArmCount champion, challenger;
};
std::vector<GuardrailView> canary_guardrails(const Plan& plan, const TwoArms& arms);

// All that bear on it now: of the phase it is in.
std::vector<GuardrailView> guardrails(const Promotion& promotion, const Tallied& tally);

}  // namespace puhui::promotion
