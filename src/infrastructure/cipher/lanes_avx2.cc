// Four residues side by side in limbs of 28 bits, or 27 where a modulus has so many that sums of 56-bit products would run over (AVX2, multiplying
// 32 by 32 bits). Columns are carried once at the end, as in lanes_ifma.cc, but a product is one number here, not two halves.
#include <immintrin.h>

#include <algorithm>

#include "infrastructure/cipher/lanes.h"

#define AVX2_CODE __attribute__((target("avx2")))
#define AVX2_PART __attribute__((target("avx2"), always_inline)) inline

namespace puhui::cipher {

namespace {

using V = __m256i;

constexpr size_t kLanes = 4, kBlock = 8, kHalfBlock = 4;
constexpr size_t kWideLimbBits = 28, kNarrowLimbBits = 27;
constexpr size_t kWideLimbsMax = 124;  // 2 · 124 products of 56 bits and the carries stay below 2^64
constexpr size_t kLimbsMax = 304;      // of 8192 bits, and two
constexpr int kFixedBaseDigitBits = 6;

AVX2_PART V multiply_add(V sum, V a, V b) { return _mm256_add_epi64(sum, _mm256_mul_epu32(a, b)); }
AVX2_PART V load(const uint64_t* words) { return _mm256_load_si256(reinterpret_cast<const V*>(words)); }
AVX2_PART void store(uint64_t* words, V value) { _mm256_store_si256(reinterpret_cast<V*>(words), value); }
AVX2_PART V for_all(uint64_t word) { return _mm256_set1_epi64x(static_cast<int64_t>(word)); }

struct SameForAll {
  const uint64_t* limbs;
  AVX2_PART V operator[](size_t j) const { return for_all(limbs[j]); }
};
struct OfGroup {
  const uint64_t* group;
  AVX2_PART V operator[](size_t j) const { return load(group + j * kLanes); }
};

// The modulus and how its limbs are cut.
struct Reduction {
  const uint64_t* modulus;
  uint64_t minus_inverse;
  size_t limbs;
  int limb_bits;
  uint64_t mask() const { return (uint64_t{1} << limb_bits) - 1; }
};

// Four columns from `c` on: sums that do not wait for each other, and a limb of b loaded once for all. They take the limbs from c + First to
// c + Last of b.
template <size_t Block, int First, int Last, class Operand>
AVX2_PART void four_columns(const V (&a)[Block], Operand b, size_t c, uint64_t* sums) {
  uint64_t* at = sums + c * kLanes;
  V sum[4];
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; ++i) sum[i] = load(at + i * kLanes);
#pragma GCC unroll 16
  for (int j = Last; j >= First; --j) {
    const V limb = b[c + static_cast<size_t>(j)];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const int k = i - j;
      if (k >= 0 && k < static_cast<int>(Block)) sum[i] = multiply_add(sum[i], a[k], limb);
    }
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; ++i) store(at + i * kLanes, sum[i]);
}

template <size_t Block, class Operand>
AVX2_PART void full_and_last_columns(const V (&a)[Block], Operand b, size_t limbs, uint64_t* sums) {
  constexpr int kFirst = 1 - static_cast<int>(Block);
  for (size_t c = Block; c < limbs; c += 4) four_columns<Block, kFirst, 3>(a, b, c, sums);
  four_columns<Block, kFirst, -1>(a, b, limbs, sums);
  if constexpr (Block == kBlock) four_columns<Block, kFirst, -5>(a, b, limbs + 4, sums);
}

template <size_t Block>
AVX2_PART void multiply_block(const uint64_t* a, const uint64_t* b, size_t limbs, uint64_t* sums) {
  V factors[Block];
#pragma GCC unroll 8
  for (size_t k = 0; k < Block; ++k) factors[k] = load(a + k * kLanes);
  const OfGroup operand{b};
  four_columns<Block, 0, 3>(factors, operand, 0, sums);
  if constexpr (Block == kBlock) four_columns<Block, -4, 3>(factors, operand, 4, sums);
  full_and_last_columns<Block>(factors, operand, limbs, sums);
}

// Clears the lowest Block columns by adding a multiple of the modulus.
template <size_t Block>
AVX2_PART void reduce_block(const Reduction& by, uint64_t* sums) {
  const SameForAll n{by.modulus};
  const V inverse = for_all(by.minus_inverse), mask = for_all(by.mask());
  V quotients[Block];
  V over = _mm256_setzero_si256();
#pragma GCC unroll 8
  for (size_t c = 0; c < Block; ++c) {
    V sum = load(sums + c * kLanes);
#pragma GCC unroll 8
    for (size_t k = 0; k < c; ++k) sum = multiply_add(sum, quotients[k], n[c - k]);
    sum = _mm256_add_epi64(sum, over);
    quotients[c] = _mm256_and_si256(_mm256_mul_epu32(sum, inverse), mask);
    over = _mm256_srli_epi64(multiply_add(sum, quotients[c], n[0]), by.limb_bits);
  }
  uint64_t* next = sums + Block * kLanes;
  store(next, _mm256_add_epi64(load(next), over));
  full_and_last_columns<Block>(quotients, n, by.limbs, sums);
}

// a · b of a block's own pairs i < j: the square's half.
template <size_t Block>
AVX2_PART void multiply_pairs(const uint64_t* a, uint64_t* sums) {
#pragma GCC unroll 16
  for (size_t c = 1; c < 2 * Block - 2; ++c) {
    V sum = load(sums + c * kLanes);
#pragma GCC unroll 8
    for (size_t i = c < Block ? 0 : c - Block + 1; 2 * i < c; ++i)
      sum = multiply_add(sum, load(a + i * kLanes), load(a + (c - i) * kLanes));
    store(sums + c * kLanes, sum);
  }
}

AVX2_CODE void clear(uint64_t* sums, size_t limbs) {
  for (size_t c = 0; c < 2 * limbs; ++c) store(sums + c * kLanes, _mm256_setzero_si256());
}

AVX2_CODE void add_product(const uint64_t* a, const uint64_t* b, size_t limbs, uint64_t* sums) {
  size_t i = 0;
  for (; i + kBlock <= limbs; i += kBlock) multiply_block<kBlock>(a + i * kLanes, b, limbs, sums + i * kLanes);
  if (i < limbs) multiply_block<kHalfBlock>(a + i * kLanes, b, limbs, sums + i * kLanes);
}

AVX2_CODE void add_square(const uint64_t* a, size_t limbs, uint64_t* sums) {
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
    store(at, multiply_add(_mm256_add_epi64(even, even), limb, limb));
    store(at + kLanes, _mm256_add_epi64(odd, odd));
  }
}

AVX2_CODE void reduce(const Reduction& by, uint64_t* sums, uint64_t* out) {
  size_t i = 0;
  for (; i + kBlock <= by.limbs; i += kBlock) reduce_block<kBlock>(by, sums + i * kLanes);
  if (i < by.limbs) reduce_block<kHalfBlock>(by, sums + i * kLanes);
  const V mask = for_all(by.mask());
  V over = _mm256_setzero_si256();
  for (size_t j = 0; j < by.limbs; ++j) {
    const V sum = _mm256_add_epi64(load(sums + (by.limbs + j) * kLanes), over);
    store(out + j * kLanes, _mm256_and_si256(sum, mask));
    over = _mm256_srli_epi64(sum, by.limb_bits);
  }
}

// Four rows of four words into four columns, and back.
AVX2_PART void transpose(V (&v)[4]) {
  const V a = _mm256_unpacklo_epi64(v[0], v[1]), b = _mm256_unpackhi_epi64(v[0], v[1]);
  const V c = _mm256_unpacklo_epi64(v[2], v[3]), d = _mm256_unpackhi_epi64(v[2], v[3]);
  v[0] = _mm256_permute2x128_si256(a, c, 0x20), v[1] = _mm256_permute2x128_si256(b, d, 0x20);
  v[2] = _mm256_permute2x128_si256(a, c, 0x31), v[3] = _mm256_permute2x128_si256(b, d, 0x31);
}

AVX2_CODE void gather_rows(const uint64_t* const* rows, size_t limbs, uint64_t* group) {
  for (size_t j = 0; j < limbs; j += 4) {
    V v[4];
#pragma GCC unroll 4
    for (size_t l = 0; l < 4; ++l) v[l] = _mm256_loadu_si256(reinterpret_cast<const V*>(rows[l] + j));
    transpose(v);
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; ++k) store(group + (j + k) * kLanes, v[k]);
  }
}

AVX2_CODE void scatter_rows(const uint64_t* group, size_t limbs, uint64_t* const* rows) {
  for (size_t j = 0; j < limbs; j += 4) {
    V v[4];
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; ++k) v[k] = load(group + (j + k) * kLanes);
    transpose(v);
#pragma GCC unroll 4
    for (size_t l = 0; l < 4; ++l) _mm256_storeu_si256(reinterpret_cast<V*>(rows[l] + j), v[l]);
  }
}

AVX2_PART V chosen_between(V otherwise, V when, V mask) { return _mm256_blendv_epi8(otherwise, when, mask); }

AVX2_CODE void select_groups(const uint64_t* groups, size_t entries, const uint64_t* places, size_t limbs,
                             uint64_t* group) {
  const V wanted = _mm256_loadu_si256(reinterpret_cast<const V*>(places));
  for (size_t j = 0; j < limbs; j += 4) {
    V chosen[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
    for (size_t e = 0; e < entries; ++e) {
      const V here = _mm256_cmpeq_epi64(wanted, for_all(e));
#pragma GCC unroll 4
      for (size_t k = 0; k < 4; ++k)
        chosen[k] = chosen_between(chosen[k], load(groups + (e * limbs + j + k) * kLanes), here);
    }
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; ++k) store(group + (j + k) * kLanes, chosen[k]);
  }
}

// One permutation looks a limb up among four entries for all lanes; the digit's upper bits choose between halves.
template <int Bits>
AVX2_PART V look_up(const uint64_t* limb, V halves, const V* upper) {
  if constexpr (Bits == 2) {
    return _mm256_permutevar8x32_epi32(load(limb), halves);
  } else {
    constexpr size_t kHalf = size_t{1} << (Bits - 1);
    return chosen_between(look_up<Bits - 1>(limb, halves, upper), look_up<Bits - 1>(limb + kHalf, halves, upper),
                          upper[Bits - 3]);
  }
}

AVX2_CODE void select_rows(const uint64_t* table, const uint64_t* places, size_t limbs, uint64_t* group) {
  const V wanted = _mm256_loadu_si256(reinterpret_cast<const V*>(places));
  V upper[kFixedBaseDigitBits - 2];
  for (int bit = 2; bit < kFixedBaseDigitBits; ++bit) {
    const V one = for_all(uint64_t{1} << bit);
    upper[bit - 2] = _mm256_cmpeq_epi64(_mm256_and_si256(wanted, one), one);
  }
  // Entry e of four is the pair of 32-bit words 2e and 2e + 1.
  const V even = _mm256_slli_epi64(_mm256_and_si256(wanted, for_all(3)), 1);
  const V halves = _mm256_or_si256(even, _mm256_slli_epi64(_mm256_or_si256(even, for_all(1)), 32));
  for (size_t j = 0; j < limbs; ++j)
    store(group + j * kLanes, look_up<kFixedBaseDigitBits>(table + (j << kFixedBaseDigitBits), halves, upper));
}

size_t limbs_of(const Natural& modulus, size_t limb_bits) {
  // Two bits more than the modulus: operands below twice the modulus then give a product below it again.
  return std::max((modulus.bits() + 2 + 4 * limb_bits - 1) / (4 * limb_bits) * 4, kBlock);
}

LanesForm form_of(const Natural& modulus) {
  const size_t wide = limbs_of(modulus, kWideLimbBits);
  if (wide <= kWideLimbsMax) return {.lanes = kLanes, .limbs = wide, .limb_bits = kWideLimbBits};
  return {.lanes = kLanes, .limbs = limbs_of(modulus, kNarrowLimbBits), .limb_bits = kNarrowLimbBits};
}

class Avx2Lanes final : public Lanes {
 public:
  explicit Avx2Lanes(const Natural& modulus) : Lanes(form_of(modulus), modulus) {}

  void multiply(const uint64_t* a, const uint64_t* b, uint64_t* out) const override {
    alignas(64) uint64_t sums[2 * kLimbsMax * kLanes];
    clear(sums, form_.limbs);
    add_product(a, b, form_.limbs, sums);
    reduce(reduction(), sums, out);
  }

  void square(const uint64_t* a, uint64_t* out) const override {
    alignas(64) uint64_t sums[2 * kLimbsMax * kLanes];
    clear(sums, form_.limbs);
    add_square(a, form_.limbs, sums);
    reduce(reduction(), sums, out);
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

 private:
  Reduction reduction() const {
    return {.modulus = modulus_.data(),
            .minus_inverse = minus_inverse_,
            .limbs = form_.limbs,
            .limb_bits = static_cast<int>(form_.limb_bits)};
  }
};

}  // namespace

std::unique_ptr<Lanes> make_lanes_avx2(const Natural& modulus) { return std::make_unique<Avx2Lanes>(modulus); }

}  // namespace puhui::cipher
