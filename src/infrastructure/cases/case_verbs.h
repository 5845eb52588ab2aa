// The verbs of cases.
#pragma once

#include "ground/base/verb.h"
#include "infrastructure/cases/office.h"

namespace puhui::cases {

// Whose holder sees subjects; everybody else sees them masked.
inline constexpr std::string_view kPersonalPermission = "evidence.personal";

struct VerbNeeds {
  Office& office;
  Store& store;
  const Clock& clock;
};

// case queue {application?, owner?, capacity} → {alerts, expected_loss_minor, below, expected_loss_below_minor, at}
// case list {application?, state?, owner?, subject?, overdue?, limit, after?} → {cases, next?, at}
// case show {id} → {case, alerts, events, at}
// case assign {id, to?}, note {id, words}, propose {id, verdict, words}, confirm {id}, return {id, words},
//   reopen {id, words} → case
// case snooze {application, kind, subject, days, why} → snooze; wake {application, kind, subject} → snooze
// case snoozes {application?, limit, after?} → {snoozes, next?, at}
// case summary {application?} → {applications, kinds, at}
// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> case_verbs(const VerbNeeds* needs);

}  // namespace puhui::cases
