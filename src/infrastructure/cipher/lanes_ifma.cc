// Eight residues side by side in limbs of 52 bits (AVX-512 IFMA). A product is columns of 64-bit sums that are carried only once at the end: a sum of
// 4 · 160 halves of 52 bits stays below 2^62. Eight limbs of one operand stay in registers while the columns pass, so that a column costs
// sixteen multiplications and one load and store of its sum.
#include <immintrin.h>

#include <cstring>

#include "infrastructure/cipher/lanes.h"

// Inlined at every optimisation level: the vectors then stay in registers, and a call needs no agreement on how to pass them.
#define IFMA_CODE __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma")))
#define IFMA_PART __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma"), always_inline)) inline

namespace puhui::cipher {

namespace {

using V = __m512i;

constexpr size_t kLanes = 8, kLimbBits = 52, kBlock = 8, kHalfBlock = 4;
constexpr size_t kLimbsMax = 160;  // of 8192 bits, and two
constexpr uint64_t kLimbMask = (uint64_t{1} << kLimbBits) - 1;
constexpr int kFixedBaseDigitBits = 7;

IFMA_PART V low(V sum, V a, V b) { return _mm512_madd52lo_epu64(sum, a, b); }
IFMA_PART V high(V sum, V a, V b) { return _mm512_madd52hi_epu64(sum, a, b); }
IFMA_PART V load(const uint64_t* words) { return _mm512_load_si512(words); }
IFMA_PART void store(uint64_t* words, V value) { _mm512_store_si512(words, value); }

// One operand of a product: its limb for all lanes, or a group's own.
struct SameForAll {
  const uint64_t* limbs;
  IFMA_PART V operator[](size_t j) const { return _mm512_set1_epi64(static_cast<int64_t>(limbs[j])); }
};
struct OfGroup {
  const uint64_t* group;
  IFMA_PART V operator[](size_t j) const { return load(group + j * kLanes); }
};

// Column c takes the low halves of a[k] · b[c - k] now and their high halves a column later (`carried`).
template <size_t Block, class Operand>
IFMA_PART V column(const V (&a)[Block], Operand b, size_t c, size_t first, size_t last, V sum, V& carried) {
  V next = _mm512_setzero_si512();
#pragma GCC unroll 8
  for (size_t k = first; k < last; ++k) {
    const V limb = b[c - k];
    sum = low(sum, a[k], limb);
    next = high(next, a[k], limb);
  }
  sum = _mm512_add_epi64(sum, carried);
  carried = next;
  return sum;
}

// Four columns from `c` on side by side: eight sums that do not wait for each other, and a limb of b loaded once for all of them. They take the
// limbs from c + First to c + Last of b.
template <size_t Block, int First, int Last, class Operand>
IFMA_PART void four_columns(const V (&a)[Block], Operand b, size_t c, uint64_t* sums, V& carried) {
  uint64_t* at = sums + c * kLanes;
  V sum[4], next[4];
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; ++i) sum[i] = load(at + i * kLanes), next[i] = _mm512_setzero_si512();
#pragma GCC unroll 16
  for (int j = Last; j >= First; --j) {
    const V limb = b[c + static_cast<size_t>(j)];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const int k = i - j;
      if (k < 0 || k >= static_cast<int>(Block)) continue;
      sum[i] = low(sum[i], a[k], limb);
      next[i] = high(next[i], a[k], limb);
    }
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; ++i) store(at + i * kLanes, _mm512_add_epi64(sum[i], i == 0 ? carried : next[i - 1]));
  carried = next[3];
}

// Columns from Block on of a (Block limbs) · b (`limbs` limbs, Block or more), added to `sums`; `carried` comes in from the column before.
template <size_t Block, class Operand>
IFMA_PART void full_and_last_columns(const V (&a)[Block], Operand b, size_t limbs, V carried, uint64_t* sums) {
  constexpr int kFirst = 1 - static_cast<int>(Block);
  for (size_t c = Block; c < limbs; c += 4) four_columns<Block, kFirst, 3>(a, b, c, sums, carried);
  four_columns<Block, kFirst, -1>(a, b, limbs, sums, carried);
  if constexpr (Block == kBlock) four_columns<Block, kFirst, -5>(a, b, limbs + 4, sums, carried);
}

template <size_t Block>
IFMA_PART void multiply_block(const uint64_t* a, const uint64_t* b, size_t limbs, uint64_t* sums) {
  V factors[Block];
#pragma GCC unroll 8
  for (size_t k = 0; k < Block; ++k) factors[k] = load(a + k * kLanes);
  V carried = _mm512_setzero_si512();
  const OfGroup operand{b};
  four_columns<Block, 0, 3>(factors, operand, 0, sums, carried);
  if constexpr (Block == kBlock) four_columns<Block, -4, 3>(factors, operand, 4, sums, carried);
  full_and_last_columns<Block>(factors, operand, limbs, carried, sums);
}

// Clears the lowest Block columns by adding a multiple of the modulus: each quotient waits for the one before, while the columns
// above are still being summed up.
template <size_t Block>
IFMA_PART void reduce_block(const uint64_t* modulus, uint64_t minus_inverse, size_t limbs, uint64_t* sums) {
  const SameForAll n{modulus};
  const V inverse = _mm512_set1_epi64(static_cast<int64_t>(minus_inverse));
  V quotients[Block];
  V carried = _mm512_setzero_si512(), over = _mm512_setzero_si512();
#pragma GCC unroll 8
  for (size_t c = 0; c < Block; ++c) {
    V sum = column<Block>(quotients, n, c, 0, c, load(sums + c * kLanes), carried);
    sum = _mm512_add_epi64(sum, over);
    quotients[c] = low(_mm512_setzero_si512(), sum, inverse);
    sum = low(sum, quotients[c], n[0]);
    carried = high(carried, quotients[c], n[0]);
    over = _mm512_srli_epi64(sum, kLimbBits);
  }
  full_and_last_columns<Block>(quotients, n, limbs, _mm512_add_epi64(carried, over), sums);
}

// a · b of a block's own pairs i < j: the square's half.
template <size_t Block>
IFMA_PART void multiply_pairs(const uint64_t* a, uint64_t* sums) {
  V factors[Block];
#pragma GCC unroll 8
  for (size_t k = 0; k < Block; ++k) factors[k] = load(a + k * kLanes);
  V carried = _mm512_setzero_si512();
#pragma GCC unroll 16
  for (size_t c = 1; c < 2 * Block - 1; ++c) {
    V sum = load(sums + c * kLanes), next = _mm512_setzero_si512();
#pragma GCC unroll 8
    for (size_t i = c < Block ? 0 : c - Block + 1; 2 * i < c; ++i) {
      sum = low(sum, factors[i], factors[c - i]);
      next = high(next, factors[i], factors[c - i]);
    }
    store(sums + c * kLanes, _mm512_add_epi64(sum, carried));
    carried = next;
  }
}

IFMA_CODE void clear(uint64_t* sums, size_t limbs) {
  for (size_t c = 0; c < 2 * limbs; ++c) store(sums + c * kLanes, _mm512_setzero_si512());
}

IFMA_CODE void add_product(const uint64_t* a, const uint64_t* b, size_t limbs, uint64_t* sums) {
  size_t i = 0;
  for (; i + kBlock <= limbs; i += kBlock) multiply_block<kBlock>(a + i * kLanes, b, limbs, sums + i * kLanes);
  if (i < limbs) multiply_block<kHalfBlock>(a + i * kLanes, b, limbs, sums + i * kLanes);
}

IFMA_CODE void add_square(const uint64_t* a, size_t limbs, uint64_t* sums) {
  size_t i = 0;
  for (; i + kBlock <= limbs; i += kBlock) {
    const size_t above = i + kBlock, rest = limbs - above;
    const uint64_t *block = a + i * kLanes, *others = a + above * kLanes;
    multiply_pairs<kBlock>(block, sums + 2 * i * kLanes);
    if (rest >= kBlock) multiply_block<kBlock>(block, others, rest, sums + (i + above) * kLanes);
    if (rest == kHalfBlock) multiply_block<kHalfBlock>(others, block, kBlock, sums + (i + above) * kLanes);
  }
  if (i < limbs) multiply_pairs<kHalfBlock>(a + i * kLanes, sums + 2 * i * kLanes);
  for (size_t j = 0; j < limbs; ++j) {
    const V limb = load(a + j * kLanes);
    uint64_t* at = sums + 2 * j * kLanes;
    const V even = load(at), odd = load(at + kLanes);
    store(at, low(_mm512_add_epi64(even, even), limb, limb));
    store(at + kLanes, high(_mm512_add_epi64(odd, odd), limb, limb));
  }
}

IFMA_CODE void reduce(const uint64_t* modulus, uint64_t minus_inverse, size_t limbs, uint64_t* sums, uint64_t* out) {
  size_t i = 0;
  for (; i + kBlock <= limbs; i += kBlock) reduce_block<kBlock>(modulus, minus_inverse, limbs, sums + i * kLanes);
  if (i < limbs) reduce_block<kHalfBlock>(modulus, minus_inverse, limbs, sums + i * kLanes);
  const V mask = _mm512_set1_epi64(static_cast<int64_t>(kLimbMask));
  V over = _mm512_setzero_si512();
  for (size_t j = 0; j < limbs; ++j) {
    const V sum = _mm512_add_epi64(load(sums + (limbs + j) * kLanes), over);
    store(out + j * kLanes, _mm512_and_si512(sum, mask));
    over = _mm512_srli_epi64(sum, kLimbBits);
  }
}

// Turns eight rows of eight words into eight columns: pairs of words, then pairs of pairs, then halves.
IFMA_PART void transpose(V (&v)[8]) {
  V pairs[8], fours[8];
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; ++i) {
    pairs[2 * i] = _mm512_unpacklo_epi64(v[2 * i], v[2 * i + 1]);
    pairs[2 * i + 1] = _mm512_unpackhi_epi64(v[2 * i], v[2 * i + 1]);
  }
#pragma GCC unroll 2
  for (size_t i = 0; i < 2; ++i) {
#pragma GCC unroll 2
    for (size_t odd = 0; odd < 2; ++odd) {
      const V a = pairs[4 * i + odd], b = pairs[4 * i + 2 + odd];
      fours[4 * i + odd] = _mm512_shuffle_i64x2(a, b, 0x88);
      fours[4 * i + 2 + odd] = _mm512_shuffle_i64x2(a, b, 0xDD);
    }
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; ++i) {
    v[i] = _mm512_shuffle_i64x2(fours[i], fours[4 + i], 0x88);
    v[4 + i] = _mm512_shuffle_i64x2(fours[i], fours[4 + i], 0xDD);
  }
}

IFMA_CODE void gather_rows(const uint64_t* const* rows, size_t limbs, uint64_t* group) {
  for (size_t j = 0; j < limbs; j += 8) {
    const auto there = static_cast<__mmask8>(limbs - j >= 8 ? 0xFF : 0x0F);
    V v[8];
#pragma GCC unroll 8
    for (size_t l = 0; l < 8; ++l) v[l] = _mm512_maskz_loadu_epi64(there, rows[l] + j);
    transpose(v);
    const size_t last = limbs - j >= 8 ? 8 : 4;
#pragma GCC unroll 8
    for (size_t k = 0; k < 8; ++k) {
      if (k < last) store(group + (j + k) * kLanes, v[k]);
    }
  }
}

IFMA_CODE void scatter_rows(const uint64_t* group, size_t limbs, uint64_t* const* rows) {
  for (size_t j = 0; j < limbs; j += 8) {
    const auto there = static_cast<__mmask8>(limbs - j >= 8 ? 0xFF : 0x0F);
    const size_t last = limbs - j >= 8 ? 8 : 4;
    V v[8];
#pragma GCC unroll 8
    for (size_t k = 0; k < 8; ++k) v[k] = load(group + (j + (k < last ? k : 0)) * kLanes);
    transpose(v);
#pragma GCC unroll 8
    for (size_t l = 0; l < 8; ++l) _mm512_mask_storeu_epi64(rows[l] + j, there, v[l]);
  }
}

IFMA_CODE void select_groups(const uint64_t* groups, size_t entries, const uint64_t* places, size_t limbs,
                             uint64_t* group) {
  const V wanted = _mm512_loadu_si512(places);
  for (size_t j = 0; j < limbs; j += 4) {
    V chosen[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    for (size_t e = 0; e < entries; ++e) {
      const __mmask8 here = _mm512_cmpeq_epi64_mask(wanted, _mm512_set1_epi64(static_cast<int64_t>(e)));
#pragma GCC unroll 4
      for (size_t k = 0; k < 4; ++k)
        chosen[k] = _mm512_mask_mov_epi64(chosen[k], here, load(groups + (e * limbs + j + k) * kLanes));
    }
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; ++k) store(group + (j + k) * kLanes, chosen[k]);
  }
}

// One permutation looks a limb up among sixteen entries for all lanes; the digit's upper bits choose between halves.
template <int Bits>
IFMA_PART V look_up(const uint64_t* limb, V places, const __mmask8* upper) {
  if constexpr (Bits == 4) {
    return _mm512_permutex2var_epi64(load(limb), places, load(limb + 8));
  } else {
    constexpr size_t kHalf = size_t{1} << (Bits - 1);
    return _mm512_mask_blend_epi64(upper[Bits - 5], look_up<Bits - 1>(limb, places, upper),
                                   look_up<Bits - 1>(limb + kHalf, places, upper));
  }
}

IFMA_CODE void select_rows(const uint64_t* table, const uint64_t* places, size_t limbs, uint64_t* group) {
  const V wanted = _mm512_loadu_si512(places);
  __mmask8 upper[kFixedBaseDigitBits - 4];
  for (int bit = 4; bit < kFixedBaseDigitBits; ++bit)
    upper[bit - 4] = _mm512_test_epi64_mask(wanted, _mm512_set1_epi64(int64_t{1} << bit));
  for (size_t j = 0; j < limbs; ++j)
    store(group + j * kLanes, look_up<kFixedBaseDigitBits>(table + (j << kFixedBaseDigitBits), wanted, upper));
}

class IfmaLanes final : public Lanes {
 public:
  explicit IfmaLanes(const Natural& modulus)
      // Two bits more than the modulus: operands below twice the modulus then give a product below it again.
      : Lanes({.lanes = kLanes,
               .limbs = std::max((modulus.bits() + 2 + 4 * kLimbBits - 1) / (4 * kLimbBits) * 4, kBlock),
               .limb_bits = kLimbBits},
              modulus) {}

  void multiply(const uint64_t* a, const uint64_t* b, uint64_t* out) const override {
    alignas(64) uint64_t sums[2 * kLimbsMax * kLanes];
    clear(sums, form_.limbs);
    add_product(a, b, form_.limbs, sums);
    reduce(modulus_.data(), minus_inverse_, form_.limbs, sums, out);
  }

  void square(const uint64_t* a, uint64_t* out) const override {
    alignas(64) uint64_t sums[2 * kLimbsMax * kLanes];
    clear(sums, form_.limbs);
    add_square(a, form_.limbs, sums);
    reduce(modulus_.data(), minus_inverse_, form_.limbs, sums, out);
  }

  void gather(const uint64_t* const* rows, uint64_t* group) const override { gather_rows(rows, form_.limbs, group); }
  void scatter(const uint64_t* group, uint64_t* const* rows) const override { scatter_rows(group, form_.limbs, rows); }

  void select_of_groups(const uint64_t* groups, size_t entries, const uint64_t* places,
                        uint64_t* group) const override {
    select_groups(groups, entries, places, form_.limbs, group);
  }

  void select_of_rows(const uint64_t* table, size_t, const uint64_t* places, uint64_t* group) const override {
    select_rows(table, places, form_.limbs, group);
  }

  size_t fixed_base_digit_bits() const override { return kFixedBaseDigitBits; }
};

}  // namespace

std::unique_ptr<Lanes> make_lanes_ifma(const Natural& modulus) { return std::make_unique<IfmaLanes>(modulus); }

}  // namespace puhui::cipher
