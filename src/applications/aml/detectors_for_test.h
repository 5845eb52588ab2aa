// For tests and benches only: the shipped settings, and a stream of transfers told in days and amounts.
#pragma once

#include "applications/aml/detectors.h"
#include "applications/aml/scoring.h"
#include "applications/aml/simulation.h"
#include "ground/base/check.h"
#include "ground/base/files.h"

namespace puhui::aml {

inline std::shared_ptr<const TypologySettings> shipped_settings() {
  const DiskFiles files;
  const auto text = files.read("policies/aml_transfers/typologies.json", kTypologiesBytesMax);
  CHECK(text.has_value(), "run from the checkout's root");
  auto settings = TypologySettings::parse(*text);
  CHECK(settings.has_value(), settings ? "" : settings.error().text().c_str());
  return std::make_shared<const TypologySettings>(*std::move(settings));
}

// One run of the detectors over a simulation; grown patterns stand once, with all their time.
struct SimulatedRun {
  std::vector<Finding> findings;
  DetectorCounts counts;
};
inline SimulatedRun run_detectors(const Simulation& simulation,
                                  const std::shared_ptr<const TypologySettings>& settings) {
  std::vector<std::string> names(simulation.accounts);
  for (uint32_t i = 0; i < simulation.accounts; ++i) names[i] = account_name(i);
  Detectors detectors(settings);
  SimulatedRun out;
  std::vector<Finding> found;
  uint64_t seq = 0;
  for (const SimulatedTransfer& one : simulation.transfers) {
    found.clear();
    detectors.observe({++seq, one.at_us, names[one.from], names[one.to], one.amount_minor}, found);
    for (Finding& finding : found) {
      if (!finding.refreshes) {
        out.findings.push_back(std::move(finding));
        continue;
      }
      Finding& before = out.findings[finding.number - 1];
      before.from = std::min(before.from, finding.from);
      before.to = std::max(before.to, finding.to);
    }
  }
  out.counts = detectors.counts();
  return out;
}

inline std::array<Score, kTypologies> score_of(const Simulation& simulation, const SimulatedRun& run) {
  std::vector<FoundPattern> patterns;
  for (const Finding& one : run.findings) patterns.push_back({one.typology, one.account, one.from, one.to});
  return score(simulation.truth, patterns);
}

}  // namespace puhui::aml
