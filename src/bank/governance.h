// Governance: the eye of this bank. Its modules read the evidence and grant the permits; here they are opened on the
// house, fed by one follower, and their verbs handed on. One group of lines a module, in the order of floors.cmake.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "bank/housekeeping.h"
#include "governance/audit/audit.h"
#include "governance/drift/decay_book.h"
#include "governance/drift/drift_book.h"
#include "governance/drift/drift_verbs.h"
#include "governance/fairness/fairness.h"
#include "governance/heatmap/heatmap_verbs.h"
#include "governance/heatmap/meter.h"
#include "governance/incidents/incident_verbs.h"
#include "governance/inventory/inventory_verbs.h"
#include "governance/inventory/production.h"
#include "governance/permits/proposal_verbs.h"
#include "governance/promotion/promotion_verbs.h"
#include "governance/today/today.h"
#include "ground/base/files.h"
#include "ground/base/verb.h"
#include "infrastructure/kernel/follower.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui {

struct GovernanceNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  Files& files;
  Log& log;
  Metrics& metrics;
  const Clock& clock;
  CpuAccounts& cpu;
};

class Governance {
 public:
  static Result<std::unique_ptr<Governance>> open(const GovernanceNeeds& needs);

  // What follows from decisions taken since: the projections. Cheap when nothing is new.
  Result<void> follow(Progress& progress);
  // Writes down whose work the process did since the last time.
  Result<void> count_use() { return meter_.count(); }
  // What a serving bank does of it by itself. This outlives them.
  std::vector<Chore> chores();

 private:
  friend std::vector<Verb> governance_verbs(const Governance* governance);
  explicit Governance(const GovernanceNeeds& needs)
      : needs_(needs),
        incident_needs_{needs.store, needs.evidence, needs.kernel, needs.clock},
        switches_(incident_needs_),
        switch_verbs_{switches_, needs.kernel, needs.clock},
        inventory_needs_{needs.store, needs.evidence, needs.kernel, needs.clock},
        permit_needs_{needs.store, needs.evidence, needs.kernel, needs.clock},
        proposals_(permit_needs_),
        proposal_verbs_{proposals_, needs.clock},
        follower_(needs.store, needs.evidence, needs.kernel),
        meter_({needs.store, needs.cpu, needs.clock}) {}

  // For a verb that wants to tell of what was just decided. Where a chore follows anyway it does not wait for a chore
  // that is far behind: it then tells of what was followed so far.
  Result<void> follow_for_a_verb(Progress& progress);

  GovernanceNeeds needs_;
  std::timed_mutex following_;
  std::atomic<bool> kept_by_chores_ = false;
  incidents::IncidentNeeds incident_needs_;
  incidents::Switches switches_;
  incidents::SwitchVerbNeeds switch_verbs_;
  inventory::InventoryNeeds inventory_needs_;
  inventory::Challengers challengers_;
  permits::PermitNeeds permit_needs_;
  permits::Proposals proposals_;
  permits::ProposalVerbNeeds proposal_verbs_;
  std::unique_ptr<drift::DriftBook> drift_book_;  // projections outlive the follower
  drift::DecayBook decay_book_;
  std::unique_ptr<fairness::FairnessBook> fairness_book_;
  audit::DecisionIndex decision_index_;
  kernel::Follower follower_;
  std::optional<drift::VerbNeeds> drift_verbs_;
  std::optional<fairness::VerbNeeds> fairness_verbs_;
  std::optional<audit::AuditNeeds> audit_needs_;
  std::unique_ptr<promotion::Office> promotion_;
  std::optional<promotion::PromotionVerbNeeds> promotion_verbs_;
  heatmap::Meter meter_;
  std::optional<heatmap::VerbNeeds> heatmap_verbs_;
  std::optional<today::TodayNeeds> today_needs_;
};

std::vector<Migration> governance_migrations();
// With nullptr they can be described but not run.
std::vector<Verb> governance_verbs(const Governance* governance);

}  // namespace puhui
