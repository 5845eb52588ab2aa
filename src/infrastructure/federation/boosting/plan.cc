#include "infrastructure/federation/boosting/plan.h"

#include "ground/base/check.h"

namespace puhui::federation {

BoostingPlan::BoostingPlan(const BoostingTerms& terms)
    : outputs_(terms.objective == Objective::multi_class ? static_cast<uint64_t>(terms.classes) : 1),
      depth_(static_cast<uint64_t>(terms.depth_max)),
      guest_only_(static_cast<uint64_t>(terms.guest_only_trees) * outputs_),
      trees_(static_cast<uint64_t>(terms.trees) * outputs_),
      steps_(1 + guest_only_ + (trees_ - guest_only_) * depth_) {}

BoostingStep BoostingPlan::at(uint64_t step) const {
  CHECK(step >= 1 && step < steps_, "a step of a tree");
  BoostingStep out;
  out.guest_only = step <= guest_only_;
  out.tree = out.guest_only ? step - 1 : guest_only_ + (step - 1 - guest_only_) / depth_;
  out.level = out.guest_only ? 0 : (step - 1 - guest_only_) % depth_;
  out.output = static_cast<uint32_t>(out.tree % outputs_);
  out.last_of_tree = out.guest_only || out.level + 1 == depth_;
  out.last_of_round = out.last_of_tree && out.output + 1 == outputs_;
  return out;
}

}  // namespace puhui::federation
