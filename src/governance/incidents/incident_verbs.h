// The verbs of alerts, incidents and switches.
#pragma once

#include "governance/incidents/switches.h"
#include "ground/base/verb.h"

namespace puhui::incidents {

// alert list {kind?, use_case?, open?, limit, after?} → {alerts, next?, at}; alert acknowledge {id} → alert
// incident open {severity, use_case?, what_happened, alert?, key?}, note {id, text, root_cause?, measure?},
//   assign {id, person}, close {id, root_cause?, measure?}, show {id} → incident
// incident list {open?, use_case?, assigned_to?, limit, after?} → {incidents, next?, at}
// switch stop {scope, name, why}, lift {scope, name, why} → switch
// switch list {limit} → {switches (standing), lifted, fallbacks, at}
// switch fallback {use_case, fallback, rules_permit?}; switch drill {use_case} → drill
// switch drills {use_case?, limit} → {drills, at}
// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> alert_verbs(const IncidentNeeds* needs);
std::vector<Verb> incident_verbs(const IncidentNeeds* needs);

struct SwitchVerbNeeds {
  Switches& switches;
  kernel::Kernel& kernel;
  const Clock& clock;
};
std::vector<Verb> switch_verbs(const SwitchVerbNeeds* needs);

}  // namespace puhui::incidents
