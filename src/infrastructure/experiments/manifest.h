// Manifest: all that a trained model follows from: data, features, split, method and its parameters, seed, code and
// environment. Its digest names the experiment; the same manifest gives the same model, bit for bit.
#pragma once

#include <string>
#include <vector>

#include "ground/base/shape.h"
#include "infrastructure/models/feature_set.h"

namespace puhui::experiments {

enum class Kind : uint8_t { scorecard, boosting };
std::span<const std::string_view> names_of(const Kind*);

inline constexpr size_t kMissingTextsMax = 16;

struct EnvironmentPart {
  std::string name, value;
  bool operator==(const EnvironmentPart&) const = default;
};
void fields(Shape& shape, EnvironmentPart& part);

struct Manifest {
  Digest data;  // SHA-256 of the table's bytes as they came, compressed or not
  int64_t data_bytes = 0;
  Json features;                     // the feature set with everything written out (models/feature_set.h)
  std::vector<std::string> missing;  // texts that mean absent, beside the empty cell
  Rate train_share = Rate::from_percent(70);
  int64_t seed = 1;  // of the split and of the training
  Kind kind = Kind::boosting;
  Json parameters;                           // of that kind, the defaults written out
  std::string code;                          // the program's build
  std::vector<EnvironmentPart> environment;  // what may change a bit of the result beside the code; not the threads

  Digest digest() const;  // of its JSON on one line
};
void fields(Shape& shape, Manifest& manifest);

// Every name sorted where order means nothing, so that two ways of writing it are one feature set.
Json canonical_features(const models::FeatureSet& set);

// Reads `given` (null: all defaults) and writes every parameter out; every unknown name and wrong value is a fault.
Result<Json> canonical_parameters(Kind kind, const Json& given);

// Libraries by version, and what of this processor the mathematical library chooses its code by.
std::vector<EnvironmentPart> environment_here();

// What models::train is asked; `table` outlives it. Needs a manifest whose parts came from the functions above.
Result<models::TrainRequest> train_request(const Manifest& manifest, const models::Table& table);

}  // namespace puhui::experiments
