// What monitoring decides automatically, and its folder of policies/ as a manifest for people to sign.
#pragma once

#include <string>

#include "applications/aml/typology_settings.h"
#include "ground/base/files.h"
#include "infrastructure/evidence/use_case.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::aml {

inline constexpr std::string_view kMonitoringUseCase = "aml.monitoring", kMonitoringScope = "aml.monitoring/transfers";
inline constexpr std::string_view kLaunderingOutcome = "laundering";  // evidence::Outcome's name
inline constexpr std::string_view kAlert = "alert";
evidence::UseCase monitoring_use_case();

// The files as they lie in the folder; checked: every fact is one that monitoring knows, of its type.
struct MonitoringFolder {
  std::string policy, facts, reasons, typologies;
  std::vector<evidence::Threshold> thresholds;
};
Result<MonitoringFolder> read_monitoring_folder(const Files& files, const std::string& folder);

// The facts of one finding, in the schema's order. invalid: a fact that monitoring does not know, or of another type.
struct FindingHistory {
  int64_t prior_alerts = 0, false_positives = 0;
};
Result<std::vector<evidence::FactValue>> facts_of(const evidence::FactSchema& schema, const Finding& finding,
                                                  const FindingHistory& history);

struct MonitoringProposal {
  std::string author;
  int valid_days = 365;
  std::string conditions;
};
// Stores the artefacts and answers a manifest that loads.
Result<evidence::Manifest> propose(kernel::Kernel& kernel, const MonitoringFolder& folder,
                                   const MonitoringProposal& proposal, Timestamp now);

}  // namespace puhui::aml
