// Model: the one face of every model that scores an applicant. Immutable and safe on any number of threads;
// its bytes name it. Training is train.h, files of other tools are predictor.h. A score leaves as fixed point, never as double.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/json.h"
#include "ground/base/rate.h"
#include "ground/base/result.h"
#include "infrastructure/models/derived.h"
#include "infrastructure/models/table.h"

namespace puhui::models {

enum class ModelKind : uint8_t { scorecard = 1, boosting = 2 };
std::string_view name_of(ModelKind kind);

// One column of the row to score. Categories are numbers 0, 1, … in this order; `encode` finds them.
struct Input {
  std::string name;
  ColumnType type = ColumnType::numeric;
  std::vector<std::string> categories;
  bool missing_allowed = true;  // false: training never saw it missing, so a missing value is a guess
};

// Probability of the event (default, fraud); score_points rise as it falls: 600 at odds 1:19, 50 double them.
struct Score {
  Rate probability;
  int64_t score_points = 0;
  bool operator==(const Score&) const = default;
};

// What a contribution counts in, and therefore which sign is adverse.
enum class ContributionUnit : uint8_t {
  points,          // scorecard: more is better
  micro_log_odds,  // boosting: 1e-6 of the log-odds of bad; more is worse
};

struct Contribution {
  uint32_t feature = 0;  // index into features()
  int64_t amount = 0;
  bool operator==(const Contribution&) const = default;
};

// base + every amount == total, exactly. One contribution a feature, in feature order.
struct Explanation {
  ContributionUnit unit = ContributionUnit::points;
  int64_t base = 0;
  int64_t total = 0;
  std::vector<Contribution> contributions;
  bool operator==(const Explanation&) const = default;
};

// A principal reason. `adverse` > 0: points lost against the feature's best attribute (scorecard), or micro
// log-odds added against the training population (boosting).
struct Reason {
  uint32_t feature = 0;
  int64_t adverse = 0;
  bool operator==(const Reason&) const = default;
};
constexpr size_t kReasonsMax = 4;

class ModelForm;  // what is inside: a scorecard or an ensemble

class Model {
 public:
  // Reads and checks bytes that `bytes()` gave; anything else is `corrupt`, never a crash.
  static Result<Model> parse(std::string_view bytes);
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  const Digest& hash() const { return hash_; }  // SHA-256 of bytes()
  const std::string& bytes() const { return bytes_; }
  ModelKind kind() const;
  const Json& card() const { return card_; }
  const std::vector<Input>& inputs() const;
  // What explanations and reasons speak of: inputs used directly and derived features.
  const std::vector<std::string>& features() const;

  // The number of a cell of inputs()[input]. Empty text is missing. An unknown category is missing too, which
  // the scorecard knows as the bin for what it never saw; a text that is no number is `invalid`.
  Result<double> encode(size_t input, std::string_view text) const;

  // `row` has one number an input, NaN where missing; CHECKs the length.
  Score score(std::span<const double> row) const;
  // Row-major, out.size() × inputs().size(). The same bits as `score` row by row.
  void score_batch(std::span<const double> rows, std::span<Score> out) const;
  Explanation explain(std::span<const double> row) const;
  // The most adverse features first, at most `reasons_max`, only those above 0; ties by feature order.
  std::vector<Reason> reasons(std::span<const double> row, size_t reasons_max = kReasonsMax) const;

 private:
  friend class ModelBuilder;
  Model(std::unique_ptr<const ModelForm> form, Json card, std::string bytes);
  std::unique_ptr<const ModelForm> form_;
  Json card_;
  std::string bytes_;
  Digest hash_;
};

}  // namespace puhui::models
