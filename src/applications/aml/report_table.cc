// Reports as they lie in the store, and the steps they go through: drafted, submitted, approved by another person.
#include "applications/aml/report.h"
#include "infrastructure/cases/reading.h"

namespace puhui::aml {

namespace {

struct Body {
  std::vector<ReportSentence> sentences;
};
void fields(Shape& shape, Body& body) { shape.field("sentences", body.sentences); }

constexpr std::string_view kColumns =
    "id, in_case, state, subject, drafted_at, drafted_by, submitted_by, approved_by, digest, body";

// What an approved report's digest is made of: who it is about, which case, and every word.
Digest digest_of(const ReportLine& line, std::string_view body) {
  return sha256(line.id.text() + "\n" + line.in_case.text() + "\n" + line.subject + "\n", body);
}

struct Stored {
  ReportLine line;
  std::string body;
};

Result<Stored> read_report(const Row& row) {
  Stored out;
  out.line.id = row.id(0);
  out.line.in_case = row.id(1);
  out.line.state = static_cast<ReportState>(row.integer(2));
  out.line.subject = row.text(3);
  out.line.drafted_at = {row.integer(4)};
  out.line.drafted_by = row.text(5);
  out.line.submitted_by = row.text(6);
  out.line.approved_by = row.text(7);
  if (!row.is_null(8)) out.line.digest = Digest::from_bytes(row.bytes(8));
  out.body = row.text(9);
  if (out.line.state == ReportState::approved && out.line.digest != digest_of(out.line, out.body)) {
    return fail(ErrorCode::corrupt, "aml_report", "report " + out.line.id.text() + " is not what was approved");
  }
  return out;
}

Result<Stored> find_stored(Reader& reader, const Id128& id) {
  std::optional<Stored> out;
  const std::string bytes = id.bytes();
  std::string sql = "SELECT ";
  sql += kColumns;
  sql += " FROM aml_report WHERE id = ?";
  TRY(reader.each(sql, {BytesView{bytes}}, [&](const Row& row) -> Result<void> {
    out = TRY(read_report(row));
    return {};
  }));
  if (!out) return fail(ErrorCode::not_found, "id", "there is no such report; 'aml report list' lists them");
  return *std::move(out);
}

Result<ReportView> view_of(Stored stored) {
  const Json parsed = TRY(parse_json(stored.body));
  return ReportView{std::move(stored.line), TRY(read_json<Body>(parsed)).sentences};
}

Result<ReportSource> gather(const MonitoringVerbNeeds& needs, const Id128& in_case) {
  ReportSource out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = ReportSource();
    out.page = TRY(cases::read_page(reader, cases::CaseId(in_case)));
    for (FindingRow& row : TRY(findings_of_case(reader, in_case))) {
      ReportedFinding one;
      one.transfers = TRY(find_transfers(reader, row.seqs));
      one.row = std::move(row);
      out.findings.push_back(std::move(one));
    }
    return {};
  }));
  if (out.findings.empty()) {
    return fail(ErrorCode::conflict, "in_case",
                "no pattern of transfers stands in this case: there is nothing to report");
  }
  for (ReportedFinding& one : out.findings) one.reasons = TRY(reasons_of(needs, one.row.line.decision));
  return out;
}

evidence::RecordId record(const MonitoringVerbNeeds& needs, const ReportLine& line, evidence::RecordKind kind,
                          const std::string& what, const std::string& by) {
  evidence::Circumstances circumstances;
  circumstances.at = needs.clock.now();
  circumstances.entity = line.in_case;
  circumstances.caller = by;
  circumstances.human = evidence::HumanRole::in_the_loop;
  return needs.evidence.append_act(kind, what, circumstances);
}

}  // namespace

Result<ReportView> draft_report(const MonitoringVerbNeeds& needs, const Id128& in_case, const std::string& by) {
  const ReportSource source = TRY(gather(needs, in_case));
  Stored stored;
  stored.line.in_case = in_case;
  stored.line.subject = source.findings.front().row.line.account;
  stored.line.drafted_at = needs.clock.now();
  stored.line.drafted_by = by;
  stored.body = print_json(to_json(Body{write_report(source).sentences()}));
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    const std::string words = "suspicious-transaction report drafted from case " + in_case.text();
    stored.line.id = record(needs, stored.line, evidence::RecordKind::note, words, by);
    const std::string id = stored.line.id.bytes(), of_case = in_case.bytes();
    TRY(tx.execute(
        "INSERT INTO aml_report (id, in_case, state, subject, drafted_at, drafted_by, submitted_by, approved_by, "
        "digest, body) VALUES (?, ?, 0, ?, ?, ?, '', '', NULL, ?)",
        {BytesView{id}, BytesView{of_case}, stored.line.subject, stored.line.drafted_at.microseconds, by,
         stored.body}));
    return {};
  }));
  return view_of(std::move(stored));
}

Result<ReportView> find_report(const MonitoringVerbNeeds& needs, const Id128& id) {
  Stored stored;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    stored = TRY(find_stored(reader, id));
    return {};
  }));
  return view_of(std::move(stored));
}

Result<ReportView> submit_report(const MonitoringVerbNeeds& needs, const Id128& id, const std::string& by) {
  Stored stored;
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    stored = TRY(find_stored(tx, id));
    if (stored.line.state != ReportState::draft) return fail(ErrorCode::conflict, "id", "only a draft is submitted");
    stored.line.state = ReportState::submitted;
    stored.line.submitted_by = by;
    record(needs, stored.line, evidence::RecordKind::note, "suspicious-transaction report " + id.text() + " submitted",
           by);
    const std::string bytes = id.bytes();
    TRY(tx.execute("UPDATE aml_report SET state = 1, submitted_by = ? WHERE id = ?", {by, BytesView{bytes}}));
    return {};
  }));
  return view_of(std::move(stored));
}

Result<ReportView> approve_report(const MonitoringVerbNeeds& needs, const Id128& id, const std::string& by) {
  Stored stored;
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    stored = TRY(find_stored(tx, id));
    if (stored.line.state != ReportState::submitted) {
      return fail(ErrorCode::conflict, "id", "only a submitted report is approved");
    }
    if (stored.line.drafted_by == by || stored.line.submitted_by == by) {
      return fail(ErrorCode::forbidden, "id", "'" + by + "' drafted or submitted it: another person approves");
    }
    stored.line.state = ReportState::approved;
    stored.line.approved_by = by;
    stored.line.digest = digest_of(stored.line, stored.body);
    record(needs, stored.line, evidence::RecordKind::review,
           "suspicious-transaction report " + id.text() + " approved, SHA-256 " + stored.line.digest->hex(), by);
    const std::string bytes = id.bytes();
    TRY(tx.execute("UPDATE aml_report SET state = 2, approved_by = ?, digest = ? WHERE id = ?",
                   {by, BytesView{stored.line.digest->view()}, BytesView{bytes}}));
    return {};
  }));
  return view_of(std::move(stored));
}

Result<ReportsAnswer> list_reports(const MonitoringVerbNeeds& needs, const ReportsRequest& request) {
  std::string sql = "SELECT ";
  sql += kColumns;
  sql += " FROM aml_report WHERE 1 = 1";
  std::vector<Param> params;
  if (request.state) {
    sql += " AND state = ?";
    params.emplace_back(static_cast<int64_t>(*request.state));
  }
  std::string of_case, after;
  if (request.in_case) {
    of_case = request.in_case->bytes();
    sql += " AND in_case = ?";
    params.emplace_back(BytesView{of_case});
  }
  if (!request.after.empty()) {
    const auto id = Id128::parse(request.after);
    if (!id) return fail(ErrorCode::invalid, "after", "expected the `next` of the page before");
    after = id->bytes();
    sql += " AND id < ?";
    params.emplace_back(BytesView{after});
  }
  sql += " ORDER BY id DESC LIMIT ?";
  params.emplace_back(request.limit + 1);
  ReportsAnswer out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = ReportsAnswer();
    return reader.each(sql, params, [&](const Row& row) -> Result<void> {
      if (static_cast<int64_t>(out.reports.size()) == request.limit) {
        out.next = out.reports.back().id.text();
        return {};
      }
      out.reports.push_back(TRY(read_report(row)).line);
      return {};
    });
  }));
  out.at = needs.clock.now();
  return out;
}

}  // namespace puhui::aml
