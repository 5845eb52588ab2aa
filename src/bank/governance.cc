#include "bank/governance.h"

#include "governance/incidents/alert.h"

namespace puhui {

namespace {

void add(std::vector<Migration>& to, std::vector<Migration> migrations) {
  for (Migration& migration : migrations) to.push_back(std::move(migration));
}

}  // namespace

std::vector<Migration> governance_migrations() {
  std::vector<Migration> out;
  add(out, incidents::migrations());
  return out;
}

Result<std::unique_ptr<Governance>> Governance::open(const GovernanceNeeds& needs) {
  std::unique_ptr<Governance> governance(new Governance(needs));
  return governance;
}

std::vector<Chore> Governance::chores() {
  constexpr int64_t kSecondMs = 1000;
  return {{"follow", kSecondMs, [this](Progress& progress) { return follow(progress); }}};
}

std::vector<Verb> governance_verbs(const Governance*) {
  std::vector<Verb> out;
  return out;
}

}  // namespace puhui
