#include "bank/bank.h"

#include <chrono>
#include <thread>

#include "bank/house.h"
#include "infrastructure/federation/rehearsal_verbs.h"
#include "infrastructure/federation/scoring/scoring_verbs.h"

namespace puhui {

namespace {

void add(std::vector<Migration>& to, std::vector<Migration> migrations) {
  for (Migration& migration : migrations) to.push_back(std::move(migration));
}

std::vector<Migration> all_migrations() {
  std::vector<Migration> out;
  add(out, evidence::migrations());
  add(out, access::migrations());
  add(out, ledger::migrations());
  add(out, kernel::migrations());
  add(out, cases::migrations());
  add(out, workbench::migrations());
  add(out, experiments::migrations());
  add(out, compute::migrations());
  add(out, features::migrations());
  add(out, federation::migrations());
  add(out, federation::question_migrations());
  add(out, application_migrations());
  add(out, governance_migrations());
  return out;
}

void add(std::vector<Verb>& to, std::vector<Verb> verbs) {
  for (Verb& verb : verbs) to.push_back(std::move(verb));
}

}  // namespace

namespace {

// Where federated jobs keep their checkpoints: beside a store that is a folder, else where the program runs.
std::string work_folder_of(const std::string& store) {
  return store.find("://") == std::string::npos ? store + "/federation" : "federation-work";
}

}  // namespace

// One line a module. Without a house they are described only.
std::vector<Verb> Bank::House::all_verbs(const House* house, const Clock& clock) {
  const auto lent = [house](const auto& needs) { return house ? &*(house->*needs) : nullptr; };
  std::vector<Verb> out = application_verbs({lent(&House::lending_verbs), lent(&House::fraud_verbs),
                                             lent(&House::monitoring_verbs), lent(&House::screening_verbs)});
  add(out, workbench::policy_verbs(clock));
  add(out, workbench::draft_verbs(lent(&House::draft_verbs)));
  add(out, access::access_verbs(lent(&House::access_verbs)));
  add(out, ledger::verbs(lent(&House::ledger_verbs)));
  add(out, kernel::evidence_verbs(lent(&House::evidence_verbs)));
  add(out, kernel::permit_verbs(lent(&House::permit_verbs)));
  add(out, kernel::model_verbs(lent(&House::model_verbs)));
  add(out, cases::case_verbs(lent(&House::case_verbs)));
  add(out, experiments::experiment_verbs(lent(&House::experiment_verbs)));
  add(out, features::feature_verbs(lent(&House::feature_verbs)));
  add(out, federation::verbs(lent(&House::federation_verbs)));
  add(out, federation::rehearsal_verbs(lent(&House::federation_verbs)));
  add(out, federation::scoring_verbs(lent(&House::federation_verbs)));
  add(out, compute::verbs(lent(&House::compute_verbs)));
  add(out, governance_verbs(lent(&House::governance)));
  return out;
}

Bank::Bank(std::unique_ptr<House> house) : house_(std::move(house)) {}

Bank::~Bank() {
  if (!house_->store) return;
  const CpuScope charged(house_->cpu.activity("stop"));
  if (house_->jobs) house_->jobs->stop();
  if (house_->federation_node) house_->federation_node->close();
  if (house_->monitor) {
    if (auto saved = house_->monitor->snapshot(); !saved) {
      // Not lost: the next start reads the whole log of transfers.
      house_->needs.log.warning("aml_snapshot_failed", {{"why", saved.error().text()}});
    }
  }
  if (house_->ledger) {
    if (auto saved = house_->ledger->snapshot(); !saved) {
      // Not lost: the next start replays the ledger's log instead of reading the snapshot.
      house_->needs.log.warning("ledger_snapshot_failed", {{"why", saved.error().text()}});
    }
  }
  for (features::Stream* stream : house_->streams()) {
    if (auto saved = stream->snapshot(); !saved) {
      house_->needs.log.warning("features_snapshot_failed",
                                {{"stream", stream->name()}, {"why", saved.error().text()}});
    }
  }
  // Last, so that what this process did until here is in the books.
  if (auto counted = count_use(); !counted) {
    house_->needs.log.warning("use_not_counted", {{"why", counted.error().text()}});
  }
  house_->store->close();
}

Result<void> Bank::count_use() {
  if (house_->jobs) TRY(house_->jobs->count_use());
  if (house_->governance) TRY(house_->governance->count_use());
  return {};
}

Result<void> Bank::start_jobs() { return house_->jobs->start(); }

Result<std::unique_ptr<Bank>> Bank::open(const std::string& where, BankNeeds needs) {
  std::unique_ptr<Bank> bank(new Bank(std::make_unique<House>(needs)));
  House& house = *bank->house_;
  CpuAccount& start = house.cpu.activity("start");
  house.cpu.before(start, needs.loading_cpu_ns);
  const CpuScope charged(start);
  house.store = TRY(open_store(where, all_migrations(), {needs.clock, needs.faults, &house.cpu}));
  house.evidence = TRY(evidence::EvidenceLog::open(*house.store));
  house.access = TRY(access::Access::open({*house.store, *house.evidence, needs.clock, needs.log}));
  house.ledger = TRY(ledger::Ledger::open({*house.store, needs.clock, needs.log}));
  house.federation_office =
      std::make_unique<federation::Office>(federation::OfficeNeeds{*house.store, *house.evidence, needs.clock});
  house.federation_node = std::make_unique<federation::Node>(
      federation::NodeNeeds{*house.federation_office, *house.store, needs.files, needs.clock, needs.log});
  const auto pause = [](int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); };
  house.federation_verbs.emplace(federation::VerbNeeds{*house.federation_office, needs.files, needs.clock, needs.log,
                                                       kBuild, work_folder_of(where), pause,
                                                       house.federation_node.get()});
  house.kernel =
      TRY(kernel::Kernel::open({*house.store, *house.evidence, needs.clock, needs.log, needs.metrics,
                                std::string(kBuild), needs.salt_secret, &house.cpu, house.federation_node.get()},
                               application_use_cases()));
  house.cases = std::make_unique<cases::Office>(cases::OfficeNeeds{*house.store, *house.evidence, needs.clock});
  house.case_verbs.emplace(cases::VerbNeeds{*house.cases, *house.store, needs.clock});
  TRY(house.open_applications());
  house.governance = TRY(Governance::open(
      {*house.store, *house.evidence, *house.kernel, needs.files, needs.log, needs.metrics, needs.clock, house.cpu}));
  house.access_verbs.emplace(access::AccessVerbNeeds{*house.access, needs.clock});
  house.browser_sessions.emplace(*house.access);
  house.ledger_verbs.emplace(ledger::VerbNeeds{*house.ledger});
  house.evidence_verbs.emplace(kernel::EvidenceVerbNeeds{*house.evidence, *house.kernel, needs.clock});
  house.permit_verbs.emplace(kernel::PermitVerbNeeds{*house.store, *house.kernel, needs.files, needs.clock});
  house.experiment_verbs.emplace(
      experiments::ExperimentNeeds{*house.store, *house.kernel, needs.clock, std::string(kBuild)});
  house.feature_verbs.emplace(
      features::FeatureVerbNeeds{*house.store, needs.clock, [&house] { return house.streams(); }});
  house.model_verbs.emplace(kernel::ModelVerbNeeds{*house.kernel});
  house.draft_verbs.emplace(workbench::DraftVerbNeeds{*house.store, *house.evidence, *house.kernel, needs.clock});
  house.jobs = std::make_unique<compute::Jobs>(
      compute::JobsNeeds{*house.store, *house.evidence, house.cpu, house.kernel->use_cases(), needs.clock, needs.log});
  house.compute_verbs.emplace(compute::VerbNeeds{*house.jobs});
  house.verbs = House::all_verbs(&house, needs.clock);
  charge_to(house.cpu, house.verbs);
  house.jobs->offer(house.verbs);
  return bank;
}

http::Sessions& Bank::sessions() { return *house_->browser_sessions; }

bool Bank::is_user(std::string_view name) const { return house_->access->user(name).has_value(); }

CpuAccounts& Bank::cpu() const { return house_->cpu; }

const std::vector<Verb>& Bank::verbs() const { return house_->verbs; }

std::vector<Verb> Bank::described(const Clock& clock) { return House::all_verbs(nullptr, clock); }

std::vector<Chore> Bank::chores() const {
  constexpr int64_t kSecondMs = 1000;
  std::vector<Chore> out = house_->governance->chores();
  out.push_back({"fraud deadlines", kSecondMs, [desk = house_->fraud_desk.get()](Progress&) -> Result<void> {
                   TRY(desk->sweep());
                   return {};
                 }});
  out.push_back({"aml snapshot", 60 * kSecondMs, [monitor = house_->monitor.get()](Progress&) -> Result<void> {
                   return monitor->snapshot_when_due();
                 }});
  out.push_back({"federation", 5 * kSecondMs, [node = house_->federation_node.get()](Progress&) -> Result<void> {
                   return node->open();  // once there is an identity; and whoever became a partner since may call
                 }});
  out.push_back({"cases", kSecondMs, [office = house_->cases.get()](Progress&) -> Result<void> {
                   TRY(office->sweep());
                   return {};
                 }});
  return out;
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
