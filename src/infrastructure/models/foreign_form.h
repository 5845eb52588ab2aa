// ForeignForm: an XGBoost or LightGBM model behind the face of a predictor: margins by trees or by a linear booster,
// then what the objective makes of them.
#pragma once

#include <optional>
#include <vector>

#include "infrastructure/models/foreign_trees.h"
#include "infrastructure/models/predictor_form.h"

namespace puhui::models {

// What leaves a model for a margin.
enum class Link : uint8_t {
  identity,
  sigmoid,        // 1 / (1 + e^(-scale·x))
  exponential,    // e^x
  log1p_exp,      // ln(1 + e^x)
  signed_square,  // sign(x)·x²
  step,           // 1 where x > 0
  softmax,        // classes: probabilities that sum to 1
  each_sigmoid,   // classes: one against all, each by itself
};

class ForeignForm final : public PredictorForm {
 public:
  std::optional<ForeignTrees> trees;
  // A linear booster: inputs × groups weights, then a bias a group. Missing adds nothing.
  std::vector<float> linear;
  std::vector<double> base;  // one a group, before the first tree
  double divisor = 1;        // of the sum, where trees are averaged
  Link link = Link::identity;
  double scale = 1;

  // The primary output, and for classes the probabilities; called once the members above are set.
  void list_outputs();
  // One number a group: probabilities, expectations, scores.
  Result<void> answer(std::span<const double> row, std::span<double> out) const;
  void margins(std::span<const double> row, std::span<double> out) const;
  Result<void> predict(std::span<const PredictorValue> in, Prediction& out) const override;
};

// foreign_xgboost.cc: JSON or UBJ as XGBoost 1.x to 2.x saves it.
Result<std::unique_ptr<ForeignForm>> read_xgboost(std::string_view bytes);
// foreign_lightgbm.cc: LightGBM's model text, versions v2 to v4.
Result<std::unique_ptr<ForeignForm>> read_lightgbm(std::string_view bytes);

}  // namespace puhui::models
