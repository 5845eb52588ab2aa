// PermitHistory: which permit decided from when to when, who signed it, who put it back; and the rollback to the one before.
#pragma once

#include "governance/permits/proposal.h"

namespace puhui::permits {

struct PermitSpan {
  std::string use_case;
  Digest permit;
  Timestamp from;
  std::optional<Timestamp> until;  // none: it is in force
  std::string author, build;
  std::vector<std::string> signed_by;
  Timestamp expires_at;
  bool champion = true;  // false: only admitted, for a challenger or a fallback
};
void fields(Shape& shape, PermitSpan& span);

struct Rollback {
  std::string use_case;
  Timestamp at;
  std::string by, why;
  Digest from, to;
  std::string reviewed_by, review;  // empty: not reviewed yet
  std::optional<Timestamp> reviewed_at;
};
void fields(Shape& shape, Rollback& rollback);

}  // namespace puhui::permits
