#include "governance/audit/subject_requests.h"

#include "ground/base/text.h"

namespace puhui::audit {

void fields(Shape& shape, RequestList& list) {
  shape.field("requests", list.requests, {.help = "the last opened first"});
  shape.field("next", list.next, {.help = "where the next page goes on; absent on the last"});
  shape.field("at", list.at, {.help = "the moment this was read"});
}

namespace {

constexpr std::string_view kColumns =
    "entity, id, decision, kind, law, words, opened_at, opened_by, due_at, answer, answered_at, answered_by, "
    "answer_words";

template <class E>
std::string word_of(E value) {
  return std::string(names_of(&value)[static_cast<size_t>(value)]);
}

template <class E>
Result<E> choice(int64_t value) {
  if (value >= 0 && static_cast<size_t>(value) < names_of(static_cast<const E*>(nullptr)).size())
    return static_cast<E>(value);
  return fail(ErrorCode::corrupt, "audit_request", "holds a choice that is none of ours");
}

Result<SubjectRequestRow> read_request(const Row& row, Timestamp now) {
  SubjectRequestRow out;
  out.entity = row.id(0);
  out.id = row.id(1);
  if (!row.is_null(2)) out.decision = row.id(2);
  out.kind = TRY(choice<RequestKind>(row.integer(3)));
  out.law = TRY(choice<Law>(row.integer(4)));
  out.words = row.text(5);
  out.opened_at = {row.integer(6)};
  out.opened_by = row.text(7);
  out.due_at = {row.integer(8)};
  out.open = row.is_null(9);
  out.overdue = out.open && now >= out.due_at;
  if (out.open) return out;
  out.answer = TRY(choice<RequestAnswer>(row.integer(9)));
  out.answered_at = Timestamp{row.integer(10)};
  out.answered_by = row.text(11);
  out.answer_words = row.text(12);
  return out;
}

Result<std::vector<SubjectRequestRow>> read_requests(Reader& reader, std::string_view rest,
                                                     std::initializer_list<Param> params, Timestamp now) {
  std::vector<SubjectRequestRow> out;
  TRY(reader.each("SELECT " + std::string(kColumns) + " FROM audit_request " + std::string(rest), params,
                  [&](const Row& row) -> Result<void> {
                    out.push_back(TRY(read_request(row, now)));
                    return {};
                  }));
  return out;
}

Result<void> check(const AuditNeeds& needs, const OpenRequest& request) {
  const bool needs_decision = request.kind == RequestKind::explanation || request.kind == RequestKind::human_review;
  if (!request.decision) {
    if (!needs_decision) return {};
    return fail(ErrorCode::invalid, "decision", "expected the decision that is asked about");
  }
  const auto record = TRY(decision_record(needs, *request.decision));
  if (TRY(evidence::decode_circumstances(record.circumstances)).entity == request.entity) return {};
  return fail(ErrorCode::invalid, "decision", "is about somebody else than 'entity'");
}

evidence::Circumstances by_of(const Id128& entity, std::string_view caller, Timestamp at) {
  evidence::Circumstances by;
  by.at = at;
  by.entity = entity;
  by.caller = caller;
  by.human = evidence::HumanRole::in_the_loop;
  return by;
}

}  // namespace

Timestamp due_at(Law law, Timestamp opened_at) {
  const Date day = date_of(opened_at);
  const Date due = law == Law::pipl ? day.plus_days(kPiplAnswerDays) : day.plus_months(kGdprAnswerMonths);
  return {start_of(due).microseconds + opened_at.microseconds - start_of(day).microseconds};
}

Result<std::vector<SubjectRequestRow>> open_requests(Reader& reader, Timestamp now) {
  return read_requests(reader, "WHERE answer IS NULL ORDER BY due_at, id LIMIT ?",
                       {static_cast<int64_t>(kSubjectDecisionsMax)}, now);
}

Result<std::vector<SubjectRequestRow>> requests_of(Reader& reader, const Id128& entity, Timestamp now) {
  const std::string bytes = entity.bytes();
  return read_requests(reader, "WHERE entity = ? ORDER BY id DESC", {BytesView{bytes}}, now);
}

Result<RequestList> list_requests(const AuditNeeds& needs, const RequestListRequest& request) {
  RequestList out;
  out.at = needs.clock.now();
  const auto after = request.after.empty() ? std::optional(Id128{UINT64_MAX, UINT64_MAX}) : Id128::parse(request.after);
  if (!after) return fail(ErrorCode::invalid, "after", "expected 'next' of the page before");
  const std::string bytes = after->bytes();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    const std::string_view open = request.open ? "AND answer IS NULL " : "";
    out.requests = TRY(read_requests(reader, "WHERE id < ? " + std::string(open) + "ORDER BY id DESC LIMIT ?",
                                     {BytesView{bytes}, request.limit + 1}, out.at));
    return {};
  }));
  if (static_cast<int64_t>(out.requests.size()) > request.limit) {
    out.requests.pop_back();
    out.next = out.requests.back().id.text();
  }
  return out;
}

Result<SubjectRequestRow> open_request(const AuditNeeds& needs, const OpenRequest& request, std::string_view caller) {
  TRY(check(needs, request));
  SubjectRequestRow row;
  row.entity = request.entity;
  row.decision = request.decision;
  row.kind = request.kind;
  row.law = request.law;
  row.words = request.words;
  row.opened_at = needs.clock.now();
  row.opened_by = caller;
  row.due_at = due_at(row.law, row.opened_at);
  const auto by = by_of(row.entity, caller, row.opened_at);
  const std::string words = "subject " + row.entity.text() + " asks for " + word_of(row.kind) +
                            (row.decision ? " of decision " + row.decision->text() : "") + " by " + word_of(row.law) +
                            ", due " + text_of(row.due_at);
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    row.id = needs.evidence.append_act(evidence::RecordKind::review, words, by);  // the act's own id names the request
    const std::string entity = row.entity.bytes(), id = row.id.bytes();
    const std::string decision = row.decision ? row.decision->bytes() : "";
    TRY(tx.execute("INSERT INTO audit_request (" + std::string(kColumns) +
                       ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, '', '')",
                   {BytesView{entity}, BytesView{id}, row.decision ? Param(BytesView{decision}) : Param(),
                    static_cast<int64_t>(row.kind), static_cast<int64_t>(row.law), row.words,
                    row.opened_at.microseconds, row.opened_by, row.due_at.microseconds}));
    return {};
  }));
  return row;
}

namespace {

Result<void> keep_answer(const AuditNeeds& needs, Transaction& tx, const SubjectRequestRow& row,
                         std::span<const evidence::RecordId> erased) {
  const std::string entity = row.entity.bytes(), id = row.id.bytes();
  const auto changed =
      TRY(tx.execute("UPDATE audit_request SET answer = ?, answered_at = ?, answered_by = ?, answer_words = ? "
                     "WHERE entity = ? AND id = ? AND answer IS NULL",
                     {static_cast<int64_t>(*row.answer), row.answered_at->microseconds, row.answered_by,
                      row.answer_words, BytesView{entity}, BytesView{id}}));
  if (changed == 0) return fail(ErrorCode::conflict, "request", "it was answered already");
  const auto by = by_of(row.entity, row.answered_by, *row.answered_at);
  for (size_t from = 0; from < erased.size(); from += evidence::kErasedAtOnceMax) {
    const auto some = erased.subspan(from, std::min(evidence::kErasedAtOnceMax, erased.size() - from));
    TRY(needs.evidence.erase_facts_of(tx, some, by));
  }
  needs.evidence.append_act(
      evidence::RecordKind::review,
      "request " + row.id.text() + " for " + word_of(row.kind) + " " + word_of(*row.answer) + ": " + row.answer_words,
      by);
  return {};
}

}  // namespace

Result<SubjectRequestRow> answer_request(const AuditNeeds& needs, const AnswerRequest& request,
                                         std::string_view caller) {
  const Timestamp now = needs.clock.now();
  const std::string id = request.request.bytes();
  std::vector<SubjectRequestRow> found;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    found = TRY(read_requests(reader, "WHERE id = ?", {BytesView{id}}, now));
    return {};
  }));
  if (found.empty()) return fail(ErrorCode::not_found, "request", "no request has the id " + request.request.text());
  SubjectRequestRow row = found[0];
  if (!row.open) return fail(ErrorCode::conflict, "request", "it was answered on " + text_of(*row.answered_at));
  row.open = row.overdue = false;
  row.answer = request.answer;
  row.answered_at = now;
  row.answered_by = caller;
  row.answer_words = request.words;
  std::vector<evidence::RecordId> erased;
  if (row.kind == RequestKind::erasure && request.answer == RequestAnswer::granted) {
    erased = TRY(decisions_about(needs, row.entity));
  }
  TRY(needs.store.write([&](Transaction& tx) { return keep_answer(needs, tx, row, erased); }));
  return row;
}

}  // namespace puhui::audit
