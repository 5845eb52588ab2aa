// The verbs of proposals, and those of permits over HTTP: rollback, review and history.
#pragma once

#include "governance/permits/permit_history.h"
#include "ground/base/verb.h"

namespace puhui::permits {

// proposal draft | submit {manifest, base?} → proposal
// proposal list {use_case?, state?, limit, after?} → {proposals, next?, at}
// proposal show {id} → {proposal, difference, in_words, in_words_zh (a sentence each), seen, at}
// proposal bytes {id, at?} → {bytes: exactly what is signed, at, seen}; for the caller's own name
// proposal approve {id, at, signature, seen} → proposal
// proposal reject {id, why}, withdraw {id, why?}, schedule {id, at} → proposal
// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
struct ProposalVerbNeeds {
  Proposals& proposals;
  const Clock& clock;
};
std::vector<Verb> proposal_verbs(const ProposalVerbNeeds* needs);

// permit rollback {use_case, why} → rollback; permit review {use_case, at, review} → rollback, by another person
// permit history {use_case, limit, after?} → {permits, rollbacks, next?, at}
std::vector<Verb> permit_history_verbs(const PermitNeeds* needs);

}  // namespace puhui::permits
