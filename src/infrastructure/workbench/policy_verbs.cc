#include "infrastructure/workbench/policy_verbs.h"

namespace puhui::workbench {

std::vector<Verb> policy_verbs(const Clock& clock) {
  std::vector<Verb> out;
  for (std::vector<Verb> verbs :
       {check_verbs(), eval_verbs(clock), case_verbs(clock), backtest_verbs(clock), table_verbs()}) {
    for (Verb& verb : verbs) out.push_back(std::move(verb));
  }
  return out;
}

}  // namespace puhui::workbench
