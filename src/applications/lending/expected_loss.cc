#include "applications/lending/expected_loss.h"

#include <algorithm>

#include "ground/base/check.h"

namespace puhui::lending {

Stage stage_of(const StageRule& rule, const StageFacts& facts) {
  if (facts.days_past_due >= rule.stage3_days) return Stage::three;
  if (facts.days_past_due > rule.stage2_days) return Stage::two;
  const bool grown = static_cast<__int128>(facts.pd_now.ppb) * Rate::kOne >=
                     static_cast<__int128>(facts.pd_at_opening.ppb) * rule.pd_ratio.ppb;
  return grown && facts.pd_now > facts.pd_at_opening ? Stage::two : Stage::one;
}

namespace {

// One as a fixed-point fraction of 10^18: chances and discounts multiply without leaving 128 bits.
constexpr __int128 kE18 = 1'000'000'000'000'000'000;

__int128 times(__int128 a, __int128 b) { return (a * b + kE18 / 2) / kE18; }

}  // namespace

int64_t expected_loss_minor(Stage stage, std::span<const int64_t> exposure_minor, const LossParameters& parameters) {
  CHECK(parameters.pd.ppb >= 0 && parameters.pd.ppb <= Rate::kOne && parameters.lgd.ppb >= 0 &&
            parameters.lgd.ppb <= Rate::kOne,
        "PD and LGD are shares");
  if (exposure_minor.empty()) return 0;
  if (stage == Stage::three)
    return multiply_divide(exposure_minor[0], parameters.lgd.ppb, Rate::kOne, Rounding::half_even);
  const size_t months = stage == Stage::one ? std::min<size_t>(exposure_minor.size(), 12) : exposure_minor.size();
  const __int128 a_month = kE18 * kE18 / (kE18 + static_cast<__int128>(parameters.discount.ppb) * Rate::kOne / 12);
  __int128 year_pd = static_cast<__int128>(parameters.pd.ppb) * Rate::kOne;
  __int128 surviving = kE18, discount = kE18;
  __int128 sum_e9 = 0;  // minor units · 10^9
  for (size_t month = 0; month < months; ++month) {
    if (month > 0 && month % 12 == 0) {
      surviving = times(surviving, kE18 - year_pd);
      year_pd = std::min(times(year_pd, static_cast<__int128>(parameters.pd_year_factor.ppb) * Rate::kOne), kE18);
    }
    discount = times(discount, a_month);
    const __int128 weight_e18 = times(times(surviving, year_pd) / 12, discount);
    sum_e9 += exposure_minor[month] * weight_e18 / Rate::kOne;
  }
  return divide(sum_e9 * parameters.lgd.ppb, static_cast<__int128>(Rate::kOne) * Rate::kOne, Rounding::half_even);
}

std::vector<int64_t> exposure_by_month(const Contract& contract, const State& state) {
  int64_t late_minor = 0;
  for (const Unpaid& item : state.unpaid.items()) late_minor += item.principal_minor + item.interest_minor;
  const Schedule ahead = remaining(contract.terms, state.plan);
  std::vector<int64_t> out;
  int64_t balance_minor = state.plan.principal_minor + state.plan.interest.minor;
  Date month = state.date();
  for (const Instalment& instalment : ahead) {
    for (; month < instalment.due; month = state.date().plus_months(static_cast<int>(out.size()))) {
      out.push_back(late_minor + balance_minor);
    }
    balance_minor = instalment.balance_minor;
  }
  if (out.empty() && late_minor > 0) out.push_back(late_minor);
  return out;
}

std::vector<Posting> allowance_postings(int64_t before_minor, int64_t after_minor) {
  Books before, after;
  before[AccountKind::loss_allowance] = -before_minor;
  before[AccountKind::impairment_expense] = before_minor;
  after[AccountKind::loss_allowance] = -after_minor;
  after[AccountKind::impairment_expense] = after_minor;
  return postings(before, after);
}

}  // namespace puhui::lending
