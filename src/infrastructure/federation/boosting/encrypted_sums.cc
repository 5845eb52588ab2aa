#include "infrastructure/federation/boosting/encrypted_sums.h"

#include <algorithm>
#include <cstring>

#include "ground/base/check.h"

namespace puhui::federation {

namespace {

void copy(const cipher::Ciphertexts& from, size_t from_place, cipher::Ciphertexts& to, size_t to_place) {
  std::memcpy(to.residues.at(to_place), from.residues.at(from_place), from.residues.words() * sizeof(uint64_t));
}

// Whether the sum that is told of it is the left side's: that without the heaviest bin.
bool tells_left(const BoostingColumns& columns, const SplitCandidate& candidate) {
  const uint8_t heaviest = columns.heaviest[candidate.column];
  return heaviest == columns.missing_bin(candidate.column) ? !candidate.missing_left : heaviest > candidate.cut;
}

}  // namespace

cipher::Ciphertexts taken(const cipher::Ciphertexts& from, std::span<const uint32_t> places) {
  cipher::Ciphertexts out = from;
  out.residues = cipher::Residues(places.size(), from.residues.words());
  for (size_t i = 0; i < places.size(); ++i) copy(from, places[i], out, i);
  return out;
}

EncryptedSums::EncryptedSums(const cipher::PublicKey& key, const BoostingColumns& columns,
                             std::span<const uint32_t> rows)
    : key_(key), columns_(columns), rows_(rows.begin(), rows.end()), ciphertexts_(key.zeros(rows.size())) {
  const size_t count = columns.count();
  bins_.resize(rows_.size() * count);
  for (size_t i = 0; i < rows_.size(); ++i) {
    for (size_t c = 0; c < count; ++c) {
      const uint8_t bin = columns.bin(rows_[i], c);
      bins_[i * count + c] = bin == columns.heaviest[c] ? cipher::Modulus::kNoCell : bin;
    }
  }
}

void EncryptedSums::take(const cipher::Ciphertexts& block, cipher::Ciphertexts* cells) {
  CHECK(received_ + block.count() <= rows_.size(), "the block's size was checked as it came");
  for (size_t i = 0; i < block.count(); ++i) copy(block, i, ciphertexts_, received_ + i);
  if (cells != nullptr) {
    std::vector<uint32_t> all(block.count());
    for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint32_t>(i);
    const auto bins = std::span(bins_).subspan(received_ * columns_.count(), block.count() * columns_.count());
    key_.modulus().multiply_into_cells(block.residues, all, bins, columns_.count(), columns_.stride, cells->residues);
  }
  received_ += block.count();
}

cipher::Ciphertexts EncryptedSums::no_cells() const { return key_.zeros(columns_.count() * columns_.stride); }

size_t EncryptedSums::cells_bytes() const {
  return columns_.count() * columns_.stride * key_.modulus().words() * sizeof(uint64_t);
}

cipher::Ciphertexts EncryptedSums::cells_of(std::span<const uint32_t> rows) const {
  CHECK(received_ == rows_.size(), "all ciphertexts are here");
  std::vector<uint32_t> places;
  size_t place = 0;
  for (const uint32_t row : rows) {
    while (rows_[place] != row) ++place;
    places.push_back(static_cast<uint32_t>(place));
  }
  cipher::Ciphertexts cells = no_cells();
  key_.modulus().multiply_into_cells(ciphertexts_.residues, places, bins_, columns_.count(), columns_.stride,
                                     cells.residues);
  return cells;
}

// Adds bin after bin from one end, all columns at once; a candidate takes the sum when its cut is reached.
void EncryptedSums::sweep(const cipher::Ciphertexts& cells, std::span<const SplitCandidate> candidates, bool left,
                          cipher::Ciphertexts& sums) const {
  const size_t stride = columns_.stride;
  std::vector<std::vector<uint32_t>> by_cut(stride);
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (tells_left(columns_, candidates[i]) == left) by_cut[candidates[i].cut].push_back(static_cast<uint32_t>(i));
  }
  cipher::Ciphertexts running = key_.zeros(columns_.count()), next = running;
  const cipher::Ciphertexts nothing = key_.zeros(1);
  for (size_t step = 0; step < stride; ++step) {
    const size_t bin = left ? step : stride - 1 - step;
    if (!left) {
      for (const uint32_t i : by_cut[bin]) copy(running, candidates[i].column, sums, i);
    }
    for (size_t c = 0; c < columns_.count(); ++c) {
      const bool has_bin = bin <= columns_.cuts[c].size();
      copy(has_bin ? cells : nothing, has_bin ? c * stride + bin : 0, next, c);
    }
    key_.add(running, next);
    if (left) {
      for (const uint32_t i : by_cut[bin]) copy(running, candidates[i].column, sums, i);
    }
  }
}

void EncryptedSums::add_missing(const cipher::Ciphertexts& cells, std::span<const SplitCandidate> candidates,
                                cipher::Ciphertexts& sums) const {
  std::vector<uint32_t> with_missing, missing_cells;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const uint32_t column = candidates[i].column;
    const uint8_t missing = columns_.missing_bin(column);
    if (columns_.heaviest[column] == missing || tells_left(columns_, candidates[i]) != candidates[i].missing_left)
      continue;
    with_missing.push_back(static_cast<uint32_t>(i));
    missing_cells.push_back(static_cast<uint32_t>(column * columns_.stride + missing));
  }
  if (with_missing.empty()) return;
  cipher::Ciphertexts changed = taken(sums, with_missing);
  key_.add(changed, taken(cells, missing_cells));
  for (size_t i = 0; i < with_missing.size(); ++i) copy(changed, i, sums, with_missing[i]);
}

cipher::Ciphertexts EncryptedSums::candidate_sums(const cipher::Ciphertexts& cells,
                                                  std::span<const SplitCandidate> candidates) const {
  cipher::Ciphertexts sums = key_.zeros(candidates.size());
  sweep(cells, candidates, true, sums);
  sweep(cells, candidates, false, sums);
  add_missing(cells, candidates, sums);
  return sums;
}

}  // namespace puhui::federation
