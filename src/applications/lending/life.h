// Life: what became of a loan whose end is known only as good or bad, day by day through the pure core to its end.
// A replay of history prices every approval by it; docs/population.md says how borrowers behave here.
#pragma once

#include <cstdint>
#include <vector>

#include "applications/lending/contract.h"
#include "applications/lending/delinquency.h"
#include "applications/lending/position.h"
#include "ground/base/random.h"

namespace puhui::lending {

// How borrowers behave. The defaults are those the documentation gives.
struct Behaviour {
  double early_share = 0.08;            // of a good borrower's instalments: paid days before
  double grace_share = 0.10;            // paid within the days of grace
  double late_share = 0.02;             // paid later than that, within a month
  double prepay_chance_month = 0.01;    // of a good borrower: pays all off
  double first_payment_default = 0.10;  // of the bad: never pay
  double stop_exponent = 1.4;           // of the others: above 1 they stop sooner
  double promise_share = 0.25;          // of the bad: pay half of what is past due, once
  double recovery_share = 0.60;  // of the charged off: pay anything later, unless the product's LGD asks for more
  int recovery_months_max = 12;
  bool operator==(const Behaviour&) const = default;
};

struct LifeResult {
  int64_t interest_minor = 0;
  int64_t penalty_minor = 0;
  int64_t fee_minor = 0;
  int64_t write_off_minor = 0;
  int64_t recovery_minor = 0;
  int64_t funding_minor = 0;    // product's funding rate on the principal outstanding each day
  int64_t operating_minor = 0;  // product's operating rate likewise
  int64_t profit_minor = 0;  // income + recovery − write-off − funding − operating; of both lenders of a joint loan
  int worst_bucket = 0;      // M0 … M6+ as 0 … 7, at month ends and at charge-off
  Status status = Status::paid_off;
  Date ended_on;
  std::vector<Snapshot> months;  // one a month end until the loan is closed or charged off
  State state;                   // at its end; its totals are the sums above
};

// A pure function of its arguments: `row` names the draws. The whole amount is drawn on the day of opening. `internal`
// only where contract and product do not belong together.
Result<LifeResult> live(const Product& product, const Contract& contract, bool bad, Random random, uint64_t row,
                        const Behaviour& behaviour = {});

}  // namespace puhui::lending
