// The verbs of monitoring and reporting.
#pragma once

#include "applications/aml/monitor.h"
#include "ground/base/verb.h"

namespace puhui::aml {

struct MonitoringVerbNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  Monitor& monitor;
  Files& files;
  const Clock& clock;
};

// Whose holder sees accounts; everybody else sees them masked.
inline constexpr std::string_view kSeesAccounts = "evidence.personal";
// The account, or what somebody without the right sees: its end, so that two can be told apart.
std::string shown(const Caller& caller, std::string_view account);

// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> monitoring_verbs(
    const MonitoringVerbNeeds* needs);  // transfer, findings, finding, typologies, propose
std::vector<Verb> monitoring_replay_verbs(const MonitoringVerbNeeds* needs);  // replay, simulate
std::vector<Verb> report_verbs(const MonitoringVerbNeeds* needs);  // report draft, list, show, submit, approve

}  // namespace puhui::aml
