// The heat map's verbs. show: {measure, from, to} → 45 cells and the rest of the process's CPU; block: one block over
// time by use case and permit; summary: concentration, headroom, forecast; price: what CPU and tokens cost.
#pragma once

#include "governance/heatmap/heatmap_shapes.h"
#include "ground/base/verb.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/use_case.h"

namespace puhui::heatmap {

class Meter;

struct VerbNeeds {
  Store& store;
  Meter& meter;
  const std::vector<evidence::UseCase>& use_cases;
  const Clock& clock;
};

// `needs` outlives the verbs. With nullptr they can be described but not run.
std::vector<Verb> verbs(const VerbNeeds* needs);

}  // namespace puhui::heatmap
