// Lanes: one odd modulus in the form of one kernel: products of `lanes()` residues side by side, in limbs of `limb_bits()`. What modulus.h
// is made of; nobody else needs it. Values are Montgomery's (times 2^(limbs · limb_bits)) and below twice the modulus, which lets a
// product end without a comparison: the same work for every value.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "infrastructure/cipher/kernel.h"
#include "infrastructure/cipher/natural.h"

namespace puhui::cipher {

inline constexpr size_t kLanesMax = 8;

struct LanesForm {
  size_t lanes = 0, limbs = 0, limb_bits = 0;
  size_t group_words() const { return lanes * limbs; }
};

// Words on a cache line's edge, wiped when they go: scratch holds powers of secrets.
class AlignedWords {
 public:
  explicit AlignedWords(size_t count);
  ~AlignedWords();
  AlignedWords(const AlignedWords&) = delete;
  AlignedWords& operator=(const AlignedWords&) = delete;
  AlignedWords(AlignedWords&& other) noexcept;
  AlignedWords& operator=(AlignedWords&& other) noexcept;
  uint64_t* data() { return words_; }
  const uint64_t* data() const { return words_; }
  size_t size() const { return count_; }

 private:
  uint64_t* words_ = nullptr;
  size_t count_ = 0;
};

// A row is one residue's limbs, least first, a word each. A group is `lanes()` residues, limb j of lane l at [j · lanes + l],
// aligned to 64 bytes. `out` of a product may be an operand.
class Lanes {
 public:
  virtual ~Lanes() = default;
  const LanesForm& form() const { return form_; }

  virtual void multiply(const uint64_t* a, const uint64_t* b, uint64_t* out) const = 0;
  virtual void square(const uint64_t* a, uint64_t* out) const = 0;
  virtual void gather(const uint64_t* const* rows, uint64_t* group) const = 0;
  virtual void scatter(const uint64_t* group, uint64_t* const* rows) const = 0;

  // group lane l := entry places[l] of `entries` groups: touches all of them whatever the places.
  virtual void select_of_groups(const uint64_t* groups, size_t entries, const uint64_t* places,
                                uint64_t* group) const = 0;
  // The same of one table for all lanes, limb after limb: entry e of limb j at [j · entries + e]. `entries` is a power of two from 16.
  virtual void select_of_rows(const uint64_t* table, size_t entries, const uint64_t* places, uint64_t* group) const = 0;
  // Bits of a digit that make FixedBase cheapest: a wider digit saves products and costs a longer selection.
  virtual size_t fixed_base_digit_bits() const = 0;

 protected:
  Lanes(LanesForm form, const Natural& modulus);
  LanesForm form_;
  AlignedWords modulus_;        // limbs
  uint64_t minus_inverse_ = 0;  // of the modulus, modulo 2^limb_bits
};

// Splits words of 64 bits into limbs and joins them.
void split_words(std::span<const uint64_t> words, const LanesForm& form, uint64_t* row);
void join_limbs(const uint64_t* row, const LanesForm& form, std::span<uint64_t> words);

std::unique_ptr<Lanes> make_lanes(const Natural& modulus, Kernel kernel);
std::unique_ptr<Lanes> make_lanes_scalar(const Natural& modulus);
std::unique_ptr<Lanes> make_lanes_avx2(const Natural& modulus);
std::unique_ptr<Lanes> make_lanes_ifma(const Natural& modulus);

}  // namespace puhui::cipher
