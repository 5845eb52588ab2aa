// Measures of a binary classifier. Event = bad = 1; a higher score means more likely bad. All are O(n log n),
// deterministic, and defined on ties: equal scores never depend on the order of the rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace puhui::models {

// `scores` and `bad` have one entry a row; bad is 0 or 1. CHECKs that both classes are there (use has_both).
struct Outcomes {
  std::span<const double> scores;
  std::span<const uint8_t> bad;
};
bool has_both(std::span<const uint8_t> bad);

double auc(Outcomes outcomes);                // ties count one half
double gini(Outcomes outcomes);               // 2 AUC - 1
double ks(Outcomes outcomes);                 // largest gap of the two distributions, at distinct scores only
double average_precision(Outcomes outcomes);  // step sum, no interpolation; equal scores are one step
double brier(Outcomes probabilities);         // mean squared error
double log_loss(Outcomes probabilities);      // natural logarithm; probabilities are held inside [1e-15, 1 - 1e-15]

struct CalibrationBin {
  double predicted_low, predicted_high;  // of the rows in it
  double predicted_mean, observed_share;
  uint64_t rows;
};
// Bins of about equal size by score; equal scores stay in one bin.
std::vector<CalibrationBin> calibration(Outcomes probabilities, size_t bins = 10);

struct Psi {
  double value = 0;
  double null_limit = 0;  // what chance alone exceeds once in twenty: chi-square(B-1, .95) (1/n + 1/m)
  size_t bins = 0;
};
// Population stability between two samples: bins are tenths of `expected`, an empty cell counts one half row.
Psi psi(std::span<const double> expected, std::span<const double> actual, size_t bins = 10);

// The value a chi-square variable with `freedom` degrees exceeds with probability `tail`.
double chi_square_limit(double freedom, double tail);
// Its upper tail: P(X > value).
double chi_square_tail(double freedom, double value);

struct Quality {
  uint64_t rows = 0;
  double bad_share = 0, auc = 0, ks = 0, gini = 0, average_precision = 0, brier = 0, log_loss = 0;
};
Quality quality(Outcomes probabilities);

}  // namespace puhui::models
