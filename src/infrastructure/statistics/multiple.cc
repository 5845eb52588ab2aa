#include "infrastructure/statistics/multiple.h"

#include <algorithm>
#include <numeric>

namespace puhui::statistics {

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> out(p_values.size());
  double largest = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const double times = static_cast<double>(order.size() - i);
    largest = std::max(largest, std::min(1.0, times * p_values[order[i]]));
    out[order[i]] = largest;
  }
  return out;
}

}  // namespace puhui::statistics
