// Requests of subjects: kept with their deadline until they are answered. What the law names as days is subject.h's.
#pragma once

#include "governance/audit/audit.h"
#include "governance/audit/subject.h"

namespace puhui::audit {

// Answered before this moment: `opened_at` and the law's days or months.
Timestamp due_at(Law law, Timestamp opened_at);

// Those that wait, the most urgent first, at most kSubjectDecisionsMax.
Result<std::vector<SubjectRequestRow>> open_requests(Reader& reader, Timestamp now);
Result<std::vector<SubjectRequestRow>> requests_of(Reader& reader, const Id128& entity, Timestamp now);

struct RequestList {
  std::vector<SubjectRequestRow> requests;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, RequestList& list);
Result<RequestList> list_requests(const AuditNeeds& needs, const RequestListRequest& request);

// not_found: no such decision; invalid: one of somebody else, or none where the kind needs it.
Result<SubjectRequestRow> open_request(const AuditNeeds& needs, const OpenRequest& request, std::string_view caller);
// Answered once: conflict after that. A granted erasure erases the facts of the person's decisions.
Result<SubjectRequestRow> answer_request(const AuditNeeds& needs, const AnswerRequest& request,
                                         std::string_view caller);

// Every decision about one entity, the first first, also those the index does not hold yet. exhausted beyond
// kSubjectDecisionsMax.
Result<std::vector<evidence::RecordId>> decisions_about(const AuditNeeds& needs, const Id128& entity);

}  // namespace puhui::audit
