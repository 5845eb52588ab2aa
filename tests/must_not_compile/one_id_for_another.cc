#include "ground/base/id.h"

using LoanId = puhui::Id<struct LoanTag>;
using BorrowerId = puhui::Id<struct BorrowerTag>;
void write_off(LoanId loan);

void day_end(LoanId loan, BorrowerId borrower) {
#ifdef MUST_NOT_COMPILE
  write_off(borrower);
#else
  write_off(loan);
  static_cast<void>(borrower);
#endif
}
