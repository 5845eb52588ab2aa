#include "infrastructure/screening/screener.h"

namespace puhui::screening {

std::span<const std::string_view> names_of(const PartyKind*) {
  static constexpr std::string_view kNames[] = {"unknown", "person", "organisation", "vessel", "aircraft"};
  return kNames;
}

}  // namespace puhui::screening
