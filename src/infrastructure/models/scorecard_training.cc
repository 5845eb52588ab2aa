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

std::vector<double> woe_rows(const std::vector<Candidate>& candidates, const std::vector<Offered>& offered,
                             size_t rows) {
  std::vector<double> out(rows * candidates.size());
  for (size_t j = 0; j < candidates.size(); ++j) {
    const auto& values = offered[candidates[j].offered].values;
    for (size_t row = 0; row < rows; ++row) {
      out[row * candidates.size() + j] = candidates[j].binning.woe(values[row]);
    }
  }
  return out;
}

struct Weak {
  size_t candidate = 0;
  double z = 0;  // its coefficient in standard errors
};

// Those that contradict their own bins or may be chance, the weakest first; of equals the later offered.
std::vector<Weak> weak_ones(const LogisticFit& fit, const ScorecardTraining& training) {
  const double z_min = std::sqrt(chi_square_limit(1, training.keep_tail_max));
  std::vector<Weak> out;
  for (size_t j = fit.coefficients.size(); j-- > 0;) {
    const double error = fit.standard_errors[j];
    const double z = error > 0 ? (fit.coefficients[j] - training.coefficient_min) / error : -1;
    if (z <= z_min) out.push_back({j, z});
  }
  std::sort(out.begin(), out.end(),
            [](const Weak& a, const Weak& b) { return a.z != b.z ? a.z < b.z : a.candidate > b.candidate; });
  return out;
}

// Leaves the weakest candidates out until none is weak: a tenth at a time while they are many, for speed, then one
// by one. The fits on the way start from the one before and are rough; the last is exact.
Result<LogisticFit> eliminate(std::vector<Candidate>& candidates, const std::vector<Offered>& offered,
                              std::span<const uint8_t> bad, const ScorecardTraining& training, double l2,
                              std::vector<ScorecardTrace>& trace) {
  constexpr double kRoughStep = 1e-3;
  std::vector<double> start;
  for (;;) {
    const auto rows = woe_rows(candidates, offered, bad.size());
    const Design design{rows, bad, candidates.size()};
    auto fit = TRY(fit_logistic(design, {.l2 = l2, .step_tolerance = kRoughStep, .start = start}));
    auto weak = weak_ones(fit, training);
    start = fit.coefficients;
    start.insert(start.begin(), fit.intercept);
    if (weak.empty()) {
      fit = TRY(fit_logistic(design, {.l2 = l2, .start = start}));
      weak = weak_ones(fit, training);
      if (weak.empty()) return fit;
    }
    weak.resize(std::min(weak.size(), std::max<size_t>(1, candidates.size() / 10)));
    std::sort(weak.begin(), weak.end(), [](const Weak& a, const Weak& b) { return a.candidate > b.candidate; });
    for (const Weak& leaves : weak) {
      const auto at = static_cast<std::ptrdiff_t>(leaves.candidate);
      trace[candidates[leaves.candidate].offered].left_out =
          leaves.z <= 0 ? "its coefficient contradicts its bins" : "its coefficient could be chance";
      candidates.erase(candidates.begin() + at);
      start.erase(start.begin() + at + 1);
    }
  }
}

Result<void> check(const ScorecardTraining& training, std::span<const uint8_t> bad) {
  Faults faults;
  const auto expect = [&](bool good, const char* what, const char* range) {
    if (!good) faults.add(std::string("scorecard/") + what, std::string("expected ") + range);
  };
  expect(training.binning.share_min >= 0 && training.binning.share_min <= 0.5, "share_min", "0 to 0.5");
  expect(training.binning.bins_max >= 1 && training.binning.bins_max <= 100, "bins_max", "1 to 100");
  expect(training.binning.split_tail_max > 0 && training.binning.split_tail_max <= 1, "split_tail_max",
         "more than 0, at most 1");
  expect(training.binning.prebins_max >= 2 && training.binning.prebins_max <= 10'000, "prebins_max", "2 to 10000");
  expect(training.keep_tail_max > 0 && training.keep_tail_max <= 1, "keep_tail_max", "more than 0, at most 1");
  expect(training.l2_per_row >= 0 && training.l2_per_row <= 1e6, "l2_per_row", "0 to 1e6");
  expect(training.scale.odds_bad > 0 && training.scale.odds_bad <= 1e6, "scale/odds_bad", "more than 0");
  expect(training.scale.double_odds >= 1 && training.scale.double_odds <= 1e6, "scale/double_odds", "1 to 1e6");
  expect(std::fabs(training.scale.points) <= 1e6, "scale/points", "-1e6 to 1e6");
  expect(has_both(bad), "rows", "training rows of both classes; look at the target column");
  return std::move(faults).result();
}

}  // namespace

Result<ScorecardFit> fit_scorecard(const std::vector<Offered>& offered, std::span<const uint8_t> bad,
                                   const ScorecardTraining& training) {
  TRY(check(training, bad));
  ScorecardFit out;
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < offered.size(); ++i) {
    const Sample sample{offered[i].values, bad};
    auto binning = offered[i].category_count == 0
                       ? bin_numeric(sample, training.binning)
                       : bin_categorical(sample, offered[i].category_count, training.binning);
    out.trace.push_back({offered[i].name, binning.iv, 0, ""});
    if (binning.iv < training.iv_min) {
      out.trace.back().left_out = "its information value is below " + format_double(training.iv_min);
    } else {
      candidates.push_back({i, std::move(binning)});
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.binning.iv != b.binning.iv ? a.binning.iv > b.binning.iv : a.offered < b.offered;
  });
  for (size_t j = training.features_max; j < candidates.size(); ++j) {
    out.trace[candidates[j].offered].left_out =
        "others say more, and at most " + std::to_string(training.features_max) + " are kept";
  }
  if (candidates.size() > training.features_max) candidates.resize(training.features_max);

  const double l2 = training.l2_per_row * static_cast<double>(bad.size());
  const LogisticFit fit = TRY(eliminate(candidates, offered, bad, training, l2, out.trace));
  std::vector<ScorecardFeature> features;
  for (size_t j = 0; j < candidates.size(); ++j) {
    out.trace[candidates[j].offered].coefficient = fit.coefficients[j];
    features.push_back({.place = offered[candidates[j].offered].place,
                        .binning = std::move(candidates[j].binning),
                        .coefficient = fit.coefficients[j],
                        .points = {}});
  }
  out.scorecard = Scorecard(training.scale, fit.intercept, std::move(features));
  return out;
}

}  // namespace puhui::models
