// MeasuredColumn: one column cut into bins of about equal size by its own house, and its standardised values: what is counted
// and multiplied when two houses measure together.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

inline constexpr int kMeasuredValueBits = 10;  // standardised values count in 2^-10, at most 7.875 in size
inline constexpr int64_t kMeasuredValueMax = int64_t{1} << 13;

struct MeasuredColumn {
  std::string name;
  std::vector<double> breaks;      // bin i holds breaks[i - 1] <= x < breaks[i]
  bool has_missing_bin = false;    // the last bin; where fewer than bin_rows_min are missing they are in bin 0
  std::vector<uint64_t> bin_rows;  // a bin
  std::vector<uint8_t> bin_of_row;
  std::vector<int16_t> values;  // standardised; missing is 0
};

struct BinTerms {
  size_t bins_max = 10;  // without the one for what is missing
  uint64_t bin_rows_min = 20;
};
// Quantiles of what is there; equal values stay together, and a bin of too few rows joins its neighbour.
MeasuredColumn measured_column(const std::string& name, std::span<const float> values, BinTerms terms);

// Pearson's correlation in parts per million of a sum of products over `rows` rows.
int64_t correlation_ppm(int64_t sum_of_products, size_t rows);

}  // namespace puhui::federation
