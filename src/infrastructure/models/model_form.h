// What is inside a Model: the inputs, the derived features, and a scorecard or an ensemble. Only training and
// reading make one; everybody else speaks to model.h.
#pragma once

#include <string>
#include <vector>

#include "infrastructure/models/ensemble.h"
#include "infrastructure/models/model.h"
#include "infrastructure/models/scorecard.h"
#include "infrastructure/models/shap.h"
#include "infrastructure/models/tree_column.h"

namespace puhui::models {

// A feature of an imported ensemble: where a column's value stands among the thresholds its splits compare, so that
// the trees compare small whole numbers whatever the source's arithmetic was.
struct LadderColumn {
  uint32_t feature = 0;        // whose contribution its own counts to
  TreeColumn column;           // of the place `column.input`
  std::vector<double> ladder;  // thresholds, ascending, each once
  float rank(double value, std::span<const uint32_t> words) const;
};

class ModelForm {
 public:
  ModelKind kind = ModelKind::scorecard;
  std::vector<Input> inputs;
  DerivedProgram derived;
  std::vector<std::string> features;  // names, in the order of the scorecard's or the ensemble's features
  std::vector<uint32_t> places;       // of each feature's value: an input, or beyond them a derived feature

  Scorecard scorecard;  // kind scorecard

  PointsScale scale;  // kind boosting, to the end
  Ensemble ensemble;
  TreeExplainer explainer;
  // For a categorical input the number that stands for each category (ranks by bad rate); else empty.
  std::vector<std::vector<float>> category_numbers;
  // Imported trees: one a feature of the ensemble. Empty: the ensemble's features are the form's.
  std::vector<LadderColumn> columns;
  std::vector<uint32_t> words;  // of the columns' category sets
};

class ModelBuilder {
 public:
  // CHECKs that what `form` names is there. The card is part of the model's bytes, so nothing that changes from run
  // to run may stand on it.
  static Model build(ModelForm form, Json card);
};

// How boosting sees a value of an input: category numbers by `numbers`, the rest as float32.
float boosting_value(double value, const std::vector<float>& numbers);

}  // namespace puhui::models
