// Carries an experiment out, or answers the stored run when its manifest is known; and sets two runs side by side.
#pragma once

#include "ground/base/verb.h"
#include "infrastructure/experiments/run.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::experiments {

struct ExperimentNeeds {
  Store& store;
  kernel::Kernel& kernel;
  const Clock& clock;
  std::string build;  // what this program is: another build is another experiment
};

inline constexpr size_t kTableBytesMax = size_t{1} << 30;  // as it comes; uploaded: kernel::kArtefactBytesMax

struct Question {
  std::string bytes;  // a CSV table with its header; gzip and zstd are known by their first bytes
  models::FeatureSet features;
  std::vector<std::string> missing;
  Rate train_share = Rate::from_percent(70);
  int64_t seed = 1;
  Kind kind = Kind::boosting;
  Json parameters;  // null: the defaults
  std::string name, note, by;
};

struct Answer {
  Run run;
  bool known = false;  // nothing was trained: this run stood already
};

// Errors: those of models::train, and internal when a manifest gave another model than before.
Result<Answer> run_experiment(const ExperimentNeeds& needs, const Question& question, Progress& progress);

struct Differing {
  std::string name, a, b;
};
struct FigurePair {
  std::string name;
  double a = 0, b = 0, difference = 0;  // b less a
};
// DeLong's test on the AUC of the test rows.
struct AucTest {
  bool paired = false;  // the same test rows scored twice; else two samples, and the test sees less
  double a = 0, b = 0, difference = 0, low = 0, high = 0, z = 0, p_value = 1;
  int64_t rows_a = 0, rows_b = 0;
};
struct Comparison {
  Run a, b;
  std::vector<Differing> parameters;  // what of the manifests differs, in words
  std::vector<FigurePair> figures;    // of the test rows
  AucTest auc;
};
void fields(Shape& shape, Comparison& comparison);

Result<Comparison> compare(const ExperimentNeeds& needs, const Digest& a, const Digest& b);  // not_found

}  // namespace puhui::experiments
