// Finding decisions: places from the index, the decisions themselves from the evidence.
#include "governance/audit/audit.h"
#include "infrastructure/kernel/decision.h"

namespace puhui::audit {

Result<DecisionRow> row_of(const evidence::StoredRecord& record) {
  const auto judgement = TRY(evidence::decode_judgement(record.judgement));
  const auto circumstances = TRY(evidence::decode_circumstances(record.circumstances));
  DecisionRow row;
  row.id = record.id;
  row.at = circumstances.at;
  row.use_case = judgement.use_case;
  row.outcome = kernel::outcome_of(judgement);
  row.entity = circumstances.entity;
  for (const evidence::Reason& reason : judgement.reasons) row.reasons.push_back(reason.code);
  row.human = names_of(&circumstances.human)[static_cast<size_t>(circumstances.human)];
  row.caller = circumstances.caller;
  row.permit = judgement.permit;
  if (!judgement.models.empty()) row.probability = Rate{judgement.models[0].probability_ppb};
  return row;
}

namespace {

// 'next' of a page is the last decision's id: its number says where the page after it begins.
Result<uint64_t> number_after(const std::string& after) {
  if (after.empty()) return 0;
  const auto id = Id128::parse(after);
  if (!id || evidence::RecordId(*id).sequence() == 0) {
    return fail(ErrorCode::invalid, "after", "expected 'next' of the page before, came '" + after + "'");
  }
  return evidence::RecordId(*id).sequence();
}

}  // namespace

Result<evidence::StoredRecord> record_numbered(const evidence::EvidenceLog& evidence, uint64_t sequence) {
  std::optional<evidence::StoredRecord> out;
  const auto before = evidence::RecordId::make({}, kIndexNode, sequence - 1);
  TRY(evidence.each(before, 1, [&](const evidence::StoredRecord& record) -> Result<void> {
    if (record.id.sequence() == sequence) out = record;
    return {};
  }));
  if (!out)
    return fail(ErrorCode::corrupt, "record " + std::to_string(sequence), "is in the index and not in the chain");
  return *std::move(out);
}

Result<evidence::StoredRecord> decision_record(const AuditNeeds& needs, const Id128& id) {
  auto record = TRY(needs.evidence.find(evidence::RecordId(id)));
  if (record.kind == evidence::RecordKind::decision) return record;
  return fail(
      ErrorCode::not_found, "id",
      "the record is no decision but of kind " + std::string(names_of(&record.kind)[static_cast<size_t>(record.kind)]));
}

Result<void> catch_up(const AuditNeeds& needs, Progress& progress) {
  return needs.follow ? needs.follow(progress) : Result<void>();
}

Result<FindAnswer> find(const AuditNeeds& needs, const FindRequest& request) {
  FindAnswer answer;
  answer.at = needs.clock.now();
  const uint64_t before = TRY(number_after(request.after));
  FoundPlaces found;
  uint64_t known = 0;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    found = TRY(find_places(reader, request.filter, before, static_cast<size_t>(request.limit)));
    known = TRY(kernel::followed_to(reader, kIndexProjection));
    return {};
  }));
  for (const uint64_t sequence : found.sequences) {
    answer.decisions.push_back(TRY(row_of(TRY(record_numbered(needs.evidence, sequence)))));
  }
  answer.matches = static_cast<int64_t>(found.matches);
  if (found.more) answer.next = answer.decisions.back().id.text();
  const uint64_t records = needs.evidence.records();
  answer.behind = static_cast<int64_t>(records - std::min(records, known));
  return answer;
}

}  // namespace puhui::audit
