// Exploration: what became of the refusals that were let pass at random, against what the model said of them. Nobody
// else can say whether those refused would have repaid: the accepted are no sample of them.
#pragma once

#include "governance/promotion/shapes.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::promotion {

struct ExplorationNeeds {
  Store& store;
  kernel::Kernel& kernel;
  const Clock& clock;
};

inline constexpr int64_t kExploredMaturedMin = 30;  // below: "insufficient evidence"

struct ExploredEnd {
  double propensity = 1, model = -1;  // model below 0: no score
  bool bad = false;
};
// Hajek's estimate, every end weighted by 1/propensity; its interval is Wilson's at the effective number of rows
// (Kish): (sum w)^2 / sum w^2. Fills matured, bad, rates and verdict.
void estimate(const std::vector<ExploredEnd>& ends, ExplorationAnswer& answer);

Result<ExplorationAnswer> exploration(const ExplorationNeeds& needs, const ExplorationRequest& request);

}  // namespace puhui::promotion
