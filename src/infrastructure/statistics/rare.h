// Rankings of rare events, where the area under the ROC curve hides what matters: average precision, and how many of the
// events are found when people can look at a fixed share. rare_test.cc holds the brute force and the coverage.
#pragma once

#include <cstdint>
#include <span>

#include "infrastructure/statistics/interval.h"

namespace puhui::statistics {

struct AveragePrecision {
  double value = 0;   // step sum: precision at each event, averaged over the events; rows of one score come together
  Interval interval;  // logit interval (Boyd, Eng and Page, ECML PKDD 2013): honest from some ten events on
  uint64_t events = 0, rows = 0;
};
// CHECKed: `bad` (0 or 1) has one entry a score, and there is an event.
AveragePrecision average_precision(std::span<const double> scores, std::span<const uint8_t> bad,
                                   double confidence = kConfidence);

struct Detection {
  double share = 0;   // of the events, among the looked_at highest scores; of a tie that is cut, its share
  Interval interval;  // Wilson's
  uint64_t found = 0, events = 0, looked_at = 0;
};
// CHECKed as above, and 0 < alert_share <= 1.
Detection detection_at(std::span<const double> scores, std::span<const uint8_t> bad, double alert_share,
                       double confidence = kConfidence);

}  // namespace puhui::statistics
