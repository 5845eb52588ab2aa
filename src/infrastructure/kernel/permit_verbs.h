// The verbs of people and permits: who may sign, who signed, what is in force.
#pragma once

#include "ground/base/files.h"
#include "ground/base/verb.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::kernel {

struct PermitVerbNeeds {
  Store& store;
  Kernel& kernel;
  Files& files;
  const Clock& clock;
};

// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> permit_verbs(const PermitVerbNeeds* needs);

}  // namespace puhui::kernel
