#include "governance/audit/nightly.h"
#include "governance/audit/replay_run.h"

namespace puhui::audit {

namespace {

std::string tell(const ReplayReport& report) {
  std::string out = std::to_string(report.replayed) + " decisions taken again: " + std::to_string(report.identical) +
                    " gave the same bytes, " + std::to_string(report.different) + " did not";
  if (report.erased > 0) out += "; " + std::to_string(report.erased) + " could not be, their facts are erased";
  out += ".\nDigest over all of them: " + report.digest.hex() + "\n";
  for (const ReplayDifference& one : report.differences) out += "  " + one.id.text() + ": " + one.difference + "\n";
  return out;
}

std::string told_night(const NightRow& row) {
  std::string out = text_of(row.at) + "  " + (row.good ? "good" : "NOT GOOD") + "  " + std::to_string(row.records) +
                    " records, chain " + (row.chain_whole ? "whole" : "BROKEN: " + row.chain_break) + "; " +
                    std::to_string(row.replay.replayed) + " decisions taken again (" + std::to_string(row.declines) +
                    " declines of tier 1, " + std::to_string(row.sampled) + " drawn" +
                    (row.whole_build ? ", all: the program changed" : "") + "), " +
                    std::to_string(row.replay.different) + " different\n";
  for (const ReplayDifference& one : row.replay.differences) out += "  " + one.id.text() + ": " + one.difference + "\n";
  return out;
}

std::string tell(const NightRow& row) { return told_night(row); }

std::string tell(const NightsAnswer& answer) {
  std::string out;
  for (const NightRow& row : answer.nights) out += told_night(row);
  return out.empty() ? "No night has run yet.\n" : out;
}

}  // namespace

std::vector<Verb> replay_verbs(const AuditNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ReplayRequest, ReplayReport>(
      {.noun = "audit",
       .verb = "replay",
       .help = "Take recorded decisions again on several threads and in batches, and compare the bytes."},
      [needs](const VerbCall& call, const ReplayRequest& request) { return replay(*needs, request, call.progress); },
      tell));
  verbs.push_back(make_verb<NightPlan, NightRow>(
      {.noun = "audit",
       .verb = "night",
       .help = "Verify the chain and take the night's decisions again; a difference is an alert and an incident.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const NightPlan& plan) { return nightly(*needs, plan, call.progress); }, tell));
  verbs.push_back(make_verb<NightsRequest, NightsAnswer>(
      {.noun = "audit", .verb = "nights", .help = "List what the nights found, the last first."},
      [needs](const VerbCall&, const NightsRequest& request) { return list_nights(*needs, request); }, tell));
  return verbs;
}

}  // namespace puhui::audit
