// The model card: what a reviewer asks of a model, as JSON. It is part of the model's bytes, so it holds only what is
// the same in every run of the same request.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ground/base/json.h"
#include "infrastructure/models/metrics.h"
#include "infrastructure/models/train.h"

namespace puhui::models {

struct CardFeatures {
  std::vector<ScorecardTrace> scorecard;
  std::vector<std::pair<std::string, double>> gains;
};

struct CardMeasures {
  Quality train, test;
  Psi stability;
  std::vector<CalibrationBin> calibration;  // on the test rows
};

Json card_of(const TrainRequest& request, const CardFeatures& features, const CardMeasures& measures);
Json to_json(const Quality& quality);

}  // namespace puhui::models
