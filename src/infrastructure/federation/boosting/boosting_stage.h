// Vertical boosting (SecureBoost, Cheng et al. 2019) as a stage: the guest holds labels and columns, one or more hosts hold columns.
// Gradients travel encrypted, sums of candidate splits come back, and the trees are those of grow_in_the_clear to the byte.
#pragma once

#include <memory>

#include "infrastructure/federation/stage.h"

namespace puhui::federation {

// Party 0 is the guest (and the hub); all others are hosts. `invalid` when job and data do not fit. Leaks: `candidate_sums`,
// `partition_hosts` (to the guest), `row_partition`, `goss_rows` (to hosts). Result: GuestPart or HostPart bytes (model_part.h).
Result<std::unique_ptr<Stage>> make_boosting_stage(const StageNeeds& needs);

}  // namespace puhui::federation
