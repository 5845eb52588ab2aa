// The end of one day for one loan: what it does to its standing and to our books. Pure; day_end.h runs it over all.
#pragma once

#include "applications/lending/joint.h"
#include "applications/lending/loan_table.h"

namespace puhui::lending {

// Our own books of a loan, the expected loss held for it among them.
Books own_books_of(const Contract& contract, const Standing& standing);

// Bucket, stage and expected loss as the state has them now. The probability of default is the one at opening: a loan
// leaves stage 1 by its days past due. A loan that is closed holds no allowance.
void assess(const Product& product, const Contract& contract, Standing& standing);

struct LoanDay {
  Standing after;
  Books change;  // of our own books
  std::optional<Event> charge_off;
};
// Brings the loan to the start of the day after `day`, with all that passes on the way: interest, late interest,
// instalments falling due and the charge-off at the end of the day on which the product's days past due are reached.
// A loan that stands later already stays as it is. Bucket and stage are told anew each day; the expected loss at a
// month's end, when the bucket, the stage or the outstanding principal changed, and when none is held yet: between, the
// allowance stands, since time alone moves it by the discount of days.
Result<LoanDay> loan_day(const Product& product, const Contract& contract, const Standing& before, Date day);

}  // namespace puhui::lending
