// What became of a loan, told to the evidence of the decision that made it, so that models and policies can be held
// against it.
#pragma once

#include "applications/lending/loan_table.h"

namespace puhui::lending {

inline constexpr int kDefaultBucket = 3;  // more than 60 days past due

// In a store closure, whenever a loan's standing moved. The first time it is more than 60 days past due or charged off
// it is a default for good; paid off without ever having been one, it is none.
Result<void> report_outcome(Transaction& tx, const LoanId& loan, const Standing& before, const Standing& after,
                            Timestamp at);

}  // namespace puhui::lending
