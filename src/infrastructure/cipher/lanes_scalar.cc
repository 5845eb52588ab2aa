// One residue at a time in words of 64 bits: for machines without AVX2, and the plain text that the other kernels are held against.
#include <cstring>

#include "infrastructure/cipher/lanes.h"

namespace puhui::cipher {

namespace {

using Wide = unsigned __int128;

constexpr size_t kWordsMax = 8192 / 64 + 1;

class ScalarLanes final : public Lanes {
 public:
  explicit ScalarLanes(const Natural& modulus)
      // Two bits more than the modulus: operands below twice the modulus then give a product below it again.
      : Lanes({.lanes = 1, .limbs = (modulus.bits() + 2 + 63) / 64, .limb_bits = 64}, modulus) {}

  // Montgomery's product word by word: add a · b[i], then the multiple of the modulus that clears the lowest word; the sum moves up
  // instead of being shifted.
  void multiply(const uint64_t* a, const uint64_t* b, uint64_t* out) const override {
    const size_t words = form_.limbs;
    uint64_t sums[2 * kWordsMax + 1] = {};
    uint64_t over = 0;
    for (size_t i = 0; i < words; ++i) {
      uint64_t* sum = sums + i;
      const uint64_t product = add_multiple(sum, a, b[i], words);
      const uint64_t reduced = add_multiple(sum, modulus_.data(), sum[0] * minus_inverse_, words);
      const Wide top = Wide{sum[words]} + product + reduced + over;
      sum[words] = static_cast<uint64_t>(top);
      over = static_cast<uint64_t>(top >> 64);
    }
    std::memcpy(out, sums + words, words * sizeof(uint64_t));
  }

  void square(const uint64_t* a, uint64_t* out) const override { multiply(a, a, out); }

  void gather(const uint64_t* const* rows, uint64_t* group) const override {
    std::memcpy(group, rows[0], form_.limbs * sizeof(uint64_t));
  }
  void scatter(const uint64_t* group, uint64_t* const* rows) const override {
    std::memcpy(rows[0], group, form_.limbs * sizeof(uint64_t));
  }

  void select_of_groups(const uint64_t* groups, size_t entries, const uint64_t* places,
                        uint64_t* group) const override {
    std::memset(group, 0, form_.limbs * sizeof(uint64_t));
    for (size_t e = 0; e < entries; ++e) {
      const uint64_t mask = mask_of_equal(e, places[0]);
      for (size_t j = 0; j < form_.limbs; ++j) group[j] |= groups[e * form_.limbs + j] & mask;
    }
  }

  void select_of_rows(const uint64_t* table, size_t entries, const uint64_t* places, uint64_t* group) const override {
    for (size_t j = 0; j < form_.limbs; ++j) {
      uint64_t limb = 0;
      for (size_t e = 0; e < entries; ++e) limb |= table[j * entries + e] & mask_of_equal(e, places[0]);
      group[j] = limb;
    }
  }

  size_t fixed_base_digit_bits() const override { return 6; }

 private:
  // sum += row · factor; answers the word that runs over. Four words a turn: the compiler then keeps the carries in registers.
  static uint64_t add_multiple(uint64_t* sum, const uint64_t* row, uint64_t factor, size_t words) {
    uint64_t carry = 0;
#pragma GCC unroll 4
    for (size_t j = 0; j < words; ++j) {
      const Wide next = Wide{row[j]} * factor + sum[j] + carry;
      sum[j] = static_cast<uint64_t>(next);
      carry = static_cast<uint64_t>(next >> 64);
    }
    return carry;
  }

  static uint64_t mask_of_equal(uint64_t a, uint64_t b) {
    const uint64_t differ = a ^ b;
    return ((differ | (~differ + 1)) >> 63) - 1;
  }
};

}  // namespace

std::unique_ptr<Lanes> make_lanes_scalar(const Natural& modulus) { return std::make_unique<ScalarLanes>(modulus); }

}  // namespace puhui::cipher
