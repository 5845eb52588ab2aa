#include "infrastructure/federation/horizontal/horizontal_bins.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace puhui::federation {

namespace {

constexpr int kFineShift = 14, kCoarseShift = 22;
constexpr uint32_t kSign = 0x8000'0000U;

// Ascending with the number: negative ones turned over.
uint32_t ordered(float value) {
  const auto bits = std::bit_cast<uint32_t>(value + 0.0F);  // -0 and 0 are one value
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

struct Cell {
  float floor = 0;
  int64_t count = 0;
};

}  // namespace

size_t coarse_cell(float value) { return ordered(value) >> kCoarseShift; }
size_t fine_cell(float value) { return ordered(value) >> kFineShift & (kFineCells - 1); }

float cell_floor(size_t coarse, size_t fine) {
  const auto place = static_cast<uint32_t>(coarse << kCoarseShift | fine << kFineShift);
  return std::bit_cast<float>((place & kSign) != 0 ? place & ~kSign : ~place);
}

std::vector<uint16_t> crowded_cells(std::span<const int64_t> coarse, size_t bins_max, double least) {
  int64_t total = 0;
  for (const int64_t count : coarse) total += std::max<int64_t>(0, count);
  std::vector<uint16_t> out;
  for (size_t cell = 0; cell < coarse.size(); ++cell) {
    const bool crowded = coarse[cell] * static_cast<int64_t>(2 * bins_max) >= total;
    if (crowded && static_cast<double>(coarse[cell]) > least) out.push_back(static_cast<uint16_t>(cell));
  }
  return out;
}

// As a single house cuts its columns: each bin takes its share of what is left, so that one heavy cell costs one bin only.
std::vector<float> common_cuts(std::span<const int64_t> coarse, std::span<const uint16_t> crowded,
                               std::span<const int64_t> fine, size_t bins_max) {
  std::vector<Cell> cells;
  int64_t left = 0;
  const auto add = [&](size_t cell, size_t part, int64_t count) {
    if (count <= 0) return;
    cells.push_back({cell_floor(cell, part), count});
    left += count;
  };
  size_t next = 0;
  for (size_t cell = 0; cell < coarse.size(); ++cell) {
    if (next == crowded.size() || crowded[next] != cell) {
      add(cell, 0, coarse[cell]);
      continue;
    }
    for (size_t part = 0; part < kFineCells; ++part) add(cell, part, fine[next * kFineCells + part]);
    ++next;
  }
  std::vector<float> cuts;
  int64_t taken = 0;
  for (size_t i = 0; i + 1 < cells.size() && cuts.size() + 1 < bins_max; ++i) {
    taken += cells[i].count;
    const auto bins_left = static_cast<int64_t>(bins_max - cuts.size());
    const bool few_left = cells.size() - i <= bins_max - cuts.size();
    if (!few_left && (2 * taken + cells[i + 1].count) * bins_left < 2 * left) continue;
    cuts.push_back(cells[i + 1].floor);
    left -= taken;
    taken = 0;
  }
  return cuts;
}

}  // namespace puhui::federation
