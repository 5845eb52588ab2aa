// BoostingPlan: which tree and level each step of a vertical boosting is, from the job alone: the same at all parties.
#pragma once

#include <cstdint>

#include "infrastructure/federation/job.h"

namespace puhui::federation {

struct BoostingStep {
  uint64_t tree = 0;  // over all rounds and classes
  uint32_t output = 0;
  uint64_t level = 0;
  bool guest_only = false;  // the whole tree in one step
  bool last_of_tree = false, last_of_round = false;
};

// Step 0 sets up; then each tree's levels.
class BoostingPlan {
 public:
  explicit BoostingPlan(const BoostingTerms& terms);
  uint64_t steps() const { return steps_; }
  uint64_t trees() const { return trees_; }
  BoostingStep at(uint64_t step) const;  // 1…steps() - 1

 private:
  uint64_t outputs_, depth_, guest_only_, trees_, steps_;
};

}  // namespace puhui::federation
