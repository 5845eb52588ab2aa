// The guest's last word on a vertical logistic regression. It knows the host's partial scores of the training rows by then, so it
// fits its own weights and a slope for the host's score once more under the true sigmoid, and says how good the model is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ground/base/json.h"
#include "infrastructure/federation/logistic/learner.h"

namespace puhui::federation {

struct CalibratedLogistic {
  LogisticModelPart part;
  Json measures;  // rows, bad_share, auc, ks, gini, average_precision, brier, log_loss, epochs, batches
};
// `invalid` when a host's score is outside kPartialScoreMax, naming the row.
Result<CalibratedLogistic> calibrate(const LogisticLearner& guest, std::span<const int64_t> host_scores, double l2);

}  // namespace puhui::federation
