#include "infrastructure/federation/boosting/columns.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"

namespace puhui::federation {

namespace {

// Distinct values ascending, and how many rows have each.
struct Distinct {
  std::vector<float> values;
  std::vector<uint64_t> counts;
};
Distinct distinct_of(const std::vector<float>& column) {
  std::vector<float> sorted;
  for (const float value : column) {
    if (!std::isnan(value)) sorted.push_back(value + 0.0F);  // -0 and 0 are one value
  }
  std::sort(sorted.begin(), sorted.end());
  Distinct out;
  for (const float value : sorted) {
    if (out.values.empty() || out.values.back() != value) {
      out.values.push_back(value);
      out.counts.push_back(0);
    }
    ++out.counts.back();
  }
  return out;
}

float between(float low, float high) {
  const auto middle = static_cast<float>((static_cast<double>(low) + static_cast<double>(high)) / 2);
  return middle > low ? middle : high;
}

// Bins of about equal weight: each takes its share of the rows that are left, so that one heavy value costs one bin only.
std::vector<float> cuts_of(const std::vector<float>& column, size_t bins_max) {
  const Distinct distinct = distinct_of(column);
  std::vector<float> cuts;
  uint64_t rows_left = 0, taken = 0;
  for (const uint64_t count : distinct.counts) rows_left += count;
  for (size_t i = 0; i + 1 < distinct.values.size() && cuts.size() + 1 < bins_max; ++i) {
    taken += distinct.counts[i];
    const uint64_t bins_left = bins_max - cuts.size();
    const bool few_left = distinct.values.size() - i <= bins_left;
    if (!few_left && (2 * taken + distinct.counts[i + 1]) * bins_left < 2 * rows_left) continue;
    cuts.push_back(between(distinct.values[i], distinct.values[i + 1]));
    rows_left -= taken;
    taken = 0;
  }
  return cuts;
}

}  // namespace

Result<BoostingColumns> cut_columns(std::span<const std::vector<float>> values, size_t rows, size_t bins_max) {
  CHECK(bins_max >= 2 && bins_max <= kBoostingBinsMax, "the job's reader holds the bins in bounds");
  BoostingColumns out;
  out.rows = rows;
  out.bins.resize(rows * values.size());
  Faults faults;
  for (size_t c = 0; c < values.size(); ++c) {
    CHECK(values[c].size() == rows, "every column has all rows");
    if (std::any_of(values[c].begin(), values[c].end(), [](float v) { return std::isinf(v); })) {
      faults.add("column " + std::to_string(c),
                 "expected finite numbers, or none where a value is missing; came an infinite one");
      out.cuts.emplace_back(), out.heaviest.push_back(0);
      continue;
    }
    out.cuts.push_back(cuts_of(values[c], bins_max));
    const std::vector<float>& cuts = out.cuts.back();
    std::vector<uint64_t> counts(cuts.size() + 2, 0);
    for (size_t r = 0; r < rows; ++r) {
      const float value = values[c][r];
      const auto above = std::upper_bound(cuts.begin(), cuts.end(), value);
      const size_t bin = std::isnan(value) ? cuts.size() + 1 : static_cast<size_t>(above - cuts.begin());
      out.bins[r * values.size() + c] = static_cast<uint8_t>(bin);
      ++counts[bin];
    }
    out.heaviest.push_back(static_cast<uint8_t>(std::max_element(counts.begin(), counts.end()) - counts.begin()));
    out.stride = std::max(out.stride, counts.size());
  }
  TRY(std::move(faults).result());
  return out;
}

}  // namespace puhui::federation
