#include "infrastructure/federation/measures/measured_column.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/federation/logistic/fixed_point.h"

namespace puhui::federation {

namespace {

// Where the next quantile begins: a value that differs from the one before it.
std::vector<double> quantile_breaks(const std::vector<float>& sorted, size_t bins) {
  std::vector<double> out;
  for (size_t k = 1; k < bins; ++k) {
    const float at = sorted[sorted.size() * k / bins];
    if (at > sorted.front() && (out.empty() || at > out.back())) out.push_back(at);
  }
  return out;
}

// Joins intervals of too few rows with the one to the right, the last with the one to the left.
std::vector<double> joined(const std::vector<double>& breaks, const std::vector<float>& sorted, uint64_t rows_min) {
  std::vector<double> out;
  const auto place = [&](double value) {
    return static_cast<uint64_t>(std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin());
  };
  uint64_t begin = 0;
  for (const double at : breaks) {
    if (place(at) - begin < rows_min) continue;
    out.push_back(at);
    begin = place(at);
  }
  while (!out.empty() && sorted.size() - place(out.back()) < rows_min) out.pop_back();
  return out;
}

void standardise(MeasuredColumn& column, std::span<const float> values) {
  double sum = 0, squares = 0, count = 0;
  for (const float v : values) {
    if (!std::isnan(v)) sum += v, ++count;
  }
  const double mean = count > 0 ? sum / count : 0;
  for (const float v : values) {
    if (!std::isnan(v)) squares += (v - mean) * (v - mean);
  }
  double deviation = count > 0 ? std::sqrt(squares / count) : 0;
  if (deviation <= 1e-9 * std::fabs(mean)) deviation = 0;  // constant: what rounding of the mean leaves
  constexpr int kLost = kValueBits - kMeasuredValueBits;
  for (const float v : values) {
    const int32_t fine = standardised(v, mean, deviation);
    column.values.push_back(static_cast<int16_t>((fine + (1 << (kLost - 1))) >> kLost));
  }
}

}  // namespace

MeasuredColumn measured_column(const std::string& name, std::span<const float> values, BinTerms terms) {
  CHECK(terms.bins_max >= 1 && terms.bins_max <= 254, "a bin's number is a byte");
  MeasuredColumn out{.name = name};
  std::vector<float> sorted;
  for (const float v : values) {
    if (!std::isnan(v)) sorted.push_back(v);
  }
  std::sort(sorted.begin(), sorted.end());
  if (!sorted.empty()) out.breaks = joined(quantile_breaks(sorted, terms.bins_max), sorted, terms.bin_rows_min);
  const uint64_t missing = values.size() - sorted.size();
  out.has_missing_bin = missing >= terms.bin_rows_min && sorted.size() >= terms.bin_rows_min;
  out.bin_rows.assign(out.breaks.size() + 1 + (out.has_missing_bin ? 1 : 0), 0);
  for (const float v : values) {
    size_t bin = out.has_missing_bin ? out.bin_rows.size() - 1 : 0;
    if (!std::isnan(v)) {
      bin = static_cast<size_t>(std::upper_bound(out.breaks.begin(), out.breaks.end(), v) - out.breaks.begin());
    }
    out.bin_of_row.push_back(static_cast<uint8_t>(bin));
    ++out.bin_rows[bin];
  }
  standardise(out, values);
  return out;
}

int64_t correlation_ppm(int64_t sum_of_products, size_t rows) {
  const double mean = static_cast<double>(sum_of_products) * 0x1p-20 / static_cast<double>(rows);
  return static_cast<int64_t>(std::nearbyint(std::clamp(mean, -1.0, 1.0) * 1e6));
}

}  // namespace puhui::federation
