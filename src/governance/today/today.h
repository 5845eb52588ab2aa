// Today: what needs the caller now, by what the caller may do: proposals to sign, alerts, incidents, validations, rights
// of subjects, lifts to confirm, failed nights. It reads what the other modules keep and keeps nothing.
#pragma once

#include <string>
#include <vector>

#include "ground/base/shape.h"
#include "ground/base/verb.h"

namespace puhui::today {

struct Matter {
  std::string kind;  // proposal, alert, incident, validation, right, lift, review, night
  std::string id;    // of that kind: what a page links to
  std::string use_case;
  std::string en, zh;
  Timestamp since;
  int64_t severity = 3;  // 1 high … 3 low
};
void fields(Shape& shape, Matter& matter);

// today show {limit} → {matters (the most severe first), counts: [{kind, count}], at}

}  // namespace puhui::today
