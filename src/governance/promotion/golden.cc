#include "governance/promotion/golden.h"

#include <algorithm>
#include <set>
#include <thread>

namespace puhui::promotion {

namespace {

struct Candidate {
  evidence::RecordId id;
  std::string judgement;
  std::set<std::string> reaches;  // its outcome, the rules that fired
};

Result<std::vector<Candidate>> candidates(const GoldenNeeds& needs, const std::string& use_case, const Digest& permit) {
  std::vector<Candidate> out;
  const uint64_t records = needs.evidence.records();
  std::optional<evidence::RecordId> after;
  if (records > kGoldenScannedMax) after = evidence::RecordId::make({}, 0, records - kGoldenScannedMax);
  TRY(needs.evidence.each(after, kGoldenScannedMax, [&](const evidence::StoredRecord& record) -> Result<void> {
    if (record.kind != evidence::RecordKind::decision || !record.facts) return {};
    const auto judgement = TRY(evidence::decode_judgement(record.judgement));
    if (judgement.permit != permit || judgement.use_case != use_case) return {};
    if (judgement.reasons.size() == 1 && judgement.reasons[0].code == kernel::kStoppedReason) return {};  // a stop's
    Candidate one{record.id, record.judgement, {std::string(kernel::outcome_of(judgement))}};
    for (const uint32_t rule : judgement.rules_hit) one.reaches.insert("rule " + std::to_string(rule));
    out.push_back(std::move(one));
    return {};
  }));
  return out;
}

// Those that reach something new first, then the rest at equal distances, so that all of the time is there.
std::vector<size_t> chosen(const std::vector<Candidate>& all, size_t n) {
  std::set<std::string> reached;
  std::vector<size_t> out, rest;
  for (size_t i = 0; i < all.size(); ++i) {
    const size_t before = reached.size();
    if (out.size() < n) reached.insert(all[i].reaches.begin(), all[i].reaches.end());
    (reached.size() > before ? out : rest).push_back(i);
  }
  const size_t wanted = std::min(n - std::min(n, out.size()), rest.size());
  for (size_t i = 0; i < wanted; ++i) out.push_back(rest[i * rest.size() / wanted]);
  std::ranges::sort(out);
  return out;
}

Result<void> put_golden(Transaction& tx, const GoldenAnswer& answer, const std::vector<const Candidate*>& set) {
  TRY(tx.execute("DELETE FROM promotion_golden WHERE use_case = ?", {answer.use_case}));
  for (size_t i = 0; i < set.size(); ++i) {
    const std::string id = set[i]->id.bytes();
    const Digest judgement = sha256(set[i]->judgement);
    TRY(
        tx.execute("INSERT INTO promotion_golden (use_case, place, id, permit, judgement, frozen_at) "
                   "VALUES (?, ?, ?, ?, ?, ?)",
                   {answer.use_case, static_cast<int64_t>(i), BytesView{id}, BytesView{answer.permit.view()},
                    BytesView{judgement.view()}, answer.at.microseconds}));
  }
  return {};
}

struct Vector {
  evidence::RecordId id;
  Digest judgement;
  std::string bytes;
  std::vector<evidence::FactValue> facts;
};

// Those of that champion whose facts are still there.
Result<std::vector<Vector>> read_golden(const GoldenNeeds& needs, const kernel::Version& champion) {
  std::vector<Vector> out;
  TRY(needs.store.read([&](Reader& reader) {
    return reader.each(
        "SELECT id, judgement FROM promotion_golden WHERE use_case = ? AND permit = ? ORDER BY place",
        {champion.permit().manifest.use_case, BytesView{champion.digest().view()}},
        [&](const Row& row) -> Result<void> {
          out.push_back({evidence::RecordId(row.id(0)), Digest::from_bytes(row.bytes(1)).value_or(Digest{}), "", {}});
          return {};
        });
  }));
  for (Vector& vector : out) {
    auto record = TRY(needs.evidence.find(vector.id));
    vector.bytes = std::move(record.judgement);
    if (record.facts) vector.facts = std::move(TRY(evidence::decode_facts(*record.facts)).facts);
  }
  std::erase_if(out, [&](const Vector& v) { return v.facts.size() != champion.facts().facts.size(); });
  return out;
}

// Its judgement bytes, or what went wrong in words; both must come again.
std::string judged(const kernel::Version& version, const Vector& vector, kernel::Workspace& workspace) {
  const auto judgement = version.judge(vector.facts, workspace);
  return judgement ? evidence::encode(*judgement) : "failed: " + judgement.error().text();
}

std::vector<std::string> judged(const kernel::Version& version, const std::vector<Vector>& vectors, size_t threads) {
  std::vector<std::string> out(vectors.size());
  const auto work = [&](size_t first) {
    kernel::Workspace workspace;
    for (size_t i = first; i < vectors.size(); i += threads) out[i] = judged(version, vectors[i], workspace);
  };
  std::vector<std::thread> running;
  for (size_t t = 1; t < threads; ++t) running.emplace_back(work, t);
  work(0);
  for (std::thread& thread : running) thread.join();
  return out;
}

std::unexpected<Error> disagree(const Vector& vector, const std::string& how) {
  return fail(ErrorCode::invalid, "golden vector " + vector.id.text(), how);
}

// The bytes it would be if that permit had judged.
Result<std::string> under_permit(const std::string& bytes, const Digest& permit) {
  auto judgement = TRY(evidence::decode_judgement(bytes));
  judgement.permit = permit;
  return evidence::encode(judgement);
}

bool same_artefacts(const evidence::Manifest& a, const evidence::Manifest& b, std::string_view prefix) {
  const auto those = [&](const evidence::Manifest& manifest) {
    std::vector<std::pair<std::string, Digest>> out;
    for (const auto& named : manifest.artefacts) {
      if (named.name.starts_with(prefix)) out.emplace_back(named.name, named.digest);
    }
    std::ranges::sort(out);
    return out;
  };
  return those(a) == those(b);
}

}  // namespace

bool same_models(const evidence::Manifest& a, const evidence::Manifest& b) {
  return same_artefacts(a, b, kernel::kModelPrefix);
}

bool same_judgement(const evidence::Manifest& a, const evidence::Manifest& b) {
  return same_artefacts(a, b, "") && a.thresholds == b.thresholds;
}

Result<GoldenAnswer> freeze(const GoldenNeeds& needs, const std::string& use_case, int64_t n, Timestamp at) {
  const auto champion = TRY(needs.kernel.in_force(use_case));
  const auto all = TRY(candidates(needs, use_case, champion->digest()));
  if (all.empty()) {
    return fail(ErrorCode::not_found, use_case,
                "its champion has decided nothing yet that is still kept with its facts; let it decide first");
  }
  std::vector<const Candidate*> set;
  std::set<std::string> outcomes, rules;
  for (const size_t i : chosen(all, static_cast<size_t>(n))) {
    set.push_back(&all[i]);
    for (const std::string& reached : all[i].reaches) (reached.starts_with("rule ") ? rules : outcomes).insert(reached);
  }
  const GoldenAnswer out{use_case,
                         champion->digest(),
                         static_cast<int64_t>(set.size()),
                         static_cast<int64_t>(outcomes.size()),
                         static_cast<int64_t>(rules.size()),
                         at};
  TRY(needs.store.write([&](Transaction& tx) { return put_golden(tx, out, set); }));
  return out;
}

Result<int64_t> check_golden(const GoldenNeeds& needs, const kernel::Version& champion,
                             const kernel::Version& challenger, Timestamp at) {
  auto vectors = TRY(read_golden(needs, champion));
  if (vectors.empty()) {
    TRY(freeze(needs, champion.permit().manifest.use_case, kGoldenDefault, at));
    vectors = TRY(read_golden(needs, champion));
  }
  const bool unchanged = same_judgement(champion.permit().manifest, challenger.permit().manifest);
  const auto champions = judged(champion, vectors, 1), once = judged(challenger, vectors, 1),
             twice = judged(challenger, vectors, 1), on_two = judged(challenger, vectors, 2);
  for (size_t i = 0; i < vectors.size(); ++i) {
    if (sha256(vectors[i].bytes) != vectors[i].judgement) {
      return disagree(vectors[i], "its record is not what was frozen; verify the evidence");
    }
    if (champions[i] != vectors[i].bytes) {
      return disagree(vectors[i], "the champion itself now judges otherwise than it did; this build changes decisions");
    }
    if (once[i] != twice[i] || once[i] != on_two[i]) {
      return disagree(vectors[i], "the challenger judges the same facts differently from one time to the next");
    }
    if (once[i].starts_with("failed: ")) return disagree(vectors[i], "the challenger " + once[i]);
    if (unchanged && TRY(under_permit(once[i], champion.digest())) != vectors[i].bytes) {
      return disagree(vectors[i], "nothing that decides was changed, and yet the challenger judges otherwise");
    }
  }
  return static_cast<int64_t>(vectors.size());
}

}  // namespace puhui::promotion
