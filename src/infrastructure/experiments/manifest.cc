#include "infrastructure/experiments/manifest.h"

#include <gnu/libc-version.h>

#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/models/boosting.h"

namespace puhui::experiments {

std::span<const std::string_view> names_of(const Kind*) {
  static constexpr std::string_view kNames[] = {"scorecard", "boosting"};
  return kNames;
}

void fields(Shape& shape, EnvironmentPart& part) {
  shape.field("name", part.name, {.help = "a library or a part of the processor"});
  shape.field("value", part.value, {.help = "its version, or whether it is there"});
}

void fields(Shape& shape, Manifest& manifest) {
  shape.field("data", manifest.data, {.help = "SHA-256 of the table's bytes as they came"});
  shape.field("data_bytes", manifest.data_bytes, {.help = "their number"});
  shape.field("features", manifest.features, {.help = "target, columns left out, sealed ones, derived features"});
  shape.field("missing", manifest.missing, {.help = "texts that mean absent, beside the empty cell"});
  shape.field("train_share", manifest.train_share, {.help = "share of the rows trained on, drawn by each row's hash"});
  shape.field("seed", manifest.seed, {.help = "of the split and of the training"});
  shape.field("kind", manifest.kind, {.help = "scorecard or boosting"});
  shape.field("parameters", manifest.parameters, {.help = "of that kind, all written out"});
  shape.field("code", manifest.code, {.help = "the program's build"});
  shape.field("environment", manifest.environment, {.help = "what may change a bit of the result beside the code"});
}

Digest Manifest::digest() const { return sha256(print_json(to_json(*this))); }

namespace {

Json sorted_list(std::vector<std::string> names) {
  std::ranges::sort(names);
  Json::List out;
  for (std::string& name : names) out.emplace_back(std::move(name));
  return out;
}

// The parameters as wire shapes: `models` structs know nothing of shapes.
struct ScorecardParameters {
  models::ScorecardTraining training;
};
void fields(Shape& shape, ScorecardParameters& parameters) {
  models::ScorecardTraining& p = parameters.training;
  int64_t bins_max = static_cast<int64_t>(p.binning.bins_max),
          prebins_max = static_cast<int64_t>(p.binning.prebins_max);
  int64_t features_max = static_cast<int64_t>(p.features_max);
  bool monotonic = p.binning.shape == models::Shape::monotonic;
  shape.field("share_min", p.binning.share_min, {.optional = true});
  shape.field("bins_max", bins_max, {.min = 2, .max = 50, .optional = true});
  shape.field("split_tail_max", p.binning.split_tail_max, {.optional = true});
  shape.field("prebins_max", prebins_max, {.min = 2, .max = 1000, .optional = true});
  shape.field("monotonic", monotonic, {.optional = true});
  shape.field("iv_min", p.iv_min, {.optional = true});
  shape.field("features_max", features_max, {.min = 1, .max = 1000, .optional = true});
  shape.field("l2_per_row", p.l2_per_row, {.optional = true});
  shape.field("coefficient_min", p.coefficient_min, {.optional = true});
  shape.field("keep_tail_max", p.keep_tail_max, {.optional = true});
  p.binning.bins_max = static_cast<size_t>(bins_max);
  p.binning.prebins_max = static_cast<size_t>(prebins_max);
  p.features_max = static_cast<size_t>(features_max);
  p.binning.shape = monotonic ? models::Shape::monotonic : models::Shape::free;
}

struct BoostingParameters {
  models::BoostingTraining training;
};
void fields(Shape& shape, BoostingParameters& parameters) {
  models::BoostingTraining& p = parameters.training;
  shape.field("rounds", p.rounds, {.min = 1, .max = 10'000, .optional = true});
  shape.field("depth_max", p.depth_max, {.min = 1, .max = 16, .optional = true});
  shape.field("learning_rate", p.learning_rate, {.optional = true});
  shape.field("row_share", p.row_share, {.optional = true});
  shape.field("feature_share", p.feature_share, {.optional = true});
  shape.field("hessian_min", p.hessian_min, {.optional = true});
  shape.field("l2", p.l2, {.optional = true});
  shape.field("split_gain_min", p.split_gain_min, {.optional = true});
  shape.field("bins_max", p.bins_max, {.min = 2, .max = 4096, .optional = true});
  shape.field("early_stopping_rounds", p.early_stopping_rounds, {.min = 0, .max = 10'000, .optional = true});
}

void expect_between(Faults& faults, const char* name, double value, double low, double high) {
  if (value >= low && value <= high) return;
  faults.add(std::string("parameters/") + name,
             "expected " + format_double(low) + " to " + format_double(high) + ", came " + format_double(value));
}

// Bounds that models::train does not look at itself.
Result<void> check(const models::ScorecardTraining& p) {
  Faults faults;
  expect_between(faults, "share_min", p.binning.share_min, 0.0001, 0.5);
  expect_between(faults, "split_tail_max", p.binning.split_tail_max, 0, 1);
  expect_between(faults, "iv_min", p.iv_min, 0, 10);
  expect_between(faults, "l2_per_row", p.l2_per_row, 0, 1000);
  expect_between(faults, "coefficient_min", p.coefficient_min, 0, 10);
  expect_between(faults, "keep_tail_max", p.keep_tail_max, 0, 1);
  return std::move(faults).result();
}

template <class Parameters>
Result<Parameters> read_parameters(const Json& given) {
  if (given.is_null()) return Parameters{};
  auto read = read_json<Parameters>(given);
  if (!read) return fail(at("parameters", std::move(read).error()));
  return read;
}

}  // namespace

Json canonical_features(const models::FeatureSet& set) {
  Json out;
  out.set("target", set.target);
  out.set("positive", set.positive);
  out.set("features", sorted_list(set.features));
  out.set("excluded", sorted_list(set.excluded));
  out.set("sealed", sorted_list(set.sealed));
  out.set("derived", models::to_json(set.derived));  // in their order: a later one may read an earlier one
  auto signs = set.monotone;
  std::ranges::sort(signs);
  Json::Object monotone;
  for (const auto& [name, sign] : signs) monotone.emplace_back(name, sign);
  out.set("monotone", std::move(monotone));
  return out;
}

Result<Json> canonical_parameters(Kind kind, const Json& given) {
  if (kind == Kind::boosting) return to_json(TRY(read_parameters<BoostingParameters>(given)));
  const auto parameters = TRY(read_parameters<ScorecardParameters>(given));
  TRY(check(parameters.training));
  return to_json(parameters);
}

std::vector<EnvironmentPart> environment_here() {
  // The C library picks exp and log by these: with and without fused multiply-add their last bit differs.
  const bool fma = __builtin_cpu_supports("fma") != 0, avx2 = __builtin_cpu_supports("avx2") != 0;
  return {{"xgboost", models::xgboost_version()},
          {"glibc", gnu_get_libc_version()},
          {"processor avx2", avx2 ? "yes" : "no"},
          {"processor fma", fma ? "yes" : "no"}};
}

Result<models::TrainRequest> train_request(const Manifest& manifest, const models::Table& table) {
  const auto set = TRY(models::parse_feature_set(manifest.features));
  models::TrainRequest out = models::request_of(set);
  out.table = &table;
  out.kind = manifest.kind == Kind::boosting ? models::ModelKind::boosting : models::ModelKind::scorecard;
  out.train_share = manifest.train_share.as_double();
  out.seed = static_cast<uint64_t>(manifest.seed);
  out.name = "experiment " + manifest.digest().short_hex();
  if (manifest.kind == Kind::boosting) {
    const auto signs = out.boosting.monotone;
    out.boosting = TRY(read_parameters<BoostingParameters>(manifest.parameters)).training;
    out.boosting.monotone = signs;
  } else {
    out.scorecard = TRY(read_parameters<ScorecardParameters>(manifest.parameters)).training;
  }
  return out;
}

}  // namespace puhui::experiments
