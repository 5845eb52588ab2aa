#include "applications/aml/screening_desk.h"

#include <algorithm>
#include <map>
#include <set>

#include "ground/base/check.h"
#include "infrastructure/evidence/outcome.h"

namespace puhui::aml {

namespace {

constexpr int64_t kPartiesAtOnce = 500;

// What its matches are like, for people who do not see names.
std::string sentence(const MatchView& match) {
  return "A name resembles entry " + match.entry + " of list " + match.list + ".";
}
std::string sentence_zh(const MatchView& match) {
  return "名称与名单 " + match.list + " 的条目 " + match.entry + " 相近。";
}

MatchView view_of(const screening::ListEntry& entry, const screening::Match& match) {
  MatchView out;
  out.list = entry.list;
  out.entry = entry.id;
  out.entry_digest = entry.digest();
  out.kind = entry.kind;
  out.name = entry.names[match.name];
  out.main_name = entry.names.front();
  out.posterior_ppm = match.posterior_ppm;
  out.name_ppm = match.name_ppm;
  for (const screening::MatchedPart& part : match.parts) {
    out.parts.push_back(
        {part.query_begin, part.query_end, part.entry_begin, part.entry_end, part.likeness_ppm, part.how});
  }
  out.for_it = match.for_it;
  out.against_it = match.against_it;
  out.born = entry.born;
  out.born_year_only = entry.born_year_only;
  out.countries = entry.countries;
  out.programme = entry.programme;
  return out;
}

evidence::Circumstances act_of(Timestamp at, std::string_view by) {
  evidence::Circumstances out;
  out.at = at;
  out.caller = by;
  out.human = evidence::HumanRole::in_the_loop;
  return out;
}

}  // namespace

// A judgement that is not yet recorded, with what it saw.
struct ScreeningDesk::Judged {
  PartyView query;
  std::vector<MatchView> matches;
  std::optional<kernel::Draft> draft;
  std::shared_ptr<const kernel::Version> version;
  Digest lists;
  Timestamp at;
  int64_t dismissed = 0, known = 0;
};

Result<std::unique_ptr<ScreeningDesk>> ScreeningDesk::open(ScreeningNeeds needs) {
  std::unique_ptr<ScreeningDesk> desk(new ScreeningDesk(needs));
  needs.cases.attend(
      std::string(kScreeningApplication) + "/" + std::string(kScreeningAlertKind),
      [&one = *desk](Transaction& tx, const cases::Alert& alert, cases::Verdict verdict, std::string_view by) {
        return one.told(tx, alert, verdict, by);
      },
      // A possible match has no deadline: what waits on it is the caller's to hold.
      [](Transaction&, const cases::Alert&) -> Result<void> { return {}; });
  TRY(desk->load());
  return desk;
}

std::shared_ptr<const ScreeningDesk::Held> ScreeningDesk::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

Result<void> ScreeningDesk::load() {
  std::vector<ListVersion> versions;
  std::vector<screening::ListEntry> entries;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    versions = TRY(current_versions(reader));
    entries = TRY(all_entries(reader));
    return {};
  }));
  if (versions.empty()) return {};
  const Digest digest = digest_of(versions);
  auto held = std::make_shared<const Held>(
      Held{std::move(versions), digest, TRY(screening::Screener::build(std::move(entries)))});
  const std::lock_guard lock(mutex_);
  held_ = std::move(held);
  return {};
}

Result<ListImportAnswer> ScreeningDesk::import(const std::string& list, const screening::ReadList& read,
                                               const ListSource& source, std::string_view caller) {
  const std::lock_guard lock(importing_);
  ListImportAnswer out;
  const Timestamp now = needs_.clock.now();
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    out = TRY(put_list(tx, list, read.entries, source, caller, now));
    if (out.unchanged) return {};
    needs_.evidence.append_act(evidence::RecordKind::note,
                               "list " + list + ": version " + std::to_string(out.version) + " (" + out.digest.hex() +
                                   "), " + std::to_string(out.added) + " added, " + std::to_string(out.changed) +
                                   " changed, " + std::to_string(out.removed) + " removed, " +
                                   std::to_string(source.rows_skipped) + " rows left out",
                               act_of(now, caller));
    return {};
  }));
  out.skipped.clear();
  for (const Fault& fault : read.bad) out.skipped.push_back({fault.where, fault.message});
  out.rows_skipped = static_cast<int64_t>(read.rows_bad);
  if (!out.unchanged) TRY(load());
  return out;
}

Result<PartiesImportAnswer> ScreeningDesk::import_parties(const std::vector<PartyView>& parties) {
  PartiesImportAnswer out;
  out.at = needs_.clock.now();
  for (size_t begin = 0; begin < parties.size(); begin += kPartiesAtOnce) {
    const size_t end = std::min(parties.size(), begin + kPartiesAtOnce);
    int64_t counts[3] = {};
    TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
      std::ranges::fill(counts, 0);
      for (size_t i = begin; i < end; ++i) ++counts[TRY(put_party(tx, parties[i]))];
      return {};
    }));
    out.parties += static_cast<int64_t>(end - begin);
    out.unchanged += counts[0];
    out.added += counts[1];
    out.changed += counts[2];
  }
  return out;
}

namespace {

Result<std::vector<MatchView>> matches_of(const ScreenRequest& request, const screening::Screener& screener) {
  const screening::Query query{request.name, request.kind, request.born, screening::country_code(request.country)};
  screening::ScreenOptions options;
  options.matches_max = static_cast<size_t>(request.limit);
  std::vector<MatchView> out;
  for (const screening::Match& match : TRY(screener.screen(query, options))) {
    out.push_back(view_of(screener.entries()[match.entry], match));
  }
  return out;
}

}  // namespace

Result<ScreeningDesk::Judged> ScreeningDesk::judge(const ScreenRequest& request, const Held& held,
                                                   const screening::Screener& screener, std::string_view caller) {
  Judged out;
  out.query = {request.party, request.name, request.kind, request.born, request.country};
  out.lists = held.digest;
  out.at = needs_.clock.now();
  const Id128 entity = *Id128::from_bytes(sha256(subject_of(out.query)).view().substr(0, 16));
  const kernel::Choice choice = TRY(needs_.kernel.choose(kScreeningScope, entity));
  out.version = choice.version;
  out.matches = TRY(matches_of(request, screener));
  ScreeningFacts facts;
  facts.kind = request.kind;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    for (MatchView& match : out.matches) {
      const auto stored = TRY(find_match(reader, match_id(out.query, match)));
      if (!stored) continue;
      match.match = stored->id;
      ++out.known;
      if (stored->state == MatchState::same) facts.confirmed = true;
      if (stored->state != MatchState::different) continue;
      match.remembered =
          RememberedView{"different", stored->decided_by, stored->why, stored->decided_at.value_or(stored->at)};
      ++out.dismissed;
    }
    return {};
  }));
  out.known -= out.dismissed;
  facts.dismissed = out.dismissed;
  facts.matches = static_cast<int64_t>(out.matches.size()) - out.dismissed;
  const auto best = std::ranges::find_if(out.matches, [](const MatchView& match) { return !match.remembered; });
  if (best != out.matches.end()) facts.best = &*best;
  kernel::Request asked{choice.version, entity, TRY(screening_facts_of(choice.version->facts(), facts)),
                        std::string(caller), out.at};
  asked.to_human = choice.to_human;
  asked.shadow = choice.shadow;
  kernel::Workspace workspace;
  out.draft = TRY(needs_.kernel.judge(std::move(asked), workspace));
  return out;
}

// Records the decision; what is not approved becomes matches for people, each with its alert.
Result<void> ScreeningDesk::keep(Transaction& tx, const Judged& judged, ScreenAnswer& answer, int64_t& opened) {
  const kernel::Decision decision = needs_.kernel.record(tx, *judged.draft);
  answer = {};
  opened = 0;
  answer.decision = decision.id();
  answer.outcome = decision.outcome();
  for (const evidence::Reason& reason : decision.judgement().reasons) {
    const auto* text = judged.version->reasons().find(reason.code);
    answer.reasons.push_back({reason.code, text ? text->en : "", text ? text->zh : ""});
  }
  answer.matches = judged.matches;
  answer.lists = judged.lists;
  answer.at = judged.at;
  if (decision.approves()) return {};
  const auto raise = [&](const std::string& reference, const MatchView* match) -> Result<void> {
    cases::AlertDraft alert;
    alert.application = kScreeningApplication;
    alert.kind = kScreeningAlertKind;
    alert.subject = subject_of(judged.query);
    alert.subject_kind = "party";
    alert.decision = decision.id();
    alert.probability_ppb = match ? match->posterior_ppm * 1000 : 0;
    alert.currency = "CNY";
    alert.en = match ? sentence(*match) : "A name was not screened by the machine and waits for a person.";
    alert.zh = match ? sentence_zh(*match) : "名称未由系统完成筛查，等待人工处理。";
    alert.reference = reference;
    TRY(needs_.cases.raise(tx, alert));
    return {};
  };
  for (MatchView& match : answer.matches) {
    if (match.remembered || match.match) continue;
    StoredMatch stored;
    stored.id = match_id(judged.query, match);
    match.match = stored.id;
    if (TRY(find_match(tx, stored.id))) continue;  // another thread was first
    stored.at = judged.at;
    stored.query = judged.query;
    stored.found = match;
    stored.reasons = answer.reasons;
    stored.outcome = answer.outcome;
    stored.decision = decision.id();
    TRY(insert_match(tx, stored));
    TRY(raise(stored.id.text(), &match));
    ++opened;
  }
  // Stopped: somebody must look although nothing was found.
  if (answer.matches.empty()) TRY(raise(decision.id().text(), nullptr));
  return {};
}

Result<ScreenAnswer> ScreeningDesk::screen(const ScreenRequest& request, std::string_view caller) {
  const auto lists = held();
  if (!lists) {
    return fail(ErrorCode::unavailable, "lists",
                "there is no list to hold a name against; 'aml lists import' brings one");
  }
  ScreenAnswer answer;
  if (!needs_.kernel.in_force(kScreeningScope)) {
    answer.outcome = kUnjudged;
    answer.reasons.push_back(
        {"no_permit",
         "No permit for screening is in force: this is what the lists say, and nothing was decided. "
         "'aml screening propose' makes a permit for two people to sign.",
         "没有生效的筛查许可：以下仅为名单内容，未作任何判断。请用 aml screening propose 提出许可，由两人签署。"});
    answer.matches = TRY(matches_of(request, lists->screener));
    answer.lists = lists->digest;
    answer.at = needs_.clock.now();
    return answer;
  }
  const Judged judged = TRY(judge(request, *lists, lists->screener, caller));
  int64_t opened = 0;
  TRY(needs_.store.write([&](Transaction& tx) { return keep(tx, judged, answer, opened); }));
  return answer;
}

// ---- screening again

// The entries that no rescreening has seen as they are now.
Result<std::vector<uint32_t>> ScreeningDesk::changed_places(const Held& held) const {
  std::set<std::pair<std::string, std::string>> changed;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    for (const ListVersion& one : held.versions) {
      const int64_t seen =
          TRY(reader.integer("SELECT version FROM aml_screening_seen WHERE list = ?", {one.list})).value_or(0);
      for (std::string& id : TRY(changed_since(reader, one.list, seen))) changed.emplace(one.list, std::move(id));
    }
    return {};
  }));
  std::vector<uint32_t> out;
  const auto entries = held.screener.entries();
  for (uint32_t i = 0; i < entries.size(); ++i) {
    if (changed.contains({entries[i].list, entries[i].id})) out.push_back(i);
  }
  return out;
}

// Parties held against the difference, or against everything where they changed; what is found is kept in one transaction.
Result<void> ScreeningDesk::rescreen_page(const Again& again, std::span<const KnownParty> page, RescreenAnswer& out) {
  std::vector<Judged> hits;
  for (const KnownParty& party : page) {
    const bool against_all = again.all || !party.screened;
    out.parties_changed += party.screened ? 0 : 1;
    if (!against_all && out.entries_changed == 0) continue;
    ++out.screened;
    const screening::Screener& screener = against_all ? again.held.screener : again.difference;
    const auto found = screener.screen({party.name, party.kind, party.born, screening::country_code(party.country)});
    if (!found) return fail(at("party " + sha256(party.party).short_hex(), found.error()));
    if (found->empty()) continue;
    const ScreenRequest request{party.name, party.kind, party.born, party.country, party.party};
    hits.push_back(TRY(judge(request, again.held, screener, again.caller)));
  }
  int64_t opened = 0;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    opened = 0;
    for (const Judged& hit : hits) {
      ScreenAnswer answer;
      int64_t more = 0;
      TRY(keep(tx, hit, answer, more));
      opened += more;
    }
    for (const KnownParty& party : page) {
      if (!party.screened) TRY(mark_screened(tx, party));
    }
    return {};
  }));
  out.matches_new += opened;
  out.parties_hit += static_cast<int64_t>(hits.size());
  for (const Judged& hit : hits) {
    out.matches_known += hit.known;
    out.remembered += hit.dismissed;
  }
  return {};
}

Result<void> ScreeningDesk::seen(const Again& again, const RescreenAnswer& out) {
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    for (const ListVersion& one : again.held.versions) {
      TRY(
          tx.execute("INSERT INTO aml_screening_seen (list, version) VALUES (?, ?) ON CONFLICT (list) DO UPDATE SET "
                     "version = excluded.version",
                     {one.list, one.version}));
    }
    needs_.evidence.append_act(evidence::RecordKind::note,
                               "screened again: " + std::to_string(out.screened) + " parties, " +
                                   std::to_string(out.entries_changed) + " changed entries, " +
                                   std::to_string(out.parties_hit) + " with a possible match, lists " +
                                   again.held.digest.hex(),
                               act_of(out.at, again.caller));
    return {};
  });
}

Result<RescreenAnswer> ScreeningDesk::rescreen(bool all, std::string_view caller, Progress& progress) {
  const auto lists = held();
  if (!lists) {
    return fail(ErrorCode::unavailable, "lists",
                "there is no list to hold names against; 'aml lists import' brings one");
  }
  RescreenAnswer out;
  out.at = needs_.clock.now();
  const std::vector<uint32_t> places = TRY(changed_places(*lists));
  out.entries_changed = static_cast<int64_t>(places.size());
  const screening::Screener difference = lists->screener.only(places);
  const Again again{*lists, difference, all, caller};
  std::string after;
  uint64_t done = 0;
  for (;;) {
    std::vector<KnownParty> page;
    TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
      page = TRY(parties_after(reader, after, kPartiesAtOnce));
      return {};
    }));
    if (page.empty()) break;
    TRY(rescreen_page(again, page, out));
    after = page.back().party;
    progress.step("screening parties", done += page.size(), 0);
    if (progress.stop_requested()) return fail(ErrorCode::unavailable, "asked to stop; run it again");
  }
  TRY(seen(again, out));
  return out;
}

// ---- verdicts

// What a decided match leaves: its row, the outcome of its decision, and a queue without its alert.
Result<void> ScreeningDesk::settle(Transaction& tx, const StoredMatch& match, MatchState state, std::string_view by,
                                   std::string_view why) {
  const Timestamp now = needs_.clock.now();
  StoredMatch after = match;
  after.state = state;
  after.decided_by = by;
  after.decided_at = now;
  if (!why.empty()) after.why = why;
  TRY(change_match(tx, after));
  TRY(evidence::put_outcome(tx,
                            {match.decision, std::string(kTrueMatchOutcome), state == MatchState::same ? 1 : 0, now}));
  needs_.evidence.append_act(evidence::RecordKind::review,
                             "match " + match.id.text() + ": " + (state == MatchState::same ? "same" : "different") +
                                 " party as entry " + match.found.entry + " of " + match.found.list,
                             act_of(now, by));
  return {};
}

Result<void> ScreeningDesk::decide(const MatchDecideRequest& request, std::string_view by) {
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    auto match = TRY(find_match(tx, request.match));
    if (!match) return fail(ErrorCode::not_found, "match", "there is no match " + request.match.text());
    if (match->state != MatchState::open) {
      return fail(ErrorCode::conflict, "match",
                  "expected an open match; this one is decided or waits for its second person");
    }
    if (request.verdict == MatchVerdict::different) {
      TRY(settle(tx, *match, MatchState::different, by, request.why));
      return needs_.cases.settle(tx, kScreeningApplication, match->id.text(), cases::Verdict::dismissed, by);
    }
    match->state = MatchState::proposed;
    match->proposed_by = by;
    match->why = request.why;
    TRY(change_match(tx, *match));
    needs_.evidence.append_act(evidence::RecordKind::note, "match " + match->id.text() + ": proposed as the same party",
                               act_of(needs_.clock.now(), by));
    return {};
  });
}

Result<void> ScreeningDesk::confirm(const MatchConfirmRequest& request, std::string_view by) {
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    auto match = TRY(find_match(tx, request.match));
    if (!match) return fail(ErrorCode::not_found, "match", "there is no match " + request.match.text());
    if (match->state != MatchState::proposed) {
      return fail(ErrorCode::conflict, "match", "expected a match that somebody proposed as the same party");
    }
    if (match->proposed_by == by) {
      return fail(ErrorCode::forbidden, "match", "you proposed this verdict: another person confirms it");
    }
    if (request.confirm) {
      TRY(settle(tx, *match, MatchState::same, by, ""));
      return needs_.cases.settle(tx, kScreeningApplication, match->id.text(), cases::Verdict::confirmed, by);
    }
    match->state = MatchState::open;
    match->proposed_by.clear();
    match->why = request.why;
    TRY(change_match(tx, *match));
    needs_.evidence.append_act(evidence::RecordKind::note, "match " + match->id.text() + ": sent back",
                               act_of(needs_.clock.now(), by));
    return {};
  });
}

// Two people closed the case: its verdict is the match's.
Result<void> ScreeningDesk::told(Transaction& tx, const cases::Alert& alert, cases::Verdict verdict,
                                 std::string_view by) {
  const auto id = Id128::parse(alert.reference);
  const auto match = id ? TRY(find_match(tx, *id)) : std::nullopt;
  if (!match || verdict == cases::Verdict::unclear) return {};
  return settle(tx, *match, verdict == cases::Verdict::confirmed ? MatchState::same : MatchState::different, by,
                "by the verdict on its case");
}

}  // namespace puhui::aml
