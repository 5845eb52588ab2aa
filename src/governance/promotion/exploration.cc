#include "governance/promotion/exploration.h"

#include <cmath>

#include "infrastructure/evidence/outcome.h"
#include "infrastructure/statistics/proportion.h"

namespace puhui::promotion {

namespace {

constexpr int32_t kDaysDefault = 365;
constexpr int64_t kRowsMax = 1'000'000;

double threshold(const evidence::Manifest& manifest, std::string_view name) {
  for (const evidence::Threshold& one : manifest.thresholds) {
    const auto number = one.name == name ? evidence::Number::parse(one.value) : std::nullopt;
    if (number) return number->as_double();
  }
  return 0;
}

std::string verdict_of(const ExplorationAnswer& answer) {
  if (answer.matured < kExploredMaturedMin || !answer.model_rate) return "insufficient evidence";
  if (*answer.model_rate < *answer.bad_rate_low) return "worse than the model said";
  if (*answer.model_rate > *answer.bad_rate_high) return "better than the model said";
  return "as the model said";
}

}  // namespace

void estimate(const std::vector<ExploredEnd>& ends, ExplorationAnswer& answer) {
  double weight = 0, squares = 0, bad = 0, scored = 0, model = 0;
  for (const ExploredEnd& end : ends) {
    const double w = 1 / end.propensity;
    weight += w, squares += w * w;
    answer.matured += 1;
    answer.bad += end.bad;
    bad += end.bad ? w : 0;
    if (end.model >= 0) scored += w, model += w * end.model;
  }
  if (weight > 0) {
    const double rate = bad / weight, effective = weight * weight / squares;
    const auto trials = static_cast<uint64_t>(std::max(1.0, std::floor(effective)));
    const auto events = static_cast<uint64_t>(std::llround(rate * static_cast<double>(trials)));
    const auto interval = statistics::wilson({events, trials});
    answer.bad_rate = rate;
    answer.bad_rate_low = std::min(interval.low, rate);
    answer.bad_rate_high = std::max(interval.high, rate);
  }
  if (scored > 0) answer.model_rate = model / scored;
  answer.verdict = verdict_of(answer);
}

Result<ExplorationAnswer> exploration(const ExplorationNeeds& needs, const ExplorationRequest& request) {
  constexpr double kBillion = 1e9;
  ExplorationAnswer out;
  out.use_case = request.use_case;
  out.at = needs.clock.now();
  const auto version = TRY(needs.kernel.in_force(request.use_case));
  out.rate = threshold(version->permit().manifest, kernel::kExplorationRateThreshold);
  out.daily_max = std::llround(threshold(version->permit().manifest, kernel::kExplorationDailyMaxThreshold));
  const int32_t today = date_of(out.at).days;
  const int64_t to = request.to ? request.to->days : today;
  const int64_t from = request.from ? request.from->days : to - kDaysDefault + 1;
  if (from > to) return fail(ErrorCode::invalid, "from", "expected a day not behind `to`");
  std::vector<ExploredEnd> ends;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    const auto count = [&](int64_t first, int64_t last) {
      return reader.integer("SELECT COUNT(*) FROM promotion_explored WHERE use_case = ? AND day >= ? AND day <= ?",
                            {request.use_case, first, last});
    };
    out.explored = TRY(count(from, to)).value_or(0);
    out.explored_today = TRY(count(today, today)).value_or(0);
    return reader.each(
        "SELECT e.propensity_ppb, e.model_ppb, o.value FROM promotion_explored e JOIN evidence_outcome o "
        "ON o.node = 0 AND o.sequence = e.sequence AND o.name = ? "
        "WHERE e.use_case = ? AND e.day >= ? AND e.day <= ? ORDER BY e.day, e.sequence LIMIT ?",
        {evidence::outcome_name_of(needs.kernel.use_cases(), request.use_case), request.use_case, from, to, kRowsMax},
        [&](const Row& row) -> Result<void> {
          ends.push_back({static_cast<double>(row.integer(0)) / kBillion,
                          static_cast<double>(row.integer(1)) / kBillion, row.integer(2) == 1});
          return {};
        });
  }));
  estimate(ends, out);
  return out;
}

}  // namespace puhui::promotion
