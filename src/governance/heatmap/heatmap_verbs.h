// The heat map's verbs. show: {measure, from, to} → 45 cells and the rest of the process's CPU; block: one block over
// time by use case and permit; summary: concentration, headroom, forecast; price: what CPU and tokens cost.
#pragma once

#include "governance/heatmap/map.h"
#include "ground/base/verb.h"
#include "infrastructure/evidence/evidence_log.h"

namespace puhui::heatmap {

// How many decisions of [from, to) people decided otherwise, by use case with its scope.
using Overridden = std::function<Result<std::map<std::string, int64_t>>(Timestamp from, Timestamp to)>;

struct VerbNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  const std::vector<evidence::UseCase>& use_cases;
  const Clock& clock;
  Overridden overridden = nullptr;  // none: the rate is not known
};

// `needs` outlives the verbs. With nullptr they can be described but not run.
std::vector<Verb> verbs(const VerbNeeds* needs);

}  // namespace puhui::heatmap
