#include "ground/base/id.h"

using LoanId = puhui::Id<struct LoanTag>;
void write_off(LoanId loan);

// A text becomes an id only through parse, which can refuse it.
void door(const char* text) {
#ifdef MUST_NOT_COMPILE
  write_off(text);
#else
  if (const auto id = puhui::Id128::parse(text)) write_off(LoanId(*id));
#endif
}
