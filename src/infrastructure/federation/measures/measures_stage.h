// Measures across parties, no model: WoE and IV of a host's bins without the host seeing labels or the guest values, and
// the correlation of columns of two houses.
#pragma once

#include <memory>

#include "infrastructure/federation/stage.h"

namespace puhui::federation {

inline constexpr uint64_t kBinRowsMin = 20;  // a bin of fewer rows is joined to its neighbour before anything is told

// StageResult.measures: {"rows", "columns": [{"party", "column", "iv", "bins": […]}], "correlation": {"columns", "ppm"}}.
Result<std::unique_ptr<Stage>> make_measures_stage(const StageNeeds& needs);

}  // namespace puhui::federation
