#include "infrastructure/cases/rows.h"

#include "ground/base/check.h"

namespace puhui::cases {

namespace {

std::optional<Timestamp> moment(const Row& row, size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return Timestamp{row.integer(column)};
}

std::optional<Verdict> verdict_at(const Row& row, size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return static_cast<Verdict>(row.integer(column));
}

template <class T>
Param null_or(const std::optional<T>& value) {
  if (!value) return {};
  if constexpr (std::same_as<T, Timestamp>) {
    return value->microseconds;
  } else {
    return static_cast<int64_t>(*value);
  }
}

}  // namespace

Case read_case(const Row& row) {
  Case out;
  out.id = CaseId(row.id(0));
  out.application = row.text(1);
  out.subject = row.text(2);
  out.subject_kind = row.text(3);
  out.currency = row.text(4);
  out.state = static_cast<CaseState>(row.integer(5));
  out.owner = row.text(6);
  out.opened_at = {row.integer(7)};
  out.changed_at = {row.integer(8)};
  out.deadline = moment(row, 9);
  out.alerts = row.integer(10);
  out.open_alerts = row.integer(11);
  out.expected_loss_minor = row.integer(12);
  out.proposed_by = row.text(13);
  out.closed_by = row.text(14);
  out.verdict = verdict_at(row, 15);
  return out;
}

Waiting read_alert(const Row& row) {
  Waiting out;
  out.id = AlertId(row.id(0));
  out.in_case = CaseId(row.id(1));
  out.application = row.text(2);
  out.kind = row.text(3);
  out.subject = row.text(4);
  out.subject_kind = row.text(5);
  out.decision = evidence::RecordId(row.id(6));
  out.probability_ppb = row.integer(7);
  out.amount_minor = row.integer(8);
  out.currency = row.text(9);
  out.expected_loss_minor = row.integer(10);
  out.deadline = moment(row, 11);
  out.at = {row.integer(12)};
  out.en = row.text(13);
  out.zh = row.text(14);
  out.reference = row.text(15);
  out.snoozed = row.integer(16) != 0;
  out.verdict = verdict_at(row, 17);
  out.judged_by = row.text(18);
  out.judged_at = moment(row, 19);
  out.owner = row.text(20);
  return out;
}

Result<std::vector<Case>> read_cases(Reader& reader, const std::string& where, std::span<const Param> params) {
  std::vector<Case> out;
  TRY(reader.each("SELECT " + std::string(kCaseColumns) + " FROM cases_case " + where, params,
                  [&](const Row& row) -> Result<void> {
                    out.push_back(read_case(row));
                    return {};
                  }));
  return out;
}

Result<std::vector<Waiting>> read_alerts(Reader& reader, const std::string& where, std::span<const Param> params) {
  std::vector<Waiting> out;
  TRY(reader.each("SELECT " + std::string(kAlertColumns) + " FROM cases_alert " + where, params,
                  [&](const Row& row) -> Result<void> {
                    out.push_back(read_alert(row));
                    return {};
                  }));
  return out;
}

bool is_queue(std::string_view owner) { return owner.starts_with("queue:"); }

bool waits_in_queue(const Case& one) { return one.state == CaseState::open || one.state == CaseState::assigned; }

Result<Case> find_case(Reader& reader, CaseId id) {
  const std::string bytes = id.bytes();
  const Param params[] = {BytesView{bytes}};
  auto found = TRY(read_cases(reader, "WHERE id = ?", params));
  if (found.empty()) return fail(ErrorCode::not_found, "id", "no case " + id.text());
  return std::move(found.front());
}

Result<void> count_waiting(Transaction& tx, const Case& one, std::string_view kind, const Waits& more) {
  TRY(tx.execute(
      "INSERT INTO cases_waiting (application, owner, kind, alerts, expected_loss_minor) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (application, owner, kind) DO UPDATE SET alerts = cases_waiting.alerts + excluded.alerts, "
      "expected_loss_minor = cases_waiting.expected_loss_minor + excluded.expected_loss_minor",
      {one.application, one.owner, kind, more.alerts, more.expected_loss_minor}));
  return {};
}

namespace {

// The open alerts of a case wait under `after`'s owner, or nowhere.
Result<void> move_alerts(Transaction& tx, const Case& before, const Case& after) {
  if (before.owner == after.owner && waits_in_queue(before) == waits_in_queue(after)) return {};
  const std::string id = after.id.bytes();
  std::vector<std::pair<std::string, Waits>> kinds;
  TRY(
      tx.each("SELECT kind, COUNT(*), CAST(SUM(expected_loss_minor) AS BIGINT) FROM cases_alert "
              "WHERE in_case = ? AND verdict IS NULL AND snoozed = 0 GROUP BY kind",
              {BytesView{id}}, [&](const Row& row) -> Result<void> {
                kinds.push_back({std::string(row.text(0)), {row.integer(1), row.integer(2)}});
                return {};
              }));
  for (const auto& [kind, waits] : kinds) {
    if (waits_in_queue(before)) {
      TRY(count_waiting(tx, before, kind, {-waits.alerts, -waits.expected_loss_minor}));
    }
    if (waits_in_queue(after)) TRY(count_waiting(tx, after, kind, waits));
  }
  TRY(
      tx.execute("UPDATE cases_alert SET owner = ?, queued = CASE WHEN snoozed = 0 THEN ? ELSE 0 END "
                 "WHERE in_case = ? AND verdict IS NULL",
                 {after.owner, waits_in_queue(after) ? 1 : 0, BytesView{id}}));
  return {};
}

}  // namespace

Result<void> change_case(Transaction& tx, const Case& before, const Case& after) {
  CHECK(!after.owner.empty(), "a case has an owner at every moment");
  TRY(move_alerts(tx, before, after));
  const bool closed = after.state == CaseState::closed;
  TRY(tx.execute(
      "UPDATE cases_case SET state = ?, owner = ?, changed_at = ?, deadline = ?, alerts = ?, open_alerts = ?, "
      "expected_loss_minor = ?, proposed_by = ?, closed_by = ?, verdict = ?, closed_at = ? WHERE id = ?",
      {static_cast<int64_t>(after.state), after.owner, after.changed_at.microseconds, null_or(after.deadline),
       after.alerts, after.open_alerts, after.expected_loss_minor, after.proposed_by, after.closed_by,
       null_or(after.verdict), closed ? Param(after.changed_at.microseconds) : Param(), BytesView{after.id.bytes()}}));
  return {};
}

Result<void> judge_alert(Transaction& tx, Case& one, const Waiting& alert, Verdict verdict, std::string_view by,
                         Timestamp at) {
  const std::string id = alert.id.bytes(), in_case = alert.in_case.bytes();
  TRY(tx.execute("UPDATE cases_alert SET verdict = ?, judged_by = ?, judged_at = ?, queued = 0, due = 0 WHERE id = ?",
                 {static_cast<int64_t>(verdict), by, at.microseconds, BytesView{id}}));
  if (!alert.snoozed && waits_in_queue(one)) {
    TRY(count_waiting(tx, one, alert.kind, {-1, -alert.expected_loss_minor}));
  }
  --one.open_alerts;
  const auto earliest = TRY(tx.integer(
      "SELECT MIN(deadline) FROM cases_alert WHERE in_case = ? AND verdict IS NULL AND due > 0", {BytesView{in_case}}));
  one.deadline.reset();
  if (earliest && one.open_alerts > 0) one.deadline = Timestamp{*earliest};
  return {};
}

Result<void> add_event(Transaction& tx, CaseId id, const CaseEvent& event) {
  const std::string bytes = id.bytes();
  TRY(tx.execute("UPDATE cases_case SET events = events + 1 WHERE id = ?", {BytesView{bytes}}));
  const auto number = TRY(tx.integer("SELECT events FROM cases_case WHERE id = ?", {BytesView{bytes}}));
  CHECK(number, "an event is of a case that there is");
  TRY(tx.execute(
      "INSERT INTO cases_event (in_case, number, happened_at, by_whom, what, words) VALUES (?, ?, ?, ?, ?, ?)",
      {BytesView{bytes}, *number, event.at.microseconds, event.by, event.what, event.words}));
  return {};
}

}  // namespace puhui::cases
