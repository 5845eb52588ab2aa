// Vertical logistic regression of two parties without an arbiter: each keeps its own weights and its own key. The sigmoid
// is a polynomial in training, so each party's gradient is a sum of the peer's encrypted numbers times its own scalars;
// exact integers throughout, so the weights do not depend on keys, masks or where the run was broken off.
#pragma once

#include <memory>

#include "infrastructure/federation/stage.h"

namespace puhui::federation {

inline constexpr uint64_t kLogisticRowsMax = uint64_t{1} << 27;
inline constexpr int64_t kLogisticBatchRowsMax = int64_t{1} << 20;

// Steps: groups of batches, then one of evaluation, in which the guest learns the host's partial scores of the training rows.
// Leaks: `gradient_sums` to both (one a column and batch), `partial_scores` to the guest (one a row).
// `invalid` when the job is not of one guest (the hub) and one host, labels are not 0 and 1 of both kinds, or terms are outside.
Result<std::unique_ptr<Stage>> make_vertical_logistic(const StageNeeds& needs);

}  // namespace puhui::federation
