// Job: the declaration that all parties hold byte for byte. Its hash is what people sign and what parties compare when
// they meet. It names parties, columns and parameters; where the data lie is each party's own affair.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "ground/base/shape.h"

namespace puhui::federation {

inline constexpr size_t kPartiesMax = 64, kColumnsMax = 4096, kJobFileBytesMax = 1 << 20;

enum class JobKind : uint8_t {
  intersection,         // common ids only
  aggregate,            // how many are common, and the sum of a column over them: with a minimum cohort and noise
  vertical_boosting,    // SecureBoost
  vertical_logistic,    // two parties, no arbiter
  horizontal_boosting,  // same columns, other rows: secure aggregation
  horizontal_logistic,
  conversion,  // clicks at one party, conversions at the other
  measures,    // binning, IV, correlation across parties; no model
};
std::span<const std::string_view> names_of(const JobKind*);

enum class Role : uint8_t { guest, host, client };
std::span<const std::string_view> names_of(const Role*);

struct JobParty {
  std::string name;
  Role role = Role::host;
  std::string certificate;           // its fingerprint, 64 hex digits
  std::string address;               // host:port where it listens; the hub needs none
  std::vector<std::string> columns;  // that take part, in this order; all are numbers
};

enum class Duplicates : uint8_t { refuse, first };
std::span<const std::string_view> names_of(const Duplicates*);

enum class Matching : uint8_t {
  ecdh,  // balanced, semi-honest: both hide their ids by a secret multiple on Curve25519
  oprf,  // unbalanced: the large side's tags are made once an epoch, the small side asks
  none,  // the parties' rows stand in the same order already: the ids were matched by an earlier job
};
std::span<const std::string_view> names_of(const Matching*);

struct Intersection {
  Matching matching = Matching::ecdh;
  std::string id_column = "id";
  std::vector<std::string> normalise = {
      "trim"};  // trim, lower, digits (keeps digits only), nfkc: applied in this order
  Duplicates duplicates = Duplicates::refuse;
  int64_t rows_min = 50;  // fewer common rows end the job
  int64_t bucket_rows_max = 1 << 20;
  bool guest_only = false;          // only the guest learns which ids are common (kinds `intersection`, `aggregate`)
  int64_t probes_max = 10'000'000;  // ids a peer may bring in a day over all jobs with it
};

struct CipherTerms {
  std::string scheme = "paillier";  // or okamoto_uchiyama
  int64_t key_bits = 2048;
};

enum class Objective : uint8_t { binary, multi_class, regression };
std::span<const std::string_view> names_of(const Objective*);

struct BoostingTerms {
  Objective objective = Objective::binary;
  int64_t classes = 2;
  int64_t trees = 10;  // rounds; multi-class grows one tree a class each round
  int64_t depth_max = 3;
  int64_t bins_max = 32;
  double learning_rate = 0.3;
  double l2 = 1;
  double split_gain_min = 0;
  double hessian_min = 1;  // in a leaf
  int64_t leaf_rows_min = 1;
  int64_t gradient_bits = 24;  // of the fixed-point gradients; one scale for all rows
  double goss_top = 1,
         goss_other = 0;  // shares of rows kept by gradient size, and drawn of the rest (weighed up); 1, 0: all rows
  int64_t guest_only_trees = 0;    // the first ones, on the guest's columns alone
  bool hide_feature_names = true;  // the host's columns go by numbers it draws
  uint64_t seed = 1;
};

struct LogisticTerms {
  std::string sigmoid = "cubic";  // or linear: the polynomial that stands for it in training
  int64_t epochs = 10;
  int64_t batch_rows = 4096;
  double learning_rate = 0.15;
  double l2 = 0.001;
  bool standardise = true;  // each party its own columns
  uint64_t seed = 1;
};

struct PrivacyTerms {
  double epsilon = 0;  // 0: none
  double delta = 1e-6;
  double clip = 1;  // of one row's (or one client's) contribution, in L2
};

struct ConversionTerms {
  std::string key_column = "click";  // joins a click with its conversion
  int64_t cohort_min = 100;          // no sum over fewer
  double epsilon = 1;                // of the noised labels or sums
};

struct MeasureTerms {
  int64_t bins_max = 10;
  bool correlation = true;
};

struct Job {
  std::string name;
  JobKind kind = JobKind::vertical_boosting;
  std::vector<JobParty> parties;  // the first is the hub
  std::string label;              // the guest's (each client's) column
  Intersection intersection;
  CipherTerms cipher;
  BoostingTerms boosting;
  LogisticTerms logistic;
  PrivacyTerms privacy;
  ConversionTerms conversion;
  MeasureTerms measures;
  int64_t patience_seconds = 600;  // how long a party that went is waited for
  int64_t clients_min = 3;         // horizontal: fewer end the job
};
void fields(Shape& shape, Job& job);

// Reads and checks: every fault with its path. Unknown fields are faults.
Result<Job> parse_job(std::string_view file);
// SHA-256 of the file's bytes: "the job's hash".
Digest job_hash(std::string_view file);

std::optional<size_t> party_of(const Job& job, std::string_view name);
bool is_horizontal(const Job& job);

}  // namespace puhui::federation
