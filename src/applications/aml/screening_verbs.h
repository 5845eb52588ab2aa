// The verbs of screening, all of the noun `aml`:
//   screen NAME · lists import · lists show · parties import · parties list · rescreen · matches · match show ·
//   match decide · match confirm · screening propose
#pragma once

#include "applications/aml/match_shapes.h"
#include "ground/base/files.h"
#include "ground/base/verb.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/evidence_log.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::aml {

class ScreeningDesk;

struct ScreeningVerbNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  ScreeningDesk& desk;
  Files& files;
  const Clock& clock;
};

// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> screening_verbs(const ScreeningVerbNeeds* needs);  // screen, rescreen, screening propose
std::vector<Verb> list_verbs(
    const ScreeningVerbNeeds* needs);  // lists import, lists show, parties import, parties list
std::vector<Verb> match_verbs(const ScreeningVerbNeeds* needs);  // matches, match show, match decide, match confirm

}  // namespace puhui::aml
