#include "governance/audit/subject.h"

namespace puhui::audit {

std::span<const std::string_view> names_of(const RequestKind*) {
  static constexpr std::string_view kNames[] = {"explanation", "human_review", "data", "erasure"};
  return kNames;
}

std::span<const std::string_view> names_of(const Law*) {
  static constexpr std::string_view kNames[] = {"pipl", "gdpr"};
  return kNames;
}

std::span<const std::string_view> names_of(const RequestAnswer*) {
  static constexpr std::string_view kNames[] = {"granted", "refused"};
  return kNames;
}

void fields(Shape& shape, SubjectDataRequest& request) {
  shape.field("entity", request.entity, {.help = "the person, as decisions name them"});
}

void fields(Shape& shape, SubjectDecision& decision) {
  shape.field("id", decision.id, {.help = "of the record"});
  shape.field("at", decision.at, {.help = "when it was decided"});
  shape.field("use_case", decision.use_case, {.help = "what kind of judgement"});
  shape.field("outcome", decision.outcome, {.help = "approve, refuse, refer …"});
  shape.field("human", decision.human, {.help = "who else had a say"});
  shape.field("reasons", decision.reasons, {.help = "most important first"});
  shape.field("facts", decision.facts, {.help = "what is held about the person"});
  shape.field("facts_state", decision.facts_state, {.help = "kept, or erased"});
  shape.field("outputs", decision.outputs, {.help = "what the policy decided on the way"});
  shape.field("labels", decision.labels, {.help = "what became of it"});
}

void fields(Shape& shape, SubjectRequestRow& row) {
  shape.field("id", row.id, {.help = "of the request"});
  shape.field("entity", row.entity, {.help = "the person"});
  shape.field("decision", row.decision, {.help = "the decision it is about, if one"});
  shape.field("kind", row.kind, {.help = "what is asked for"});
  shape.field("law", row.law, {.help = "whose days count"});
  shape.field("words", row.words, {.help = "as the person said it", .personal = true});
  shape.field("opened_at", row.opened_at, {.help = "when it came in"});
  shape.field("opened_by", row.opened_by, {.help = "who took it down"});
  shape.field("due_at", row.due_at, {.help = "it is answered before this moment"});
  shape.field("open", row.open, {.help = "not answered yet"});
  shape.field("overdue", row.overdue, {.help = "open beyond its day"});
  shape.field("answer", row.answer, {.help = "granted or refused"});
  shape.field("answered_at", row.answered_at, {.help = "when"});
  shape.field("answered_by", row.answered_by, {.help = "who answered; empty while open"});
  shape.field("answer_words", row.answer_words, {.help = "what the person was told; empty while open"});
}

void fields(Shape& shape, SubjectData& data) {
  shape.field("entity", data.entity, {.help = "the person"});
  shape.field("decisions", data.decisions, {.help = "all that were taken about them, the last first"});
  shape.field("requests", data.requests, {.help = "what they asked for"});
  shape.field("at", data.at, {.help = "the moment this was read"});
}

void fields(Shape& shape, ExplainRequest& request) {
  shape.field("decision", request.decision, {.help = "of the decision's record"});
  shape.field("language", request.language, {.help = "of the letter; zh when absent", .optional = true});
}

void fields(Shape& shape, Letter& letter) {
  shape.field("decision", letter.decision, {.help = "what it explains"});
  shape.field("language", letter.language, {.help = "it is written in"});
  shape.field("text", letter.text, {.help = "to hand out"});
  shape.field("at", letter.at, {.help = "the moment it was written"});
}

void fields(Shape& shape, OpenRequest& request) {
  shape.field("entity", request.entity, {.help = "the person, as decisions name them"});
  shape.field("decision", request.decision,
              {.help = "the decision it is about; needed for explanation and human_review"});
  shape.field("kind", request.kind, {.help = "what is asked for"});
  shape.field("law", request.law, {.help = "whose days count: pipl (30 days) or gdpr (one month)", .optional = true});
  shape.field("words", request.words, {.help = "as the person said it", .max = kWhyBytesMax, .personal = true});
}

void fields(Shape& shape, AnswerRequest& request) {
  shape.field("request", request.request, {.help = "its id"});
  shape.field("answer", request.answer, {.help = "granted erasure erases the facts of the person's decisions"});
  shape.field("words", request.words, {.help = "what the person is told", .min = 1, .max = kWhyBytesMax});
}

void fields(Shape& shape, RequestListRequest& request) {
  shape.field("open", request.open, {.help = "only those not answered", .optional = true});
  shape.field("limit", request.limit, {.help = "rows a page, 1 to 1000", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "'next' of the page before", .max = 64, .optional = true});
}

void fields(Shape& shape, ReviewListAnswer& answer) {
  shape.field("reviews", answer.reviews, {.help = "by people, the last first"});
  shape.field("requests", answer.requests, {.help = "of subjects that wait for an answer, the most urgent first"});
  shape.field("next", answer.next, {.help = "where the next page of reviews goes on; absent on the last"});
  shape.field("at", answer.at, {.help = "the moment this was read"});
}

}  // namespace puhui::audit
