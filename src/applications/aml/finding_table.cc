#include "applications/aml/finding_table.h"

#include "ground/base/bytes.h"
#include "ground/base/text.h"

namespace puhui::aml {

namespace {

constexpr size_t kSnapshotPieceBytes = size_t{8} << 20;
constexpr size_t kSeqsMax = 4096;

constexpr std::string_view kFindingColumns =
    "id, number, typology, account, from_at, to_at, amount_minor, currency, counterparties, transfers, strength_ppm, "
    "outcome, decision, alert, in_case, refreshed, first_seq, seqs, verdict";
constexpr std::string_view kTransferColumns =
    "seq, key_text, at, from_account, to_account, amount_minor, currency, base_minor, purpose, countries, content";

const AppendTable& transfer_table() {
  static const AppendTable table{"aml_transfer",
                                 {"seq", "key_text", "at", "from_account", "to_account", "amount_minor", "currency",
                                  "base_minor", "purpose", "countries", "content"}};
  return table;
}

std::string packed(const std::vector<uint64_t>& seqs) {
  ByteWriter to;
  to.unsigned_varint(seqs.size());
  for (const uint64_t seq : seqs) to.unsigned_varint(seq);
  return to.take();
}

Result<std::vector<uint64_t>> unpacked(std::string_view bytes) {
  ByteReader from(bytes);
  std::vector<uint64_t> out(from.count(1));
  if (out.size() > kSeqsMax) from.reject();
  for (uint64_t& seq : out) seq = from.unsigned_varint();
  TRY(from.finish("a finding's transfers"));
  return out;
}

LoggedTransfer read_transfer(const Row& row) {
  LoggedTransfer out;
  out.seq = static_cast<uint64_t>(row.integer(0));
  out.transfer.key = row.text(1);
  out.transfer.at = {row.integer(2)};
  out.transfer.from = row.text(3);
  out.transfer.to = row.text(4);
  out.transfer.amount_minor = row.integer(5);
  out.transfer.currency = row.text(6);
  out.base_minor = row.integer(7);
  out.transfer.purpose = row.text(8);
  for (const std::string_view country : split(row.text(9), ' ')) {
    if (!country.empty()) out.transfer.countries.emplace_back(country);
  }
  out.content = row.id(10);
  return out;
}

Result<FindingRow> read_finding(const Row& row) {
  FindingRow out;
  out.line.id = row.id(0);
  out.number = static_cast<uint64_t>(row.integer(1));
  out.line.typology = static_cast<Typology>(row.integer(2));
  out.line.account = row.text(3);
  out.line.from = {row.integer(4)};
  out.line.to = {row.integer(5)};
  out.line.amount_minor = row.integer(6);
  out.line.currency = row.text(7);
  out.line.counterparties = row.integer(8);
  out.line.transfers = row.integer(9);
  out.line.strength_ppm = row.integer(10);
  out.line.outcome = row.text(11);
  out.line.decision = row.id(12);
  if (!row.is_null(13)) out.line.alert = row.id(13);
  if (!row.is_null(14)) out.line.in_case = row.id(14);
  out.line.refreshed = row.integer(15);
  out.first_seq = static_cast<uint64_t>(row.integer(16));
  out.seqs = TRY(unpacked(row.bytes(17)));
  if (!row.is_null(18)) out.verdict = row.integer(18);
  return out;
}

Result<std::vector<FindingRow>> read_findings(Reader& reader, const std::string& where, std::span<const Param> params) {
  std::vector<FindingRow> out;
  std::string sql = "SELECT ";
  sql += kFindingColumns;
  sql += " FROM aml_finding ";
  sql += where;
  TRY(reader.each(sql, params, [&](const Row& row) -> Result<void> {
    out.push_back(TRY(read_finding(row)));
    return {};
  }));
  return out;
}

}  // namespace

std::vector<Migration> monitoring_migrations() {
  return {
      {"aml_monitoring", 1,
       "CREATE TABLE aml_transfer (seq {int} NOT NULL PRIMARY KEY, key_text {text} NOT NULL, at {int} NOT NULL, "
       "from_account {text} NOT NULL, to_account {text} NOT NULL, amount_minor {int} NOT NULL, currency {text} NOT "
       "NULL, base_minor {int} NOT NULL, purpose {text} NOT NULL, countries {text} NOT NULL, content {id} NOT NULL);"
       "CREATE TABLE aml_key (key_hash {id} NOT NULL PRIMARY KEY, seq {int} NOT NULL, content {id} NOT NULL) "
       "{clustered};"
       "CREATE TABLE aml_finding (id {id} NOT NULL PRIMARY KEY, number {int} NOT NULL, typology {int} NOT NULL, "
       "account {text} NOT NULL, from_at {int} NOT NULL, to_at {int} NOT NULL, amount_minor {int} NOT NULL, "
       "currency {text} NOT NULL, counterparties {int} NOT NULL, transfers {int} NOT NULL, strength_ppm {int} NOT "
       "NULL, outcome {text} NOT NULL, decision {id} NOT NULL, alert {id}, in_case {id}, refreshed {int} NOT NULL, "
       "first_seq {int} NOT NULL, seqs {bytes} NOT NULL, verdict {int});"
       "CREATE INDEX aml_finding_account ON aml_finding (account, id);"
       "CREATE INDEX aml_finding_number ON aml_finding (number);"
       "CREATE INDEX aml_finding_seq ON aml_finding (first_seq);"
       "CREATE INDEX aml_finding_case ON aml_finding (in_case);"
       "CREATE TABLE aml_snapshot (piece {int} NOT NULL PRIMARY KEY, seq {int} NOT NULL, settings {bytes} NOT NULL, "
       "bytes {bytes} NOT NULL);"
       "CREATE TABLE aml_report (id {id} NOT NULL PRIMARY KEY, in_case {id} NOT NULL, state {int} NOT NULL, subject "
       "{text} NOT NULL, drafted_at {int} NOT NULL, drafted_by {text} NOT NULL, submitted_by {text} NOT NULL, "
       "approved_by {text} NOT NULL, digest {bytes}, body {text} NOT NULL);"
       "CREATE INDEX aml_report_case ON aml_report (in_case)"}};
}

std::string printed_countries(const std::vector<std::string>& countries) { return join(countries, " "); }

Result<void> append_transfers(Transaction& tx, std::span<const LoggedTransfer> transfers) {
  std::vector<std::string> countries(transfers.size()), contents(transfers.size());
  std::vector<Param> cells;
  cells.reserve(transfers.size() * transfer_table().columns.size());
  for (size_t i = 0; i < transfers.size(); ++i) {
    const LoggedTransfer& row = transfers[i];
    countries[i] = printed_countries(row.transfer.countries);
    contents[i] = row.content.bytes();
    cells.insert(cells.end(), {static_cast<int64_t>(row.seq), row.transfer.key, row.transfer.at.microseconds,
                               row.transfer.from, row.transfer.to, row.transfer.amount_minor, row.transfer.currency,
                               row.base_minor, row.transfer.purpose, countries[i], BytesView{contents[i]}});
  }
  TRY(tx.append(transfer_table(), cells));
  std::vector<std::string> keys(transfers.size());
  std::vector<Param> key_cells;
  for (size_t i = 0; i < transfers.size(); ++i) {
    keys[i] = transfers[i].key_hash.bytes();
    key_cells.insert(key_cells.end(),
                     {BytesView{keys[i]}, static_cast<int64_t>(transfers[i].seq), BytesView{contents[i]}});
  }
  static const AppendTable key_table{"aml_key", {"key_hash", "seq", "content"}};
  return tx.append(key_table, key_cells);
}

Result<std::optional<KnownKey>> find_key(Reader& reader, const Id128& key_hash) {
  std::optional<KnownKey> out;
  const std::string bytes = key_hash.bytes();
  TRY(reader.each("SELECT seq, content FROM aml_key WHERE key_hash = ?", {BytesView{bytes}},
                  [&](const Row& row) -> Result<void> {
                    out = KnownKey{static_cast<uint64_t>(row.integer(0)), row.id(1)};
                    return {};
                  }));
  return out;
}

Result<uint64_t> last_transfer(Reader& reader) {
  const auto last = TRY(reader.integer("SELECT MAX(seq) FROM aml_transfer"));
  return static_cast<uint64_t>(last.value_or(0));
}

Result<void> each_transfer(Reader& reader, uint64_t after, uint64_t limit,
                           const std::function<Result<void>(const LoggedTransfer&)>& visit) {
  std::string sql = "SELECT ";
  sql += kTransferColumns;
  sql += " FROM aml_transfer WHERE seq > ? ORDER BY seq LIMIT ?";
  return reader.each(sql, {static_cast<int64_t>(after), static_cast<int64_t>(limit)},
                     [&](const Row& row) -> Result<void> { return visit(read_transfer(row)); });
}

Result<std::vector<TransferLine>> find_transfers(Reader& reader, std::span<const uint64_t> seqs) {
  std::vector<TransferLine> out;
  std::string sql = "SELECT ";
  sql += kTransferColumns;
  sql += " FROM aml_transfer WHERE seq = ?";
  for (const uint64_t seq : seqs) {
    TRY(reader.each(sql, {static_cast<int64_t>(seq)}, [&](const Row& row) -> Result<void> {
      LoggedTransfer one = read_transfer(row);
      out.push_back({one.seq, std::move(one.transfer.key), one.transfer.at, std::move(one.transfer.from),
                     std::move(one.transfer.to), one.transfer.amount_minor, std::move(one.transfer.currency),
                     std::move(one.transfer.purpose), std::move(one.transfer.countries)});
      return {};
    }));
  }
  std::sort(out.begin(), out.end(),
            [](const TransferLine& a, const TransferLine& b) { return a.at != b.at ? a.at < b.at : a.seq < b.seq; });
  return out;
}

Result<void> insert_finding(Transaction& tx, const FindingRow& row) {
  const std::string id = row.line.id.bytes(), decision = row.line.decision.bytes(), seqs = packed(row.seqs);
  const std::string alert = row.line.alert ? row.line.alert->bytes() : "";
  const std::string in_case = row.line.in_case ? row.line.in_case->bytes() : "";
  std::string sql = "INSERT INTO aml_finding (";
  sql += kFindingColumns;
  sql += ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  TRY(tx.execute(
      sql, {BytesView{id}, static_cast<int64_t>(row.number), static_cast<int64_t>(row.line.typology), row.line.account,
            row.line.from.microseconds, row.line.to.microseconds, row.line.amount_minor, row.line.currency,
            row.line.counterparties, row.line.transfers, row.line.strength_ppm, row.line.outcome, BytesView{decision},
            row.line.alert ? Param(BytesView{alert}) : Param(), row.line.in_case ? Param(BytesView{in_case}) : Param(),
            row.line.refreshed, static_cast<int64_t>(row.first_seq), BytesView{seqs},
            row.verdict ? Param(*row.verdict) : Param()}));
  return {};
}

Result<void> update_finding(Transaction& tx, const FindingRow& row) {
  const std::string id = row.line.id.bytes(), decision = row.line.decision.bytes(), seqs = packed(row.seqs);
  const std::string alert = row.line.alert ? row.line.alert->bytes() : "";
  const std::string in_case = row.line.in_case ? row.line.in_case->bytes() : "";
  TRY(tx.execute(
      "UPDATE aml_finding SET from_at = ?, to_at = ?, amount_minor = ?, counterparties = ?, transfers = ?, "
      "strength_ppm = ?, outcome = ?, decision = ?, alert = ?, in_case = ?, refreshed = ?, seqs = ?, verdict = ? WHERE "
      "id = ?",
      {row.line.from.microseconds, row.line.to.microseconds, row.line.amount_minor, row.line.counterparties,
       row.line.transfers, row.line.strength_ppm, row.line.outcome, BytesView{decision},
       row.line.alert ? Param(BytesView{alert}) : Param(), row.line.in_case ? Param(BytesView{in_case}) : Param(),
       row.line.refreshed, BytesView{seqs}, row.verdict ? Param(*row.verdict) : Param(), BytesView{id}}));
  return {};
}

Result<std::optional<FindingRow>> find_finding(Reader& reader, const Id128& id) {
  const std::string bytes = id.bytes();
  const Param params[] = {BytesView{bytes}};
  auto rows = TRY(read_findings(reader, "WHERE id = ?", params));
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

Result<std::optional<FindingRow>> finding_of_number(Reader& reader, uint64_t number) {
  const Param params[] = {static_cast<int64_t>(number)};
  auto rows = TRY(read_findings(reader, "WHERE number = ? ORDER BY id DESC LIMIT 1", params));
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

Result<std::vector<FindingRow>> findings_of_transfer(Reader& reader, uint64_t seq) {
  const Param params[] = {static_cast<int64_t>(seq)};
  return read_findings(reader, "WHERE first_seq = ? ORDER BY id", params);
}

Result<std::vector<FindingRow>> findings_of_case(Reader& reader, const Id128& in_case) {
  const std::string bytes = in_case.bytes();
  const Param params[] = {BytesView{bytes}};
  return read_findings(reader, "WHERE in_case = ? ORDER BY id", params);
}

Result<std::vector<FindingRow>> find_findings(Reader& reader, const FindingsRequest& request) {
  std::string where = "WHERE 1 = 1";
  std::vector<Param> params;
  if (!request.account.empty()) {
    where += " AND account = ?";
    params.emplace_back(request.account);
  }
  if (request.typology) {
    where += " AND typology = ?";
    params.emplace_back(static_cast<int64_t>(*request.typology));
  }
  if (request.from) {
    where += " AND to_at >= ?";
    params.emplace_back(request.from->microseconds);
  }
  if (request.to) {
    where += " AND from_at < ?";
    params.emplace_back(request.to->microseconds);
  }
  if (!request.outcome.empty()) {
    where += " AND outcome = ?";
    params.emplace_back(request.outcome);
  }
  std::string after;
  if (!request.after.empty()) {
    const auto id = Id128::parse(request.after);
    if (!id) return fail(ErrorCode::invalid, "after", "expected the `next` of the page before");
    after = id->bytes();
    where += " AND id < ?";
    params.emplace_back(BytesView{after});
  }
  where += " ORDER BY id DESC LIMIT ?";
  params.emplace_back(request.limit + 1);
  return read_findings(reader, where, params);
}

Result<PriorFindings> prior_findings(Reader& reader, std::string_view account, Typology typology) {
  PriorFindings out;
  TRY(reader.each("SELECT typology, outcome, verdict FROM aml_finding WHERE account = ?", {account},
                  [&](const Row& row) -> Result<void> {
                    out.alerts += row.text(1) != "approve";
                    out.dismissed +=
                        !row.is_null(2) && row.integer(2) == 1 && row.integer(0) == static_cast<int64_t>(typology);
                    return {};
                  }));
  return out;
}

Result<void> put_snapshot(Transaction& tx, const StoredSnapshot& snapshot) {
  TRY(tx.execute("DELETE FROM aml_snapshot"));
  int64_t piece = 0;
  for (size_t at = 0; at < snapshot.bytes.size(); at += kSnapshotPieceBytes, ++piece) {
    const std::string_view bytes = std::string_view(snapshot.bytes).substr(at, kSnapshotPieceBytes);
    TRY(tx.execute("INSERT INTO aml_snapshot (piece, seq, settings, bytes) VALUES (?, ?, ?, ?)",
                   {piece, static_cast<int64_t>(snapshot.seq), BytesView{snapshot.settings.view()}, BytesView{bytes}}));
  }
  return {};
}

Result<std::optional<StoredSnapshot>> find_snapshot(Reader& reader) {
  std::optional<StoredSnapshot> out;
  TRY(reader.each("SELECT seq, settings, bytes FROM aml_snapshot ORDER BY piece", {},
                  [&](const Row& row) -> Result<void> {
                    if (!out) {
                      out.emplace();
                      out->seq = static_cast<uint64_t>(row.integer(0));
                      const auto settings = Digest::from_bytes(row.bytes(1));
                      if (!settings)
                        return fail(ErrorCode::corrupt, "aml_snapshot", "its settings' digest does not read");
                      out->settings = *settings;
                    }
                    out->bytes += row.bytes(2);
                    return {};
                  }));
  return out;
}

}  // namespace puhui::aml
