// How well a boosted model fits the rows it was trained on: what a person reads when a job is done.
#pragma once

#include <span>

#include "ground/base/json.h"
#include "infrastructure/federation/boosting/gradients.h"
#include "infrastructure/federation/boosting/model_part.h"

namespace puhui::federation {

// rows, trees, splits_own, splits_hosts; binary: auc, ks, log_loss; multi_class: accuracy, auc (mean of one against the rest); regression: rmse.
Json boosting_measures(Objective objective, int scale, const Margins& margins, std::span<const double> labels,
                       const GuestPart& part);

}  // namespace puhui::federation
