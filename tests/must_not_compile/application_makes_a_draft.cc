#include "infrastructure/kernel/kernel.h"

using namespace puhui;

// A Draft of one's own, recorded, would be a decision that no policy took.
kernel::Decision approve(kernel::Kernel& kernel, Transaction& tx, const kernel::Draft& judged) {
#ifdef MUST_NOT_COMPILE
  return kernel.record(tx, kernel::Draft());
#else
  return kernel.record(tx, judged);
#endif
}
