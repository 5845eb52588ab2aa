// Training: what payments were decided on, with what became of them, as a table to train a fraud model on. Retraining from a
// bank's own history is retrain.h.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ground/base/files.h"
#include "infrastructure/evidence/evidence_log.h"
#include "infrastructure/kernel/kernel.h"
#include "infrastructure/models/feature_set.h"
#include "infrastructure/models/train.h"

namespace puhui::fraud {

inline constexpr size_t kTrainingRowsMax = 20'000'000;
inline constexpr std::string_view kTrainingFile = "training.json";  // beside policy.dmn
inline constexpr std::string_view kLabelColumn = "label";           // 1 is fraud

// training.json: {"features": a models/feature_set.h without a target, "boosting": parameters as an experiment has them}.
struct TrainingPlan {
  models::FeatureSet features;
  Json boosting;  // every parameter written out
};
Result<TrainingPlan> parse_training(std::string_view json);
Result<TrainingPlan> read_training(const Files& files, const std::string& scheme_folder);

// One decision to learn from.
struct Example {
  evidence::RecordId decision;
  bool bad = false;
};

// The recorded facts of those decisions: one column each fact that the plan or `also` names, and kLabelColumn. Numbers exactly as
// the decision had them. Decisions whose facts were erased are passed over and counted.
struct ExampleTable {
  models::Table table;
  std::vector<uint32_t> examples;  // by row: which of them it is
  std::vector<std::string> sealed;
  uint64_t erased = 0;
};
struct ExampleNeeds {
  const kernel::Kernel& kernel;
  const evidence::EvidenceLog& evidence;
};
Result<ExampleTable> read_examples(const ExampleNeeds& needs, const TrainingPlan& plan,
                                   const std::set<std::string>& also, std::span<const Example> examples,
                                   Progress& progress);

// As the plan says, on all rows of the table or by `split`; both outlive the request.
Result<models::TrainRequest> training_request(const TrainingPlan& plan, const ExampleTable& table,
                                              const models::Table::Split* split, uint64_t seed);

}  // namespace puhui::fraud
