// The risk of a block: the worst, over the use cases that stand there, of their tier times what is open against them
// (drift, decay, fairness, an incident, an overdue validation, missing explanations).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "governance/heatmap/heatmap_shapes.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/use_case.h"

namespace puhui::heatmap {

// An open alert or incident as far as risk asks.
struct Matter {
  std::string use_case;  // with its scope
  std::string kind;      // "drift" … or "incident"
  std::string subject;
  int64_t severity = 3;  // 1 high … 3 low
};
// Those that bear on risk; what bears on the whole bank alone is no block's.
Result<std::vector<Matter>> open_matters(Reader& reader);

// tier 1, 2, 3 weighs 3, 2, 1; nothing open weighs 1, severity 2 and 3 weigh 2, severity 1 weighs 3; the product is 1
// to 9. 1 and 2 are low, 3 and 4 medium, 6 and 9 high; no use case: 0, none.
RiskView risk_of(std::span<const evidence::UseCase> use_cases, std::span<const Matter> matters);

}  // namespace puhui::heatmap
