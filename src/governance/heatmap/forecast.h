// Forecast: where a line through the past leads, drawn so that a few odd days do not bend it (Theil, Sen): the median
// of the slopes between every two days, with the interval that ranks give it.
#pragma once

#include <optional>
#include <span>

#include "governance/heatmap/heatmap_shapes.h"

namespace puhui::heatmap {

inline constexpr size_t kForecastDaysMin = 7;

struct Point {
  double x = 0, y = 0;
};

// `low` and `high` hold the slope with 90 % confidence (Sen 1968, by Kendall's statistic without ties in x).
struct Trend {
  double slope = 0, low = 0, high = 0;
  double last = 0;  // the line at the largest x: the median of what the points say
};
// nullopt with fewer than two different x. Costs n² for n points.
std::optional<Trend> trend_of(std::span<const Point> points);

// One day's busiest minutes: the share of all cores, in millionths, by day number.
struct BusyDay {
  int64_t day = 0, used_ppm = 0;
};
ForecastView forecast_of(std::span<const BusyDay> days);

}  // namespace puhui::heatmap
