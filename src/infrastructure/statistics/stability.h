// Has a distribution moved since it was frozen? Population stability over edges that never move, with what chance
// alone gives and the smallest shift that could be seen; and the two-sample Kolmogorov-Smirnov test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace puhui::statistics {

// Edges at equal shares of `values` (deciles for 10 bins), ascending and distinct, so ties may give fewer bins.
// Bin i holds (edge i-1, edge i]; the last has no upper edge. Empty for fewer than two distinct values.
std::vector<double> frozen_edges(std::vector<double> values, size_t bins = 10);
size_t bin_of(std::span<const double> edges, double value);

inline constexpr double kStabilityAlpha = 0.05, kStabilityPower = 0.80;

struct Stability {
  double psi = 0;               // sum of (a - e) ln(a / e) over the bins; an empty cell counts half a row
  double p_value = 1;           // of so large a PSI by chance alone
  double null_limit = 0;        // what chance alone exceeds once in twenty
  double smallest_visible = 0;  // the true PSI that would be seen four times in five
  size_t bins = 0;              // with a row in either sample
};
// Rows a bin then and now; both spans of one length, both with rows. Under no shift PSI is about
// chi-square(B-1) * (1/n + 1/m), under a shift noncentral with noncentrality PSI / (1/n + 1/m)
// (Yurdakul and Naranjo, Journal of Risk Model Validation 14(4), 2020); stability_test.cc simulates both.
Stability stability(std::span<const uint64_t> reference, std::span<const uint64_t> current);

struct KolmogorovSmirnov {
  double distance = 0;  // largest gap of the two empirical distributions
  double p_value = 1;   // asymptotic, with Stephens' correction (JRSS B 32, 1970)
};
KolmogorovSmirnov kolmogorov_smirnov(std::vector<double> first, std::vector<double> second);

}  // namespace puhui::statistics
