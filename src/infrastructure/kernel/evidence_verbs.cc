#include "infrastructure/kernel/evidence_verbs.h"

#include "infrastructure/kernel/decision_view.h"

namespace puhui::kernel {

namespace {

struct Nothing {};
void fields(Shape&, Nothing&) {}

// ---- verify

struct VerifyAnswer {
  bool whole = true;
  int64_t records = 0, facts_erased = 0;
};
void fields(Shape& shape, VerifyAnswer& answer) {
  shape.field("whole", answer.whole, {.help = "no link of any chain is broken"});
  shape.field("records", answer.records, {.help = "records walked"});
  shape.field("facts_erased", answer.facts_erased, {.help = "decisions whose facts retention erased"});
}

// A broken chain is an error, not an answer, so that whoever runs it every night hears of it.
Result<VerifyAnswer> verify(const EvidenceVerbNeeds& needs, const VerbCall& call) {
  const auto report = TRY(needs.evidence.verify(call.progress));
  if (report.first_break) {
    const evidence::RecordId& id = report.first_break->id;
    return fail(
        ErrorCode::corrupt, "record " + id.text() + " (number " + std::to_string(id.sequence()) + ")",
        report.first_break->what +
            ". Here the chain breaks; nothing before it was changed. Restore the store from a backup and compare");
  }
  VerifyAnswer out;
  out.records = static_cast<int64_t>(report.records);
  out.facts_erased = static_cast<int64_t>(report.facts_erased);
  return out;
}

std::string tell(const VerifyAnswer& answer) {
  return "The chain is whole: " + std::to_string(answer.records) + " records, " + std::to_string(answer.facts_erased) +
         " of them with facts erased by retention.\n";
}

// ---- show

struct ShowRequest {
  Id128 id;
};
void fields(Shape& shape, ShowRequest& request) { shape.field("id", request.id, {.help = "of the record"}); }

Result<DecisionView> show(const EvidenceVerbNeeds& needs, const VerbCall& call, const ShowRequest& request) {
  const auto record = TRY(needs.evidence.find(evidence::RecordId(request.id)));
  if (record.kind != evidence::RecordKind::decision) {
    return fail(ErrorCode::not_found, "id", "the record is no decision but: " + record.judgement);
  }
  const auto judgement = TRY(evidence::decode_judgement(record.judgement));
  const auto version = TRY(needs.kernel.find_version(judgement.permit));
  return view_of(record, *version, call.caller.may("evidence.personal") ? PersonalFacts::shown : PersonalFacts::masked);
}

// ---- replay

struct ReplayRequest {
  int64_t sample = 0;
  int64_t seed = 1;
};
void fields(Shape& shape, ReplayRequest& request) {
  shape.field("sample", request.sample,
              {.help = "how many decisions, spread over all; 0 takes every one", .min = 0, .optional = true});
  shape.field("seed", request.seed, {.help = "which ones the sample holds", .optional = true});
}

struct ReplayAnswer {
  int64_t decisions = 0, replayed = 0, identical = 0, different = 0, erased = 0;
};
void fields(Shape& shape, ReplayAnswer& answer) {
  shape.field("decisions", answer.decisions, {.help = "decisions in the evidence"});
  shape.field("replayed", answer.replayed, {.help = "taken again"});
  shape.field("identical", answer.identical, {.help = "gave the same bytes"});
  shape.field("different", answer.different, {.help = "gave other bytes: none, or it is an error"});
  shape.field("erased", answer.erased, {.help = "could not be: facts erased by retention"});
}

// A decision that comes out otherwise is an incident: an error that names the decisions, not an answer.
Result<ReplayAnswer> replay(const EvidenceVerbNeeds& needs, const VerbCall& call, const ReplayRequest& request) {
  constexpr uint64_t kPage = 4096;
  ReplayAnswer out;
  Faults differences;
  const uint64_t total = needs.evidence.records();
  const Random random(static_cast<uint64_t>(request.seed));
  // A record is in the sample by its own number, so the same seed takes the same ones again.
  const double share =
      request.sample == 0 || total == 0 ? 1.0 : static_cast<double>(request.sample) / static_cast<double>(total);
  Workspace workspace;
  std::optional<evidence::RecordId> after;
  for (bool more = true; more;) {
    std::vector<evidence::StoredRecord> page;
    TRY(needs.evidence.each(after, kPage, [&](const evidence::StoredRecord& record) -> Result<void> {
      after = record.id;
      const bool drawn = static_cast<double>(random.draw(0, record.id.sequence(), 0) >> 11) * 0x1.0p-53 < share;
      if (record.kind == evidence::RecordKind::decision) {
        ++out.decisions;
        if (drawn) page.push_back(record);
      }
      more = true;
      return {};
    }));
    more = after && after->sequence() < total;
    for (const evidence::StoredRecord& record : page) {
      const auto again = TRY(needs.kernel.replay(record, workspace));
      if (again.erased) {
        ++out.erased;
        continue;
      }
      ++out.replayed;
      ++(again.identical ? out.identical : out.different);
      if (!again.identical) {
        differences.add("record " + record.id.text(), "taken again it is another decision: " + again.difference);
      }
    }
    call.progress.step("decisions replayed", static_cast<uint64_t>(out.decisions), total);
  }
  TRY(std::move(differences).result(ErrorCode::corrupt));
  return out;
}

std::string tell(const ReplayAnswer& answer) {
  std::string out = std::to_string(answer.replayed) + " of " + std::to_string(answer.decisions) +
                    " decisions taken again: every one gave the same bytes.\n";
  if (answer.erased > 0) out += std::to_string(answer.erased) + " could not be: retention erased their facts.\n";
  return out;
}

// ---- erase

struct EraseRequest {
  Timestamp before;
};
void fields(Shape& shape, EraseRequest& request) {
  shape.field("before", request.before, {.help = "facts of decisions taken before this moment are erased"});
}

struct EraseAnswer {
  int64_t erased = 0;
};
void fields(Shape& shape, EraseAnswer& answer) {
  shape.field("erased", answer.erased, {.help = "decisions whose facts are gone now"});
}

Result<EraseAnswer> erase(const EvidenceVerbNeeds& needs, const VerbCall& call, const EraseRequest& request) {
  if (request.before > needs.clock.now()) return fail(ErrorCode::invalid, "before", "expected a moment in the past");
  evidence::Circumstances by;
  by.at = needs.clock.now();
  by.caller = call.caller.name;
  by.human = evidence::HumanRole::in_the_loop;
  return EraseAnswer{static_cast<int64_t>(TRY(needs.evidence.erase_facts(request.before, by)))};
}

}  // namespace

std::vector<Verb> evidence_verbs(const EvidenceVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<Nothing, VerifyAnswer>(
      {.noun = "evidence",
       .verb = "verify",
       .help = "Walk the hash chain and name the first broken link, if there is one."},
      [needs](const VerbCall& call, const Nothing&) { return verify(*needs, call); }, tell));
  verbs.push_back(make_verb<ShowRequest, DecisionView>(
      {.noun = "evidence", .verb = "show", .help = "Show one decision: outcome, reasons in words, facts, rules, cost."},
      [needs](const VerbCall& call, const ShowRequest& request) { return show(*needs, call, request); }, tell));
  verbs.push_back(make_verb<ReplayRequest, ReplayAnswer>(
      {.noun = "evidence", .verb = "replay", .help = "Take recorded decisions again and compare the bytes."},
      [needs](const VerbCall& call, const ReplayRequest& request) { return replay(*needs, call, request); }, tell));
  verbs.push_back(make_verb<EraseRequest, EraseAnswer>(
      {.noun = "evidence",
       .verb = "erase",
       .help = "Erase the facts of old decisions; judgements and chain stay.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const EraseRequest& request) { return erase(*needs, call, request); }));
  return verbs;
}

}  // namespace puhui::kernel
