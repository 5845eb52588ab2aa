#include "infrastructure/models/scorecard_training.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/models/metrics.h"

namespace puhui::models {

namespace {

struct Candidate {
  size_t offered = 0;  // its place in the offer
  Binning binning;
};

std::vector<double> woe_rows(const std::vector<Candidate>& candidates, const std::vector<Offered>& offered, size_t rows) {
  std::vector<double> out(rows * candidates.size());
  for (size_t j = 0; j < candidates.size(); ++j) {
    const auto& values = offered[candidates[j].offered].values;
    for (size_t row = 0; row < rows; ++row) {
      out[row * candidates.size() + j] = candidates[j].binning.woe(values[row]);
    }
  }
  return out;
}

// The candidate to leave out next, and why: first those that contradict their own bins, then what may be chance.
// Among several the one with the weakest evidence goes; of equals the later offered.
std::optional<std::pair<size_t, std::string>> weakest(const LogisticFit& fit, const ScorecardTraining& training) {
  std::optional<size_t> worst;
  double worst_z = std::sqrt(chi_square_limit(1, training.keep_tail_max));
  for (size_t j = 0; j < fit.coefficients.size(); ++j) {
    const double error = fit.standard_errors[j];
    const bool contradicts = fit.coefficients[j] <= training.coefficient_min;
    const double z = error > 0 ? (fit.coefficients[j] - training.coefficient_min) / error : (contradicts ? -1 : 0);
    if (z <= worst_z) worst = j, worst_z = z;
  }
  if (!worst) return std::nullopt;
  return std::pair{*worst, std::string(worst_z <= 0 ? "its coefficient contradicts its bins" : "its coefficient could be chance")};
}

}  // namespace

Result<ScorecardFit> fit_scorecard(const std::vector<Offered>& offered, std::span<const uint8_t> bad,
                                   const ScorecardTraining& training) {
  if (!has_both(bad)) {
    return fail(ErrorCode::invalid, "expected training rows of both classes, came only one; look at the target column");
  }
  ScorecardFit out;
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < offered.size(); ++i) {
    const Sample sample{offered[i].values, bad};
    auto binning = offered[i].category_count == 0 ? bin_numeric(sample, training.binning)
                                                  : bin_categorical(sample, offered[i].category_count, training.binning);
    out.trace.push_back({offered[i].name, binning.iv, 0, ""});
    if (binning.iv < training.iv_min) {
      out.trace.back().left_out = "its information value is below " + format_double(training.iv_min);
    } else {
      candidates.push_back({i, std::move(binning)});
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.binning.iv > b.binning.iv; });
  for (size_t j = training.features_max; j < candidates.size(); ++j) {
    out.trace[candidates[j].offered].left_out = "others say more, and at most " + std::to_string(training.features_max) + " are kept";
  }
  if (candidates.size() > training.features_max) candidates.resize(training.features_max);

  for (;;) {
    const auto rows = woe_rows(candidates, offered, bad.size());
    const auto fit = TRY(fit_logistic({rows, bad, candidates.size()}, {.l2 = training.l2}));
    if (const auto leaves = weakest(fit, training)) {
      out.trace[candidates[leaves->first].offered].left_out = leaves->second;
      candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(leaves->first));
      continue;
    }
    std::vector<ScorecardFeature> features;
    for (size_t j = 0; j < candidates.size(); ++j) {
      out.trace[candidates[j].offered].coefficient = fit.coefficients[j];
      features.push_back({.place = offered[candidates[j].offered].place, .binning = std::move(candidates[j].binning),
                          .coefficient = fit.coefficients[j], .points = {}});
    }
    out.scorecard = Scorecard(training.scale, fit.intercept, std::move(features));
    return out;
  }
}

}  // namespace puhui::models
