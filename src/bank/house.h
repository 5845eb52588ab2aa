// House: the floors of one running bank, built from the ground up; torn down in the opposite order.
#pragma once

#include <memory>

#include "applications/aml/monitoring_verbs.h"
#include "applications/aml/screening_desk.h"
#include "applications/aml/screening_verbs.h"
#include "applications/fraud/replay_verbs.h"
#include "applications/fraud/verbs.h"
#include "applications/lending/verbs.h"
#include "bank/bank.h"
#include "bank/browser_sessions.h"
#include "bank/governance.h"
#include "infrastructure/access/access_verbs.h"
#include "infrastructure/cases/case_verbs.h"
#include "infrastructure/compute/compute_verbs.h"
#include "infrastructure/compute/jobs.h"
#include "infrastructure/experiments/experiment_verbs.h"
#include "infrastructure/features/features_verbs.h"
#include "infrastructure/federation/federation_verbs.h"
#include "infrastructure/federation/node.h"
#include "infrastructure/kernel/evidence_verbs.h"
#include "infrastructure/kernel/model_verbs.h"
#include "infrastructure/kernel/permit_verbs.h"
#include "infrastructure/ledger/verbs.h"
#include "infrastructure/workbench/draft_verbs.h"
#include "infrastructure/workbench/drafts.h"
#include "infrastructure/workbench/policy_verbs.h"

namespace puhui {

struct Bank::House {
  explicit House(BankNeeds bank_needs) : needs(std::move(bank_needs)) {}

  BankNeeds needs;
  CpuAccounts cpu;  // before all that charges it
  std::unique_ptr<Store> store;
  std::unique_ptr<evidence::EvidenceLog> evidence;
  std::unique_ptr<access::Access> access;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<federation::Office> federation_office;
  std::unique_ptr<federation::Node> federation_node;  // before the kernel, which asks partners through it
  std::unique_ptr<kernel::Kernel> kernel;
  std::unique_ptr<cases::Office> cases;  // before the applications that raise alerts in it
  std::optional<access::AccessVerbNeeds> access_verbs;
  std::optional<BrowserSessions> browser_sessions;
  std::optional<ledger::VerbNeeds> ledger_verbs;
  std::optional<kernel::EvidenceVerbNeeds> evidence_verbs;
  std::optional<kernel::PermitVerbNeeds> permit_verbs;
  std::optional<kernel::ModelVerbNeeds> model_verbs;
  std::optional<cases::VerbNeeds> case_verbs;
  std::optional<workbench::DraftVerbNeeds> draft_verbs;
  std::optional<experiments::ExperimentNeeds> experiment_verbs;
  std::optional<features::FeatureVerbNeeds> feature_verbs;
  std::optional<federation::VerbNeeds> federation_verbs;
  // Applications: one group of lines each (applications.cc).
  std::unique_ptr<lending::LoanBook> loan_book;
  lending::ProductShelf products;
  std::unique_ptr<lending::Origination> origination;
  std::optional<lending::VerbNeeds> lending_verbs;
  std::unique_ptr<fraud::Desk> fraud_desk;
  std::optional<fraud::VerbNeeds> fraud_verbs;
  std::unique_ptr<aml::Monitor> monitor;
  std::optional<aml::MonitoringVerbNeeds> monitoring_verbs;
  std::unique_ptr<aml::ScreeningDesk> screening;
  std::optional<aml::ScreeningVerbNeeds> screening_verbs;
  std::unique_ptr<Governance> governance;  // after what it watches
  std::optional<compute::VerbNeeds> compute_verbs;
  std::vector<Verb> verbs;
  std::unique_ptr<compute::Jobs> jobs;  // runs verbs

  Result<void> open_applications();
  std::vector<features::Stream*> streams() const;  // of all applications
  static std::vector<Verb> all_verbs(const House* house, const Clock& clock);
};

// What applications.cc declares, one line an application.
std::vector<evidence::UseCase> application_use_cases();
std::vector<Migration> application_migrations();
// Their verbs; what is null can be described but not run.
struct ApplicationVerbNeeds {
  const lending::VerbNeeds* lending = nullptr;
  const fraud::VerbNeeds* fraud = nullptr;
  const aml::MonitoringVerbNeeds* monitoring = nullptr;
  const aml::ScreeningVerbNeeds* screening = nullptr;
};
std::vector<Verb> application_verbs(const ApplicationVerbNeeds& needs);

}  // namespace puhui
