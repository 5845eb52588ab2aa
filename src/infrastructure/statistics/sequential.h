// Tests that may be looked at after every row and stopped at any moment: their error is held over all moments at
// once. They need more rows than a test at one planned look (looks.h) and give freedom for it: for guardrails.
#pragma once

#include <cstdint>

#include "infrastructure/statistics/interval.h"
#include "infrastructure/statistics/proportion.h"

namespace puhui::statistics {

// ---- rates, exact: holds from the first row on.
// The evidence against a rate p after s events in n is Beta(s+1/2, n-s+1/2) / Beta(1/2, 1/2) / (p^s (1-p)^(n-s)): the
// likelihood mixed over Jeffreys' prior, a martingale that starts at 1, so it ever reaches 1/alpha with probability
// at most alpha (Ville 1939; Robbins, Annals of Mathematical Statistics 41, 1970).
double log_evidence_against(Share seen, double rate);  // trials may be 0: 0
Interval rate_sequence(Share seen, double confidence = kConfidence);

// Of other - base, two arms of any sizes, rows in any order. For each difference the least of the product of both
// arms' evidence over all pairs of rates with that difference; what stays below 1/alpha is in the interval.
Interval difference_sequence(const Shares& arms, double confidence = kConfidence);
// The anytime-valid p-value of "other is at most `margin` above base", -1 < margin < 1 (CHECKed). Keep the least
// over time: it may only fall.
double worse_than_p(const Shares& arms, double margin);

// ---- means, in the limit: for figures without a bound, such as milliseconds or amounts.
// Count, mean and sum of squared deviations, added to row by row (Welford 1962).
struct Moments {
  uint64_t rows = 0;
  double mean = 0, squares = 0;
  void add(double value);
  void add(const Moments& other);
  double variance() const { return rows < 2 ? 0 : squares / static_cast<double>(rows - 1); }
};

inline constexpr uint64_t kMomentsRowsMin = 50;  // an arm with fewer tells nothing: the interval is without end

// Normal-mixture confidence sequence with the variance as seen (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
// Annals of Statistics 52, 2024, theorem 2.2): mean +- sd sqrt((1 + 1/(n r)) (ln(1 + n r) + 2 ln(1/alpha)) / n), r set
// so that the interval is tightest at `planned_rows` (both arms together).
Interval mean_sequence(const Moments& seen, uint64_t planned_rows, double confidence = kConfidence);
struct TwoMoments {
  Moments base, other;
};
Interval difference_of_means_sequence(const TwoMoments& arms, uint64_t planned_rows, double confidence = kConfidence);

}  // namespace puhui::statistics
