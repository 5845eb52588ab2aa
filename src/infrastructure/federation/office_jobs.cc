// Jobs and their approvals: who made, who checked, and what is refused.
#include <algorithm>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/evidence/people.h"
#include "infrastructure/federation/job_words.h"
#include "infrastructure/federation/office.h"
#include "infrastructure/federation/office_rows.h"

namespace puhui::federation {

namespace {

constexpr size_t kPrefixDigitsMin = 8;
constexpr size_t kSignersNeeded = 2;

constexpr std::string_view kJobColumns =
    "hash, file, state, registered_at, why, data_path, work_folder, attempt, stop_asked, model FROM federation_job ";

Error forbidden(std::string where, std::string why) {
  return {ErrorCode::forbidden, {{std::move(where), std::move(why)}}};
}

std::string state_name(JobState state) { return std::string(names_of(&state)[static_cast<size_t>(state)]); }

Result<KeptJob> job_of(const Row& row) {
  KeptJob out;
  const auto hash = Digest::parse(row.text(0));
  if (!hash) return fail(ErrorCode::corrupt, "job", "its hash is no digest");
  out.hash = *hash;
  out.file = row.text(1);
  out.job = TRY(parse_job(out.file));
  out.state = static_cast<JobState>(row.integer(2));
  out.registered_at = {row.integer(3)};
  out.why = row.text(4);
  out.data_path = row.text(5);
  out.work_folder = row.text(6);
  out.attempt = row.integer(7);
  out.stop_asked = row.integer(8) != 0;
  if (!row.text(9).empty()) out.model = Digest::parse(row.text(9));
  return out;
}

Result<std::vector<KeptJob>> jobs_where(Reader& reader, const std::string& where, std::span<const Param> params) {
  std::vector<KeptJob> out;
  TRY(reader.each("SELECT " + std::string(kJobColumns) + where, params, [&](const Row& row) -> Result<void> {
    out.push_back(TRY(job_of(row)));
    return {};
  }));
  return out;
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// What lies in the job's file against what this house is: its name and certificate, and that it knows whom it will speak with.
Result<void> check_against_house(const Job& job, const Office::Self& self, const std::vector<PartnerView>& partners) {
  Faults faults;
  const std::string& name = self.certificate.party;
  const auto place = party_of(job, name);
  if (!place) {
    std::vector<std::string> named;
    for (const JobParty& party : job.parties) named.push_back(party.name);
    return fail(ErrorCode::invalid, "parties", "this house is '" + name + "', the job names " + join(named, ", "));
  }
  const std::string own = self.certificate.fingerprint.hex();
  if (job.parties[*place].certificate != own) {
    faults.add("parties/" + std::to_string(*place) + "/certificate",
               "expected ours, " + own + ", came " + job.parties[*place].certificate);
  }
  for (size_t i = 0; i < job.parties.size(); ++i) {
    if (i == *place || (*place != 0 && i != 0)) continue;  // spokes speak with the hub alone
    const JobParty& party = job.parties[i];
    const std::string where = "parties/" + std::to_string(i);
    const auto known = std::ranges::find(partners, party.name, &PartnerView::name);
    if (known == partners.end()) {
      faults.add(where + "/name", "'" + party.name + "' is not pinned here; 'puhui federation accept' its invitation");
    } else if (known->fingerprint != party.certificate) {
      faults.add(where + "/certificate",
                 "'" + party.name + "' is pinned with " + known->fingerprint + ", the job says " + party.certificate);
    }
  }
  return std::move(faults).result();
}

Result<std::vector<evidence::Person>> known_people(Store& store) {
  std::vector<evidence::Person> people;
  TRY(store.read([&](Reader& reader) -> Result<void> {
    people = TRY(evidence::read_people(reader));
    return {};
  }));
  return people;
}

}  // namespace

Result<KeptJob> read_job(Reader& reader, const std::string& hash) {
  const Param params[] = {hash};
  auto found = TRY(jobs_where(reader, "WHERE hash = ?", params));
  if (found.empty()) return fail(ErrorCode::not_found, "job", "no job " + hash + " is known here");
  return std::move(found.front());
}

Result<JobView> view_of(Reader& reader, const KeptJob& kept) {
  JobView out;
  out.hash = kept.hash;
  out.name = kept.job.name;
  out.kind = names_of(&kept.job.kind)[static_cast<size_t>(kept.job.kind)];
  for (const JobParty& party : kept.job.parties) out.parties.push_back(party.name);
  TRY(reader.each("SELECT name FROM federation_certificate WHERE pem = (SELECT certificate FROM federation_self)", {},
                  [&](const Row& row) -> Result<void> {
                    out.self = row.text(0);
                    return {};
                  }));
  out.state = kept.state;
  out.registered_at = kept.registered_at;
  out.approvals = TRY(read_approvals(reader, kept.hash.hex()));
  out.why = kept.why;
  return out;
}

Result<std::vector<SignedBy>> read_approvals(Reader& reader, const std::string& job) {
  std::vector<SignedBy> out;
  TRY(
      reader.each("SELECT person, role, signed_at, key_hex, signature FROM federation_approval WHERE job = ? "
                  "ORDER BY role, person",
                  {job}, [&](const Row& row) -> Result<void> {
                    out.push_back({std::string(row.text(0)),
                                   static_cast<SignerRole>(row.integer(1)),
                                   {row.integer(2)},
                                   std::string(row.text(3)),
                                   std::string(row.text(4))});
                    return {};
                  }));
  return out;
}

// ---- keeping and finding

Result<KeptJob> Office::register_job(const std::string& file, std::string_view by) {
  const Job job = TRY(parse_job(file));
  TRY(check_against_house(job, TRY(self()), TRY(partners("", kPartnersMax))));
  const std::string hash = job_hash(file).hex();
  std::optional<KeptJob> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const int64_t added = TRY(tx.execute(
        "INSERT INTO federation_job (hash, name, file, state, registered_at, why, data_path, work_folder, attempt, "
        "stop_asked, model) VALUES (?, ?, ?, ?, ?, '', '', '', 0, 0, '') ON CONFLICT (hash) DO NOTHING",
        {hash, job.name, file, static_cast<int64_t>(JobState::proposed), needs_.clock.now().microseconds}));
    if (added > 0) record("job '" + job.name + "' " + hash + " proposed", by);
    out = TRY(read_job(tx, hash));
    return {};
  }));
  return *std::move(out);
}

Result<KeptJob> Office::find_job(std::string_view named) const {
  const std::string name(named), prefix = to_lower_ascii(named), behind = prefix + "g";
  std::vector<KeptJob> found;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    const Param by_name[] = {name}, by_hash[] = {prefix, behind};
    if (prefix.size() >= kPrefixDigitsMin && is_hex(prefix)) {
      found = TRY(jobs_where(reader, "WHERE hash >= ? AND hash < ? ORDER BY hash LIMIT 2", by_hash));
    }
    if (found.empty()) {
      found = TRY(jobs_where(reader, "WHERE name = ? ORDER BY registered_at DESC, hash LIMIT 1", by_name));
    }
    return {};
  }));
  if (found.empty()) {
    return fail(ErrorCode::not_found, "job",
                "no job '" + name + "' is known here; name its file, its hash (8 digits or more) or its name");
  }
  if (found.size() > 1)
    return fail(ErrorCode::conflict, "job", "'" + name + "' begins several hashes; say more digits");
  return std::move(found.front());
}

Result<std::vector<JobView>> Office::jobs(std::optional<JobState> state, const std::string& after,
                                          int64_t limit) const {
  std::vector<JobView> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    int64_t before = std::numeric_limits<int64_t>::max();
    if (!after.empty()) {
      before = TRY(reader.integer("SELECT registered_at FROM federation_job WHERE hash = ?", {after})).value_or(0);
    }
    const int64_t low = state ? static_cast<int64_t>(*state) : 0;
    const int64_t high = state ? static_cast<int64_t>(*state) : static_cast<int64_t>(JobState::rejected);
    const Param params[] = {low, high, before, before, after, limit};
    const auto found =
        TRY(jobs_where(reader,
                       "WHERE state >= ? AND state <= ? AND (registered_at < ? OR (registered_at = ? AND "
                       "hash > ?)) ORDER BY registered_at DESC, hash LIMIT ?",
                       params));
    for (const KeptJob& one : found) out.push_back(TRY(view_of(reader, one)));
    return {};
  }));
  return out;
}

Result<JobPage> Office::page(const Digest& job) const {
  JobPage out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    const KeptJob kept = TRY(read_job(reader, job.hex()));
    out.job = TRY(view_of(reader, kept));
    out.declaration = TRY(parse_json(kept.file));
    out.in_words = in_words(kept.job);
    out.runs = TRY(read_runs(reader, job.hex(), kRunsShownMax));
    out.leakage = TRY(read_leakage_of_job(reader, job.hex()));
    if (kept.model && *kept.model != Digest{}) out.model = kept.model;
    if (const auto card = TRY(read_card(reader, job.hex()))) out.measures = card->measures;
    return {};
  }));
  return out;
}

// ---- approvals

Result<std::string> Office::approval_bytes(const Digest& job, std::string_view person) const {
  const Self self = TRY(this->self());
  return "puhui federation job 1\njob: " + job.hex() + "\nhouse: " + self.certificate.party +
         "\nperson: " + std::string(person) + "\n";
}

Result<void> Office::check_signature(const KeptJob& kept, std::string_view person,
                                     const evidence::Signature& signature) const {
  const auto people = TRY(known_people(needs_.store));
  const auto known = std::ranges::find(people, person, &evidence::Person::name);
  if (known == people.end()) {
    return fail(forbidden("person", "'" + std::string(person) + "' has no signing key here; 'puhui person add' first"));
  }
  if (!evidence::verifies(known->key, TRY(approval_bytes(kept.hash, person)), signature)) {
    return fail(forbidden("signature", "is not '" + std::string(person) +
                                           "'s over this job in this house; sign the answer "
                                           "of 'federation bytes'"));
  }
  const auto signed_by = TRY(approvals(kept.hash));
  for (const SignedBy& one : signed_by) {
    if (one.person == person) {
      return fail(ErrorCode::conflict, "person",
                  "'" + one.person + "' signed it already; another person's signature is needed");
    }
  }
  if (kept.state != JobState::proposed) {
    const bool is_rejected = kept.state == JobState::rejected;
    return fail(ErrorCode::conflict, "job",
                "it is " + state_name(kept.state) + ": " +
                    (is_rejected ? "say it in a new file, whose hash is another"
                                 : "two people signed it, no signature is missing"));
  }
  if (!signed_by.empty() && !known->may_approve) {
    return fail(
        forbidden("person", "'" + std::string(person) + "' may not approve; the second signature is the checker's"));
  }
  return {};
}

Error Office::refused(const KeptJob& kept, std::string_view person, std::string_view by, Error why) const {
  const auto recorded = needs_.store.write([&](Transaction&) -> Result<void> {
    record("approval of job '" + kept.job.name + "' " + kept.hash.hex() + " by '" + std::string(person) +
               "' refused: " + why.text(),
           by);
    return {};
  });
  return recorded ? std::move(why) : recorded.error();
}

Result<JobView> Office::approve(const Digest& job, std::string_view person, const evidence::Signature& signature,
                                std::string_view by) {
  std::optional<KeptJob> kept;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    kept = TRY(read_job(reader, job.hex()));
    return {};
  }));
  if (auto counts = check_signature(*kept, person, signature); !counts) {
    return fail(refused(*kept, person, by, std::move(counts).error()));
  }
  const auto people = TRY(known_people(needs_.store));
  const std::string key = std::ranges::find(people, person, &evidence::Person::name)->key.hex();
  std::optional<JobView> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const auto before = TRY(read_approvals(tx, job.hex()));
    if (before.size() >= kSignersNeeded) return fail(ErrorCode::conflict, "job", "two people signed it meanwhile");
    const SignerRole role = before.empty() ? SignerRole::maker : SignerRole::checker;
    TRY(tx.execute(
        "INSERT INTO federation_approval (job, person, role, signed_at, key_hex, signature) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        {job.hex(), person, static_cast<int64_t>(role), needs_.clock.now().microseconds, key, signature.hex()}));
    if (role == SignerRole::checker) {
      TRY(tx.execute("UPDATE federation_job SET state = ? WHERE hash = ? AND state = ?",
                     {static_cast<int64_t>(JobState::approved), job.hex(), static_cast<int64_t>(JobState::proposed)}));
    }
    record("job '" + kept->job.name + "' " + job.hex() + " signed by '" + std::string(person) + "' as " +
               std::string(names_of(&role)[static_cast<size_t>(role)]),
           by);
    out = TRY(view_of(tx, TRY(read_job(tx, job.hex()))));
    return {};
  }));
  return *std::move(out);
}

Result<JobView> Office::reject(const Digest& job, const std::string& why, std::string_view by) {
  std::optional<JobView> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const KeptJob kept = TRY(read_job(tx, job.hex()));
    if (kept.state == JobState::running || kept.state == JobState::done || kept.state == JobState::rejected) {
      return fail(ErrorCode::conflict, "job",
                  "it is " + state_name(kept.state) + (kept.state == JobState::running ? "; stop it first" : ""));
    }
    TRY(tx.execute("UPDATE federation_job SET state = ?, why = ? WHERE hash = ?",
                   {static_cast<int64_t>(JobState::rejected), why, job.hex()}));
    record("job '" + kept.job.name + "' " + job.hex() + " rejected; why: " + sha256(why).hex(), by);
    out = TRY(view_of(tx, TRY(read_job(tx, job.hex()))));
    return {};
  }));
  return *std::move(out);
}

Result<std::vector<SignedBy>> Office::approvals(const Digest& job) const {
  std::vector<SignedBy> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(read_approvals(reader, job.hex()));
    return {};
  }));
  return out;
}

// The signatures are looked at again: a row that was written behind our back approves nothing.
Result<void> Office::check_approved(const Digest& job) const {
  const auto signed_by = TRY(approvals(job));
  if (signed_by.empty()) {
    return fail(forbidden("job", "nobody signed it here: a maker and a checker must, with 'puhui federation approve'"));
  }
  if (signed_by.size() < kSignersNeeded) {
    return fail(forbidden("job", "only its maker '" + signed_by[0].person +
                                     "' signed it here; a checker must too, with 'puhui federation approve'"));
  }
  for (const SignedBy& one : signed_by) {
    const auto key = evidence::PublicKey::parse(one.key);
    const auto signature = evidence::Signature::parse(one.signature);
    const std::string bytes = TRY(approval_bytes(job, one.person));
    if (!key || !signature || !evidence::verifies(*key, bytes, *signature)) {
      return fail(ErrorCode::corrupt, "job", "the signature of '" + one.person + "' that is kept does not hold");
    }
  }
  if (signed_by[0].key == signed_by[1].key) {
    return fail(forbidden("job", "maker and checker signed with one key; they must be two people"));
  }
  return {};
}

}  // namespace puhui::federation
