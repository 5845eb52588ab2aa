// The verbs over the evidence: verify the chain, show one decision in words, take decisions again, erase facts.
#pragma once

#include "ground/base/verb.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::kernel {

struct EvidenceVerbNeeds {
  evidence::EvidenceLog& evidence;
  Kernel& kernel;
  const Clock& clock;
};

// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> evidence_verbs(const EvidenceVerbNeeds* needs);

}  // namespace puhui::kernel
