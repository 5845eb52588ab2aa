// The verbs of drafts: keep them, try them as they would run, set them against recorded decisions, and make of one the
// manifest that people are asked to sign.
#pragma once

#include "ground/base/verb.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::workbench {

struct DraftVerbNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  const Clock& clock;
};

// base, save, open, list, drop, eval, test, backtest, manifest. `needs` outlives the verbs; with nullptr they can be
// described but not run.
std::vector<Verb> draft_verbs(const DraftVerbNeeds* needs);

}  // namespace puhui::workbench
