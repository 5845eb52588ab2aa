// The verbs over features: hold them against an oracle, make training tables, look at the streams of this bank.
#pragma once

#include <functional>

#include "ground/base/verb.h"
#include "ground/store/store.h"
#include "infrastructure/features/stream.h"

namespace puhui::features {

struct FeatureVerbNeeds {
  Store& store;
  const Clock& clock;
  std::function<std::vector<Stream*>()> streams;  // those this bank keeps
};

// `needs` outlives the verbs. With nullptr only the storeless ones can be run.
std::vector<Verb> feature_verbs(const FeatureVerbNeeds* needs);
// Those over files alone: check, table.
std::vector<Verb> feature_file_verbs();

// To read what a personal key's owner did; as infrastructure/access has it.
inline constexpr std::string_view kPersonalPermission = "evidence.personal";
inline constexpr size_t kVerifiedEventsMax = 20'000'000;

}  // namespace puhui::features
