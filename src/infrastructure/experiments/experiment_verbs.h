// The experiment verbs: upload, run, list, show, compare, note.
#pragma once

#include <vector>

#include "infrastructure/experiments/experiment.h"

namespace puhui::experiments {

std::vector<Verb> experiment_verbs(const ExperimentNeeds* needs);  // with nullptr they can be described but not run

}  // namespace puhui::experiments
