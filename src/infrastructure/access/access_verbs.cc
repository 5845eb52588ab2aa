#include "infrastructure/access/access_verbs.h"

namespace puhui::access {

std::vector<Verb> access_verbs(const AccessVerbNeeds* needs) {
  std::vector<Verb> verbs = user_verbs(needs);
  for (Verb& verb : session_verbs(needs)) verbs.push_back(std::move(verb));
  return verbs;
}

}  // namespace puhui::access
