#include "ground/base/money.h"

// Two amounts may be of two currencies: only `sum`, which looks, joins them.
puhui::Result<puhui::Money> joined(puhui::Money a, puhui::Money b) {
#ifdef MUST_NOT_COMPILE
  return a + b;
#else
  return sum(a, b);
#endif
}
