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
  add(out, promotion::migrations());
  return out;
}

Result<std::unique_ptr<Governance>> Governance::open(const GovernanceNeeds& needs) {
  std::unique_ptr<Governance> governance(new Governance(needs));
  governance->promotion_ =
      TRY(promotion::Office::open({needs.store, needs.evidence, needs.kernel, needs.clock, needs.log}));
  TRY(governance->follower_.add(governance->promotion_->projection()));
  governance->promotion_verbs_.emplace(
      promotion::PromotionVerbNeeds{*governance->promotion_, needs.store, needs.kernel, needs.clock});
  return governance;
}

std::vector<Chore> Governance::chores() {
  constexpr int64_t kSecondMs = 1000, kMinuteMs = 60 * kSecondMs;
  return {{"follow", kSecondMs, [this](Progress& progress) { return follow(progress); }},
          {"promotion", kMinuteMs, [this](Progress&) { return promotion_->step(); }}};
}

std::vector<Verb> governance_verbs(const Governance* governance) {
  const auto lent = [governance](const auto& needs) { return governance ? &*(governance->*needs) : nullptr; };
  std::vector<Verb> out;
  for (Verb& verb : promotion::promotion_verbs(lent(&Governance::promotion_verbs_))) out.push_back(std::move(verb));
  return out;
}

}  // namespace puhui
