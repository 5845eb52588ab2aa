// PmmlForm: a PMML program behind the face of a predictor.
#pragma once

#include <optional>
#include <vector>

#include "infrastructure/models/pmml_program.h"
#include "infrastructure/models/pmml_xml.h"
#include "infrastructure/models/predictor_form.h"

namespace puhui::models {

class PmmlForm final : public PredictorForm {
 public:
  PmmlProgram program;
  // Where an output's value is found: a slot, or the model's answer and one of its probabilities.
  struct Source {
    enum class Kind : uint8_t { slot, predicted, probability } kind = Kind::slot;
    uint32_t index = 0;
  };
  std::vector<Source> sources;  // one an output

  Result<void> predict(std::span<const PredictorValue> in, Prediction& out) const override;
  // One run; the machine then holds the outputs, unrounded.
  Result<void> run(std::span<const PredictorValue> in, Machine& machine) const;
  Cell output(size_t index, Machine& machine) const;
};

// pmml_verification.cc: runs the model on the rows of its ModelVerification. Faults name record, field, expected and
// got value.
Result<void> verify_pmml(const PmmlForm& form, const pugi::xml_node& model_node, XmlReader& xml,
                         std::string_view target);

}  // namespace puhui::models
