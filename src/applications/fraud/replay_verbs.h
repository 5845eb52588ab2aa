// The verbs that work on files and history: replay, train, simulate.
#pragma once

#include "applications/fraud/verbs.h"

namespace puhui::fraud {

// `needs` outlives the verbs. With nullptr they can be described but not run.
std::vector<Verb> replay_verbs(const VerbNeeds* needs);

}  // namespace puhui::fraud
