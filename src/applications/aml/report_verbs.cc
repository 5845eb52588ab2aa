#include "applications/aml/report.h"

namespace puhui::aml {

namespace {

using Step = Result<ReportView> (*)(const MonitoringVerbNeeds&, const Id128&, const std::string& by);

Verb step_verb(const MonitoringVerbNeeds* needs, std::string name, std::string help, Step step) {
  return make_verb<ReportRequest, ReportView>(
      {.noun = "aml", .verb = std::move(name), .help = std::move(help), .effect = Effect::write, .words = {"id"}},
      [needs, step](const VerbCall& call, const ReportRequest& request) -> Result<ReportView> {
        return view_for(call.caller, TRY(step(*needs, request.id, call.caller.name)));
      });
}

}  // namespace

std::vector<Verb> report_verbs(const MonitoringVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ReportDraftRequest, ReportView>(
      {.noun = "aml",
       .verb = "report draft",
       .help = "Draft a suspicious-transaction report from a case: every sentence cites what it stands on.",
       .effect = Effect::write,
       .words = {"in_case"}},
      [needs](const VerbCall& call, const ReportDraftRequest& request) -> Result<ReportView> {
        return view_for(call.caller, TRY(draft_report(*needs, request.in_case, call.caller.name)));
      }));
  verbs.push_back(make_verb<ReportsRequest, ReportsAnswer>(
      {.noun = "aml", .verb = "report list", .help = "List suspicious-transaction reports, the newest first."},
      [needs](const VerbCall& call, const ReportsRequest& request) -> Result<ReportsAnswer> {
        ReportsAnswer out = TRY(list_reports(*needs, request));
        for (ReportLine& line : out.reports) line.subject = shown(call.caller, line.subject);
        return out;
      }));
  verbs.push_back(make_verb<ReportRequest, ReportView>(
      {.noun = "aml",
       .verb = "report show",
       .help = "Show a report with what each sentence stands on.",
       .words = {"id"}},
      [needs](const VerbCall& call, const ReportRequest& request) -> Result<ReportView> {
        return view_for(call.caller, TRY(find_report(*needs, request.id)));
      }));
  verbs.push_back(step_verb(needs, "report submit", "Hand a drafted report in for approval.", submit_report));
  verbs.push_back(step_verb(needs, "report approve",
                            "Approve a report that another person drafted; it never changes again.", approve_report));
  return verbs;
}

}  // namespace puhui::aml
