// Synthetic applicants for tests and benches: numbers with steps, interactions, noise and missing values, and an
// outcome that depends on some of them. The same seed gives the same rows anywhere.
#pragma once

#include <cstdint>
#include <vector>

#include "ground/base/random.h"

namespace puhui::models {

struct SyntheticRows {
  size_t feature_count = 0;
  std::vector<float> values;  // row-major, NaN missing
  std::vector<uint8_t> bad;
};

// About a fifth of the rows is bad; one value in twelve is missing in every third feature.
SyntheticRows synthetic_rows(size_t rows, size_t features, uint64_t seed);

}  // namespace puhui::models
