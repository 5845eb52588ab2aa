// Reading PMML 4.0 to 4.4: a file becomes a PredictorForm. What is run and what is refused: docs/decisions/0065.
#pragma once

#include "infrastructure/models/predictor_form.h"

namespace puhui::models {

// `model_name` as Predictor::parse takes it. `invalid` with every fault, each with element, line and column.
Result<FormPtr> read_pmml(std::string_view bytes, std::string_view model_name);

}  // namespace puhui::models
