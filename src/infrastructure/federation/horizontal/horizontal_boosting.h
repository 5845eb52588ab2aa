// Boosted trees of several clients that hold the same columns of different rows: they add up gradients by node, column and bin, choose the
// same splits and grow the same trees. The model is XGBoost's JSON, the same bytes at every client.
#pragma once

#include "infrastructure/federation/horizontal/horizontal_learner.h"

namespace puhui::federation {

// Rounds: values counted over the coarse grid, then over the fine one, a level of a tree each, then scores counted by label (without
// noise only). A tree that ends early saves rounds. `invalid`: an objective other than binary, GOSS (its largest gradients are nobody's to
// know), guest_only_trees, labels other than 0 and 1, infinite values, other columns than the job's.
Result<std::unique_ptr<HorizontalLearner>> make_horizontal_boosting(const Job& job, const PartyData& data, size_t self);

// Leaks to all clients: `summed_counts`, `summed_gradients`, `summed_scores`, `round_survivors`, `row_epsilon_micros`.
Result<std::unique_ptr<Stage>> make_horizontal_boosting_stage(const StageNeeds& needs);

}  // namespace puhui::federation
