#include "ground/base/verb.h"

#include <algorithm>

namespace puhui {

std::string Verb::permission() const {
  std::string parts = verb;
  std::replace(parts.begin(), parts.end(), ' ', '.');
  return noun + "." + parts;
}

bool Caller::may(std::string_view permission) const {
  for (const std::string& held : permissions) {
    if (held == "*" || held == permission) return true;
    if (held.ends_with(".*") && permission.starts_with(std::string_view(held).substr(0, held.size() - 1))) return true;
  }
  return false;
}

void charge_to(CpuAccounts& accounts, std::vector<Verb>& verbs) {
  for (Verb& verb : verbs) {
    verb.run = [run = std::move(verb.run), &account = accounts.activity(verb.permission())](
                   const VerbCall& call, const Json& input) -> Result<Json> {
      const CpuAccount* current = CpuAccounts::current();
      const bool of_use_case = current && !current->name().starts_with(kActivityPrefix);
      CpuCall counted(of_use_case ? nullptr : &account);
      auto answer = run(call, input);
      if (answer) counted.done();
      return answer;
    };
  }
}

}  // namespace puhui
