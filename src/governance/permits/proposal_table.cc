#include "governance/permits/proposal_table.h"

namespace puhui::permits {

namespace {

constexpr std::string_view kProposalColumns =
    "id, use_case, digest, base, state, author, submitted_at, changed_at, scheduled_at, closed_by, why, manifest";

Result<Proposal> read_row(const Row& row) {
  Proposal out;
  out.id = ProposalId(row.id(0));
  out.use_case = row.text(1);
  const auto digest = Digest::from_bytes(row.bytes(2));
  out.manifest = TRY(read_json<evidence::Manifest>(TRY(parse_json(row.text(11)))));
  if (!digest || out.manifest.digest() != *digest) {
    return fail(ErrorCode::corrupt, "proposal " + out.id.text(),
                "its manifest gives another digest than was submitted; restore the store from a backup");
  }
  out.digest = *digest;
  if (!row.is_null(3)) out.base = Digest::from_bytes(row.bytes(3));
  out.state = static_cast<ProposalState>(row.integer(4));
  out.author = row.text(5);
  out.submitted_at = {row.integer(6)};
  out.changed_at = {row.integer(7)};
  if (!row.is_null(8)) out.scheduled_at = Timestamp{row.integer(8)};
  out.closed_by = row.text(9);
  out.why = row.text(10);
  out.approvals_needed = evidence::approvals_needed(out.manifest.tier);
  return out;
}

}  // namespace

std::vector<Migration> migrations() {
  return {
      {"permits", 1,
       "CREATE TABLE permits_proposal (use_case {text} NOT NULL, id {id} NOT NULL, digest {bytes} NOT NULL, "
       "base {bytes}, state {int} NOT NULL, author {text} NOT NULL, submitted_at {int} NOT NULL, "
       "changed_at {int} NOT NULL, scheduled_at {int}, closed_by {text} NOT NULL, why {text} NOT NULL, "
       "manifest {text} NOT NULL, PRIMARY KEY (use_case, id));"
       "CREATE INDEX permits_proposal_id ON permits_proposal (id);"
       "CREATE INDEX permits_proposal_digest ON permits_proposal (digest);"
       "CREATE TABLE permits_approval (proposal {id} NOT NULL, person {text} NOT NULL, signed_at {int} NOT NULL, "
       "signature {text} NOT NULL, seen {bytes} NOT NULL, PRIMARY KEY (proposal, person));"
       // reviewed_at 0: nobody looked at it afterwards yet
       "CREATE TABLE permits_rollback (use_case {text} NOT NULL, rolled_at {int} NOT NULL, by_whom {text} NOT NULL, "
       "why {text} NOT NULL, from_permit {bytes} NOT NULL, to_permit {bytes} NOT NULL, "
       "reviewed_by {text} NOT NULL, review {text} NOT NULL, reviewed_at {int} NOT NULL, "
       "PRIMARY KEY (use_case, rolled_at))"}};
}

std::span<const std::string_view> names_of(const ProposalState*) {
  static constexpr std::string_view kNames[] = {"draft",    "submitted", "approved",   "scheduled", "in_force",
                                                "rejected", "withdrawn", "superseded", "expired"};
  return kNames;
}

std::string_view name_of(ProposalState state) { return names_of(&state)[static_cast<size_t>(state)]; }

std::string name_of(const Proposal& proposal) {
  return "proposal " + proposal.id.text() + " of " + proposal.use_case + " (manifest " + proposal.digest.hex() + ")";
}

void fields(Shape& shape, ProposalApproval& approval) {
  shape.field("person", approval.person, {.help = "who signed"});
  shape.field("at", approval.at, {.help = "when, as signed"});
  shape.field("signature", approval.signature, {.help = "Ed25519, 128 hex digits"});
  shape.field("seen", approval.seen, {.help = "digest of what the person saw"});
}

void fields(Shape& shape, Proposal& proposal) {
  shape.field("id", proposal.id, {.help = "the proposal"});
  shape.field("use_case", proposal.use_case, {.help = "what it would let run"});
  shape.field("digest", proposal.digest, {.help = "SHA-256 of its manifest: the permit's name"});
  shape.field("base", proposal.base, {.help = "the permit it was written against; absent: none was in force"});
  shape.field("state", proposal.state, {.help = "where it stands"});
  shape.field("author", proposal.author, {.help = "who wrote it; may not sign it"});
  shape.field("submitted_at", proposal.submitted_at, {.help = "when it was submitted, or kept as a draft"});
  shape.field("changed_at", proposal.changed_at, {.help = "when it came to stand so"});
  shape.field("scheduled_at", proposal.scheduled_at, {.help = "when it shall take force; absent: once approved"});
  shape.field("approvals_needed", proposal.approvals_needed, {.help = "how many people must sign, by tier"});
  shape.field("approvals", proposal.approvals, {.help = "who signed so far"});
  shape.field("closed_by", proposal.closed_by, {.help = "who rejected or withdrew it; empty: nobody"});
  shape.field("why", proposal.why, {.help = "why it was closed, or what keeps an approved one from taking force"});
  shape.field("manifest", proposal.manifest, {.help = "what would run, by digest"});
}

Result<std::vector<Proposal>> read_proposals(Reader& reader, const std::string& where, std::span<const Param> params) {
  std::vector<Proposal> out;
  TRY(reader.each("SELECT " + std::string(kProposalColumns) + " FROM permits_proposal " + where, params,
                  [&](const Row& row) -> Result<void> {
                    out.push_back(TRY(read_row(row)));
                    return {};
                  }));
  for (Proposal& proposal : out) {
    const std::string id = proposal.id.bytes();
    TRY(
        reader.each("SELECT person, signed_at, signature, seen FROM permits_approval WHERE proposal = ? "
                    "ORDER BY signed_at, person",
                    {BytesView{id}}, [&](const Row& row) -> Result<void> {
                      proposal.approvals.push_back({std::string(row.text(0)),
                                                    {row.integer(1)},
                                                    std::string(row.text(2)),
                                                    Digest::from_bytes(row.bytes(3)).value_or(Digest{})});
                      return {};
                    }));
  }
  return out;
}

Result<std::optional<Proposal>> find_proposal(Reader& reader, ProposalId id) {
  const std::string bytes = id.bytes();
  const Param params[] = {BytesView{bytes}};
  auto found = TRY(read_proposals(reader, "WHERE id = ?", params));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::optional<Proposal>> find_proposal(Reader& reader, const Digest& manifest) {
  const Param params[] = {BytesView{manifest.view()}};
  auto found = TRY(read_proposals(reader, "WHERE digest = ?", params));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<void> insert_proposal(Transaction& tx, const Proposal& proposal) {
  const std::string id = proposal.id.bytes();
  TRY(tx.execute("INSERT INTO permits_proposal (" + std::string(kProposalColumns) +
                     ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, '', '', ?)",
                 {BytesView{id}, proposal.use_case, BytesView{proposal.digest.view()},
                  proposal.base ? Param(BytesView{proposal.base->view()}) : Param(),
                  static_cast<int64_t>(proposal.state), proposal.author, proposal.submitted_at.microseconds,
                  proposal.changed_at.microseconds, proposal.manifest.canonical()}));
  return {};
}

Result<void> update_proposal(Transaction& tx, const Proposal& proposal) {
  const std::string id = proposal.id.bytes();
  TRY(tx.execute(
      "UPDATE permits_proposal SET state = ?, submitted_at = ?, changed_at = ?, scheduled_at = ?, "
      "closed_by = ?, why = ? WHERE use_case = ? AND id = ?",
      {static_cast<int64_t>(proposal.state), proposal.submitted_at.microseconds, proposal.changed_at.microseconds,
       proposal.scheduled_at ? Param(proposal.scheduled_at->microseconds) : Param(), proposal.closed_by, proposal.why,
       proposal.use_case, BytesView{id}}));
  return {};
}

Result<void> insert_approval(Transaction& tx, const Proposal& proposal, const ProposalApproval& approval) {
  const std::string id = proposal.id.bytes();
  TRY(tx.execute(
      "INSERT INTO permits_approval (proposal, person, signed_at, signature, seen) VALUES (?, ?, ?, ?, ?)",
      {BytesView{id}, approval.person, approval.at.microseconds, approval.signature, BytesView{approval.seen.view()}}));
  return {};
}

}  // namespace puhui::permits
