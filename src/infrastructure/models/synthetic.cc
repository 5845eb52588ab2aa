#include "infrastructure/models/synthetic.h"

#include <cmath>
#include <limits>

#include "infrastructure/models/logistic.h"

namespace puhui::models {

SyntheticRows synthetic_rows(size_t rows, size_t features, uint64_t seed) {
  SyntheticRows out{.feature_count = features, .values = {}, .bad = {}};
  out.values.reserve(rows * features);
  for (size_t row = 0; row < rows; ++row) {
    RandomStream random(Random(seed), 1, row);
    const double temper = random.normal();
    double log_odds = -1.9;
    for (size_t j = 0; j < features; ++j) {
      double x = 0.4 * temper + random.normal();
      if (j % 4 == 1) x = std::floor(2 * x);
      if (j % 4 == 2) x *= x * x * x;
      const double weight = 1.5 / (1 + static_cast<double>(j));
      log_odds += weight * (j % 2 == 0 ? (x > 0.5 ? 1.2 : -0.4) : -0.6 * std::fmin(std::fabs(x), 2));
      const bool missing = random.chance(1.0 / 12) && j % 3 == 0;
      out.values.push_back(missing ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(x));
    }
    out.bad.push_back(random.chance(sigmoid(log_odds + 0.8 * temper)) ? 1 : 0);
  }
  return out;
}

}  // namespace puhui::models
