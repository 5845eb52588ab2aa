// Batch: rows of Residues into the lanes of a kernel and back, a group at a time. The last group's spare lanes repeat a row and are dropped.
#pragma once

#include "infrastructure/cipher/lanes.h"
#include "infrastructure/cipher/modulus.h"

namespace puhui::cipher {

class Batch {
 public:
  explicit Batch(const Lanes& lanes) : lanes_(lanes), sink_(lanes.form().limbs) {}

  // Rows first … first + lanes - 1; a single row goes to all lanes.
  void load(const Residues& rows, size_t first, uint64_t* group) const {
    const uint64_t* at[kLanesMax];
    for (size_t l = 0; l < lanes_.form().lanes; ++l) at[l] = rows.at(std::min(first + l, rows.count() - 1));
    lanes_.gather(at, group);
  }

  void store(const uint64_t* group, Residues& rows, size_t first) {
    uint64_t* at[kLanesMax];
    for (size_t l = 0; l < lanes_.form().lanes; ++l)
      at[l] = first + l < rows.count() ? rows.at(first + l) : sink_.data();
    lanes_.scatter(group, at);
  }

 private:
  const Lanes& lanes_;
  AlignedWords sink_;
};

}  // namespace puhui::cipher
