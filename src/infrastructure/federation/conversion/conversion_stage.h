// "conversion": an advertiser (guest, labels, perhaps a column of values) and a platform (host, clicks with columns) learn a model of
// conversion. The platform gets the model and learns of no click whether it converted; the advertiser learns of no key whether it was
// a click. Both get one report on clicks held out. All that either learns of the other is noised (docs/decisions/0109).
#pragma once

#include <memory>

#include "infrastructure/federation/stage.h"

namespace puhui::federation {

// Takes the place of the intersection: matches `conversion.key_column` itself. The host's model part is PMML (RegressionModel) over its
// columns, the guest's the report as JSON; StageResult::measures is the report at both. `conflict`: fewer than cohort_min clicks.
Result<std::unique_ptr<Stage>> make_conversion_stage(const StageNeeds& needs);

}  // namespace puhui::federation
