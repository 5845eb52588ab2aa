// Mapping: how the columns of a CSV file become loan applications of one product. A JSON file, so that another bank's
// table needs no code. The facts it fills are the product's FactSchema; application_reader.h reads by it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/files.h"
#include "ground/base/rate.h"
#include "ground/base/shape.h"
#include "infrastructure/evidence/fact.h"
#include "infrastructure/models/derived.h"
#include "infrastructure/models/model.h"

namespace puhui::lending {

inline constexpr size_t kMappingBytesMax = 1 << 20;
inline constexpr size_t kMissingTextsMax = 16;

// Where a fact comes from. A fact no source is written for is read from the column of its own name.
struct FactSource {
  std::string fact;
  std::optional<std::string> column;
  std::optional<std::string> constant;    // the same for every row; "" is absent
  std::optional<std::string> multiplier;  // exact: "100" makes minor units of whole ones
  bool operator==(const FactSource&) const = default;
};

// What became of the loan, as the column tells it. A cell that is missing is a loan whose end is not known.
struct TargetSource {
  std::string column;
  std::string bad;                  // the text that means bad
  std::optional<std::string> good;  // any other text is a bad row; absent: all but `bad` is good
  bool operator==(const TargetSource&) const = default;
};

enum class ModelChoice : uint8_t { scorecard, boosting };
std::span<const std::string_view> names_of(const ModelChoice*);
models::ModelKind kind_of(ModelChoice choice);

// Which model is trained on the labelled rows, and on what.
struct ModelPlan {
  ModelChoice kind = ModelChoice::boosting;
  std::vector<std::string> features;                  // facts and derived features; never a sealed one
  Json derived;                                       // as models/derived.h reads it; null for none
  std::optional<std::string> feature_set;             // instead: a file of the product's folder (models/feature_set.h)
  std::vector<std::pair<std::string, int>> monotone;  // from the feature set: +1 risk only rises with it, -1 falls
  Rate train_share = Rate::from_percent(70);
  int64_t seed = 1;
  bool operator==(const ModelPlan&) const = default;
};

struct Mapping {
  std::string title;                 // for people
  std::string product;               // the folder of its policy, facts and product file
  std::string applicant_id;          // column
  std::vector<std::string> missing;  // cells that mean "absent" beside the empty one
  std::optional<TargetSource> target;
  std::vector<FactSource> facts;
  std::string requested_amount_minor;  // the fact that says how much is asked for, in minor units
  std::string term_months;             // the fact that says for how long
  ModelPlan model;
  bool operator==(const Mapping&) const = default;

  const FactSource* find(std::string_view fact) const;  // nullptr: its own column
};
void fields(Shape& shape, FactSource& source);
void fields(Shape& shape, TargetSource& target);
void fields(Shape& shape, ModelPlan& plan);
void fields(Shape& shape, Mapping& mapping);

// The mapping of a JSON text; every fault with its place. What needs the facts is found by `check`.
Result<Mapping> parse_mapping(std::string_view json_text);

// Takes derived features and directions from the text of the file that `feature_set` names; all of its derived features
// are offered to the model.
Result<void> take_feature_set(std::string_view json_text, Mapping& mapping);
// The mapping of a file, with its feature set from the product's folder under `policies`.
Result<Mapping> read_mapping(const Files& files, const std::string& path, const std::string& policies);

// Every fault a mapping has against the facts: names nobody knows (the nearest is suggested), one mapped twice, two
// sources or none, a multiplier on what is no number, a sealed fact as a feature or behind a derived one.
Result<void> check(const Mapping& mapping, const evidence::FactSchema& schema);

// The derived features, parsed. Needs a mapping that `check` found well.
std::vector<models::Derived> derived_of(const Mapping& mapping);

// The facts of a JSON text {"facts": [...]}; every fault with its place.
Result<evidence::FactSchema> parse_facts(std::string_view json_text);

// number · factor, exactly; nullopt beyond 18 digits.
std::optional<evidence::Number> multiply(const evidence::Number& number, const evidence::Number& factor);

}  // namespace puhui::lending
