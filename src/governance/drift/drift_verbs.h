// The verbs over drift and decay: drift freeze, show, run; decay show, run.
#pragma once

#include <functional>
#include <vector>

#include "governance/drift/measure.h"
#include "ground/base/verb.h"
#include "infrastructure/evidence/evidence_log.h"

namespace puhui::drift {

struct VerbNeeds {
  MeasureNeeds measure;
  evidence::EvidenceLog& evidence;
  // Brings the projections up to date, so that what was just decided is measured.
  std::function<Result<void>(Progress&)> follow;
};

// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> verbs(const VerbNeeds* needs);

}  // namespace puhui::drift
