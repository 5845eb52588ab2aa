// EncryptedSums: a host's side of one tree: the rows' encrypted gradients, added up bin by bin of each column, and made the sums of
// split candidates. The bin that most rows of a column are in is never added up: a candidate is told by the side without it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/boosting/columns.h"
#include "infrastructure/federation/boosting/splits.h"

namespace puhui::federation {

class EncryptedSums {
 public:
  // `rows`: those the tree is grown on, in the order in which their ciphertexts come. Columns and key outlive it.
  EncryptedSums(const cipher::PublicKey& key, const BoostingColumns& columns, std::span<const uint32_t> rows);

  size_t rows() const { return rows_.size(); }
  size_t rows_here() const { return received_; }
  // The next rows' ciphertexts; added into `cells` too where some are given.
  void take(const cipher::Ciphertexts& block, cipher::Ciphertexts* cells);
  cipher::Ciphertexts no_cells() const;
  // `rows` ascending, of the tree's.
  cipher::Ciphertexts cells_of(std::span<const uint32_t> rows) const;
  // One a candidate, in their order: the sum over one of its two sides.
  cipher::Ciphertexts candidate_sums(const cipher::Ciphertexts& cells,
                                     std::span<const SplitCandidate> candidates) const;
  size_t cells_bytes() const;

 private:
  void sweep(const cipher::Ciphertexts& cells, std::span<const SplitCandidate> candidates, bool left,
             cipher::Ciphertexts& sums) const;
  void add_missing(const cipher::Ciphertexts& cells, std::span<const SplitCandidate> candidates,
                   cipher::Ciphertexts& sums) const;

  const cipher::PublicKey& key_;
  const BoostingColumns& columns_;
  std::vector<uint32_t> rows_;
  std::vector<uint8_t> bins_;  // of rows_, row by row; the heaviest bin is no cell
  cipher::Ciphertexts ciphertexts_;
  size_t received_ = 0;
};

// Places of `from` in a new order; a place may come more than once.
cipher::Ciphertexts taken(const cipher::Ciphertexts& from, std::span<const uint32_t> places);

}  // namespace puhui::federation
