// Logistic regression of several clients that hold the same columns of different rows: each gives its gradient, all learn the sum and take
// the same step. The model is PMML, the same bytes at every client, and loads like any other model.
#pragma once

#include "infrastructure/federation/horizontal/horizontal_learner.h"

namespace puhui::federation {

// Rounds: the sizes of values, their sums and squares (with `standardise`), the batches, then scores counted by label (without noise
// only). An epoch takes every row once; with epsilon each round draws rows with probability batch_rows / rows instead.
// `invalid` when columns are not the job's, values are infinite, or labels are not 0 and 1.
Result<std::unique_ptr<HorizontalLearner>> make_horizontal_logistic(const Job& job, const PartyData& data, size_t self);

// Leaks to all clients: `value_sizes`, `summed_values`, `summed_gradients`, `summed_scores`, `round_survivors`, `row_epsilon_micros`.
Result<std::unique_ptr<Stage>> make_horizontal_logistic_stage(const StageNeeds& needs);

}  // namespace puhui::federation
