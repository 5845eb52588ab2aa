// The verbs of lending.
#pragma once

#include "applications/lending/replay.h"
#include "applications/lending/shapes.h"

namespace puhui::lending {

struct VerbNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  ledger::Ledger& ledger;
  LoanBook& book;
  Origination& origination;
  Files& files;
  const Clock& clock;
  int utc_offset_minutes = 480;  // the bank's day begins at its own midnight
};

// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> origination_verbs(const VerbNeeds* needs);  // apply, facts, propose, train
std::vector<Verb> replay_verbs(const VerbNeeds* needs);       // replay, simulate

}  // namespace puhui::lending
