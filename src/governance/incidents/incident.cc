#include "governance/incidents/incident.h"

#include "governance/incidents/moment_id.h"
#include "governance/incidents/newest.h"
#include "ground/base/hash.h"

namespace puhui::incidents {

namespace {

constexpr std::string_view kIncidentColumns =
    "id, severity, use_case, what_happened, alert, opened_by, opened_at, assigned_to, root_cause, measure, closed_by, "
    "closed_at";
constexpr int64_t kNotesMax = 1000;  // of one incident

Incident read_row(const Row& row) {
  Incident out;
  out.id = IncidentId(row.id(0));
  out.severity = row.integer(1);
  out.use_case = row.text(2);
  out.what_happened = row.text(3);
  if (!row.is_null(4)) out.alert = AlertId(row.id(4));
  out.opened_by = row.text(5);
  out.opened_at = {row.integer(6)};
  out.assigned_to = row.text(7);
  out.root_cause = row.text(8);
  out.measure = row.text(9);
  out.closed_by = row.text(10);
  if (!row.is_null(11)) out.closed_at = Timestamp{row.integer(11)};
  return out;
}

Result<std::vector<Incident>> read_rows(Reader& reader, const std::string& where, std::span<const Param> params) {
  std::vector<Incident> out;
  TRY(reader.each("SELECT " + std::string(kIncidentColumns) + " FROM incidents_incident " + where, params,
                  [&](const Row& row) -> Result<void> {
                    out.push_back(read_row(row));
                    return {};
                  }));
  return out;
}

Result<void> bounded(std::string_view name, const std::string& text, int64_t bytes_max) {
  if (text.size() <= static_cast<size_t>(bytes_max)) return {};
  return fail(ErrorCode::invalid, std::string(name),
              "expected at most " + std::to_string(bytes_max) + " bytes, came " + std::to_string(text.size()));
}

// The chain keeps acts for good and words may name people, so it holds their digest.
std::string digest_of(const std::string& words) { return "words " + sha256(words).hex(); }

std::string name_of(const Incident& incident) {
  return "incident " + incident.id.text() + (incident.use_case.empty() ? "" : " of " + incident.use_case);
}

Result<Incident> find_open(Reader& reader, IncidentId id) {
  Incident incident = TRY(read_incident(reader, id));
  if (incident.closed_at) {
    return fail(ErrorCode::conflict, "id",
                "the incident was closed by " + incident.closed_by + " on " + text_of(*incident.closed_at) +
                    "; open another one");
  }
  return incident;
}

Result<void> add_note(Transaction& tx, Incident& incident, const std::string& text, const ActBy& by) {
  TRY(bounded("text", text, kIncidentTextBytesMax));
  const auto number = static_cast<int64_t>(incident.notes.size()) + 1;
  if (number > kNotesMax) {
    return fail(ErrorCode::exhausted, "id", "an incident takes at most " + std::to_string(kNotesMax) + " notes");
  }
  TRY(tx.execute("INSERT INTO incidents_note (incident, number, noted_at, by_whom, words) VALUES (?, ?, ?, ?, ?)",
                 {BytesView{incident.id.bytes()}, number, by.at.microseconds, by.person, text}));
  incident.notes.push_back({by.at, std::string(by.person), text});
  return {};
}

Result<void> learn(Transaction& tx, Incident& incident, const Closing& known) {
  TRY(bounded("root_cause", known.root_cause, kIncidentTextBytesMax));
  TRY(bounded("measure", known.measure, kIncidentTextBytesMax));
  if (!known.root_cause.empty()) incident.root_cause = known.root_cause;
  if (!known.measure.empty()) incident.measure = known.measure;
  TRY(tx.execute("UPDATE incidents_incident SET root_cause = ?, measure = ? WHERE use_case = ? AND id = ?",
                 {incident.root_cause, incident.measure, incident.use_case, BytesView{incident.id.bytes()}}));
  return {};
}

// What the same key opened before.
Result<std::optional<Incident>> opened_before(Reader& reader, const NewIncident& incident, const ActBy& by) {
  if (incident.key.empty()) return std::nullopt;
  const Param params[] = {incident.key, by.person};
  auto found = TRY(read_rows(reader, "WHERE request_key = ? AND opened_by = ?", params));
  if (found.empty()) return std::nullopt;
  const Incident& known = found.front();
  if (known.what_happened != incident.what_happened || known.severity != incident.severity ||
      known.use_case != incident.use_case || known.alert != incident.alert) {
    return fail(ErrorCode::conflict, "key", "this key opened another incident, " + known.id.text());
  }
  return std::move(found.front());
}

}  // namespace

void fields(Shape& shape, Incident::Note& note) {
  shape.field("at", note.at, {.help = "when"});
  shape.field("by", note.by, {.help = "who"});
  shape.field("text", note.text, {.help = "what", .personal = true});
}

void fields(Shape& shape, Incident& incident) {
  shape.field("id", incident.id, {.help = "the incident"});
  shape.field("severity", incident.severity, {.help = "1 high, 2 medium, 3 low"});
  shape.field("use_case", incident.use_case, {.help = "where; empty: the whole bank"});
  shape.field("what_happened", incident.what_happened, {.help = "in words", .personal = true});
  shape.field("alert", incident.alert, {.help = "the alert it came from"});
  shape.field("opened_by", incident.opened_by, {.help = "who opened it"});
  shape.field("opened_at", incident.opened_at, {.help = "when it was opened"});
  shape.field("assigned_to", incident.assigned_to, {.help = "who works on it; empty: nobody yet"});
  shape.field("root_cause", incident.root_cause, {.help = "why it happened; needed to close it", .personal = true});
  shape.field("measure", incident.measure, {.help = "what was done about it; needed to close it", .personal = true});
  shape.field("closed_by", incident.closed_by, {.help = "who closed it; empty: it is open"});
  shape.field("closed_at", incident.closed_at, {.help = "when it was closed; absent: it is open"});
  shape.field("notes", incident.notes, {.help = "in order; a list of incidents leaves them out"});
}

void ActBy::record(evidence::RecordKind kind, std::string words) const {
  evidence::Circumstances circumstances;
  circumstances.at = at;
  circumstances.caller = person;
  circumstances.human = evidence::HumanRole::in_the_loop;
  evidence.append_act(kind, std::move(words), circumstances);
}

Result<Incident> open_incident(Transaction& tx, const NewIncident& incident, const ActBy& by) {
  if (auto known = TRY(opened_before(tx, incident, by))) return *std::move(known);
  TRY(bounded("what_happened", incident.what_happened, kIncidentTextBytesMax));
  Incident out;
  out.id =
      IncidentId(moment_id(by.at, {"incident", incident.use_case, by.person, incident.what_happened, incident.key}));
  out.severity = incident.severity;
  out.use_case = incident.use_case;
  out.what_happened = incident.what_happened;
  out.alert = incident.alert;
  out.opened_by = by.person;
  out.opened_at = by.at;
  const std::string id = out.id.bytes(), alert = out.alert ? out.alert->bytes() : "";
  TRY(
      tx.execute("INSERT INTO incidents_incident (use_case, id, severity, what_happened, alert, opened_by, opened_at, "
                 "assigned_to, root_cause, measure, closed_by, request_key) VALUES (?, ?, ?, ?, ?, ?, ?, '', '', '', "
                 "'', ?)",
                 {out.use_case, BytesView{id}, out.severity, out.what_happened,
                  out.alert ? Param(BytesView{alert}) : Param(), out.opened_by, by.at.microseconds, incident.key}));
  by.record(evidence::RecordKind::incident,
            name_of(out) + " opened, severity " + std::to_string(out.severity) + "; " + digest_of(out.what_happened));
  return out;
}

Result<Incident> note_incident(Transaction& tx, IncidentId id, const std::string& text, const Closing& known,
                               const ActBy& by) {
  Incident incident = TRY(find_open(tx, id));
  TRY(add_note(tx, incident, text, by));
  TRY(learn(tx, incident, known));
  by.record(evidence::RecordKind::incident, name_of(incident) + " noted; " + digest_of(text));
  return incident;
}

Result<Incident> assign_incident(Transaction& tx, IncidentId id, const std::string& person, const ActBy& by) {
  Incident incident = TRY(find_open(tx, id));
  if (incident.assigned_to == person) return incident;
  incident.assigned_to = person;
  TRY(tx.execute("UPDATE incidents_incident SET assigned_to = ? WHERE use_case = ? AND id = ?",
                 {person, incident.use_case, BytesView{id.bytes()}}));
  by.record(evidence::RecordKind::incident, name_of(incident) + " assigned to " + person);
  return incident;
}

Result<Incident> close_incident(Transaction& tx, IncidentId id, const Closing& closing, const ActBy& by) {
  Incident incident = TRY(find_open(tx, id));
  TRY(learn(tx, incident, closing));
  Faults faults;
  if (incident.root_cause.empty()) faults.add("root_cause", "expected why it happened; an incident closes with it");
  if (incident.measure.empty()) faults.add("measure", "expected what was done about it; an incident closes with it");
  TRY(std::move(faults).result());
  incident.closed_by = by.person;
  incident.closed_at = by.at;
  TRY(tx.execute("UPDATE incidents_incident SET closed_by = ?, closed_at = ? WHERE use_case = ? AND id = ?",
                 {by.person, by.at.microseconds, incident.use_case, BytesView{id.bytes()}}));
  by.record(evidence::RecordKind::incident,
            name_of(incident) + " closed; " + digest_of(incident.root_cause + "\n" + incident.measure));
  return incident;
}

Result<Incident> open_from_alert(Transaction& tx, const OpenAlert& alert, const ActBy& by) {
  const std::string id = alert.id.bytes();
  const Param params[] = {alert.use_case, BytesView{id}};
  auto open = TRY(read_rows(tx, "WHERE use_case = ? AND alert = ? AND closed_at IS NULL ORDER BY id", params));
  if (!open.empty()) return std::move(open.front());
  return open_incident(tx, {alert.severity, alert.use_case, alert.en, alert.id, ""}, by);
}

Result<std::vector<Incident>> find_incidents(Reader& reader, const IncidentQuery& query) {
  Newest rows;
  rows.only("use_case", query.use_case);
  rows.only("assigned_to", query.assigned_to);
  rows.open(query.open, "closed_at");
  rows.page(query.after, query.limit);
  return read_rows(reader, rows.where(), rows.params());
}

Result<Incident> read_incident(Reader& reader, IncidentId id) {
  const std::string bytes = id.bytes();
  const Param params[] = {BytesView{bytes}};
  auto found = TRY(read_rows(reader, "WHERE id = ?", params));
  if (found.empty()) return fail(ErrorCode::not_found, "id", "no incident " + id.text());
  Incident out = std::move(found.front());
  TRY(reader.each("SELECT noted_at, by_whom, words FROM incidents_note WHERE incident = ? ORDER BY number", params,
                  [&](const Row& row) -> Result<void> {
                    out.notes.push_back({{row.integer(0)}, std::string(row.text(1)), std::string(row.text(2))});
                    return {};
                  }));
  return out;
}

}  // namespace puhui::incidents
