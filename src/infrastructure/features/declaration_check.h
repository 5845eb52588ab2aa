// What makes a declaration wrong: names, types, durations, who reads what. All faults at once, each with its place.
#pragma once

#include "infrastructure/features/declaration.h"

namespace puhui::features {

Result<void> check(const FeatureSet& set);

}  // namespace puhui::features
