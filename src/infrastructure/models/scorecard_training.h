// How a scorecard is trained: bins, weight of evidence, selection, logistic regression. See train.h.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "infrastructure/models/scorecard.h"

namespace puhui::models {

struct ScorecardTraining {
  BinningOptions binning;
  PointsScale scale;
  double iv_min = 0.02;        // features that say less are not offered
  size_t features_max = 100;   // offered to the regression, those with the most information first
  double l2_per_row = 0.0015;  // penalty on the coefficients; grows with the rows, so that it always weighs alike
  double coefficient_min = 0;  // a coefficient at or below it contradicts its own bins: the feature leaves
  double keep_tail_max = 0.3;  // features whose coefficient could be chance leave, the weakest first
};

// One feature offered: its values on the training rows.
struct Offered {
  uint32_t place = 0;
  std::string name;
  std::vector<double> values;
  size_t category_count = 0;  // 0: numeric
};

struct ScorecardTrace {
  std::string name;
  double iv = 0;
  double coefficient = 0;  // 0: left out
  std::string left_out;    // why
};

struct ScorecardFit {
  Scorecard scorecard;
  std::vector<ScorecardTrace> trace;  // one an offered feature, in the order offered
};

Result<ScorecardFit> fit_scorecard(const std::vector<Offered>& offered, std::span<const uint8_t> bad,
                                   const ScorecardTraining& training);

}  // namespace puhui::models
