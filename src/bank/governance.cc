#include "bank/governance.h"

namespace puhui {

std::vector<Migration> governance_migrations() {
  std::vector<Migration> out;
  return out;
}

Result<std::unique_ptr<Governance>> Governance::open(const GovernanceNeeds& needs) {
  std::unique_ptr<Governance> governance(new Governance(needs));
  return governance;
}

std::vector<Verb> governance_verbs(const Governance*) {
  std::vector<Verb> out;
  return out;
}

}  // namespace puhui
