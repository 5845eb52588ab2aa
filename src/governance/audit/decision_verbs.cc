#include "governance/audit/export.h"
#include "governance/audit/make_page.h"
#include "governance/audit/replay_shapes.h"
#include "governance/audit/review_log.h"

namespace puhui::audit {

namespace {

kernel::PersonalFacts personal_for(const Caller& caller) {
  return caller.may(kPersonalPermission) ? kernel::PersonalFacts::shown : kernel::PersonalFacts::masked;
}

// That it comes out otherwise is an answer here: whoever asks about one decision must be told.
Result<ReplayOneAnswer> replay_one(const AuditNeeds& needs, const ReplayOneRequest& request) {
  const auto record = TRY(decision_record(needs, request.id));
  kernel::Workspace workspace;
  auto replayed = TRY(needs.kernel.replay(record, workspace));
  ReplayOneAnswer out{request.id, replayed.identical, replayed.erased, std::move(replayed.difference),
                      "",         needs.clock.now()};
  out.words = out.erased      ? "It cannot be taken again: its facts are erased."
              : out.identical ? "Taken again, it gave the same bytes."
                              : "Taken again, it is another decision: " + out.difference;
  return out;
}

std::string tell(const ReplayOneAnswer& answer) { return answer.words + "\n"; }

std::string tell(const ReviewRow& row) {
  return "Review " + std::to_string(row.number) + " of decision " + row.decision.text() + " by " + row.by + ": " +
         std::string(names_of(&row.verdict)[static_cast<size_t>(row.verdict)]) + "\n";
}

}  // namespace

std::vector<Verb> decision_verbs(const AuditNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<FindRequest, FindAnswer>(
      {.noun = "decision",
       .verb = "find",
       .help = "Find decisions by use case, outcome, person, permit, model, reason, rule or time; the last first."},
      [needs](const VerbCall& call, const FindRequest& request) -> Result<FindAnswer> {
        TRY(catch_up(*needs, call.progress));
        return find(*needs, request);
      },
      tell));
  verbs.push_back(make_verb<PageRequest, DecisionPage>(
      {.noun = "decision",
       .verb = "show",
       .help = "Show one decision as a page to read out: reasons, facts, rules hit, contributions, permit, reviews.",
       .words = {"id"}},
      [needs](const VerbCall& call, const PageRequest& request) {
        return make_page(*needs, request.id, request.language, personal_for(call.caller));
      },
      tell));
  verbs.push_back(make_verb<ReplayOneRequest, ReplayOneAnswer>(
      {.noun = "decision", .verb = "replay", .help = "Take one decision again and compare the bytes.", .words = {"id"}},
      [needs](const VerbCall&, const ReplayOneRequest& request) { return replay_one(*needs, request); }, tell));
  verbs.push_back(make_verb<ReviewRequest, ReviewRow>(
      {.noun = "decision",
       .verb = "review",
       .help = "Write down that you looked at a decision, and what you found; the judgement itself never changes.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const ReviewRequest& request) { return review(*needs, request, call.caller.name); },
      tell));
  verbs.push_back(make_verb<ExportRequest, ExportAnswer>(
      {.noun = "decision",
       .verb = "export",
       .help = "Write decisions to a file: CSV that no spreadsheet runs, or lines of JSON.",
       .local_only = true},
      [needs](const VerbCall& call, const ExportRequest& request) -> Result<ExportAnswer> {
        TRY(catch_up(*needs, call.progress));
        return export_decisions(*needs, call, request);
      },
      tell));
  return verbs;
}

}  // namespace puhui::audit
