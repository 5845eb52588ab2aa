#include "infrastructure/cases/case.h"

namespace puhui::cases {

std::span<const std::string_view> names_of(const CaseState*) {
  static constexpr std::string_view kNames[] = {"open", "assigned", "proposed", "closed"};
  return kNames;
}

std::span<const std::string_view> names_of(const Verdict*) {
  static constexpr std::string_view kNames[] = {"confirmed", "dismissed", "unclear"};
  return kNames;
}

}  // namespace puhui::cases
