#include "governance/promotion/guardrails.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ground/base/random.h"

namespace puhui::promotion {
namespace {

constexpr uint64_t kRuns = 80;
constexpr int kLooks = 12, kDecisionsALook = 100;

// How a simulated judgement comes out.
struct Rates {
  double approve = 0.6, refer = 0.1, fail = 0;
  double cpu_us = 20;
};

std::string outcome_of(double draw, const Rates& rates) {
  if (draw < rates.approve) return "approve";
  return draw < rates.approve + rates.refer ? "refer" : "refuse";
}

void judge(ArmCount& arm, const std::string& outcome, double cpu_us) {
  arm.decisions += 1;
  arm.approvals += outcome == "approve";
  arm.referrals += outcome == "refer";
  arm.failures += outcome == "failed";
  arm.cpu_us.add(cpu_us);
  arm.latency_us.add(cpu_us + 5);
}

double cost(RandomStream& random, double mean_us) { return mean_us * std::exp(0.4 * random.normal() - 0.08); }

bool any_broken(const std::vector<GuardrailView>& views) {
  return std::ranges::any_of(views, [](const GuardrailView& view) { return view.broken; });
}

// Looked at again and again; whether it was ever rolled back.
bool rolled_back_in_canary(uint64_t seed, const Plan& plan, const Rates& champion, const Rates& challenger) {
  RandomStream random(Random(seed), 1, seed);
  TwoArms arms;
  for (int look = 0; look < kLooks; ++look) {
    for (int i = 0; i < kDecisionsALook; ++i) {
      judge(arms.champion, outcome_of(random.uniform(), champion), cost(random, champion.cpu_us));
      judge(arms.challenger, outcome_of(random.uniform(), challenger), cost(random, challenger.cpu_us));
    }
    if (any_broken(canary_guardrails(plan, arms))) return true;
  }
  return false;
}

// Both judge the same: one draw, which nine times of ten serves both.
bool rolled_back_in_shadow(uint64_t seed, const Plan& plan, const Rates& champion, const Rates& challenger) {
  RandomStream random(Random(seed), 2, seed);
  std::map<std::pair<std::string, std::string>, int64_t> swaps;
  Tallied tally;
  for (int look = 0; look < kLooks; ++look) {
    for (int i = 0; i < kDecisionsALook; ++i) {
      const double draw = random.uniform(), other = random.chance(0.9) ? draw : random.uniform();
      const std::string by_champion = outcome_of(draw, champion);
      const std::string by_shadow = random.chance(challenger.fail) ? "failed" : outcome_of(other, challenger);
      judge(tally.arms[{0, Arm::champion}], by_champion, cost(random, champion.cpu_us));
      judge(tally.arms[{0, Arm::shadow}], by_shadow, cost(random, challenger.cpu_us));
      swaps[{by_champion, by_shadow}] += 1;
    }
    tally.swaps.clear();
    for (const auto& [outcomes, decisions] : swaps) tally.swaps.push_back({outcomes.first, outcomes.second, decisions});
    if (any_broken(shadow_guardrails(plan, tally))) return true;
  }
  return false;
}

using RolledBack = bool (*)(uint64_t, const Plan&, const Rates&, const Rates&);

double share_of_runs(RolledBack rolled_back, const Plan& plan, const Rates& champion, const Rates& challenger) {
  uint64_t count = 0;
  for (uint64_t seed = 1; seed <= kRuns; ++seed) count += rolled_back(seed, plan, champion, challenger);
  return static_cast<double>(count) / static_cast<double>(kRuns);
}

// One phase's alpha is large enough to be seen in so few runs.
Plan plan_at_its_bounds() {
  Plan plan;
  plan.guardrail_alpha = 0.2;  // shared by five phases: 0.04 in each
  plan.approval_difference_max_ppm = 0;
  plan.referral_rise_max_ppm = 0;
  plan.errors_max_ppm = 10'000;
  plan.cpu_ratio_max_ppm = plan.latency_ratio_max_ppm = 1'000'000;
  return plan;
}

TEST(Guardrails, ADifferenceExactlyAtEveryBoundIsRolledBackNoMoreOftenThanAlphaHoweverOftenLookedAt) {
  const Plan plan = plan_at_its_bounds();
  Rates same;
  same.fail = 0.01;
  const double phase_alpha = plan.guardrail_alpha / static_cast<double>(phases_of(plan));
  const double noise = 3 * std::sqrt(phase_alpha * (1 - phase_alpha) / static_cast<double>(kRuns));
  EXPECT_LE(share_of_runs(rolled_back_in_canary, plan, same, same), phase_alpha + noise);
  EXPECT_LE(share_of_runs(rolled_back_in_shadow, plan, same, same), phase_alpha + noise);
}

TEST(Guardrails, UnderTheStandingPlanAnEqualChallengerIsNeverRolledBackHere) {
  EXPECT_EQ(share_of_runs(rolled_back_in_canary, {}, {}, {}), 0);
  EXPECT_EQ(share_of_runs(rolled_back_in_shadow, {}, {}, {}), 0);
}

TEST(Guardrails, AHarmfulChallengerIsCaughtInTheShadowAndInTheCanary) {
  Rates generous, timid, failing, slow;
  generous.approve = 0.8;
  timid.approve = 0.4, timid.refer = 0.3;
  failing.fail = 0.05;
  slow.cpu_us = 60;
  for (const Rates& harmful : {generous, timid, slow}) {
    EXPECT_GT(share_of_runs(rolled_back_in_canary, {}, {}, harmful), 0.9);
    EXPECT_GT(share_of_runs(rolled_back_in_shadow, {}, {}, harmful), 0.9);
  }
  EXPECT_GT(share_of_runs(rolled_back_in_shadow, {}, {}, failing), 0.9);
}

TEST(Guardrails, WithoutADecisionNothingIsBrokenAndEveryBoundIsTold) {
  for (const auto& views : {shadow_guardrails({}, {}), canary_guardrails({}, {})}) {
    ASSERT_EQ(views.size(), 4u);
    for (const GuardrailView& view : views) {
      EXPECT_FALSE(view.broken) << view.name;
      EXPECT_GT(view.bound_high, 0) << view.name;
    }
  }
}

}  // namespace
}  // namespace puhui::promotion
