// Natural: a non-negative integer of any size for the cold path: keys, primes, inverses, constants. OpenSSL's bignum does
// the work behind the wall; the words are wiped when it goes. Hot work is modulus.h.
// Timing: exponentiation and inversion run in constant time for a size; the rest is not secret-safe and is used at set-up only.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"

namespace puhui::cipher {

class Natural {
 public:
  Natural() = default;
  explicit Natural(uint64_t value);
  ~Natural();
  Natural(const Natural&) = default;
  Natural(Natural&&) noexcept = default;
  Natural& operator=(const Natural&);
  Natural& operator=(Natural&&) noexcept;

  static Natural from_bytes(std::string_view big_endian);
  static Natural from_words(std::span<const uint64_t> least_first);
  static Natural power_of_two(size_t exponent);
  static Natural random_below(const Natural& bound);  // uniform, from the system's randomness; bound > 0
  static Natural random_bits(size_t bits);            // uniform in [0, 2^bits)
  // A prime of exactly `bits` bits whose two top bits are set, so that a product of two has exactly twice the bits.
  static Natural random_prime(size_t bits);

  size_t bits() const;  // 0 for zero
  bool is_zero() const { return words_.empty(); }
  bool is_odd() const { return !words_.empty() && (words_[0] & 1) != 0; }
  bool bit(size_t place) const;
  std::span<const uint64_t> words() const { return words_; }  // least first, no leading zero word
  std::string bytes(size_t length) const;                     // big-endian, CHECKs that it fits
  std::string hex() const;

  std::strong_ordering operator<=>(const Natural& other) const;
  bool operator==(const Natural& other) const = default;

 private:
  std::vector<uint64_t> words_;
};

Natural operator+(const Natural& a, const Natural& b);
Natural operator-(const Natural& a, const Natural& b);  // CHECKs a >= b
Natural operator*(const Natural& a, const Natural& b);
Natural operator/(const Natural& a, const Natural& b);  // CHECKs b > 0
Natural operator%(const Natural& a, const Natural& b);
Natural operator<<(const Natural& a, size_t bits);
Natural operator>>(const Natural& a, size_t bits);
Natural gcd(const Natural& a, const Natural& b);
Result<Natural> inverse(const Natural& a, const Natural& modulus);  // `invalid` when there is none
Natural power(const Natural& base, const Natural& exponent, const Natural& odd_modulus);  // constant time for the sizes
bool is_prime(const Natural& a);                                                          // error below 2^-128

}  // namespace puhui::cipher
