#include "governance/drift/decay_book.h"

#include <algorithm>
#include <cstdio>

#include "infrastructure/kernel/decision.h"

namespace puhui::drift {

namespace {

// A packed decision: number less that of the page's first (varint), seconds since 1970 (varint), 1 approved or 0, how
// many models, and of each its probability in parts per billion and one more, or 0 where it was not asked (varints).
void pack(ByteWriter& to, const kernel::Seen& seen, uint64_t first_sequence) {
  to.unsigned_varint(seen.record.id.sequence() - first_sequence);
  to.unsigned_varint(static_cast<uint64_t>(std::max<int64_t>(0, seen.circumstances.at.microseconds / 1'000'000)));
  to.u8(kernel::outcome_of(seen.judgement) == kernel::kApprove ? 1 : 0);
  const auto& models = seen.version->models();
  to.unsigned_varint(models.size());
  for (const auto& model : models) {
    const auto called = std::find_if(seen.judgement.models.begin(), seen.judgement.models.end(),
                                     [&](const evidence::ModelScore& score) { return score.name == model.name; });
    const bool asked = called != seen.judgement.models.end() && called->probability_ppb >= 0;
    to.unsigned_varint(asked ? static_cast<uint64_t>(called->probability_ppb) + 1 : 0);
  }
}

Result<void> unpack(std::string_view packed, uint64_t first_sequence, size_t model, std::vector<Scored>& out) {
  ByteReader from(packed);
  while (from.ok() && from.remaining() > 0) {
    Scored scored;
    scored.sequence = first_sequence + from.unsigned_varint();
    scored.at_seconds = static_cast<int64_t>(from.unsigned_varint());
    scored.approved = from.u8() != 0;
    const size_t models = from.count();
    for (size_t i = 0; i < models; ++i) {
      const uint64_t ppb = from.unsigned_varint();
      if (i == model && ppb > 0) scored.probability = static_cast<double>(ppb - 1) * 1e-9;
    }
    out.push_back(scored);
  }
  return from.finish("scores of a month");
}

}  // namespace

int month_of(Timestamp at) {
  const Date day = date_of(at);
  return day.year() * 12 + day.month() - 1;
}

std::string text_of_month(int month) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d", month / 12, month % 12 + 1);
  return text;
}

void DecayBook::see(const kernel::Seen& seen) {
  if (seen.record.kind != evidence::RecordKind::decision || seen.version == nullptr) return;
  Page& page = pages_[{seen.version->digest(), month_of(seen.circumstances.at)}];
  if (page.decisions == 0) page.first_sequence = seen.record.id.sequence();
  pack(page.packed, seen, page.first_sequence);
  ++page.decisions;
}

Result<void> DecayBook::flush(Transaction& tx) {
  for (const auto& [key, page] : pages_) {
    TRY(tx.execute("INSERT INTO drift_score (permit, month, first_sequence, decisions, packed) VALUES (?, ?, ?, ?, ?)",
                   {BytesView{key.permit.view()}, key.month, static_cast<int64_t>(page.first_sequence), page.decisions,
                    BytesView{page.packed.bytes()}}));
  }
  return {};
}

Result<std::vector<Scored>> read_scored(Reader& reader, const Digest& permit, size_t model) {
  const int64_t all = TRY(reader.integer("SELECT CAST(SUM(decisions) AS BIGINT) FROM drift_score WHERE permit = ?",
                                         {BytesView{permit.view()}}))
                          .value_or(0);
  int64_t too_old = std::max<int64_t>(0, all - static_cast<int64_t>(kScoredMax));
  std::vector<Scored> out;
  out.reserve(static_cast<size_t>(all - too_old));
  TRY(reader.each(
      "SELECT first_sequence, decisions, packed FROM drift_score WHERE permit = ? ORDER BY month, first_sequence",
      {BytesView{permit.view()}}, [&](const Row& row) -> Result<void> {
        if (too_old > 0) {
          too_old -= row.integer(1);
          return {};
        }
        return unpack(row.bytes(2), static_cast<uint64_t>(row.integer(0)), model, out);
      }));
  std::sort(out.begin(), out.end(), [](const Scored& a, const Scored& b) { return a.sequence < b.sequence; });
  return out;
}

}  // namespace puhui::drift
