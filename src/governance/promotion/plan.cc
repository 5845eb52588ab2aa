#include "governance/promotion/plan.h"

#include "ground/base/text.h"

namespace puhui::promotion {

namespace {
constexpr int64_t kMillion = 1'000'000, kCountMax = 1'000'000'000;
}

void fields(Shape& shape, Plan& plan) {
  const auto count = [&](std::string_view name, int64_t& value, std::string_view help, int64_t min, int64_t max) {
    shape.field(name, value, {.help = help, .min = min, .max = max, .optional = true});
  };
  count("shadow_decisions_min", plan.shadow_decisions_min, "decisions judged in the shadow before the canary", 1,
        kCountMax);
  count("canary_share_ppm", plan.canary_share_ppm, "of the entities, parts per million", 1, kMillion);
  shape.field("ramp_shares_ppm", plan.ramp_shares_ppm,
              {.help = "shares after the canary, rising, parts per million", .max = kRampSharesMax, .optional = true});
  count("step_decisions_min", plan.step_decisions_min, "decisions of the challenger at each share", 1, kCountMax);
  count("stage_minutes_min", plan.stage_minutes_min, "minutes at each share and in the shadow", 0, 525'600);
  count("watch_decisions", plan.watch_decisions, "decisions as champion before the promotion is done", 1, kCountMax);
  shape.field("guardrail_alpha", plan.guardrail_alpha,
              {.help = "chance of a false rollback by all guardrails together", .optional = true});
  count("approval_difference_max_ppm", plan.approval_difference_max_ppm, "of the approval rate, either way", 0,
        kMillion);
  count("referral_rise_max_ppm", plan.referral_rise_max_ppm, "of the share sent to a person", 0, kMillion);
  count("errors_max_ppm", plan.errors_max_ppm, "of judgements that come to no outcome", 0, kMillion);
  count("cpu_ratio_max_ppm", plan.cpu_ratio_max_ppm, "processor time by the champion's, 1000000 is the same", kMillion,
        1000 * kMillion);
  count("latency_ratio_max_ppm", plan.latency_ratio_max_ppm, "time with kernel and evidence by the champion's",
        kMillion, 1000 * kMillion);
  shape.field("quality_required", plan.quality_required,
              {.help = "champion only after its quality held on decisions with known ends", .optional = true});
  shape.field("quality_alpha", plan.quality_alpha, {.help = "two-sided, over all looks", .optional = true});
  count("matured_rows", plan.matured_rows, "decisions with known ends at the last look", 10, kCountMax);
  count("looks", plan.looks, "how many, at equal shares of them", 1, kLooksMax);
  count("auc_margin_ppm", plan.auc_margin_ppm, "by how much the AUC may be lower; 0: it must be higher", 0, 500'000);
  shape.field("automatic", plan.automatic,
              {.help = "tiers 2 and 3: goes on by itself; else a person advances it", .optional = true});
}

Result<void> check(const Plan& plan) {
  Faults faults;
  int64_t before = plan.canary_share_ppm;
  for (size_t i = 0; i < plan.ramp_shares_ppm.size(); ++i) {
    const int64_t share = plan.ramp_shares_ppm[i];
    if (share <= before || share >= kMillion) {
      faults.add("ramp_shares_ppm/" + std::to_string(i), "expected more than " + std::to_string(before) +
                                                             " and less than 1000000, came " + std::to_string(share));
    }
    before = share;
  }
  if (plan.canary_share_ppm >= kMillion) faults.add("canary_share_ppm", "expected less than 1000000");
  const auto alpha = [&](const char* name, double value) {
    if (!(value > 0 && value < 0.5))
      faults.add(name, "expected more than 0 and less than 0.5, came " + format_double(value));
  };
  alpha("guardrail_alpha", plan.guardrail_alpha);
  alpha("quality_alpha", plan.quality_alpha);
  if (plan.matured_rows < plan.looks * 10) faults.add("matured_rows", "expected at least ten decisions a look");
  if (plan.quality_required && plan.matured_rows > plan.shadow_decisions_min) {
    faults.add("matured_rows",
               "expected at most shadow_decisions_min: only in the shadow are decisions judged by both");
  }
  return std::move(faults).result();
}

}  // namespace puhui::promotion
