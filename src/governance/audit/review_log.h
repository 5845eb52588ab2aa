// Where reviews are kept: a row each, beside the act in the evidence.
#pragma once

#include "governance/audit/audit.h"
#include "governance/audit/subject.h"

namespace puhui::audit {

// In the caller's words and name. invalid: `change` without an outcome, or one that stands already; not_found.
Result<ReviewRow> review(const AuditNeeds& needs, const ReviewRequest& request, std::string_view caller);

Result<std::vector<ReviewRow>> reviews_of(Reader& reader, evidence::RecordId decision);  // the first first
Result<ReviewListAnswer> list_reviews(const AuditNeeds& needs, const ReviewListRequest& request);

}  // namespace puhui::audit
