#include "applications/aml/match_table.h"

#include <algorithm>

#include "ground/base/bytes.h"

namespace puhui::aml {

Digest identity_of(const PartyView& party) {
  std::vector<std::string> words;
  for (screening::NameToken& token : screening::tokens_of(party.name)) words.push_back(std::move(token.text));
  std::ranges::sort(words);
  ByteWriter out;
  out.unsigned_varint(words.size());
  for (const std::string& word : words) out.text(word);
  out.u8(static_cast<uint8_t>(party.kind));
  out.signed_varint(party.born ? party.born->days : std::numeric_limits<int32_t>::min());
  out.text(screening::country_code(party.country));
  return sha256(out.bytes());
}

std::string subject_of(const PartyView& party) {
  return party.party.empty() ? "name:" + identity_of(party).short_hex() : party.party;
}

Id128 match_id(const PartyView& party, const MatchView& found) {
  ByteWriter out;
  out.text(party.party);
  out.digest(identity_of(party));
  out.text(found.list);
  out.text(found.entry);
  out.digest(found.entry_digest);
  return *Id128::from_bytes(sha256(out.bytes()).view().substr(0, 16));
}

namespace {

struct Reasons {
  std::vector<ScreeningReason> reasons;
};
void fields(Shape& shape, Reasons& reasons) { shape.field("reasons", reasons.reasons); }

constexpr std::string_view kColumns =
    "id, made_at, state, posterior_ppm, outcome, decision, query, found, reasons, proposed_by, decided_by, decided_at, "
    "why";

Result<StoredMatch> read_match(const Row& row) {
  StoredMatch out;
  out.id = row.id(0);
  out.at = {row.integer(1)};
  out.state = static_cast<MatchState>(row.integer(2));
  out.outcome = row.text(4);
  out.decision = evidence::RecordId(row.id(5));
  out.query = TRY(read_json<PartyView>(TRY(parse_json(row.text(6)))));
  out.found = TRY(read_json<MatchView>(TRY(parse_json(row.text(7)))));
  out.reasons = TRY(read_json<Reasons>(TRY(parse_json(row.text(8))))).reasons;
  out.proposed_by = row.text(9);
  out.decided_by = row.text(10);
  if (!row.is_null(11)) out.decided_at = Timestamp{row.integer(11)};
  out.why = row.text(12);
  return out;
}

}  // namespace

Result<std::optional<StoredMatch>> find_match(Reader& reader, const Id128& id) {
  std::optional<StoredMatch> out;
  const std::string sql = "SELECT " + std::string(kColumns) + " FROM aml_screening_match WHERE id = ?";
  const std::string bytes = id.bytes();
  TRY(reader.each(sql, {BytesView{bytes}}, [&](const Row& row) -> Result<void> {
    out = TRY(read_match(row));
    return {};
  }));
  return out;
}

Result<void> insert_match(Transaction& tx, const StoredMatch& match) {
  const std::string id = match.id.bytes(), decision = match.decision.bytes();
  const std::string query = print_json(to_json(match.query)), found = print_json(to_json(match.found)),
                    reasons = print_json(to_json(Reasons{match.reasons}));
  TRY(tx.execute(
      "INSERT INTO aml_screening_match (id, made_at, state, party, list, entry, entry_digest, posterior_ppm, "
      "outcome, decision, query, found, reasons, proposed_by, decided_by, decided_at, why) VALUES (?, ?, ?, "
      "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', NULL, '')",
      {BytesView{id}, match.at.microseconds, static_cast<int64_t>(match.state), match.query.party, match.found.list,
       match.found.entry, BytesView{match.found.entry_digest.view()}, match.found.posterior_ppm, match.outcome,
       BytesView{decision}, query, found, reasons}));
  return {};
}

Result<void> change_match(Transaction& tx, const StoredMatch& match) {
  const std::string id = match.id.bytes();
  TRY(
      tx.execute("UPDATE aml_screening_match SET state = ?, proposed_by = ?, decided_by = ?, decided_at = ?, why = ? "
                 "WHERE id = ?",
                 {static_cast<int64_t>(match.state), match.proposed_by, match.decided_by,
                  match.decided_at ? Param(match.decided_at->microseconds) : Param(), match.why, BytesView{id}}));
  return {};
}

Result<std::vector<StoredMatch>> list_matches(Reader& reader, const MatchesRequest& request) {
  std::string sql = "SELECT " + std::string(kColumns) + " FROM aml_screening_match WHERE 1 = 1";
  std::vector<Param> params;
  if (request.state) sql += " AND state = ?", params.emplace_back(static_cast<int64_t>(*request.state));
  if (request.party) sql += " AND party = ?", params.emplace_back(*request.party);
  if (request.list) sql += " AND list = ?", params.emplace_back(*request.list);
  std::string before;
  if (request.after) {
    const auto id = Id128::parse(*request.after);
    if (!id) return fail(ErrorCode::invalid, "after", "expected the 'next' of a page before");
    const auto last = TRY(find_match(reader, *id));
    if (!last) return fail(ErrorCode::not_found, "after", "there is no match '" + *request.after + "'");
    before = last->id.bytes();
    sql += " AND (made_at < ? OR (made_at = ? AND id < ?))";
    params.emplace_back(last->at.microseconds);
    params.emplace_back(last->at.microseconds);
    params.emplace_back(BytesView{before});
  }
  sql += " ORDER BY made_at DESC, id DESC LIMIT ?";
  params.emplace_back(request.limit);
  std::vector<StoredMatch> out;
  TRY(reader.each(sql, params, [&](const Row& row) -> Result<void> {
    out.push_back(TRY(read_match(row)));
    return {};
  }));
  return out;
}

Result<int> put_party(Transaction& tx, const PartyView& party) {
  const Digest identity = identity_of(party);
  std::optional<std::string> before;
  TRY(tx.each("SELECT identity FROM aml_screening_party WHERE party = ?", {party.party},
              [&](const Row& row) -> Result<void> {
                before = row.bytes(0);
                return {};
              }));
  const Param born = party.born ? Param(static_cast<int64_t>(party.born->days)) : Param();
  const auto kind = static_cast<int64_t>(party.kind);
  if (!before) {
    TRY(
        tx.execute("INSERT INTO aml_screening_party (party, name, kind, born, country, identity, screened) VALUES (?, "
                   "?, ?, ?, ?, ?, ?)",
                   {party.party, party.name, kind, born, party.country, BytesView{identity.view()}, BytesView{""}}));
    return 1;
  }
  TRY(tx.execute(
      "UPDATE aml_screening_party SET name = ?, kind = ?, born = ?, country = ?, identity = ? WHERE party = ?",
      {party.name, kind, born, party.country, BytesView{identity.view()}, party.party}));
  return *before == identity.view() ? 0 : 2;
}

Result<std::vector<KnownParty>> parties_after(Reader& reader, std::string_view after, int64_t limit) {
  std::vector<KnownParty> out;
  TRY(reader.each(
      "SELECT party, name, kind, born, country, identity, screened FROM aml_screening_party WHERE party > ? "
      "ORDER BY party LIMIT ?",
      {after, limit}, [&](const Row& row) -> Result<void> {
        KnownParty party;
        party.party = row.text(0);
        party.name = row.text(1);
        party.kind = static_cast<screening::PartyKind>(row.integer(2));
        if (!row.is_null(3)) party.born = Date{static_cast<int32_t>(row.integer(3))};
        party.country = row.text(4);
        party.screened = row.bytes(5) == row.bytes(6);
        out.push_back(std::move(party));
        return {};
      }));
  return out;
}

Result<void> mark_screened(Transaction& tx, const PartyView& party) {
  const Digest identity = identity_of(party);
  // Not when it changed while it was screened.
  TRY(tx.execute("UPDATE aml_screening_party SET screened = identity WHERE party = ? AND identity = ?",
                 {party.party, BytesView{identity.view()}}));
  return {};
}

}  // namespace puhui::aml
