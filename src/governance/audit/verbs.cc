#include "governance/audit/audit.h"

namespace puhui::audit {

std::vector<Verb> verbs(const AuditNeeds* needs) {
  std::vector<Verb> out;
  for (auto* const part : {decision_verbs, subject_verbs, replay_verbs, pack_verbs}) {
    for (Verb& verb : part(needs)) out.push_back(std::move(verb));
  }
  return out;
}

}  // namespace puhui::audit
