// The job's file: its fields, read with every fault. What the fields must be together stands in job_check.cc.
#include "infrastructure/federation/job.h"

#include <algorithm>

#include "infrastructure/federation/job_check.h"

namespace puhui::federation {

std::span<const std::string_view> names_of(const JobKind*) {
  static constexpr std::string_view kNames[] = {
      "intersection",        "aggregate",           "vertical_boosting", "vertical_logistic",
      "horizontal_boosting", "horizontal_logistic", "conversion",        "measures"};
  return kNames;
}
std::span<const std::string_view> names_of(const Role*) {
  static constexpr std::string_view kNames[] = {"guest", "host", "client"};
  return kNames;
}
std::span<const std::string_view> names_of(const Duplicates*) {
  static constexpr std::string_view kNames[] = {"refuse", "first"};
  return kNames;
}
std::span<const std::string_view> names_of(const Matching*) {
  static constexpr std::string_view kNames[] = {"ecdh", "oprf", "none"};
  return kNames;
}
std::span<const std::string_view> names_of(const Objective*) {
  static constexpr std::string_view kNames[] = {"binary", "multi_class", "regression"};
  return kNames;
}

namespace {

constexpr int64_t kNameBytesMax = 128, kAddressBytesMax = 256;

}  // namespace

void fields(Shape& shape, JobParty& party) {
  shape.field("name", party.name, {.help = "the party's name, as its certificate says it", .min = 1, .max = 64});
  shape.field("role", party.role, {.help = "guest has the labels, host has columns only, client has its own rows"});
  shape.field("certificate", party.certificate,
              {.help = "fingerprint of its certificate, 64 hex digits", .min = 64, .max = 64});
  shape.field(
      "address", party.address,
      {.help = "host:port where it listens; the first party needs none", .max = kAddressBytesMax, .optional = true});
  shape.field("columns", party.columns,
              {.help = "its columns that take part, in this order",
               .max = static_cast<int64_t>(kColumnsMax),
               .optional = true});
}

void fields(Shape& shape, Intersection& terms) {
  shape.field(
      "matching", terms.matching,
      {.help = "ecdh: balanced; oprf: a small side asks a large one; none: rows stand in the same order already",
       .optional = true});
  shape.field("id_column", terms.id_column,
              {.help = "holds the ids", .min = 1, .max = kNameBytesMax, .optional = true});
  shape.field("normalise", terms.normalise,
              {.help = "what is done to ids, in this order: trim, lower, digits, nfkc", .max = 8, .optional = true});
  shape.field("duplicates", terms.duplicates, {.help = "ids that stand twice", .optional = true});
  shape.field("rows_min", terms.rows_min,
              {.help = "fewer common rows end the job", .min = 1, .max = 1'000'000'000, .optional = true});
  shape.field("bucket_rows_max", terms.bucket_rows_max,
              {.help = "rows that are matched at a time", .min = 1024, .max = 1 << 20, .optional = true});
  shape.field("guest_only", terms.guest_only, {.help = "only the guest learns which ids are common", .optional = true});
  shape.field("probes_max", terms.probes_max,
              {.help = "ids that a party may bring in a day", .min = 1, .max = 100'000'000'000, .optional = true});
}

void fields(Shape& shape, CipherTerms& terms) {
  shape.field("scheme", terms.scheme, {.help = "paillier or okamoto_uchiyama", .max = 32, .optional = true});
  shape.field("key_bits", terms.key_bits, {.help = "2048, 3072 or 4096", .max = 65536, .optional = true});
}

void fields(Shape& shape, BoostingTerms& terms) {
  shape.field("objective", terms.objective, {.help = "what is learnt", .optional = true});
  shape.field("classes", terms.classes, {.help = "of multi_class", .min = 2, .max = 1000, .optional = true});
  shape.field("trees", terms.trees, {.help = "rounds", .min = 1, .max = 10'000, .optional = true});
  shape.field("depth_max", terms.depth_max, {.help = "of a tree", .min = 1, .max = 12, .optional = true});
  shape.field("bins_max", terms.bins_max, {.help = "of a column", .min = 2, .max = 255, .optional = true});
  shape.field("learning_rate", terms.learning_rate, {.help = "shrinks every tree", .optional = true});
  shape.field("l2", terms.l2, {.help = "added to a leaf's hessian", .optional = true});
  shape.field("split_gain_min", terms.split_gain_min, {.help = "of a split", .optional = true});
  shape.field("hessian_min", terms.hessian_min, {.help = "in a leaf", .optional = true});
  shape.field("leaf_rows_min", terms.leaf_rows_min,
              {.help = "rows in a leaf", .min = 1, .max = 1'000'000, .optional = true});
  shape.field("gradient_bits", terms.gradient_bits,
              {.help = "of a gradient as a whole number", .min = 8, .max = 40, .optional = true});
  shape.field("goss_top", terms.goss_top, {.help = "share of rows kept by gradient size", .optional = true});
  shape.field("goss_other", terms.goss_other, {.help = "share drawn of the rest", .optional = true});
  shape.field("guest_only_trees", terms.guest_only_trees,
              {.help = "the first ones, on the guest's columns alone", .min = 0, .max = 10'000, .optional = true});
  shape.field("hide_feature_names", terms.hide_feature_names,
              {.help = "hosts' columns go by numbers they draw", .optional = true});
  shape.field("seed", terms.seed, {.help = "of the rows that are drawn", .min = 0, .optional = true});
}

void fields(Shape& shape, LogisticTerms& terms) {
  shape.field("sigmoid", terms.sigmoid, {.help = "cubic or linear", .max = 32, .optional = true});
  shape.field("epochs", terms.epochs, {.help = "walks over all rows", .min = 1, .max = 10'000, .optional = true});
  shape.field("batch_rows", terms.batch_rows, {.help = "rows of a step", .min = 1, .max = 1 << 24, .optional = true});
  shape.field("learning_rate", terms.learning_rate, {.help = "of a step", .optional = true});
  shape.field("l2", terms.l2, {.help = "on the weights", .optional = true});
  shape.field("standardise", terms.standardise, {.help = "each party its own columns", .optional = true});
  shape.field("seed", terms.seed, {.help = "of the rows' order", .min = 0, .optional = true});
}

void fields(Shape& shape, PrivacyTerms& terms) {
  shape.field("epsilon", terms.epsilon, {.help = "differential privacy; 0: none", .optional = true});
  shape.field("delta", terms.delta, {.help = "its chance of failing", .optional = true});
  shape.field("clip", terms.clip, {.help = "bound of one contribution, in L2", .optional = true});
}

void fields(Shape& shape, ConversionTerms& terms) {
  shape.field("key_column", terms.key_column,
              {.help = "joins a click with its conversion", .min = 1, .max = kNameBytesMax, .optional = true});
  shape.field("cohort_min", terms.cohort_min,
              {.help = "no sum over fewer", .min = 2, .max = 1'000'000'000, .optional = true});
  shape.field("epsilon", terms.epsilon, {.help = "of the noised labels or sums", .optional = true});
}

void fields(Shape& shape, MeasureTerms& terms) {
  shape.field("bins_max", terms.bins_max, {.help = "of a column", .min = 2, .max = 255, .optional = true});
  shape.field("correlation", terms.correlation, {.help = "between all columns", .optional = true});
}

void fields(Shape& shape, Job& job) {
  shape.field("name", job.name, {.help = "for people", .min = 1, .max = kNameBytesMax});
  shape.field("kind", job.kind, {.help = "what is done"});
  shape.field("parties", job.parties,
              {.help = "two or more; the first is the hub", .min = 2, .max = static_cast<int64_t>(kPartiesMax)});
  shape.field("label", job.label,
              {.help = "the guest's (each client's) column that is learnt", .max = kNameBytesMax, .optional = true});
  shape.field("intersection", job.intersection, {.help = "how common ids are found", .optional = true});
  shape.field("cipher", job.cipher, {.help = "what numbers are hidden with", .optional = true});
  shape.field("boosting", job.boosting, {.help = "boosted trees", .optional = true});
  shape.field("logistic", job.logistic, {.help = "logistic regression", .optional = true});
  shape.field("privacy", job.privacy, {.help = "differential privacy", .optional = true});
  shape.field("conversion", job.conversion, {.help = "clicks and conversions", .optional = true});
  shape.field("measures", job.measures, {.help = "binning, IV, correlation", .optional = true});
  shape.field("patience_seconds", job.patience_seconds,
              {.help = "how long a party that went is waited for", .min = 1, .max = 7 * 86'400, .optional = true});
  shape.field("clients_min", job.clients_min,
              {.help = "horizontal: fewer clients end the job", .min = 3, .max = 64, .optional = true});
}

Result<Job> parse_job(std::string_view file) {
  const Json json = TRY(parse_json(file, {.bytes_max = kJobFileBytesMax, .depth_max = 8}));
  Job job;
  JsonReader reader(json);
  reader.value(job);
  Faults faults;
  std::vector<std::string> wrong;  // members with a fault of their own: nothing more is said of them
  if (auto read = std::move(reader).result(); !read) {
    for (Fault& fault : read.error().faults) {
      wrong.push_back(fault.where.substr(0, fault.where.find('/')));
      faults.add(std::move(fault.where), std::move(fault.message));
    }
  }
  for (Fault& fault : faults_of(job, json)) {
    const std::string member = fault.where.substr(0, fault.where.find('/'));
    if (std::find(wrong.begin(), wrong.end(), member) == wrong.end()) {
      faults.add(std::move(fault.where), std::move(fault.message));
    }
  }
  TRY(std::move(faults).result());
  return job;
}

Digest job_hash(std::string_view file) { return sha256(file); }

std::optional<size_t> party_of(const Job& job, std::string_view name) {
  for (size_t i = 0; i < job.parties.size(); ++i) {
    if (job.parties[i].name == name) return i;
  }
  return std::nullopt;
}

bool is_horizontal(const Job& job) {
  return job.kind == JobKind::horizontal_boosting || job.kind == JobKind::horizontal_logistic;
}

}  // namespace puhui::federation
