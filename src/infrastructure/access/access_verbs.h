// The verbs of users, sessions, roles and signing keys.
#pragma once

#include "infrastructure/access/access.h"

namespace puhui::access {

struct AccessVerbNeeds {
  Access& access;
  const Clock& clock;
};

// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> user_verbs(const AccessVerbNeeds* needs);     // user add, list, change, password, reset
std::vector<Verb> session_verbs(const AccessVerbNeeds* needs);  // session list, revoke; role list; person enrol, key
std::vector<Verb> access_verbs(const AccessVerbNeeds* needs);   // all of them

}  // namespace puhui::access
