// The verbs of scoring together: a part as a model file, a table scored with partners' answers, and who asked us what.
#pragma once

#include "ground/base/verb.h"
#include "infrastructure/federation/federation_verbs.h"

namespace puhui::federation {

// export {model, out} → {model, file, inputs, peers}                           local: for a permit
// score {model, data, out} → {rows, unknown, out}                              local: asks the partners about every row
// questions {partner?, limit} → {questions: [{partner, day, job, subjects, known, bits}], at}
std::vector<Verb> scoring_verbs(const VerbNeeds* needs);

}  // namespace puhui::federation
