#include "applications/aml/screening_desk.h"
#include "applications/aml/screening_verbs.h"
#include "infrastructure/cases/rows.h"

namespace puhui::aml {

namespace {

Result<MatchesAnswer> list(const ScreeningVerbNeeds& needs, const MatchesRequest& request) {
  MatchesAnswer out;
  out.at = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    for (const StoredMatch& match : TRY(list_matches(reader, request))) {
      out.matches.push_back({match.id, match.state, match.query.party, match.query.name, match.found.list,
                             match.found.entry, match.found.name, match.found.posterior_ppm, match.outcome, match.at,
                             match.decided_by});
    }
    return {};
  }));
  if (static_cast<int64_t>(out.matches.size()) == request.limit) out.next = out.matches.back().match.text();
  return out;
}

Result<MatchShowAnswer> show(const ScreeningVerbNeeds& needs, const Id128& id) {
  MatchShowAnswer out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    const auto match = TRY(find_match(reader, id));
    if (!match) return fail(ErrorCode::not_found, "match", "there is no match " + id.text());
    out.match = match->id;
    out.state = match->state;
    out.query = match->query;
    out.entry = match->found;
    out.decision = match->decision;
    out.outcome = match->outcome;
    out.reasons = match->reasons;
    out.at = match->at;
    out.decided_by = match->decided_by;
    out.decided_at = match->decided_at;
    out.why = match->why;
    out.proposed_by = match->proposed_by;
    const auto digest =
        TRY(reader.bytes("SELECT digest FROM aml_screening_row WHERE list = ? AND entry = ? AND until_version = 0",
                         {match->found.list, match->found.entry}));
    out.entry_changed_since = !digest || *digest != match->found.entry_digest.view();
    const std::string reference = id.text();
    const Param params[] = {kScreeningApplication, reference};
    const auto alerts = TRY(cases::read_alerts(reader, "WHERE application = ? AND reference = ?", params));
    if (!alerts.empty()) out.in_case = alerts.front().in_case;
    return {};
  }));
  return out;
}

}  // namespace

std::vector<Verb> match_verbs(const ScreeningVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<MatchesRequest, MatchesAnswer>(
      {.noun = "aml", .verb = "matches", .help = "List the possible matches of names with entries, the newest first."},
      [needs](const VerbCall&, const MatchesRequest& request) { return list(*needs, request); }, tell));
  verbs.push_back(make_verb<MatchShowRequest, MatchShowAnswer>(
      {.noun = "aml",
       .verb = "match show",
       .help = "Show one possible match, with the parts of both names that agree.",
       .words = {"match"}},
      [needs](const VerbCall&, const MatchShowRequest& request) { return show(*needs, request.match); }, tell));
  verbs.push_back(make_verb<MatchDecideRequest, MatchShowAnswer>(
      {.noun = "aml",
       .verb = "match decide",
       .help = "Say that a match is another party, which is remembered, or propose that it is the same one.",
       .effect = Effect::write,
       .words = {"match"}},
      [needs](const VerbCall& call, const MatchDecideRequest& request) -> Result<MatchShowAnswer> {
        TRY(needs->desk.decide(request, call.caller.name));
        return show(*needs, request.match);
      },
      tell));
  verbs.push_back(make_verb<MatchConfirmRequest, MatchShowAnswer>(
      {.noun = "aml",
       .verb = "match confirm",
       .help = "Confirm what another person proposed, that a match is the same party, or send it back.",
       .effect = Effect::write,
       .words = {"match"}},
      [needs](const VerbCall& call, const MatchConfirmRequest& request) -> Result<MatchShowAnswer> {
        TRY(needs->desk.confirm(request, call.caller.name));
        return show(*needs, request.match);
      },
      tell));
  return verbs;
}

}  // namespace puhui::aml
