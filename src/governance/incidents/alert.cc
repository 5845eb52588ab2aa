#include "governance/incidents/alert.h"

#include <algorithm>

#include "governance/incidents/moment_id.h"
#include "governance/incidents/newest.h"

namespace puhui::incidents {

namespace {

constexpr std::string_view kAlertColumns =
    "id, kind, use_case, subject, severity, en, zh, raised_at, refreshed_at, times, acknowledged_by, acknowledged_at, "
    "settled_at";

std::optional<Timestamp> moment(const Row& row, size_t column) {
  return row.is_null(column) ? std::nullopt : std::optional(Timestamp{row.integer(column)});
}

OpenAlert read_alert(const Row& row) {
  OpenAlert out;
  out.id = AlertId(row.id(0));
  out.kind = row.text(1);
  out.use_case = row.text(2);
  out.subject = row.text(3);
  out.severity = row.integer(4);
  out.en = row.text(5);
  out.zh = row.text(6);
  out.raised_at = {row.integer(7)};
  out.refreshed_at = {row.integer(8)};
  out.times = row.integer(9);
  out.acknowledged_by = row.text(10);
  out.acknowledged_at = moment(row, 11);
  out.settled_at = moment(row, 12);
  return out;
}

Result<std::vector<OpenAlert>> read_alerts(Reader& reader, const std::string& where, std::span<const Param> params) {
  std::vector<OpenAlert> out;
  TRY(reader.each("SELECT " + std::string(kAlertColumns) + " FROM incidents_alert " + where, params,
                  [&](const Row& row) -> Result<void> {
                    out.push_back(read_alert(row));
                    return {};
                  }));
  return out;
}

Result<void> check(const Alert& alert) {
  Faults faults;
  if (std::find(kAlertKinds.begin(), kAlertKinds.end(), alert.kind) == kAlertKinds.end()) {
    faults.add("kind", "expected one of the kinds of alert.h, came '" + alert.kind + "'");
  }
  if (alert.severity < 1 || alert.severity > 3) {
    faults.add("severity", "expected 1 (high) to 3 (low), came " + std::to_string(alert.severity));
  }
  const auto bounded = [&](std::string_view name, const std::string& text, size_t bytes_max) {
    if (text.size() <= bytes_max) return;
    faults.add(std::string(name),
               "expected at most " + std::to_string(bytes_max) + " bytes, came " + std::to_string(text.size()));
  };
  bounded("use_case", alert.use_case, kAlertNameBytesMax);
  bounded("subject", alert.subject, kAlertNameBytesMax);
  bounded("en", alert.en, kAlertTextBytesMax);
  bounded("zh", alert.zh, kAlertTextBytesMax);
  return std::move(faults).result();
}

Result<std::optional<OpenAlert>> find_open(Reader& reader, std::string_view kind, std::string_view use_case,
                                           std::string_view subject) {
  const Param params[] = {use_case, kind, subject};
  auto found = TRY(read_alerts(
      reader, "WHERE use_case = ? AND kind = ? AND subject = ? AND settled_at IS NULL ORDER BY id LIMIT 1", params));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

}  // namespace

void fields(Shape& shape, OpenAlert& alert) {
  shape.field("id", alert.id, {.help = "the alert"});
  shape.field("kind", alert.kind, {.help = "what was measured: drift, decay, fairness, validation …"});
  shape.field("use_case", alert.use_case, {.help = "where; empty: the whole bank"});
  shape.field("subject", alert.subject, {.help = "of what: a feature, a model, a group; empty: the use case itself"});
  shape.field("severity", alert.severity, {.help = "1 high, 2 medium, 3 low"});
  shape.field("en", alert.en, {.help = "what is the matter"});
  shape.field("zh", alert.zh, {.help = "what is the matter, in Chinese"});
  shape.field("raised_at", alert.raised_at, {.help = "since when"});
  shape.field("refreshed_at", alert.refreshed_at, {.help = "when it was last measured so"});
  shape.field("times", alert.times, {.help = "how often it was measured so"});
  shape.field("acknowledged_by", alert.acknowledged_by, {.help = "who looks after it; empty: nobody yet"});
  shape.field("acknowledged_at", alert.acknowledged_at, {.help = "since when someone looks after it"});
  shape.field("settled_at", alert.settled_at, {.help = "when it was over; absent: it is open"});
}

Result<void> raise(Transaction& tx, const Alert& alert, Timestamp at) {
  TRY(check(alert));
  if (const auto open = TRY(find_open(tx, alert.kind, alert.use_case, alert.subject))) {
    // Who looked at a lesser matter has not seen this one.
    const bool worse = alert.severity < open->severity;
    TRY(tx.execute("UPDATE incidents_alert SET severity = ?, en = ?, zh = ?, refreshed_at = ?, times = times + 1 " +
                       std::string(worse ? ", acknowledged_by = '', acknowledged_at = NULL " : "") +
                       "WHERE use_case = ? AND id = ?",
                   {alert.severity, alert.en, alert.zh, at.microseconds, alert.use_case, BytesView{open->id.bytes()}}));
    return {};
  }
  // The one before may have been settled in this very moment.
  const auto last =
      TRY(tx.integer("SELECT MAX(raised_at) FROM incidents_alert WHERE use_case = ? AND kind = ? AND "
                     "subject = ?",
                     {alert.use_case, alert.kind, alert.subject}));
  const Timestamp since{std::max(at.microseconds, last.value_or(at.microseconds - 1) + 1)};
  const Id128 id = moment_id(since, {alert.kind, alert.use_case, alert.subject});
  TRY(
      tx.execute("INSERT INTO incidents_alert (use_case, id, kind, subject, severity, en, zh, raised_at, refreshed_at, "
                 "times, acknowledged_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, '') ",
                 {alert.use_case, BytesView{id.bytes()}, alert.kind, alert.subject, alert.severity, alert.en, alert.zh,
                  since.microseconds, since.microseconds}));
  return {};
}

Result<void> settle(Transaction& tx, std::string_view kind, std::string_view use_case, std::string_view subject,
                    Timestamp at) {
  TRY(
      tx.execute("UPDATE incidents_alert SET settled_at = ? WHERE use_case = ? AND kind = ? AND subject = ? "
                 "AND settled_at IS NULL",
                 {at.microseconds, use_case, kind, subject}));
  return {};
}

Result<std::vector<OpenAlert>> open_alerts(Reader& reader) {
  const Param params[] = {static_cast<int64_t>(kOpenAlertsMax)};
  return read_alerts(reader, "WHERE settled_at IS NULL ORDER BY severity, id LIMIT ?", params);
}

Result<std::vector<OpenAlert>> find_alerts(Reader& reader, const AlertQuery& query) {
  Newest rows;
  rows.only("use_case", query.use_case);
  rows.only("kind", query.kind);
  rows.open(query.open, "settled_at");
  rows.page(query.after, query.limit);
  return read_alerts(reader, rows.where(), rows.params());
}

Result<std::optional<OpenAlert>> find_alert(Reader& reader, AlertId id) {
  const std::string bytes = id.bytes();
  const Param params[] = {BytesView{bytes}};
  auto found = TRY(read_alerts(reader, "WHERE id = ?", params));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<OpenAlert> acknowledge(Transaction& tx, AlertId id, std::string_view by, Timestamp at) {
  auto alert = TRY(find_alert(tx, id));
  if (!alert) return fail(ErrorCode::not_found, "id", "no alert " + id.text());
  if (alert->settled_at) {
    return fail(ErrorCode::conflict, "id", "the alert was settled on " + text_of(*alert->settled_at));
  }
  alert->acknowledged_by = by;
  alert->acknowledged_at = at;
  TRY(tx.execute("UPDATE incidents_alert SET acknowledged_by = ?, acknowledged_at = ? WHERE use_case = ? AND id = ?",
                 {by, at.microseconds, alert->use_case, BytesView{id.bytes()}}));
  return *std::move(alert);
}

}  // namespace puhui::incidents
