#include "governance/drift/drift_verbs.h"

#include "governance/drift/drift_book.h"

namespace puhui::drift {

namespace {

Result<ShowAnswer> show_followed(const VerbNeeds& needs, const VerbCall& call, const ShowRequest& request) {
  TRY(needs.follow(call.progress));
  return show(needs.measure, request);
}

Result<RunAnswer> run(const VerbNeeds& needs, const VerbCall& call, const RunRequest& request) {
  TRY(needs.follow(call.progress));
  return measure_all(needs.measure, request.days);
}

std::string tell(const FreezeAnswer& answer) {
  return "Frozen: " + answer.use_case + ", permit " + answer.permit.short_hex() + ", from its first " +
         std::to_string(answer.reference.rows) + " decisions; reference " + answer.reference.digest.hex() + "\n";
}

// The edges never move: a version with a reference keeps it.
Result<void> expect_none(const ShowAnswer& standing) {
  if (!standing.reference) return {};
  return fail(ErrorCode::conflict, "use_case",
              "permit " + standing.permit.short_hex() + " has its reference since " +
                  text_of(standing.reference->frozen_at) + "; it never moves. A new version gets its own");
}

Result<FreezeAnswer> freeze_now(const VerbNeeds& needs, const VerbCall& call, const FreezeRequest& request) {
  TRY(needs.follow(call.progress));
  ShowRequest of;
  of.use_case = request.use_case;
  of.permit = request.permit;
  const ShowAnswer before = TRY(show(needs.measure, of));
  TRY(expect_none(before));
  const int64_t rows = request.rows == 0 ? before.rows_waiting : request.rows;
  if (rows < static_cast<int64_t>(kReferenceRowsMin) || rows > before.rows_waiting) {
    return fail(ErrorCode::invalid, "rows",
                "expected " + std::to_string(kReferenceRowsMin) + " to the " + std::to_string(before.rows_waiting) +
                    " decisions this version has taken so far, came " + std::to_string(rows));
  }
  evidence::Circumstances by;
  by.at = needs.measure.clock.now();
  by.caller = call.caller.name;
  by.human = evidence::HumanRole::in_the_loop;
  TRY(needs.measure.store.write([&](Transaction&) -> Result<void> {
    needs.evidence.append_act(evidence::RecordKind::note, freeze_words(before.permit, static_cast<uint64_t>(rows)), by);
    return {};
  }));
  TRY(needs.follow(call.progress));
  const ShowAnswer after = TRY(show(needs.measure, of));
  if (!after.reference) {
    return fail(ErrorCode::unavailable, "use_case",
                "the evidence is still being followed; ask 'drift show' in a moment");
  }
  return FreezeAnswer{request.use_case, after.permit, *after.reference};
}

Result<DecayShowAnswer> show_decay_followed(const VerbNeeds& needs, const VerbCall& call,
                                            const DecayShowRequest& request) {
  TRY(needs.follow(call.progress));
  return show_decay(needs.measure, request);
}

Result<DecayRunAnswer> run_decay(const VerbNeeds& needs, const VerbCall& call) {
  TRY(needs.follow(call.progress));
  return measure_decay(needs.measure);
}

}  // namespace

std::vector<Verb> verbs(const VerbNeeds* needs) {
  std::vector<Verb> out;
  out.push_back(make_verb<ShowRequest, ShowAnswer>(
      {.noun = "drift",
       .verb = "show",
       .help = "Show how far each field of a version has moved from its frozen reference, and what could be seen.",
       .words = {"use_case"}},
      [needs](const VerbCall& call, const ShowRequest& request) { return show_followed(*needs, call, request); },
      tell));
  out.push_back(make_verb<RunRequest, RunAnswer>(
      {.noun = "drift",
       .verb = "run",
       .help = "Measure every version in force against its reference; raise and settle the alerts of drift.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const RunRequest& request) { return run(*needs, call, request); }, tell));
  out.push_back(make_verb<FreezeRequest, FreezeAnswer>(
      {.noun = "drift",
       .verb = "freeze",
       .help = "Freeze a version's reference from its first decisions now, instead of at 5,000; it never moves again.",
       .effect = Effect::write,
       .words = {"use_case"}},
      [needs](const VerbCall& call, const FreezeRequest& request) { return freeze_now(*needs, call, request); }, tell));
  out.push_back(make_verb<DecayShowRequest, DecayShowAnswer>(
      {.noun = "decay",
       .verb = "show",
       .help = "Show how a model ranks by vintage now that labels are known, against what was expected of it.",
       .words = {"use_case"}},
      [needs](const VerbCall& call, const DecayShowRequest& request) {
        return show_decay_followed(*needs, call, request);
      },
      tell));
  out.push_back(make_verb<DecayRunRequest, DecayRunAnswer>(
      {.noun = "decay",
       .verb = "run",
       .help = "Hold every model in force against its late labels; raise and settle the alerts of decay.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const DecayRunRequest&) { return run_decay(*needs, call); }, tell));
  return out;
}

}  // namespace puhui::drift
