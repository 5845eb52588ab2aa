#include "governance/promotion/guardrails.h"

#include <algorithm>
#include <cmath>

namespace puhui::promotion {

namespace {

using statistics::Interval;
using statistics::Share;

constexpr double kMillion = 1e6;
constexpr size_t kShadowGuardrails = 4, kCanaryGuardrails = 4;
constexpr std::string_view kFailed = "failed", kRefer = "refer";

double share(int64_t ppm) { return static_cast<double>(ppm) / kMillion; }
double part(int64_t some, int64_t all) { return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all); }
Share share_of(int64_t events, int64_t trials) {
  return {static_cast<uint64_t>(events), static_cast<uint64_t>(trials)};
}

double confidence_of(const Plan& plan, size_t guardrails) {
  return 1 - plan.guardrail_alpha / static_cast<double>(phases_of(plan) * guardrails);
}

void set_interval(GuardrailView& view, Interval interval) {
  if (std::isfinite(interval.low)) view.low = interval.low;
  if (std::isfinite(interval.high)) view.high = interval.high;
  view.broken =
      (view.low && *view.low > view.bound_high) || (view.bound_low && view.high && *view.high < *view.bound_low);
}

// What decisions say of one outcome when both judged them: approved by the challenger alone, by the champion alone.
struct Parted {
  int64_t gained = 0, lost = 0, all = 0;
};

Parted parted(const std::vector<Swap>& swaps, std::string_view outcome) {
  Parted out;
  for (const Swap& swap : swaps) {
    if (swap.challenger == kFailed) continue;  // a guardrail of its own
    out.all += swap.decisions;
    if (swap.champion == swap.challenger) continue;
    if (swap.challenger == outcome) out.gained += swap.decisions;
    if (swap.champion == outcome) out.lost += swap.decisions;
  }
  return out;
}

// Of pairs: gained less lost, each by its own exact sequence at half the error; both hold together.
Interval paired_interval(const Parted& pairs, double confidence) {
  if (pairs.all == 0) return {-1, 1};
  const double half = (1 + confidence) / 2;
  const Interval gained = statistics::rate_sequence(share_of(pairs.gained, pairs.all), half);
  const Interval lost = statistics::rate_sequence(share_of(pairs.lost, pairs.all), half);
  return {gained.low - lost.high, gained.high - lost.low};
}

GuardrailView head(std::string name, std::string compares, std::string unit, const TwoArms& arms) {
  GuardrailView out;
  out.name = std::move(name);
  out.compares = std::move(compares);
  out.unit = std::move(unit);
  out.rows_champion = arms.champion.decisions;
  out.rows_challenger = arms.challenger.decisions;
  return out;
}

// Whether the challenger's mean is above `ratio_max` times the champion's: the champion's figures are scaled.
GuardrailView cost(GuardrailView view, const statistics::TwoMoments& arms, double ratio_max, double confidence) {
  view.bound_high = ratio_max;
  const auto& [base, other] = arms;
  if (base.rows == 0 || other.rows == 0 || base.mean <= 0) return view;
  view.value = other.mean / base.mean;
  if (base.rows < kCostRowsMin || other.rows < kCostRowsMin) return view;
  constexpr uint64_t kPlannedRows = 10'000;  // where the interval is tightest; it holds everywhere
  statistics::TwoMoments scaled = arms;
  scaled.base.mean *= ratio_max;
  scaled.base.squares *= ratio_max * ratio_max;
  const Interval above = statistics::difference_of_means_sequence(scaled, kPlannedRows, confidence);
  set_interval(view, {ratio_max + above.low / base.mean, ratio_max + above.high / base.mean});
  return view;
}

}  // namespace

size_t phases_of(const Plan& plan) { return 3 + plan.ramp_shares_ppm.size(); }  // shadow, canary, ramp, watch

std::vector<GuardrailView> shadow_guardrails(const Plan& plan, const Tallied& tally) {
  const double confidence = confidence_of(plan, kShadowGuardrails);
  const TwoArms arms{tally.arm(0, Arm::champion), tally.arm(0, Arm::shadow)};
  std::vector<GuardrailView> out;

  auto approval = head("approval_rate", "shadow", "share", arms);
  const Parted approved = parted(tally.swaps, kernel::kApprove);
  approval.value = part(approved.gained - approved.lost, approved.all);
  approval.bound_low = -share(plan.approval_difference_max_ppm);
  approval.bound_high = share(plan.approval_difference_max_ppm);
  set_interval(approval, paired_interval(approved, confidence));
  out.push_back(std::move(approval));

  auto referral = head("referral_rate", "shadow", "share", arms);
  const Parted referred = parted(tally.swaps, kRefer);
  referral.value = part(referred.gained - referred.lost, referred.all);
  referral.bound_high = share(plan.referral_rise_max_ppm);
  set_interval(referral, paired_interval(referred, confidence));
  out.push_back(std::move(referral));

  auto failures = head("failures", "shadow", "share", arms);
  failures.value = part(arms.challenger.failures, arms.challenger.decisions);
  failures.bound_high = share(plan.errors_max_ppm);
  if (arms.challenger.decisions > 0) {
    set_interval(failures,
                 statistics::rate_sequence(share_of(arms.challenger.failures, arms.challenger.decisions), confidence));
  }
  out.push_back(std::move(failures));

  out.push_back(cost(head("cpu", "shadow", "ratio", arms), {arms.champion.cpu_us, arms.challenger.cpu_us},
                     share(plan.cpu_ratio_max_ppm), confidence));
  return out;
}

std::vector<GuardrailView> canary_guardrails(const Plan& plan, const TwoArms& arms) {
  const double confidence = confidence_of(plan, kCanaryGuardrails);
  const auto difference = [&](int64_t ArmCount::*events) {
    return statistics::difference_sequence({share_of(arms.champion.*events, arms.champion.decisions),
                                            share_of(arms.challenger.*events, arms.challenger.decisions)},
                                           confidence);
  };
  const auto value = [&](int64_t ArmCount::*events) {
    return part(arms.challenger.*events, arms.challenger.decisions) -
           part(arms.champion.*events, arms.champion.decisions);
  };
  std::vector<GuardrailView> out;

  auto approval = head("approval_rate", "canary", "share", arms);
  approval.value = value(&ArmCount::approvals);
  approval.bound_low = -share(plan.approval_difference_max_ppm);
  approval.bound_high = share(plan.approval_difference_max_ppm);
  set_interval(approval, difference(&ArmCount::approvals));
  out.push_back(std::move(approval));

  auto referral = head("referral_rate", "canary", "share", arms);
  referral.value = value(&ArmCount::referrals);
  referral.bound_high = share(plan.referral_rise_max_ppm);
  set_interval(referral, difference(&ArmCount::referrals));
  out.push_back(std::move(referral));

  out.push_back(cost(head("cpu", "canary", "ratio", arms), {arms.champion.cpu_us, arms.challenger.cpu_us},
                     share(plan.cpu_ratio_max_ppm), confidence));
  out.push_back(cost(head("latency", "canary", "ratio", arms), {arms.champion.latency_us, arms.challenger.latency_us},
                     share(plan.latency_ratio_max_ppm), confidence));
  return out;
}

std::vector<GuardrailView> guardrails(const Promotion& promotion, const Tallied& tally) {
  const size_t phase = promotion.phase();
  if (promotion.stage == Stage::shadow) return shadow_guardrails(promotion.plan, tally);
  const size_t base = promotion.stage == Stage::watch && phase > 0 ? phase - 1 : phase;
  return canary_guardrails(promotion.plan, {tally.arm(base, Arm::champion), tally.arm(phase, Arm::challenger)});
}

}  // namespace puhui::promotion
