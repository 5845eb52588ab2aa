// What people do with cases: take, note, propose, confirm, send back, reopen; and what they let sleep.
#include "ground/base/hash.h"
#include "infrastructure/cases/office.h"
#include "infrastructure/cases/rows.h"

namespace puhui::cases {

namespace {

constexpr int64_t kDayUs = 86'400'000'000;

std::string_view word(Verdict verdict) { return names_of(&verdict)[static_cast<size_t>(verdict)]; }
std::string_view word(CaseState state) { return names_of(&state)[static_cast<size_t>(state)]; }

std::string name_of(const Case& one) { return "case " + one.id.text() + " (" + one.application + ")"; }

// The chain keeps acts for good and words may name people, so it holds their digest.
std::string digest_of(std::string_view words) { return "; words " + sha256(words).hex(); }

std::unexpected<Error> not_in_state(const Case& one, std::string_view expected) {
  return fail(ErrorCode::conflict, "id",
              "expected " + std::string(expected) + ", the case is " + std::string(word(one.state)) +
                  (one.closed_by.empty() ? "" : " by " + one.closed_by) + "; look at it again");
}

Result<void> bounded(std::string_view name, std::string_view text, int64_t bytes_max) {
  if (!text.empty() && text.size() <= static_cast<size_t>(bytes_max)) return {};
  return fail(ErrorCode::invalid, std::string(name),
              "expected 1 to " + std::to_string(bytes_max) + " bytes, came " + std::to_string(text.size()));
}

// Somebody who acts is a person: no queue, no deadline.
Result<void> is_person(std::string_view by) {
  if (!by.empty() && !is_queue(by) && by != kDeadlineName) return {};
  return fail(ErrorCode::forbidden, "by", "expected a person, came '" + std::string(by) + "'");
}

CaseState state_with(std::string_view owner) { return is_queue(owner) ? CaseState::open : CaseState::assigned; }

}  // namespace

Result<Case> Office::act(CaseId id, const Act& change) {
  std::optional<Case> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const Case before = TRY(find_case(tx, id));
    Case one = before;
    const Timestamp now = needs_.clock.now();
    TRY(change(tx, one, now));
    if (one.state != before.state || one.owner != before.owner || one.open_alerts != before.open_alerts) {
      one.changed_at = now;
    }
    TRY(change_case(tx, before, one));
    out = std::move(one);
    return {};
  }));
  return *std::move(out);
}

Result<Case> Office::assign(CaseId id, std::string_view to, std::string_view by) {
  TRY(is_person(by));
  TRY(bounded("to", to, kNameBytesMax));
  if (!is_queue(to)) TRY(is_person(to));
  return act(id, [&](Transaction& tx, Case& one, Timestamp now) -> Result<void> {
    if (!waits_in_queue(one)) return not_in_state(one, "an open or assigned case");
    if (one.owner == to) return {};
    if (to == by && !is_queue(one.owner)) {
      return fail(ErrorCode::conflict, "id",
                  one.owner + " has taken this case; somebody else may hand it to you: case assign --to");
    }
    TRY(add_event(tx, id, {now, std::string(by), "assigned", one.owner + " → " + std::string(to)}));
    record(evidence::RecordKind::note, name_of(one) + " assigned to " + std::string(to), by);
    one.owner = to;
    one.state = state_with(to);
    return {};
  });
}

Result<Case> Office::note(CaseId id, std::string_view words, std::string_view by) {
  TRY(is_person(by));
  TRY(bounded("words", words, kWordsBytesMax));
  return act(id, [&](Transaction& tx, Case& one, Timestamp now) -> Result<void> {
    if (one.state == CaseState::closed) return not_in_state(one, "a case that is not closed");
    TRY(add_event(tx, id, {now, std::string(by), "noted", std::string(words)}));
    record(evidence::RecordKind::note, name_of(one) + " noted" + digest_of(words), by);
    one.changed_at = now;
    return {};
  });
}

Result<Case> Office::propose(CaseId id, Verdict verdict, std::string_view words, std::string_view by) {
  TRY(is_person(by));
  TRY(bounded("words", words, kWordsBytesMax));
  return act(id, [&](Transaction& tx, Case& one, Timestamp now) -> Result<void> {
    if (!waits_in_queue(one)) return not_in_state(one, "an open or assigned case");
    TRY(add_event(tx, id, {now, std::string(by), "proposed", std::string(word(verdict)) + ": " + std::string(words)}));
    record(evidence::RecordKind::review,
           name_of(one) + " verdict " + std::string(word(verdict)) + " proposed" + digest_of(words), by);
    one.state = CaseState::proposed;
    one.verdict = verdict;
    one.proposed_by = by;
    return {};
  });
}

Result<void> Office::judge_all(Transaction& tx, Case& one, std::string_view by, Timestamp at) {
  const std::string id = one.id.bytes();
  const Param params[] = {BytesView{id}};
  for (Waiting& alert : TRY(read_alerts(tx, "WHERE in_case = ? AND verdict IS NULL ORDER BY raised_at, id", params))) {
    TRY(judge_alert(tx, one, alert, *one.verdict, by, at));
    TRY(TRY(attendant(one.application, alert.kind))->judged(tx, alert, *one.verdict, by));
  }
  return {};
}

Result<Case> Office::confirm(CaseId id, std::string_view by) {
  TRY(is_person(by));
  return act(id, [&](Transaction& tx, Case& one, Timestamp now) -> Result<void> {
    if (one.state != CaseState::proposed) return not_in_state(one, "a case with a proposed verdict");
    if (one.proposed_by == by) {
      return fail(ErrorCode::forbidden, "id", "you proposed this verdict: another person confirms it");
    }
    const int64_t open = one.open_alerts;
    TRY(judge_all(tx, one, by, now));
    const std::string verdict(word(*one.verdict));
    TRY(add_event(tx, id, {now, std::string(by), "closed", verdict}));
    record(evidence::RecordKind::review,
           name_of(one) + " closed as " + verdict + ", proposed by " + one.proposed_by + ", " + std::to_string(open) +
               " alerts judged",
           by);
    one.state = CaseState::closed;
    one.closed_by = by;
    return {};
  });
}

Result<Case> Office::send_back(CaseId id, std::string_view words, std::string_view by) {
  TRY(is_person(by));
  TRY(bounded("words", words, kWordsBytesMax));
  return act(id, [&](Transaction& tx, Case& one, Timestamp now) -> Result<void> {
    if (one.state != CaseState::proposed) return not_in_state(one, "a case with a proposed verdict");
    TRY(add_event(tx, id, {now, std::string(by), "returned", std::string(words)}));
    record(evidence::RecordKind::review,
           name_of(one) + " verdict " + std::string(word(*one.verdict)) + " of " + one.proposed_by + " sent back" +
               digest_of(words),
           by);
    one.state = state_with(one.owner);
    one.verdict.reset();
    one.proposed_by.clear();
    return {};
  });
}

Result<Case> Office::reopen(CaseId id, std::string_view words, std::string_view by) {
  TRY(is_person(by));
  TRY(bounded("words", words, kWordsBytesMax));
  return act(id, [&](Transaction& tx, Case& one, Timestamp now) -> Result<void> {
    if (one.state != CaseState::closed) return not_in_state(one, "a closed case");
    TRY(add_event(tx, id, {now, std::string(by), "reopened", std::string(words)}));
    const std::string was = one.verdict ? std::string(word(*one.verdict)) : "no verdict";
    record(evidence::RecordKind::review,
           name_of(one) + " closed as " + was + " by " + one.closed_by + " reopened" + digest_of(words), by);
    // What they waited for was answered: their deadlines are history, only the question is back.
    TRY(tx.execute("UPDATE cases_alert SET verdict = NULL, judged_by = '', judged_at = NULL WHERE in_case = ?",
                   {BytesView{id.bytes()}}));
    one.state = state_with(one.owner);
    one.open_alerts = one.alerts;
    one.verdict.reset();
    one.proposed_by.clear();
    one.closed_by.clear();
    return {};
  });
}

namespace {

Result<std::optional<Snooze>> lasting(Transaction& tx, const Office::SnoozeAbout& about, Timestamp now) {
  std::optional<Snooze> out;
  TRY(tx.each(
      "SELECT until_at, by_whom, why, alerts FROM cases_snooze "
      "WHERE subject = ? AND application = ? AND kind = ? AND until_at > ?",
      {about.subject, about.application, about.kind, now.microseconds}, [&](const Row& row) -> Result<void> {
        out = Snooze{about.application,        about.kind,    about.subject, {row.integer(0)}, std::string(row.text(1)),
                     std::string(row.text(2)), row.integer(3)};
        return {};
      }));
  return out;
}

// The subject is personal and the chain is for good: its digest tells two snoozes apart.
std::string name_of(const Office::SnoozeAbout& about) {
  return about.application + " " + about.kind + " about " + sha256(about.subject).short_hex();
}

}  // namespace

Result<Snooze> Office::snooze(const SnoozeAbout& about, int64_t days, std::string_view why, std::string_view by) {
  TRY(is_person(by));
  TRY(attendant(about.application, about.kind));
  TRY(bounded("kind", about.kind, kNameBytesMax));
  TRY(bounded("subject", about.subject, kSubjectBytesMax));
  TRY(bounded("why", why, kWordsBytesMax));
  if (days < 1 || days > kSnoozeDaysMax) {
    return fail(ErrorCode::invalid, "days",
                "expected 1 to " + std::to_string(kSnoozeDaysMax) + ", came " + std::to_string(days));
  }
  Snooze out{about.application, about.kind, about.subject, {}, std::string(by), std::string(why)};
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const Timestamp now = needs_.clock.now();
    out.until = {now.microseconds + days * kDayUs};
    const Digest name = sha256(name_of(about) + " " + std::to_string(now.microseconds));
    Id128 id = *Id128::from_bytes(name.view().substr(0, 16));
    id.high = (static_cast<uint64_t>(now.microseconds / 1000) << 16) | (id.high & 0xFFFF);
    TRY(tx.execute(
        "INSERT INTO cases_snooze (subject, application, kind, id, began_at, until_at, by_whom, why, alerts) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (subject, application, kind) DO UPDATE SET id = excluded.id, "
        "began_at = excluded.began_at, until_at = excluded.until_at, by_whom = excluded.by_whom, why = excluded.why",
        {about.subject, about.application, about.kind, BytesView{id.bytes()}, now.microseconds, out.until.microseconds,
         by, why}));
    out.alerts = TRY(lasting(tx, about, now))->alerts;
    record(evidence::RecordKind::note,
           "snoozed " + name_of(about) + " for " + std::to_string(days) + " days" + digest_of(why), by);
    return {};
  }));
  return out;
}

Result<Snooze> Office::wake(const SnoozeAbout& about, std::string_view by) {
  TRY(is_person(by));
  std::optional<Snooze> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const Timestamp now = needs_.clock.now();
    out = TRY(lasting(tx, about, now));
    if (!out) return fail(ErrorCode::not_found, "kind", "no snooze of that kind and subject lasts: 'case snoozes'");
    TRY(tx.execute("UPDATE cases_snooze SET until_at = ? WHERE subject = ? AND application = ? AND kind = ?",
                   {now.microseconds, about.subject, about.application, about.kind}));
    out->until = now;
    record(evidence::RecordKind::note, "snooze of " + name_of(about) + " ended", by);
    return {};
  }));
  return *std::move(out);
}

}  // namespace puhui::cases
