// PmmlModel: what Scorecard, RegressionModel, TreeModel and MiningModel share: categories, targets and outputs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "infrastructure/models/pmml_program.h"

namespace puhui::models {

enum class MiningFunction : uint8_t { regression, classification };

// Targets/Target: what is done to a prediction before it leaves.
struct TargetRule {
  enum class Cast : uint8_t { none, round, ceiling, floor };
  double low = -HUGE_VAL, high = HUGE_VAL;
  double factor = 1, constant = 0;
  Cast cast = Cast::none;
  std::optional<double> default_value;     // when there is no prediction
  std::vector<double> priors;              // one a category, or empty
  std::vector<std::string_view> displays;  // one a category, or empty
};

enum class OutputFeature : uint8_t {
  predicted_value,
  predicted_display_value,
  probability,
  confidence,
  reason_code,
  entity_id,
  transformed_value,
};

struct OutputRule {
  std::string_view name;
  OutputFeature feature = OutputFeature::predicted_value;
  PmmlType type;
  uint32_t slot = 0;
  std::optional<uint32_t> category;  // probability, confidence: of this one; else of the predicted one
  bool has_unknown_category = false;
  uint32_t rank = 1;
  std::optional<uint32_t> answer;  // of another segment; else the model's own
  const PmmlModel* answer_model = nullptr;
  ExpressionPtr expression;
};

class PmmlModel {
 public:
  virtual ~PmmlModel() = default;
  void evaluate(Machine& machine) const;
  uint32_t category_of(const Cell& value) const;  // kNone where it is none
  static constexpr uint32_t kNone = UINT32_MAX;

  MiningFunction function = MiningFunction::regression;
  std::string_view name, target;  // target: the target field's name; may be empty
  PmmlType target_type;
  std::vector<Cell> categories;
  std::unordered_map<Cell, uint32_t, CellHash, CellEqual> category_places;
  uint32_t answer_place = 0;  // among the machine's
  std::optional<TargetRule> targets;
  std::vector<OutputRule> outputs;
  std::string place;

 protected:
  virtual void run(Machine& machine, Answer& answer) const = 0;
  // Sets the value to the most probable category, ties to the first.
  void choose(Answer& answer) const;

 private:
  void apply_targets(Answer& answer) const;
  Cell output_value(Machine& machine, const OutputRule& rule) const;
};
using PmmlModelPtr = std::unique_ptr<const PmmlModel>;

}  // namespace puhui::models
