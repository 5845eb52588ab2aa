// What is handed out to a subject: all that is held about them, and a letter that explains one decision.
#pragma once

#include "governance/audit/make_page.h"
#include "governance/audit/subject_requests.h"

namespace puhui::audit {

// Recorded as an act. Personal facts come masked to a caller without the right to see them, and sealed ones to nobody.
Result<SubjectData> subject_data(const AuditNeeds& needs, const Id128& entity, const Caller& caller);

// The principal reasons and what the person may do, in words; recorded as an act.
Result<Letter> explanation_letter(const AuditNeeds& needs, const ExplainRequest& request, const Caller& caller);

}  // namespace puhui::audit
