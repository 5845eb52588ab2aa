// Intervals for proportions, their difference and their ratio. proportion_test.cc holds published examples and coverage.
#pragma once

#include <cstdint>

#include "infrastructure/statistics/interval.h"

namespace puhui::statistics {

// `events` of `trials`, trials > 0 (CHECKed), events <= trials.
struct Share {
  uint64_t events = 0, trials = 0;
  double value() const { return static_cast<double>(events) / static_cast<double>(trials); }
};

// Two groups or arms; `other` is held against `base`.
struct Shares {
  Share base, other;
};

// Wilson's score interval (JASA 22, 1927).
Interval wilson(Share share, double confidence = kConfidence);
// Of other - base: Newcombe's hybrid score interval (Statistics in Medicine 17:873, 1998, method 10).
Interval newcombe_difference(const Shares& shares, double confidence = kConfidence);
// Of other / base by Katz's logarithm (Biometrics 34, 1978); half an event is added where one has none.
Interval katz_ratio(const Shares& shares, double confidence = kConfidence);
// Of other / base by the score test (Koopman, Biometrics 40, 1984): the ratios a chi-square test does not refuse.
// `high` is infinite when `base` has no event.
Interval koopman_ratio(const Shares& shares, double confidence = kConfidence);
// The one we use: Koopman's. proportion_test.cc says why.
inline Interval ratio_interval(const Shares& shares, double confidence = kConfidence) {
  return koopman_ratio(shares, confidence);
}
// P of so large a difference by chance alone: two-sided, pooled score test.
double difference_p(const Shares& shares);

}  // namespace puhui::statistics
