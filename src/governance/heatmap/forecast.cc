#include "governance/heatmap/forecast.h"

#include <algorithm>
#include <cmath>

namespace puhui::heatmap {

namespace {

constexpr double kNormal95 = 1.6448536269514722;  // both tails together leave 90 %
constexpr double kFullPpm = 1e6;
constexpr double kFarDays = 3650;  // beyond it a line says nothing about a machine

double median_of(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

std::optional<int64_t> days_until_full(double level_ppm, double slope_ppm) {
  if (level_ppm >= kFullPpm) return 0;
  if (slope_ppm <= 0) return std::nullopt;
  const double days = (kFullPpm - level_ppm) / slope_ppm;
  return days > kFarDays ? std::nullopt : std::optional(static_cast<int64_t>(std::floor(days)));
}

void say(ForecastView& forecast) {
  const std::string slope = std::to_string(forecast.slope_ppm_a_day);
  if (!forecast.days) {
    forecast.en = "The busiest minutes use no more of the machine than before: no end of the headroom in sight.";
    forecast.zh = "最忙时段的占用没有增长：看不到余量用尽之日。";
    return;
  }
  const std::string days = std::to_string(*forecast.days);
  forecast.en = "The busiest minutes grow by " + slope + " ppm of the machine a day; it is full in about " + days +
                " days if that goes on";
  forecast.zh = "最忙时段的占用每天增长百万分之 " + slope + "；照此约 " + days + " 天后用尽";
  if (forecast.days_low && forecast.days_high) {
    const std::string low = std::to_string(*forecast.days_low), high = std::to_string(*forecast.days_high);
    forecast.en += " (90 %: " + low + " to " + high + ")";
    forecast.zh += "（90 %：" + low + " 至 " + high + " 天）";
  } else {
    forecast.en += ", or never: the growth is not certain";
    forecast.zh += "，也可能不会：增长尚不确定";
  }
  forecast.en += ".";
  forecast.zh += "。";
}

}  // namespace

std::optional<Trend> trend_of(std::span<const Point> points) {
  std::vector<double> slopes;
  for (size_t i = 0; i < points.size(); ++i) {
    for (size_t j = i + 1; j < points.size(); ++j) {
      if (points[i].x != points[j].x) slopes.push_back((points[j].y - points[i].y) / (points[j].x - points[i].x));
    }
  }
  if (slopes.empty()) return std::nullopt;
  Trend out;
  out.slope = median_of(slopes);
  const auto n = static_cast<double>(points.size()), count = static_cast<double>(slopes.size());
  const double spread = kNormal95 * std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
  const auto place = [&](double rank) { return slopes[static_cast<size_t>(std::clamp(rank, 0.0, count - 1))]; };
  out.low = place(std::floor((count - spread) / 2));
  out.high = place(std::ceil((count + spread) / 2));
  double last_x = points[0].x;
  for (const Point& point : points) last_x = std::max(last_x, point.x);
  std::vector<double> levels;
  for (const Point& point : points) levels.push_back(point.y + out.slope * (last_x - point.x));
  out.last = median_of(levels);
  return out;
}

ForecastView forecast_of(std::span<const BusyDay> days) {
  ForecastView out;
  std::vector<Point> points;
  for (const BusyDay& day : days) points.push_back({static_cast<double>(day.day), static_cast<double>(day.used_ppm)});
  const auto trend = points.size() < kForecastDaysMin ? std::nullopt : trend_of(points);
  if (!trend) {
    out.en = "Too little history: " + std::to_string(points.size()) + " of " + std::to_string(kForecastDaysMin) +
             " days with use.";
    out.zh = "历史太短：有用量的天数为 " + std::to_string(points.size()) + "，至少需要 " +
             std::to_string(kForecastDaysMin) + " 天。";
    return out;
  }
  out.slope_ppm_a_day = std::llround(trend->slope);
  out.days = days_until_full(trend->last, trend->slope);
  if (out.days) {
    out.days_low = days_until_full(trend->last, trend->high);
    out.days_high = days_until_full(trend->last, trend->low);
  }
  say(out);
  return out;
}

}  // namespace puhui::heatmap
