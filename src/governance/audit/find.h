// What `decision find` is asked and answers: decisions of one kind, newest first, page by page. The search itself is
// index.h's; one decision in full is page.h's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ground/base/shape.h"
#include "infrastructure/evidence/record.h"

namespace puhui::audit {

inline constexpr int64_t kPageRowsMax = 1000, kPageRowsStandard = 50;
inline constexpr int64_t kFilterBytesMax = 256;

// Which decisions. Every filter given must hold.
struct DecisionFilter {
  std::string use_case;  // "lending.approval/person_revolving", or "lending.approval" for all its scopes
  std::string outcome;   // "approve", "refuse", "refer"
  std::optional<Id128> entity;
  std::optional<Digest> permit;
  std::optional<Digest> model;
  std::string reason;  // a reason's code
  std::string rule;    // "Admission, rule 3", as a decision's page writes it
  std::optional<Timestamp> from, to;
};
// Named inside the request of every verb that takes the filters.
void filter_fields(Shape& shape, DecisionFilter& filter);

struct FindRequest {
  DecisionFilter filter;
  int64_t limit = kPageRowsStandard;
  std::string after;
};
void fields(Shape& shape, FindRequest& request);

struct DecisionRow {
  Id128 id;
  Timestamp at;
  std::string use_case, outcome;
  Id128 entity;
  std::vector<std::string> reasons;
  std::string human, caller;
  Digest permit;
  std::optional<Rate> probability;  // of the first model asked
};
void fields(Shape& shape, DecisionRow& row);

struct FindAnswer {
  std::vector<DecisionRow> decisions;
  std::optional<std::string> next;
  int64_t matches = 0;
  int64_t behind = 0;
  Timestamp at;
};
void fields(Shape& shape, FindAnswer& answer);
std::string tell(const FindAnswer& answer);

}  // namespace puhui::audit
