// BoostingColumns: one party's columns cut into bins by quantiles, each party its own. A missing value has a bin of its own.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "ground/base/result.h"

namespace puhui::federation {

inline constexpr size_t kBoostingBinsMax =
    253;  // a row's bin is a byte: two values are taken, for missing and for no cell

struct BoostingColumns {
  size_t rows = 0;
  size_t stride = 0;                     // bins of the column that has most, the missing one counted
  std::vector<std::vector<float>> cuts;  // ascending, one list a column; bin b holds cuts[b - 1] <= x < cuts[b]
  std::vector<uint8_t> bins;             // row by row, one a column
  std::vector<uint8_t> heaviest;         // the bin of each column that most rows are in; the lower of equals

  size_t count() const { return cuts.size(); }
  uint8_t missing_bin(size_t column) const { return static_cast<uint8_t>(cuts[column].size() + 1); }
  uint8_t bin(size_t row, size_t column) const { return bins[row * count() + column]; }
  // A split after bin `cut` has this threshold; after the last bin only missing values go the other way.
  float threshold(size_t column, size_t cut) const {
    return cut < cuts[column].size() ? cuts[column][cut] : std::numeric_limits<float>::max();
  }
};

// At most bins_max bins a column (2…kBoostingBinsMax), besides the missing one. Infinite values are `invalid`.
Result<BoostingColumns> cut_columns(std::span<const std::vector<float>> values, size_t rows, size_t bins_max);

}  // namespace puhui::federation
