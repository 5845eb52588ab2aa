#include "bank/bank.h"

#include "bank/house.h"

namespace puhui {

namespace {

void add(std::vector<Migration>& to, std::vector<Migration> migrations) {
  for (Migration& migration : migrations) to.push_back(std::move(migration));
}

std::vector<Migration> all_migrations() {
  std::vector<Migration> out;
  add(out, evidence::migrations());
  add(out, ledger::migrations());
  add(out, kernel::migrations());
  add(out, workbench::migrations());
  add(out, application_migrations());
  add(out, governance_migrations());
  return out;
}

std::vector<Verb> all_verbs(const kernel::EvidenceVerbNeeds* evidence, const kernel::PermitVerbNeeds* permits,
                            const kernel::ModelVerbNeeds* models, const workbench::DraftVerbNeeds* drafts,
                            const ledger::VerbNeeds* ledger, const lending::VerbNeeds* lending,
                            const Governance* governance, const Clock& clock) {
  std::vector<Verb> out = application_verbs(lending);
  for (Verb& verb : workbench::policy_verbs(clock)) out.push_back(std::move(verb));
  for (Verb& verb : workbench::draft_verbs(drafts)) out.push_back(std::move(verb));
  for (Verb& verb : ledger::verbs(ledger)) out.push_back(std::move(verb));
  for (Verb& verb : kernel::evidence_verbs(evidence)) out.push_back(std::move(verb));
  for (Verb& verb : kernel::permit_verbs(permits)) out.push_back(std::move(verb));
  for (Verb& verb : kernel::model_verbs(models)) out.push_back(std::move(verb));
  for (Verb& verb : governance_verbs(governance)) out.push_back(std::move(verb));
  return out;
}

}  // namespace

Bank::Bank(std::unique_ptr<House> house) : house_(std::move(house)) {}

Bank::~Bank() {
  if (!house_->store) return;
  const CpuScope charged(house_->cpu.activity("stop"));
  if (house_->ledger) {
    if (auto saved = house_->ledger->snapshot(); !saved) {
      // Not lost: the next start replays the ledger's log instead of reading the snapshot.
      house_->needs.log.warning("ledger_snapshot_failed", {{"why", saved.error().text()}});
    }
  }
  house_->store->close();
}

Result<std::unique_ptr<Bank>> Bank::open(const std::string& where, BankNeeds needs) {
  std::unique_ptr<Bank> bank(new Bank(std::make_unique<House>(needs)));
  House& house = *bank->house_;
  CpuAccount& start = house.cpu.activity("start");
  house.cpu.before(start, needs.loading_cpu_ns);
  const CpuScope charged(start);
  house.store = TRY(open_store(where, all_migrations(), {needs.clock, needs.faults, &house.cpu}));
  house.evidence = TRY(evidence::EvidenceLog::open(*house.store));
  house.ledger = TRY(ledger::Ledger::open({*house.store, needs.clock, needs.log}));
  house.kernel = TRY(kernel::Kernel::open({*house.store, *house.evidence, needs.clock, needs.log, needs.metrics,
                                           std::string(kBuild), needs.salt_secret, &house.cpu},
                                          application_use_cases()));
  house.open_applications();
  house.governance = TRY(Governance::open(
      {*house.store, *house.evidence, *house.kernel, needs.files, needs.log, needs.metrics, needs.clock}));
  house.ledger_verbs.emplace(ledger::VerbNeeds{*house.ledger});
  house.evidence_verbs.emplace(kernel::EvidenceVerbNeeds{*house.evidence, *house.kernel, needs.clock});
  house.permit_verbs.emplace(kernel::PermitVerbNeeds{*house.store, *house.kernel, needs.files, needs.clock});
  house.model_verbs.emplace(kernel::ModelVerbNeeds{*house.kernel});
  house.draft_verbs.emplace(workbench::DraftVerbNeeds{*house.store, *house.evidence, *house.kernel, needs.clock});
  house.verbs = all_verbs(&*house.evidence_verbs, &*house.permit_verbs, &*house.model_verbs, &*house.draft_verbs,
                          &*house.ledger_verbs, &*house.lending_verbs, house.governance.get(), needs.clock);
  charge_to(house.cpu, house.verbs);
  return bank;
}

CpuAccounts& Bank::cpu() const { return house_->cpu; }

const std::vector<Verb>& Bank::verbs() const { return house_->verbs; }

std::vector<Verb> Bank::described(const Clock& clock) {
  return all_verbs(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, clock);
}

Json Bank::summary() const {
  Json out;
  out.set("store", house_->store->location());
  out.set("engine", house_->store->engine());
  out.set("decisions and acts in the evidence", static_cast<int64_t>(house_->evidence->records()));
  out.set("ledger accounts", static_cast<int64_t>(house_->ledger->accounts()));
  out.set("permits in force", static_cast<int64_t>(house_->kernel->all_in_force().size()));
  return out;
}

Result<void> Bank::ready() const {
  return house_->store->read([](Reader& reader) -> Result<void> {
    TRY(reader.integer("SELECT 1"));
    return {};
  });
}

}  // namespace puhui
