// PermitHistory: which permit decided from when to when and who signed it; and the rollback to the one before, by one
// person at once, looked at by another afterwards.
#pragma once

#include "governance/permits/proposal.h"

namespace puhui::permits {

struct PermitSpan {
  std::string use_case;
  Digest permit;
  Timestamp from;
  std::optional<Timestamp> until;  // none: it decides now, or was only admitted
  std::string author, build, conditions;
  std::vector<std::string> signed_by;
  Timestamp expires_at;
  bool champion = true;     // false: only admitted, for a challenger or a fallback
  bool reinstated = false;  // it had decided before
};
void fields(Shape& shape, PermitSpan& span);

struct Rollback {
  std::string use_case;
  Timestamp at;
  std::string by, why;
  Digest from, to;
  std::string reviewed_by, review;  // empty: nobody looked at it afterwards yet
  std::optional<Timestamp> reviewed_at;
};
void fields(Shape& shape, Rollback& rollback);

// The newest first, those granted before `before`.
Result<std::vector<PermitSpan>> permit_history(Reader& reader, std::string_view use_case,
                                               std::optional<Timestamp> before, int64_t limit);

// The champion before the one in force decides from now on. forbidden: nothing is in force, or the one before does not
// hold any more; not_found: there was none before.
Result<Rollback> roll_back(const PermitNeeds& needs, std::string_view use_case, std::string_view why,
                           std::string_view by);
// By another person than rolled back. conflict: reviewed already.
struct RollbackReview {
  std::string use_case;
  Timestamp at;  // of the rollback
  std::string review;
};
Result<Rollback> review_rollback(const PermitNeeds& needs, const RollbackReview& review, std::string_view by);
Result<std::vector<Rollback>> rollbacks(Reader& reader, std::string_view use_case);  // the newest first; empty: all
Result<std::vector<Rollback>> rollbacks_to_review(Reader& reader);

}  // namespace puhui::permits
