// FeatureSet: what a table offers to a model, declared as data beside the policies: target, columns left out, sealed
// attributes, derived features, and the direction in which risk may go with a feature.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ground/base/json.h"
#include "ground/base/result.h"
#include "infrastructure/models/derived.h"
#include "infrastructure/models/train.h"

namespace puhui::models {

struct FeatureSet {
  std::string target;
  std::string positive = "1";
  std::vector<std::string> features;  // empty: all that are not left out
  std::vector<std::string> excluded;
  std::vector<std::string> sealed;
  std::vector<Derived> derived;
  std::vector<std::pair<std::string, int>> monotone;  // +1: risk only rises with it; -1: only falls
};

// {"target", "positive", "features", "excluded", "sealed", "derived", "monotone"}; only the target must be there.
Result<FeatureSet> parse_feature_set(const Json& json);

// A request with all of it filled in; the table, kind, seed and share are still the caller's to set.
TrainRequest request_of(const FeatureSet& set);

}  // namespace puhui::models
