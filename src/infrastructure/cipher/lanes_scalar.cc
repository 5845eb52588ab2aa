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

  // Montgomery's product word by word: add a · b[i], then the multiple of the modulus that clears the lowest word, and shift.
  void multiply(const uint64_t* a, const uint64_t* b, uint64_t* out) const override {
    const size_t words = form_.limbs;
    const uint64_t* n = modulus_.data();
    uint64_t sum[kWordsMax + 2] = {};
    for (size_t i = 0; i < words; ++i) {
      uint64_t carry_product = 0, carry_reduced = 0;
      const uint64_t factor = b[i];
      const uint64_t quotient = (sum[0] + a[0] * factor) * minus_inverse_;
      for (size_t j = 0; j < words; ++j) {
        const Wide product = Wide{a[j]} * factor + sum[j] + carry_product;
        carry_product = static_cast<uint64_t>(product >> 64);
        const Wide reduced = Wide{n[j]} * quotient + static_cast<uint64_t>(product) + carry_reduced;
        carry_reduced = static_cast<uint64_t>(reduced >> 64);
        if (j > 0) sum[j - 1] = static_cast<uint64_t>(reduced);
      }
      const Wide top = Wide{sum[words]} + carry_product + carry_reduced;
      sum[words - 1] = static_cast<uint64_t>(top);
      sum[words] = static_cast<uint64_t>(top >> 64);
    }
    std::memcpy(out, sum, words * sizeof(uint64_t));
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
  static uint64_t mask_of_equal(uint64_t a, uint64_t b) {
    const uint64_t differ = a ^ b;
    return ((differ | (~differ + 1)) >> 63) - 1;
  }
};

}  // namespace

std::unique_ptr<Lanes> make_lanes_scalar(const Natural& modulus) { return std::make_unique<ScalarLanes>(modulus); }

}  // namespace puhui::cipher
