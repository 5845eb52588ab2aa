// Cells of several features at once: rows are multiplied into the cells that a few features span together, and those are multiplied up into
// the cells of each half of them, down to one. For g features that is one product a row and a few a joint cell instead of g a row.
// How many go together is chosen by counting the products beforehand.
#include <algorithm>

#include "ground/base/check.h"
#include "infrastructure/cipher/modulus.h"
#include "infrastructure/cipher/run_products.h"

namespace puhui::cipher {

namespace {

constexpr size_t kFeaturesTogetherMax = 8;
constexpr size_t kJointCodesMax = size_t{1} << 20;    // of the counting
constexpr size_t kJointBytesMax = size_t{128} << 20;  // of the joint cells' residues

class Cells {
 public:
  Cells(const Modulus& modulus, std::span<const uint8_t> bins_of_row, size_t features, size_t bins, Residues& cells)
      : modulus_(modulus), bins_of_row_(bins_of_row), features_(features), bins_(bins), cells_(cells) {}

  void add(const Residues& rows, std::span<const uint32_t> chosen) {
    chosen_ = chosen;
    measure(rows.count());
    std::vector<Row> at(chosen.size());
    for (size_t i = 0; i < chosen.size(); ++i) at[i] = rows.at(chosen[i]);
    for (size_t first = 0; first < features_;) {
      const size_t count = together(first);
      reduce(at, codes_of(first, count), first, count, joint_);
      first += count;
    }
  }

 private:
  // Code 0 is no cell, b + 1 the bin b: a feature takes as many codes as it has bins among these rows.
  uint32_t code_of(uint32_t row, size_t feature) const {
    const uint8_t bin = bins_of_row_[row * features_ + feature];
    return bin == Modulus::kNoCell ? 0 : uint32_t{bin} + 1;
  }

  void measure(size_t rows) {
    bases_.assign(features_, 1);
    for (const uint32_t row : chosen_) {
      CHECK(row < rows && (row + size_t{1}) * features_ <= bins_of_row_.size(), "a row that there is");
      for (size_t f = 0; f < features_; ++f) bases_[f] = std::max(bases_[f], code_of(row, f) + 1);
    }
    for (const uint32_t base : bases_) CHECK(base <= bins_ + 1, "a bin that there is");
  }

  size_t codes_bound(size_t first, size_t count) const {
    size_t bound = 1;
    for (size_t f = first; f < first + count; ++f) bound *= bases_[f];
    return bound;
  }

  std::vector<uint32_t> codes_of(size_t first, size_t count) const {
    std::vector<uint32_t> out(chosen_.size());
    for (size_t i = 0; i < chosen_.size(); ++i) {
      for (size_t f = first; f < first + count; ++f) out[i] = out[i] * bases_[f] + code_of(chosen_[i], f);
    }
    return out;
  }

  // Products to bring `items` down to the cells of each of the features, at most; `joint` distinct codes are known for the first step.
  size_t work(size_t items, size_t first, size_t count, size_t joint) const {
    const size_t cells = std::min({items, codes_bound(first, count), joint});
    if (count == 1) return items - cells;
    const size_t half = count / 2;
    return items - cells + work(cells, first, half, cells) + work(cells, first + half, count - half, cells);
  }

  size_t distinct(size_t first, size_t count) const {
    std::vector<bool> seen(codes_bound(first, count));
    size_t out = 0;
    for (const uint32_t code : codes_of(first, count)) {
      if (!seen[code]) ++out, seen[code] = true;
    }
    return out;
  }

  // How many features from `first` on share joint cells: the fewest products a feature.
  size_t together(size_t first) const {
    size_t best = 1, best_work = chosen_.size();
    for (size_t count = 2; count <= kFeaturesTogetherMax && first + count <= features_; ++count) {
      if (codes_bound(first, count) > std::min(kJointCodesMax, 64 * chosen_.size())) break;
      const size_t joint = distinct(first, count);
      if (joint * modulus_.words() * sizeof(uint64_t) > kJointBytesMax) break;
      const size_t products = work(chosen_.size(), first, count, joint);
      if (products * best < best_work * count) best = count, best_work = products;
    }
    return best;
  }

  void reduce(std::span<const Row> items, std::span<const uint32_t> codes, size_t first, size_t count,
              Residues& joint) {
    const SortedRuns runs = sorted_by_code(items, codes, codes_bound(first, count));
    products_of_runs(modulus_, runs.rows, runs.ends, joint);
    if (count == 1) return into_cells(joint, runs.codes, first);
    const std::vector<Row> at = rows_of(joint);
    const size_t half = count / 2;
    const auto low = static_cast<uint32_t>(codes_bound(first + half, count - half));
    std::vector<uint32_t> part = runs.codes;
    Residues of_half;
    for (uint32_t& code : part) code /= low;
    reduce(at, part, first, half, of_half);
    part = runs.codes;
    for (uint32_t& code : part) code %= low;
    reduce(at, part, first + half, count - half, of_half);
  }

  void into_cells(const Residues& sums, std::span<const uint32_t> codes, size_t feature) {
    Residues here = modulus_.zeros(0), factors = here;
    std::vector<size_t> places;
    for (size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] == 0) continue;
      places.push_back(feature * bins_ + codes[i] - 1);
      here.append(cells_.slice(places.back(), 1));
      factors.append(sums.slice(i, 1));
    }
    modulus_.multiply(here, factors, here);
    for (size_t i = 0; i < places.size(); ++i) std::copy_n(here.at(i), modulus_.words(), cells_.at(places[i]));
  }

  const Modulus& modulus_;
  std::span<const uint8_t> bins_of_row_;
  size_t features_, bins_;
  Residues& cells_;
  std::span<const uint32_t> chosen_;
  std::vector<uint32_t> bases_;
  Residues joint_;  // of one group after the other: new memory for each would cost as much as the products
};

}  // namespace

void Modulus::multiply_into_cells(const Residues& rows, std::span<const uint32_t> chosen_rows,
                                  std::span<const uint8_t> bins_of_row, size_t features, size_t bins,
                                  Residues& cells) const {
  CHECK(bins > 0 && bins <= kNoCell, "a bin is a byte below kNoCell");
  CHECK(cells.count() == features * bins, "a cell for each feature and bin");
  CHECK(&rows != &cells, "cells are not rows");
  if (chosen_rows.empty() || features == 0) return;
  CHECK(rows.words() == words() && cells.words() == words(), "residues of another modulus");
  Cells(*this, bins_of_row, features, bins, cells).add(rows, chosen_rows);
}

}  // namespace puhui::cipher
