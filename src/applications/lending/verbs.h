// The verbs of lending.
#pragma once

#include "applications/lending/day_end.h"
#include "applications/lending/replay.h"
#include "applications/lending/servicing.h"
#include "applications/lending/shapes.h"

namespace puhui::lending {

struct VerbNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  ledger::Ledger& ledger;
  LoanBook& book;
  Origination& origination;
  ProductShelf& products;
  Files& files;
  const Clock& clock;
  int utc_offset_minutes = 480;  // the bank's day begins at its own midnight
};

// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> origination_verbs(const VerbNeeds* needs);  // apply, facts, propose, train
std::vector<Verb> servicing_verbs(const VerbNeeds* needs);    // loan, loans, repay, prepay, draw, event, schedule
std::vector<Verb> day_end_verbs(const VerbNeeds* needs);      // day-end, portfolio
std::vector<Verb> browse_verbs(const VerbNeeds* needs);       // products, book
std::vector<Verb> replay_verbs(const VerbNeeds* needs);       // replay, simulate

}  // namespace puhui::lending
