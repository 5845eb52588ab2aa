// Modulus: products of many residues at once modulo an odd number (Montgomery), eight at a time with IFMA. Residues keep the
// machine's own form; their bytes are canonical, so that a scalar machine and an IFMA machine speak the same.
// Timing: multiply, square, power, powers and FixedBase do the same work for every value of a size and look nothing up by a secret
// (all entries of a table are read and one is kept by mask). Cells, many_powers and inverse depend on exponents or places that are no secret.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/cipher/kernel.h"
#include "infrastructure/cipher/natural.h"
#include "infrastructure/cipher/wiping.h"

namespace puhui::cipher {

inline constexpr size_t kModulusBitsMin = 256, kModulusBitsMax = 8192;

class Lanes;  // lanes.h: the kernel's own work
class AlignedWords;

// Words on a cache line's edge; many of them on large pages where the system gives them, because a histogram reads its rows in any order and would
// otherwise look up a page for each.
uint64_t* allocate_words(size_t count);
void free_words(uint64_t* words);
struct WordAllocator {
  using value_type = uint64_t;
  template <class>
  struct rebind {
    using other = WordAllocator;
  };
  uint64_t* allocate(size_t count) { return allocate_words(count); }
  void deallocate(uint64_t* words, size_t count) {
    wipe_memory(words, count * sizeof *words);  // also what is modulo a secret factor
    free_words(words);
  }
  bool operator==(const WordAllocator&) const = default;
};

// `count` residues in the form of one Modulus, each `words` 64-bit words, one after the other: rows, so that choosing, slicing and sending
// them needs no kernel; products turn eight at a time into lanes and back.
class Residues {
 public:
  Residues() = default;
  Residues(size_t count, size_t words) : words_(words), data_(count * words) {}
  size_t count() const { return words_ == 0 ? 0 : data_.size() / words_; }
  size_t words() const { return words_; }
  uint64_t* at(size_t i) { return data_.data() + i * words_; }
  const uint64_t* at(size_t i) const { return data_.data() + i * words_; }
  void resize(size_t count) { data_.resize(count * words_); }
  void append(const Residues& other);  // of the same Modulus
  Residues slice(size_t first, size_t count) const;

 private:
  size_t words_ = 0;
  std::vector<uint64_t, WordAllocator> data_;
};

class Modulus {
 public:
  // `invalid` when even, or outside the bounds.
  static Result<Modulus> make(const Natural& modulus, Kernel kernel);
  Modulus(Modulus&&) noexcept;
  Modulus& operator=(Modulus&&) noexcept;
  ~Modulus();

  const Natural& value() const;
  size_t bytes_length() const;  // of one residue's canonical bytes
  size_t words() const;         // of one residue in Residues
  Kernel kernel() const;
  const Lanes& lanes() const;  // stays where it is when the Modulus moves

  Residues zeros(size_t count) const;
  Residues ones(size_t count) const;
  Residues from_naturals(std::span<const Natural> values) const;  // each below the modulus
  std::vector<Natural> naturals(const Residues& residues) const;
  // Canonical: big-endian, bytes_length() each. Reading refuses a value of the modulus or more: `invalid`, naming which.
  void write(const Residues& residues, std::string& out) const;
  Result<Residues> read(std::string_view bytes) const;
  // The same as words, least first, `each` a residue: for our own sums between moduli. Constant-time; CHECKs that a value is below the modulus.
  void write_words(const Residues& residues, std::span<uint64_t> out, size_t each) const;
  Residues read_words(std::span<const uint64_t> values, size_t each) const;

  // Element by element; `out` may be one of the operands. CHECK the counts. A batch of one operand is used for all.
  void multiply(const Residues& a, const Residues& b, Residues& out) const;
  void square(const Residues& a, Residues& out, size_t times = 1) const;
  // Each to the same exponent; each to its own, of words_per_exponent words each, least first. Time depends on the number of words.
  Residues power(const Residues& bases, const Natural& exponent) const;
  Residues powers(const Residues& bases, std::span<const uint64_t> exponents, size_t words_per_exponent) const;
  Result<Residues> inverse(const Residues& a) const;  // `invalid` when one has none, naming which
  Residues product(const Residues& a) const;          // of all: one residue

  // cells[f · bins + bin_of(row, f)] *= rows[row], for every row and feature. `bins_of_row` is row-major, one uint8 a feature;
  // kNoCell leaves the row out. What a histogram of ciphertexts is made of: the hot loop of boosting.
  static constexpr uint8_t kNoCell = 255;
  void multiply_into_cells(const Residues& rows, std::span<const uint32_t> chosen_rows,
                           std::span<const uint8_t> bins_of_row, size_t features, size_t bins, Residues& cells) const;
  // out[j] = product over rows of rows[i]^exponents[i · columns + j], signed exponents of at most 31 bits. `inverses` are the rows'.
  // The hot loop of logistic regression (buckets by digit).
  Residues many_powers(const Residues& rows, const Residues& inverses, std::span<const int32_t> exponents,
                       size_t columns) const;

 private:
  struct State;
  explicit Modulus(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// One base raised to many secret exponents of at most `exponent_bits`: by tables made once, without a squaring.
class FixedBase {
 public:
  FixedBase(const Modulus& modulus, const Natural& base,
            size_t exponent_bits);  // the modulus outlives it (it may move)
  FixedBase(FixedBase&&) noexcept;
  FixedBase& operator=(FixedBase&&) noexcept;
  ~FixedBase();
  // `exponents`: words_per_exponent words each, least first; CHECKs that none is longer.
  Residues powers(std::span<const uint64_t> exponents, size_t words_per_exponent) const;
  size_t exponent_bits() const { return exponent_bits_; }

 private:
  void fill(const Modulus& modulus, const Natural& base);
  const Lanes* lanes_;
  size_t exponent_bits_, digit_bits_, digits_;
  std::unique_ptr<AlignedWords> table_;
};

}  // namespace puhui::cipher
