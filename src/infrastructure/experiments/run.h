// Run: one experiment carried out: its manifest, what it measured on rows the model never saw, and the model's digest.
// Kept by the manifest's digest; the test scores are kept as an artefact, so that two runs compare row by row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ground/store/store.h"
#include "infrastructure/experiments/manifest.h"
#include "infrastructure/models/train.h"

namespace puhui::experiments {

inline constexpr size_t kRocPointsMax = 200, kRunsMax = 100'000, kNameBytesMax = 200, kNoteBytesMax = 4000;

struct Measures {
  int64_t rows = 0, bad = 0;
  double auc = 0, auc_low = 0, auc_high = 0, ks = 0, gini = 0, average_precision = 0, brier = 0, log_loss = 0;
};
void fields(Shape& shape, Measures& measures);

struct RocPoint {
  double false_positive_share = 0, true_positive_share = 0;
};
void fields(Shape& shape, RocPoint& point);

struct CalibrationRow {
  double predicted_low = 0, predicted_high = 0, predicted_mean = 0, observed_share = 0;
  int64_t rows = 0;
};
void fields(Shape& shape, CalibrationRow& row);

struct LiftRow {
  double share_of_rows = 0, bad_share = 0, lift = 0, share_of_bad = 0;  // the riskiest rows up to this one
  int64_t rows = 0;
};
void fields(Shape& shape, LiftRow& row);

struct Figures {
  Measures train, test;
  std::vector<RocPoint> roc;                // of the test rows
  std::vector<CalibrationRow> calibration;  // by tenths of the score
  std::vector<LiftRow> lift;                // by tenths of the rows, the riskiest first
  double psi = 0, psi_null_limit = 0;       // test scores against training scores
};
void fields(Shape& shape, Figures& figures);

// Rows the model never saw, in the table's order: by these two runs are compared in pairs.
struct TestScores {
  std::vector<uint64_t> row_hashes;
  std::vector<double> probabilities;
  std::vector<uint8_t> bad;
};
std::string encode(const TestScores& scores);
Result<TestScores> decode_scores(std::string_view bytes);

Figures figures_of(const models::TrainedModel& trained);
std::vector<RocPoint> roc_of(const TestScores& scores);
std::vector<LiftRow> lift_of(const TestScores& scores);

struct Run {
  Digest id;  // the manifest's
  std::string name, note;
  Manifest manifest;
  Figures figures;
  std::vector<std::string> features;  // those the model reads
  Digest model, scores;               // artefacts
  int64_t training_cpu_ms = 0;
  Timestamp made_at;
  std::string made_by;
};
void fields(Shape& shape, Run& run);

std::vector<Migration> migrations();

Result<std::optional<Run>> find_run(Reader& reader, const Digest& id);
// conflict: it is there already.
Result<void> put_run(Transaction& tx, const Run& run);
Result<void> set_note(Transaction& tx, const Digest& id, std::string_view note);  // not_found
Result<std::vector<Run>> all_runs(
    Reader& reader);  // the newest first, without ROC, calibration and lift; at most kRunsMax

}  // namespace puhui::experiments
