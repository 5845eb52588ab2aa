// The promotion verbs: start, list, show, advance, hold, stop, approve, golden, exploration.
#pragma once

#include <functional>
#include <vector>

#include "governance/promotion/office.h"
#include "ground/base/verb.h"

namespace puhui::promotion {

struct PromotionVerbNeeds {
  Office& office;
  Store& store;
  kernel::Kernel& kernel;
  const Clock& clock;
  std::function<Result<void>(Progress&)> follow;  // so that what is told holds what was just decided
};

std::vector<Verb> promotion_verbs(const PromotionVerbNeeds* needs);  // with nullptr they can be described but not run

}  // namespace puhui::promotion
