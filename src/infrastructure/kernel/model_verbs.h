// The verbs of models: bring one into the store, where a permit can name it; look at one; take one out; try one.
#pragma once

#include "ground/base/files.h"
#include "ground/base/verb.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::kernel {

struct ModelVerbNeeds {
  Kernel& kernel;
};

// `needs` outlives the verbs. With nullptr they can be described; `model score` and `model check` run all the same.
std::vector<Verb> model_verbs(const ModelVerbNeeds* needs);

}  // namespace puhui::kernel
