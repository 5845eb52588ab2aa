#include "infrastructure/kernel/replay.h"

#include <algorithm>

namespace puhui::kernel {

// Decisions of one permit, as columns need them.
struct Replayer::Rows {
  std::vector<size_t> records;  // their places among those asked for
  std::vector<std::vector<evidence::FactValue>> facts;
};

namespace {

bool is_referral(const evidence::Judgement& judgement) {
  return judgement.rules_hit.empty() && judgement.reasons.size() == 1 && judgement.reasons[0].code == kStoppedReason;
}

Result<void> check_facts(const evidence::StoredRecord& record, const std::vector<evidence::FactValue>& facts,
                         const Version& version) {
  if (facts.size() == version.facts().facts.size()) return {};
  return fail(ErrorCode::corrupt, "record " + record.id.text(),
              "it holds " + std::to_string(facts.size()) + " facts, its permit's schema has " +
                  std::to_string(version.facts().facts.size()));
}

}  // namespace

Result<std::vector<Replayed>> Replayer::replay(std::span<const evidence::StoredRecord> records, size_t batch) {
  std::vector<Replayed> out(records.size());
  std::map<Digest, Rows> by_permit;
  for (size_t i = 0; i < records.size(); ++i) {
    const evidence::StoredRecord& record = records[i];
    if (!record.facts) {
      out[i].erased = true;
      continue;
    }
    const auto then = TRY(evidence::decode_judgement(record.judgement));
    if (is_referral(then)) {  // no policy was asked, so there is nothing to ask many of
      const auto again = TRY(kernel_.replay(record, one_));
      out[i].identical = again.identical;
      out[i].difference = again.difference;
      if (again.identical) out[i].judgement = sha256(record.judgement);
      continue;
    }
    Rows& rows = by_permit[then.permit];
    rows.records.push_back(i);
    rows.facts.push_back(std::move(TRY(evidence::decode_facts(*record.facts)).facts));
  }
  for (auto& [permit, rows] : by_permit) TRY(judge(permit, rows, batch, records, out));
  return out;
}

Result<void> Replayer::judge(const Digest& permit, Rows& rows, size_t batch,
                             std::span<const evidence::StoredRecord> records, std::vector<Replayed>& out) {
  const auto version = TRY(kernel_.find_version(permit));
  for (size_t i = 0; i < rows.records.size(); ++i) {
    TRY(check_facts(records[rows.records[i]], rows.facts[i], *version));
  }
  for (size_t from = 0; from < rows.records.size(); from += batch) {
    const size_t count = std::min(batch, rows.records.size() - from);
    if (batch == 1) {
      const size_t place = rows.records[from];
      TRY(compare(records[place], version->judge(rows.facts[from], one_), out[place]));
      continue;
    }
    const auto now = version->judge_batch(std::span(rows.facts).subspan(from, count), workspace_of(version));
    for (size_t i = 0; i < count; ++i) {
      const size_t place = rows.records[from + i];
      TRY(compare(records[place], now[i], out[place]));
    }
  }
  return {};
}

// The words of a difference are the kernel's, which takes the decision again by itself.
Result<void> Replayer::compare(const evidence::StoredRecord& record, const Result<evidence::Judgement>& now,
                               Replayed& out) {
  const std::string bytes = now ? encode(*now) : "";
  if (now) out.judgement = sha256(bytes);
  out.identical = now && bytes == record.judgement;
  if (out.identical) return {};
  const auto alone = TRY(kernel_.replay(record, one_));
  out.difference = alone.identical ? "alone it gives the same bytes, in a batch it does not" : alone.difference;
  return {};
}

BatchWorkspace& Replayer::workspace_of(const std::shared_ptr<const Version>& version) {
  auto& workspace = many_[version->digest()];
  if (!workspace) workspace = std::make_unique<BatchWorkspace>(version);
  return *workspace;
}

}  // namespace puhui::kernel
