#include "governance/audit/review_log.h"

#include "governance/audit/subject_requests.h"
#include "ground/base/text.h"
#include "infrastructure/kernel/decision.h"

namespace puhui::audit {

namespace {

constexpr std::string_view kColumns = "node, sequence, number, id_high, at, by_whom, verdict, outcome, why, is_open";

Result<ReviewRow> read_review(const Row& row) {
  const int64_t verdict = row.integer(6);
  if (verdict < 0 || verdict > static_cast<int64_t>(Verdict::escalate)) {
    return fail(ErrorCode::corrupt, "audit_review", "its verdict is none of ours");
  }
  return ReviewRow{Id128{static_cast<uint64_t>(row.integer(3)), static_cast<uint64_t>(row.integer(1))},
                   row.integer(2),
                   {row.integer(4)},
                   std::string(row.text(5)),
                   static_cast<Verdict>(verdict),
                   std::string(row.text(7)),
                   std::string(row.text(8)),
                   row.integer(9) == 1};
}

Result<void> check(const ReviewRequest& request, std::string_view outcome) {
  Faults faults;
  if ((request.verdict == Verdict::change) != !request.outcome.empty()) {
    faults.add("outcome", "expected with verdict 'change', and with it alone");
  } else if (request.verdict == Verdict::change && request.outcome == outcome) {
    faults.add("outcome", "expected another than the decision's own '" + std::string(outcome) + "'");
  }
  if (trim(request.why).empty()) faults.add("why", "expected the reason in words: whoever reads this must follow it");
  return std::move(faults).result();
}

std::string act_words(const ReviewRow& row) {
  const auto verdict = std::string(names_of(&row.verdict)[static_cast<size_t>(row.verdict)]);
  return "decision " + row.decision.text() + " reviewed: " + verdict +
         (row.outcome.empty() ? "" : " to " + row.outcome) + ": " + row.why;
}

}  // namespace

Result<ReviewRow> review(const AuditNeeds& needs, const ReviewRequest& request, std::string_view caller) {
  const auto record = TRY(decision_record(needs, request.id));
  const auto judgement = TRY(evidence::decode_judgement(record.judgement));
  TRY(check(request, kernel::outcome_of(judgement)));
  ReviewRow row{request.id,        0,
                needs.clock.now(), std::string(caller),
                request.verdict,   request.outcome,
                request.why,       request.verdict == Verdict::escalate};
  evidence::Circumstances by;
  by.at = row.at;
  by.entity = TRY(evidence::decode_circumstances(record.circumstances)).entity;
  by.caller = caller;
  by.human = evidence::HumanRole::in_the_loop;
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    const auto node = int64_t{record.id.node()}, sequence = static_cast<int64_t>(record.id.sequence());
    const auto last =
        TRY(tx.integer("SELECT MAX(number) FROM audit_review WHERE node = ? AND sequence = ?", {node, sequence}));
    row.number = last.value_or(0) + 1;
    TRY(tx.execute("UPDATE audit_review SET is_open = 0 WHERE node = ? AND sequence = ?", {node, sequence}));
    TRY(tx.execute("INSERT INTO audit_review (" + std::string(kColumns) + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   {node, sequence, row.number, static_cast<int64_t>(record.id.high), row.at.microseconds, row.by,
                    static_cast<int64_t>(row.verdict), row.outcome, row.why, int64_t{row.open}}));
    needs.evidence.append_act(evidence::RecordKind::review, act_words(row), by);
    return {};
  }));
  return row;
}

Result<std::vector<ReviewRow>> reviews_of(Reader& reader, evidence::RecordId decision) {
  std::vector<ReviewRow> out;
  TRY(reader.each(
      "SELECT " + std::string(kColumns) + " FROM audit_review WHERE node = ? AND sequence = ? ORDER BY number",
      {int64_t{decision.node()}, static_cast<int64_t>(decision.sequence())}, [&](const Row& row) -> Result<void> {
        out.push_back(TRY(read_review(row)));
        return {};
      }));
  return out;
}

namespace {

// "at:sequence:number" of the last row of the page before.
struct ReviewCursor {
  int64_t at = INT64_MAX, sequence = INT64_MAX, number = INT64_MAX;
};

Result<ReviewCursor> parse_cursor(const std::string& text) {
  if (text.empty()) return ReviewCursor{};
  const auto parts = split(text, ':');
  const auto number = [&](size_t i) { return i < parts.size() ? parse_int64(parts[i]) : std::nullopt; };
  if (parts.size() != 3 || !number(0) || !number(1) || !number(2)) {
    return fail(ErrorCode::invalid, "after", "expected 'next' of the page before, came '" + text + "'");
  }
  return ReviewCursor{*number(0), *number(1), *number(2)};
}

}  // namespace

Result<ReviewListAnswer> list_reviews(const AuditNeeds& needs, const ReviewListRequest& request) {
  ReviewListAnswer answer;
  answer.at = needs.clock.now();
  const ReviewCursor after = TRY(parse_cursor(request.after));
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    TRY(reader.each(
        "SELECT " + std::string(kColumns) +
            " FROM audit_review WHERE is_open >= ? AND (at < ? OR (at = ? AND (sequence < ? OR "
            "(sequence = ? AND number < ?)))) ORDER BY at DESC, sequence DESC, number DESC LIMIT ?",
        {int64_t{request.open}, after.at, after.at, after.sequence, after.sequence, after.number, request.limit + 1},
        [&](const Row& row) -> Result<void> {
          answer.reviews.push_back(TRY(read_review(row)));
          return {};
        }));
    answer.requests = TRY(open_requests(reader, answer.at));
    return {};
  }));
  if (static_cast<int64_t>(answer.reviews.size()) > request.limit) {
    answer.reviews.pop_back();
    const ReviewRow& last = answer.reviews.back();
    answer.next = std::to_string(last.at.microseconds) + ":" + std::to_string(last.decision.low) + ":" +
                  std::to_string(last.number);
  }
  return answer;
}

// The row says which decision; whose it was stands in its record.
Result<std::map<std::string, int64_t>> overridden(const AuditNeeds& needs, Timestamp from, Timestamp to) {
  std::vector<evidence::RecordId> ids;
  TRY(needs.store.read([&](Reader& reader) {
    return reader.each(
        "SELECT DISTINCT node, sequence, id_high FROM audit_review WHERE verdict = ? AND at >= ? AND at < ? "
        "ORDER BY node, sequence",
        {static_cast<int64_t>(Verdict::change), from.microseconds, to.microseconds},
        [&](const Row& row) -> Result<void> {
          ids.emplace_back(Id128{static_cast<uint64_t>(row.integer(2)), static_cast<uint64_t>(row.integer(1))});
          return {};
        });
  }));
  std::map<std::string, int64_t> out;
  for (const evidence::RecordId id : ids) {
    ++out[TRY(evidence::decode_judgement(TRY(needs.evidence.find(id)).judgement)).use_case];
  }
  return out;
}

}  // namespace puhui::audit
