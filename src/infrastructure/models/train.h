// Training in one call: a table in, a model with its card and its measures on rows it never saw out. The same
// request gives the same model bytes, on any number of threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "infrastructure/models/boosting.h"
#include "infrastructure/models/derived.h"
#include "infrastructure/models/metrics.h"
#include "infrastructure/models/model.h"
#include "infrastructure/models/scorecard_training.h"
#include "infrastructure/models/table.h"

namespace puhui::models {

struct TrainRequest {
  const Table* table = nullptr;
  std::string target;
  std::string positive = "1";         // the target's text (or number) that means bad
  std::vector<std::string> features;  // columns and derived features offered; empty: all but target and excluded
  std::vector<std::string> excluded;  // identifiers and the like: never offered
  std::vector<std::string> sealed;    // sex, age, …: naming one as feature or operand is `forbidden`
  std::vector<Derived> derived;
  ModelKind kind = ModelKind::scorecard;
  double train_share = 0.7;             // by hash of the row; (0, 1]. 1 trains on all and measures in sample
  const Table::Split* split = nullptr;  // rows to train and to test on instead of train_share, say by time
  uint64_t seed = 1;
  std::string name = "model";  // for the card
  ScorecardTraining scorecard;
  BoostingTraining boosting;
};

// What the finished model says of some rows of its table.
struct Measured {
  std::vector<uint32_t> rows;         // their numbers, ascending
  std::vector<double> probabilities;  // one a row
  std::vector<uint8_t> bad;           // one a row
};

struct TrainedModel {
  Model model;              // its card holds what is measured, but for the time
  Quality train, test;      // test repeats train when train_share is 1
  Psi stability;            // of the test scores against the train scores
  int64_t training_ms = 0;  // processor time; not part of the model
  Measured on_train, on_test;
};

Result<TrainedModel> train(const TrainRequest& request);

}  // namespace puhui::models
