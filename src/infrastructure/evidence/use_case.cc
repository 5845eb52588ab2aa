#include "infrastructure/evidence/use_case.h"

#include <algorithm>

#include "infrastructure/evidence/outcome.h"

namespace puhui::evidence {

const UseCase* find_use_case(std::span<const UseCase> declared, std::string_view name) {
  const std::string_view whole = name.substr(0, name.find('/'));
  const auto found = std::ranges::find(declared, whole, &UseCase::name);
  return found == declared.end() ? nullptr : &*found;
}

std::string_view outcome_name_of(std::span<const UseCase> declared, std::string_view use_case) {
  const UseCase* found = find_use_case(declared, use_case);
  return found ? std::string_view(found->outcome) : kDefaultOutcome;
}

}  // namespace puhui::evidence
