// Interval: a range that holds the true value with a stated confidence.
#pragma once

namespace puhui::statistics {

inline constexpr double kConfidence = 0.95;  // of every interval unless the caller says otherwise

struct Interval {
  double low = 0, high = 0;
  bool operator==(const Interval&) const = default;
  bool holds(double value) const { return low <= value && value <= high; }
};

}  // namespace puhui::statistics
