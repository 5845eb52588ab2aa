// Products of runs of residues: what cells and buckets come down to. Each lane multiplies up one run after the other; long runs are cut into
// pieces, so that the lanes end together however uneven the runs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "infrastructure/cipher/modulus.h"

namespace puhui::cipher {

using Row = const uint64_t*;  // of the modulus' form; its owner outlives the call

std::vector<Row> rows_of(const Residues& residues);

// Run r is rows ends[r - 1] … ends[r] - 1, never empty. A residue a run into `out`, whose memory is used again where it suffices:
// rows.size() - ends.size() products and a few for pieces. `rows` do not lie in `out`.
void products_of_runs(const Modulus& modulus, std::span<const Row> rows, std::span<const uint32_t> ends, Residues& out);

// Rows in the order of their codes (stable) and the runs of equal ones: `codes` are below `bound`.
struct SortedRuns {
  std::vector<Row> rows;
  std::vector<uint32_t> ends, codes;  // a run each
};
SortedRuns sorted_by_code(std::span<const Row> rows, std::span<const uint32_t> codes, size_t bound);

}  // namespace puhui::cipher
