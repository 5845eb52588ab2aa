// Many tests at once: p-values made to hold for all of them together.
#pragma once

#include <span>
#include <vector>

namespace puhui::statistics {

// Holm's step-down (Scandinavian Journal of Statistics 6, 1979): adjusted p-values in the order given. Rejecting
// those at most alpha makes any false rejection at all with probability at most alpha, however they depend.
std::vector<double> holm(std::span<const double> p_values);

}  // namespace puhui::statistics
