// The verbs of the ledger: open accounts, transfer, balances as of a time, history, and the proof that it balances.
#pragma once

#include "ground/base/verb.h"
#include "infrastructure/ledger/ledger.h"

namespace puhui::ledger {

struct VerbNeeds {
  Ledger& ledger;
};

// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> verbs(const VerbNeeds* needs);

}  // namespace puhui::ledger
