// Training: what payments were decided on, with what became of them, as a table to train a fraud model on; and retraining from
// a bank's own history. For the table-in, model-out call see models/train.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "applications/fraud/desk.h"
#include "infrastructure/models/train.h"

namespace puhui::fraud {

inline constexpr size_t kTrainingRowsMax = 20'000'000;
inline constexpr std::string_view kTrainingFile = "training.json";  // beside policy.dmn

// training.json: models/feature_set.h's form without a target, and "boosting": parameters as an experiment has them.
struct TrainingPlan {
  models::TrainRequest request;  // features, derived, monotone, boosting; no table
};
Result<TrainingPlan> parse_training(std::string_view json);

// One decision to learn from.
struct Example {
  evidence::RecordId decision;
  bool bad = false;
};

// The recorded facts of those decisions, number facts and booleans as columns that the plan offers, and `label`. Decisions whose facts
// were erased are passed over and counted.
struct ExampleTable {
  models::Table table;
  uint64_t erased = 0;
};
Result<ExampleTable> read_examples(const kernel::Kernel& kernel, const evidence::EvidenceLog& evidence,
                                   const TrainingPlan& plan, std::span<const Example> examples, Progress& progress);

struct RetrainRequest {
  std::string scheme;
  std::optional<std::string> scheme_folder;  // whose training.json; policies/<scheme> when absent
  std::optional<Timestamp> from, to;         // payments judged on; all when absent
  int64_t test_days = 7;                     // the last ones, held out
  int64_t seed = 1;
};
void fields(Shape& shape, RetrainRequest& request);

struct ModelFigures {
  Digest model;
  double auc = 0, average_precision = 0, brier = 0, log_loss = 0;
};
void fields(Shape& shape, ModelFigures& figures);

struct CalibrationLine {
  int64_t rows = 0;
  Rate predicted, observed;
};
void fields(Shape& shape, CalibrationLine& line);

struct RetrainReport {
  std::string scheme;
  Digest model;  // in the store, in force nowhere: for `fraud propose`
  int64_t trained_rows = 0, trained_bad = 0, test_rows = 0, test_bad = 0, unknown = 0, erased = 0;
  Timestamp from, split, to;
  ModelFigures candidate;
  std::optional<ModelFigures> champion;  // the model in force, on the same held-out payments
  std::vector<CalibrationLine> calibration;
};
void fields(Shape& shape, RetrainReport& report);
std::string tell(const RetrainReport& report);

struct TrainingNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  Files& files;
  const Clock& clock;
};

// Labels as known now; a payment without one that is older than the scheme's label_delay_days counts as good, a younger one is
// left out. The split is by time: the last `test_days` are never trained on. Nothing is put in force.
Result<RetrainReport> retrain(const TrainingNeeds& needs, const RetrainRequest& request, Progress& progress);

}  // namespace puhui::fraud
