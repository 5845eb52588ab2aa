#include "applications/lending/loan_outcome.h"

#include "infrastructure/evidence/outcome.h"

namespace puhui::lending {

namespace {

bool is_default(const Standing& standing) {
  return standing.bucket >= kDefaultBucket || standing.state.status == Status::charged_off;
}

bool is_paid_off(const Standing& standing) { return standing.state.status == Status::paid_off; }

}  // namespace

Result<void> report_outcome(Transaction& tx, const LoanId& loan, const Standing& before, const Standing& after,
                            Timestamp at) {
  const bool defaults = is_default(after) && !is_default(before);
  const bool ends = is_paid_off(after) && !is_paid_off(before);
  if (!defaults && !ends) return {};
  const evidence::RecordId decision(loan);  // one decision makes one loan, so the loan bears its number
  const auto known = TRY(evidence::find_outcome(tx, decision, evidence::kDefaultOutcome));
  if (known && (known->value == 1 || !defaults)) return {};
  return evidence::put_outcome(tx, {decision, std::string(evidence::kDefaultOutcome), defaults, at});
}

}  // namespace puhui::lending
