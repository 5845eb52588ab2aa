// The compute verbs. quota: {use_case, cpu_seconds_day, tokens_day, kept_share_ppm} sets one; quotas lists them with
// today's use; submit: {verb, input, use_case, tier} → a job; jobs lists them; cancel: {job}.
#pragma once

#include "ground/base/verb.h"
#include "infrastructure/compute/compute_shapes.h"

namespace puhui::compute {

class Jobs;

struct VerbNeeds {
  Jobs& jobs;
};

// `needs` outlives the verbs. With nullptr they can be described but not run.
std::vector<Verb> verbs(const VerbNeeds* needs);

}  // namespace puhui::compute
