// Integers of a fixed number of 64-bit words, least word first: what joins residues modulo the factors and centres plaintexts. Only sums,
// products and choices by mask; the hot products modulo a number are modulus.h, the cold path is natural.h.
// Timing: constant for the sizes, whatever the values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "infrastructure/cipher/modulus.h"
#include "infrastructure/cipher/natural.h"
#include "infrastructure/cipher/wiping.h"

namespace puhui::cipher {

constexpr size_t words_for(size_t bits) { return (bits + 63) / 64; }

// `count` secret integers of `each` words. Wiped when it goes.
class SecretWords {
 public:
  SecretWords(size_t count, size_t each) : each_(each), data_(count * each) {}
  SecretWords(SecretWords&&) noexcept = default;
  SecretWords& operator=(SecretWords&&) noexcept = default;
  SecretWords(const SecretWords&) = delete;
  SecretWords& operator=(const SecretWords&) = delete;
  static SecretWords random(size_t count, size_t each);  // from the system's randomness

  size_t each() const { return each_; }
  size_t count() const { return each_ == 0 ? 0 : data_.size() / each_; }
  std::span<uint64_t> at(size_t i) { return {data_.data() + i * each_, each_}; }
  std::span<const uint64_t> at(size_t i) const { return {data_.data() + i * each_, each_}; }
  std::span<uint64_t> all() { return data_; }
  std::span<const uint64_t> all() const { return data_; }

 private:
  size_t each_;
  std::vector<uint64_t, Wiping<uint64_t>> data_;
};

// All ones or all zeros.
using Mask = uint64_t;
constexpr Mask mask_of(uint64_t bit) { return ~(bit - 1); }  // of 1 or 0

// to += what; `what` has no more words than `to`. Answers the carry, or the borrow.
uint64_t add_words(std::span<uint64_t> to, std::span<const uint64_t> what);
uint64_t subtract_words(std::span<uint64_t> from, std::span<const uint64_t> what);
void choose_words(Mask mask, std::span<uint64_t> to,
                  std::span<const uint64_t> what);        // to = what where the mask is set
void negate_words(Mask mask, std::span<uint64_t> value);  // value = -value where it is
// value -= modulus when value >= modulus, once. `scratch` has as many words as `value`.
void subtract_once(std::span<uint64_t> value, std::span<const uint64_t> modulus, std::span<uint64_t> scratch);
// out = a · b, the low out.size() words of it; `out` is neither of them.
void multiply_words(std::span<uint64_t> out, std::span<const uint64_t> a, std::span<const uint64_t> b);
// Bits [from, from + count) of `value`; bits beyond it are 0.
void bits_of(std::span<const uint64_t> value, size_t from, size_t count, std::span<uint64_t> out);
// 1 / odd modulo 2^(64 · words).
SecretWords inverse_of_odd(std::span<const uint64_t> odd, size_t words);
// Set when the two's complement `value` is not below 2^(bits - 1) in size.
Mask is_beyond(std::span<const uint64_t> value, size_t bits);

SecretWords words_of(const Natural& value, size_t words);

// Canonical residues as `each` words, and back (each below the modulus).
SecretWords to_words(const Modulus& modulus, const Residues& residues, size_t each);
Residues to_residues(const Modulus& modulus, const SecretWords& values);

}  // namespace puhui::cipher
