#include "governance/audit/review_log.h"
#include "governance/audit/subject_data.h"

namespace puhui::audit {

namespace {

std::string told_request(const SubjectRequestRow& row) {
  const auto kind = std::string(names_of(&row.kind)[static_cast<size_t>(row.kind)]);
  std::string out = row.id.text() + "  " + kind + " of " + row.entity.text();
  if (row.answer) {
    return out + "  " + std::string(names_of(&*row.answer)[static_cast<size_t>(*row.answer)]) + " on " +
           text_of(*row.answered_at) + " by " + row.answered_by + "\n";
  }
  return out + (row.overdue ? "  OVERDUE since " : "  due ") + text_of(row.due_at) + "\n";
}

std::string tell(const SubjectRequestRow& row) { return told_request(row); }

std::string tell(const RequestList& list) {
  std::string out;
  for (const SubjectRequestRow& row : list.requests) out += told_request(row);
  return out + std::to_string(list.requests.size()) + " requests\n";
}

std::string tell(const Letter& letter) { return letter.text; }

std::string tell(const ReviewListAnswer& answer) {
  std::string out;
  for (const ReviewRow& row : answer.reviews) {
    out += row.decision.text() + "  " + std::string(names_of(&row.verdict)[static_cast<size_t>(row.verdict)]) +
           (row.open ? "  OPEN" : "") + "  by " + row.by + " on " + text_of(row.at) + ": " + row.why + "\n";
  }
  for (const SubjectRequestRow& row : answer.requests) out += told_request(row);
  return out + std::to_string(answer.reviews.size()) + " reviews, " + std::to_string(answer.requests.size()) +
         " requests that wait\n";
}

}  // namespace

std::vector<Verb> subject_verbs(const AuditNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<SubjectDataRequest, SubjectData>(
      {.noun = "subject",
       .verb = "data",
       .help = "Hand out all that is held about one person: decisions, facts, reasons, requests; it is recorded.",
       .effect = Effect::write,
       .words = {"entity"}},
      [needs](const VerbCall& call, const SubjectDataRequest& request) {
        return subject_data(*needs, request.entity, call.caller);
      }));
  verbs.push_back(make_verb<ExplainRequest, Letter>(
      {.noun = "subject",
       .verb = "explain",
       .help = "Write the letter that explains one decision to the person it is about; it is recorded.",
       .effect = Effect::write,
       .words = {"decision"}},
      [needs](const VerbCall& call, const ExplainRequest& request) {
        return explanation_letter(*needs, request, call.caller);
      },
      tell));
  verbs.push_back(make_verb<OpenRequest, SubjectRequestRow>(
      {.noun = "subject",
       .verb = "request",
       .help = "Open a person's request: an explanation, a review by a person, their data, its erasure.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const OpenRequest& request) {
        return open_request(*needs, request, call.caller.name);
      },
      tell));
  verbs.push_back(make_verb<AnswerRequest, SubjectRequestRow>(
      {.noun = "subject",
       .verb = "answer",
       .help = "Answer a person's request; granting an erasure erases the facts of their decisions.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const AnswerRequest& request) {
        return answer_request(*needs, request, call.caller.name);
      },
      tell));
  verbs.push_back(make_verb<RequestListRequest, RequestList>(
      {.noun = "subject", .verb = "list", .help = "List the requests of subjects with their deadlines."},
      [needs](const VerbCall&, const RequestListRequest& request) { return list_requests(*needs, request); }, tell));
  verbs.push_back(make_verb<ReviewListRequest, ReviewListAnswer>(
      {.noun = "review",
       .verb = "list",
       .help = "List the reviews of decisions by people, and the requests of subjects that wait."},
      [needs](const VerbCall&, const ReviewListRequest& request) { return list_reviews(*needs, request); }, tell));
  return verbs;
}

}  // namespace puhui::audit
