// What is inside a Predictor, one subclass a format. Only the readers make one; everybody else speaks to predictor.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infrastructure/models/predictor.h"

namespace puhui::models {

class PredictorForm {
 public:
  virtual ~PredictorForm() = default;
  // `in` has the right length; `out` comes with one missing value an output and no reason codes.
  virtual Result<void> predict(std::span<const PredictorValue> in, Prediction& out) const = 0;

  ModelFormat format = ModelFormat::puhui;
  std::string name;
  std::vector<std::string> model_names;
  std::vector<PredictorInput> inputs;
  std::vector<PredictorOutput> outputs;
  std::vector<PredictorPeer> peers;
};
using FormPtr = std::unique_ptr<const PredictorForm>;

// A value as a number: a text that spells one counts, a boolean is 0 or 1. NaN where it is missing; `invalid`, naming
// the field, where it is none.
Result<double> number_of(const PredictorValue& value, const std::string& field);

// The value as a number output; `invalid` when it is not finite or too large.
Result<OutputValue> number_output(double value, const std::string& name);

// Finds an input by name without a walk over all of them.
std::optional<size_t> place_of(const std::vector<PredictorInput>& inputs, std::string_view name);

}  // namespace puhui::models
