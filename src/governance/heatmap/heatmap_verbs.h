// The heat map's verbs. show: {measure, from, to} → 45 cells and the rest of the process's CPU; block: one block over
// time by use case and permit; summary: concentration, headroom, forecast; price: what CPU and tokens cost.
#pragma once

#include "governance/heatmap/map.h"
#include "ground/base/verb.h"
#include "infrastructure/evidence/evidence_log.h"

namespace puhui::heatmap {

struct VerbNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  MapNeeds map;
  const Clock& clock;
};

// `needs` outlives the verbs. With nullptr they can be described but not run.
std::vector<Verb> verbs(const VerbNeeds* needs);

}  // namespace puhui::heatmap
