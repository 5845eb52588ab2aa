#include "infrastructure/kernel/kernel.h"

using namespace puhui;

// Only the kernel makes a Decision: whoever could make one himself could lend without a permit or evidence.
Result<kernel::Decision> approve(kernel::Kernel& kernel, kernel::Request request, const kernel::Kernel::Act& act) {
#ifdef MUST_NOT_COMPILE
  return kernel::Decision(evidence::RecordId(), evidence::Judgement(), evidence::Circumstances());
#else
  return kernel.decide(std::move(request), act);
#endif
}
