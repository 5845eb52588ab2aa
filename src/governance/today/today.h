// Today: what needs the caller now, by what the caller may do: proposals to sign, alerts, incidents, validations, rights
// of subjects, lifts to confirm, failed nights. It reads what the other modules keep and keeps nothing.
#pragma once

#include <string>
#include <vector>

#include "governance/audit/audit.h"
#include "governance/incidents/switches.h"
#include "governance/permits/proposal.h"
#include "ground/base/shape.h"
#include "ground/base/verb.h"

namespace puhui::today {

struct TodayNeeds {
  const incidents::Switches& switches;
  const permits::Proposals& proposals;
  const audit::AuditNeeds& audit;
};

inline constexpr int64_t kMattersReadMax = 1000;  // of each kind

struct Matter {
  std::string kind;  // proposal, alert, incident, validation, right, lift, review, night
  std::string id;    // of that kind: what a page links to
  std::string use_case;
  std::string en, zh;
  Timestamp since;
  int64_t severity = 3;  // 1 high … 3 low
};
void fields(Shape& shape, Matter& matter);

// The most severe first, then the oldest. An alert somebody acknowledged, an incident another person works on and a
// proposal the caller signed or wrote are not among them.
Result<std::vector<Matter>> matters(const TodayNeeds& needs, const Caller& caller);

// today show {limit} → {matters, counts: [{kind, count}], at}
// `needs` outlives the verb. With nullptr it can be described (help, schemas) but not run.
std::vector<Verb> today_verbs(const TodayNeeds* needs);

}  // namespace puhui::today
