#include "applications/aml/typology.h"

namespace puhui::aml {

std::span<const std::string_view> names_of(const Typology*) {
  static constexpr std::string_view kNames[] = {"structuring",    "fan_in",       "fan_out", "cycle",
                                                "scatter_gather", "pass_through", "dormant"};
  return kNames;
}

}  // namespace puhui::aml
