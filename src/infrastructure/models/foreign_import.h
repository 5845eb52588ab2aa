// Importing foreign trees into a governed Model: with explanations, reasons, a card that names its source, and bytes
// of our own.
#pragma once

#include <string>
#include <string_view>

#include "infrastructure/models/model.h"

namespace puhui::models {

// XGBoost (gbtree, dart) and LightGBM files whose answer is the probability of one event; others are `invalid`, and can
// still be called as a Predictor. Scores equal the Predictor's to 1e-6. Where several columns are made of one input
// (sets of categories), its contribution is their sum.
Result<Model> import_model(std::string_view bytes, std::string_view name);

}  // namespace puhui::models
