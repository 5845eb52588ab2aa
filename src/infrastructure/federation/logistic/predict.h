// Scoring with a vertical logistic regression: a host answers a row with its partial score, one integer; the guest adds
// its own and answers probability and reasons.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/federation/logistic/model_part.h"

namespace puhui::federation {

// In 2^-24. `values` in the order of the part's columns; a missing value (NaN) counts as the mean of the training rows,
// one further than 7.875 deviations from it as that far. CHECKs the count.
int64_t partial_score(const LogisticModelPart& part, std::span<const float> values);

struct LogisticAnswer {
  int64_t margin = 0;                  // base + all contributions, exactly
  double probability = 0;              // sigmoid of it
  int64_t base = 0, host = 0;          // of an average row; of all the host's columns together
  std::vector<int64_t> contributions;  // of the guest's columns, in their order
};
// `invalid` when the host's score is outside kPartialScoreMax, which no model of ours answers.
Result<LogisticAnswer> predict_logistic(const LogisticModelPart& guest, std::span<const float> values,
                                        int64_t host_score);

}  // namespace puhui::federation
