// The verbs around a job before anybody signs it: a declaration made complete, simulated data, a rehearsal in the clear.
#pragma once

#include "ground/base/verb.h"
#include "infrastructure/federation/federation_verbs.h"

namespace puhui::federation {

// prepare {template, out} → {hash, declaration}        local; fills in fingerprints and addresses
// simulate {firms, seed?, out} → {lender, registry}    local, needs no store
// simulate-clicks {clicks, columns?, seed?, out} → {advertiser, platform}   local, needs no store
// rehearse {job, data (one a party)} → {model, parts, rows, auc?, measures}   local, needs no store
// `needs` outlives the verbs; with nullptr `prepare` can be described but not run.
std::vector<Verb> rehearsal_verbs(const VerbNeeds* needs);

}  // namespace puhui::federation
