// The guest's last word on a vertical logistic regression: slope and base under which the sum of both partial scores is on the
// scale of the true sigmoid (Platt 1999), and how good the model is on its training rows.
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
Result<CalibratedLogistic> calibrate(const LogisticLearner& guest, std::span<const int64_t> host_scores);

}  // namespace puhui::federation
