// A gradient's sums over the peer's encrypted numbers. A row's terms travel in one plaintext, slot beside slot; three
// sums over rows with a column's factors, each shifted by its place, meet in one slot, which is all that is told back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/logistic/fixed_point.h"

namespace puhui::federation {

// A slot holds a sum of at most 2^46 in size and a mask of 87 bits, which hides it up to 2^-40.
inline constexpr size_t kTermSlotBytes = 11;
inline constexpr size_t kTermSlotBits = 8 * kTermSlotBytes;

// value + score · 2^88 + square · 2^176, of which the first `terms` (1 or 3).
cipher::Integers packed_terms(std::span<const RowTerms> rows, size_t terms);

struct MaskedSums {
  cipher::Ciphertexts sums;  // one a column, masked in every slot and refreshed
  std::string masks;         // kTermSlotBytes a column: what unmasked() takes away again
};
struct TermFactors {
  std::span<const RowFactors> each;  // rows × columns
  size_t columns = 0, terms = 0;
};
// factors × rows. `rows` are the peer's, under its key.
Result<MaskedSums> masked_sums(const cipher::PublicKey& peer, const cipher::Ciphertexts& rows, TermFactors factors);

// The owner's side: of each sum the one slot that is asked for, kTermSlotBytes. `corrupt` when one decrypts out of range.
Result<std::string> opened_sums(const cipher::SecretKey& key, const cipher::Ciphertexts& sums, size_t terms);

// `corrupt` when the peer answered another count, or what no sum and mask give.
Result<std::vector<int64_t>> unmasked(std::string_view opened, std::string_view masks);

}  // namespace puhui::federation
