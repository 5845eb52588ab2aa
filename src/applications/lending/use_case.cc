#include "applications/lending/use_case.h"

#include "applications/lending/proposal.h"

namespace puhui::lending {

evidence::UseCase approval_use_case() {
  return {
      std::string(kApprovalUseCase), "Decide whether to lend, how much and at what price", 1, 3, 'A', "credit risk"};
}

}  // namespace puhui::lending
