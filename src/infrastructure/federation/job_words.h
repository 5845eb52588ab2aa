// A job's parameters in sentences, for those who sign it: what is done, with whom, what is hidden how, and what ends it.
#pragma once

#include <vector>

#include "infrastructure/federation/job.h"
#include "infrastructure/federation/office_shapes.h"

namespace puhui::federation {

std::vector<Sentence> in_words(const Job& job);

}  // namespace puhui::federation
