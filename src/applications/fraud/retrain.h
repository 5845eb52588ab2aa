// Retraining from a bank's own history: what was decided, with the labels as known now, split by time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "applications/fraud/desk.h"
#include "applications/fraud/training.h"

namespace puhui::fraud {

inline constexpr int64_t kTestDaysMax = 366;

struct RetrainRequest {
  std::string scheme;
  std::optional<std::string> scheme_folder;  // whose training.json; policies/SCHEME when absent
  std::optional<Timestamp> from, to;         // of the payments; all when absent
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
  int64_t payments = 0;
  Rate predicted, observed;
};
void fields(Shape& shape, CalibrationLine& line);

struct RetrainReport {
  std::string scheme;
  Digest model;  // in the store, in force nowhere: for `fraud propose`
  int64_t trained_payments = 0, trained_frauds = 0, test_payments = 0, test_frauds = 0;
  int64_t unknown = 0, erased = 0;  // left out: too young for a label, facts gone
  Timestamp from, split, to;
  ModelFigures candidate;
  std::optional<ModelFigures> champion;  // the model in force, on the same held-out payments
  std::vector<CalibrationLine> calibration;
};
void fields(Shape& shape, RetrainReport& report);
std::string tell(const RetrainReport& report);

struct RetrainNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  Desk& desk;
  Files& files;
  const Clock& clock;
};

// A payment without a label that is older than the scheme's label_delay_days counts as good, a younger one is left out; so are late
// ones, which have no features. Nothing is put in force. not_found: no such scheme, or nothing to learn from.
Result<RetrainReport> retrain(const RetrainNeeds& needs, const RetrainRequest& request, Progress& progress);

}  // namespace puhui::fraud
