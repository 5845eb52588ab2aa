// Where reviews are kept: a row each, beside the act in the evidence.
#pragma once

#include <map>
#include <string>

#include "governance/audit/audit.h"
#include "governance/audit/subject.h"

namespace puhui::audit {

// In the caller's words and name. invalid: `change` without an outcome, or one that stands already; not_found.
Result<ReviewRow> review(const AuditNeeds& needs, const ReviewRequest& request, std::string_view caller);

Result<std::vector<ReviewRow>> reviews_of(Reader& reader, evidence::RecordId decision);  // the first first
Result<ReviewListAnswer> list_reviews(const AuditNeeds& needs, const ReviewListRequest& request);
// How many decisions people reviewed in [from, to) and decided otherwise, by use case with its scope; each once.
Result<std::map<std::string, int64_t>> overridden(const AuditNeeds& needs, Timestamp from, Timestamp to);

}  // namespace puhui::audit
