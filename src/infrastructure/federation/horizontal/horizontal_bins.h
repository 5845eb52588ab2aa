// Common bins of a column that no client sees whole: counts over a fixed grid of float32 numbers, summed in two passes, the second one
// finer where many values lie. Cuts are places of the grid, never a client's value.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace puhui::federation {

// The grid of the first pass: sign, exponent and one bit of the mantissa; a cell of it has 256 cells of the second, each 1/512 of its
// number wide at most.
inline constexpr size_t kCoarseCells = 1024, kFineCells = 256;

size_t coarse_cell(float value);  // not NaN; ascending with the value
size_t fine_cell(float value);    // inside its coarse cell
// The least value of the cell. `coarse` lies inside the finite numbers.
float cell_floor(size_t coarse, size_t fine);

// Which coarse cells deserve the second pass: those of more than `least`, and at least one row in 2 · bins_max. Ascending.
std::vector<uint16_t> crowded_cells(std::span<const int64_t> coarse, size_t bins_max, double least);

// Ascending cuts of bins of about equal weight, of at most bins_max bins. `fine`: kFineCells counts for each of `crowded`.
std::vector<float> common_cuts(std::span<const int64_t> coarse, std::span<const uint16_t> crowded,
                               std::span<const int64_t> fine, size_t bins_max);

}  // namespace puhui::federation
