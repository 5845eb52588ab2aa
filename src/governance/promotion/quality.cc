#include "governance/promotion/quality.h"

#include <algorithm>
#include <cmath>

#include "infrastructure/statistics/looks.h"
#include "infrastructure/statistics/roc.h"

namespace puhui::promotion {

namespace {

// The share of the planned information, ascending; looks come when they can, so the shares are those that came.
std::vector<double> information(const Plan& plan, const std::vector<LookView>& taken, int64_t rows) {
  const auto planned = static_cast<double>(plan.matured_rows);
  std::vector<double> out;
  for (const LookView& look : taken) out.push_back(static_cast<double>(look.rows) / planned);
  const bool last = static_cast<int64_t>(taken.size()) + 1 == plan.looks;
  out.push_back(last ? 1 : std::min(1.0, static_cast<double>(rows) / planned));
  return out;
}

std::string_view verdict(const LookView& look, bool last) {
  if (look.z <= -look.boundary) return kWorse;
  if (look.z_margin >= look.boundary) return kBetter;
  return last ? kUndecided : kContinue;
}

}  // namespace

int64_t next_look_rows(const Plan& plan, const std::vector<LookView>& taken) {
  if (!taken.empty() && taken.back().verdict != kContinue) return 0;
  const auto number = static_cast<int64_t>(taken.size()) + 1;
  if (number > plan.looks) return 0;
  // Never the rows of an earlier look again: one that came late took some of the next one's.
  const int64_t planned = (plan.matured_rows * number + plan.looks - 1) / plan.looks;
  return std::max(planned, taken.empty() ? 0 : taken.back().rows + 1);
}

std::optional<LookView> due_look(const Plan& plan, const std::vector<LookView>& taken, const MaturedPairs& pairs,
                                 Timestamp at) {
  const auto rows = static_cast<int64_t>(pairs.bad.size());
  const int64_t due = next_look_rows(plan, taken);
  const int64_t bad = std::count(pairs.bad.begin(), pairs.bad.end(), 1);
  if (due == 0 || rows < due || bad < kBadMin || rows - bad < kBadMin) return std::nullopt;
  LookView look;
  look.number = static_cast<int64_t>(taken.size()) + 1;
  look.rows = rows, look.bad = bad, look.at = at;
  // All the planned information at once ends it, however many looks were planned.
  const bool last = look.number == plan.looks || rows >= plan.matured_rows;
  const auto shares = information(plan, taken, rows);
  const auto boundary = statistics::look_boundaries(shares, plan.quality_alpha).back();
  look.boundary = boundary.boundary;
  look.alpha_spent = boundary.spent;
  const auto compared = statistics::compare_auc({pairs.champion, pairs.challenger, pairs.bad});
  look.auc_champion = compared.base;
  look.auc_challenger = compared.other;
  look.z = compared.z;
  const double error = std::sqrt(compared.variance), margin = static_cast<double>(plan.auc_margin_ppm) / 1e6;
  constexpr double kZMax = 99;  // of scores that never part the error is 0, and any margin holds
  look.z_margin = error > 0 ? (compared.difference + margin) / error : (compared.difference + margin > 0 ? kZMax : 0);
  look.verdict = verdict(look, last);
  return look;
}

std::string verdict_of(const Promotion& promotion, const std::vector<LookView>& taken) {
  if (promotion.same_scores) return std::string(kSameScores);
  return taken.empty() ? std::string(kWaiting) : taken.back().verdict;
}

}  // namespace puhui::promotion
