// Curve25519 four points at a time: ten limbs of 26 and 25 bits in 256-bit registers, 32-bit products (AVX2). Only called where the
// machine has it.
#include <immintrin.h>

#include <utility>

#define PUHUI_LANES __attribute__((target("avx2")))
#include "infrastructure/cipher/curve_blocks.h"

#define PUHUI_AVX2 PUHUI_LANES __attribute__((always_inline)) static inline
// A product has hundreds of instructions: a ladder step with ten of them inside would not stay decoded.
#define PUHUI_AVX2_ONCE PUHUI_LANES __attribute__((noinline)) static

namespace puhui::cipher {
namespace {

// Limb i counts 2^⌈25.5 i⌉. Limbs of operands and results are below 2^26 + 2^24 (even) and 2^25 + 2^24 (odd); a product of two odd limbs
// counts twice.
struct Avx2Field {
  static constexpr size_t kLanes = 4;
  struct Element {
    __m256i l[10];
  };
  using Word = __m256i;
  using Mask = __m256i;
  // Each below 2^60.
  struct Wide {
    __m256i t[10];
  };

  static constexpr uint64_t kMask26 = (1u << 26) - 1, kMask25 = (1u << 25) - 1;

  PUHUI_AVX2 __m256i each(uint64_t value) { return _mm256_set1_epi64x(static_cast<long long>(value)); }
  PUHUI_AVX2 __m256i plus(__m256i a, __m256i b) { return _mm256_add_epi64(a, b); }
  PUHUI_AVX2 __m256i twice(__m256i a) { return _mm256_add_epi64(a, a); }
  PUHUI_AVX2 __m256i times(__m256i a, __m256i b) { return _mm256_mul_epu32(a, b); }
  PUHUI_AVX2 __m256i and_product(__m256i sum, __m256i a, __m256i b) { return plus(sum, times(a, b)); }
  PUHUI_AVX2 __m256i minus(__m256i a, __m256i b, __m256i enough) { return _mm256_sub_epi64(plus(a, enough), b); }

  PUHUI_AVX2 Element load(const lanes::Limbs<4>& in) {
    Element out;
    for (size_t i = 0; i < 5; ++i) {
      const __m256i limb = _mm256_load_si256(reinterpret_cast<const __m256i*>(in.limb[i]));
      out.l[2 * i] = _mm256_and_si256(limb, each(kMask26));
      out.l[2 * i + 1] = _mm256_srli_epi64(limb, 26);
    }
    return out;
  }
  PUHUI_AVX2 void store(const Element& a, lanes::Limbs<4>& out) {
    for (size_t i = 0; i < 5; ++i) {
      _mm256_store_si256(reinterpret_cast<__m256i*>(out.limb[i]),
                         plus(a.l[2 * i], _mm256_slli_epi64(a.l[2 * i + 1], 26)));
    }
  }
  PUHUI_AVX2 Word words_of(const uint64_t* words) { return _mm256_load_si256(reinterpret_cast<const __m256i*>(words)); }
  PUHUI_AVX2 Mask mask_of(const uint64_t* mask) { return words_of(mask); }
  PUHUI_AVX2 void store_mask(Mask mask, uint64_t* out) { _mm256_store_si256(reinterpret_cast<__m256i*>(out), mask); }
  PUHUI_AVX2 Mask mask_of_bit(Word word, int place) {
    const __m256i bit = _mm256_and_si256(_mm256_srl_epi64(word, _mm_cvtsi32_si128(place)), each(1));
    return _mm256_sub_epi64(_mm256_setzero_si256(), bit);
  }

  PUHUI_AVX2 __m256i nineteen_times(__m256i a) { return plus(plus(a, twice(a)), _mm256_slli_epi64(a, 4)); }
  PUHUI_AVX2 __m256i masked(__m256i a, uint64_t mask) { return _mm256_and_si256(a, each(mask)); }
  // Every limb gives what is over its bits to the next at once: limbs below 2^45 come out as a result's.
  PUHUI_AVX2 Element carried(const __m256i (&t)[10]) {
    Element out;
    out.l[0] = plus(masked(t[0], kMask26), nineteen_times(_mm256_srli_epi64(t[9], 25)));
    for (size_t i = 1; i < 10; i += 2) out.l[i] = plus(masked(t[i], kMask25), _mm256_srli_epi64(t[i - 1], 26));
    for (size_t i = 2; i < 10; i += 2) out.l[i] = plus(masked(t[i], kMask26), _mm256_srli_epi64(t[i - 1], 25));
    return out;
  }
  PUHUI_AVX2 Element add(const Element& a, const Element& b) {
    __m256i t[10];
    for (size_t i = 0; i < 10; ++i) t[i] = plus(a.l[i], b.l[i]);
    return carried(t);
  }
  PUHUI_AVX2 Element subtract(const Element& a, const Element& b) {
    __m256i t[10];
    t[0] = minus(a.l[0], b.l[0], each(4 * (kMask26 - 18)));  // 4p
    for (size_t i = 1; i < 10; i += 2) t[i] = minus(a.l[i], b.l[i], each(4 * kMask25));
    for (size_t i = 2; i < 10; i += 2) t[i] = minus(a.l[i], b.l[i], each(4 * kMask26));
    return carried(t);
  }

  // One limb to its neighbour: 26 bits of even ones, 25 of odd ones.
  PUHUI_AVX2 void carry(__m256i& from, __m256i& to, int bits) {
    to = plus(to, _mm256_srli_epi64(from, bits));
    from = masked(from, bits == 26 ? kMask26 : kMask25);
  }
  // Limbs below 2^62: two chains beside each other.
  PUHUI_AVX2 Element reduced(const Wide& w) {
    Element r;
    for (size_t i = 0; i < 10; ++i) r.l[i] = w.t[i];
    carry(r.l[0], r.l[1], 26);
    carry(r.l[4], r.l[5], 26);
    carry(r.l[1], r.l[2], 25);
    carry(r.l[5], r.l[6], 25);
    carry(r.l[2], r.l[3], 26);
    carry(r.l[6], r.l[7], 26);
    carry(r.l[3], r.l[4], 25);
    carry(r.l[7], r.l[8], 25);
    carry(r.l[4], r.l[5], 26);
    carry(r.l[8], r.l[9], 26);
    r.l[0] = plus(r.l[0], nineteen_times(_mm256_srli_epi64(r.l[9], 25)));
    r.l[9] = masked(r.l[9], kMask25);
    carry(r.l[0], r.l[1], 26);
    return r;
  }
  PUHUI_AVX2_ONCE Element sum(const Wide& a, const Wide& b) {
    Wide w;
    for (size_t i = 0; i < 10; ++i) w.t[i] = plus(a.t[i], b.t[i]);
    return reduced(w);
  }
  PUHUI_AVX2_ONCE Element difference(const Wide& a, const Wide& b) {
    Wide w;
    w.t[0] = minus(a.t[0], b.t[0], each((kMask26 - 18) << 35));  // 2^35 p
    for (size_t i = 1; i < 10; i += 2) w.t[i] = minus(a.t[i], b.t[i], each(kMask25 << 35));
    for (size_t i = 2; i < 10; i += 2) w.t[i] = minus(a.t[i], b.t[i], each(kMask26 << 35));
    return reduced(w);
  }

  // Term i of limb k of a product; limbs past the tenth come back 19 times, a pair of odd ones twice.
  template <size_t k, size_t i>
  PUHUI_AVX2 void add_term(__m256i& sum, const __m256i* a, const __m256i* a2, const __m256i* b, const __m256i* b19) {
    constexpr size_t j = (k + 10 - i) % 10;
    sum = and_product(sum, (i & j & 1) != 0 ? a2[i] : a[i], i > k ? b19[j] : b[j]);
  }
  template <size_t k, size_t... i>
  PUHUI_AVX2 __m256i product_limb(const __m256i* a, const __m256i* a2, const __m256i* b, const __m256i* b19,
                                  std::index_sequence<i...>) {
    __m256i sum = _mm256_setzero_si256();
    (add_term<k, i>(sum, a, a2, b, b19), ...);
    return sum;
  }
  template <size_t... k>
  PUHUI_AVX2_ONCE Wide product_limbs(const __m256i* a, const __m256i* b, std::index_sequence<k...> all) {
    const __m256i a2[10] = {twice(a[k])...}, b19[10] = {times(b[k], each(19))...};
    return {{product_limb<k>(a, a2, b, b19, all)...}};
  }
  PUHUI_AVX2 Wide product(const Element& x, const Element& y) {
    return product_limbs(x.l, y.l, std::make_index_sequence<10>());
  }

  // The same of a square: a pair of different limbs once, but twice as much.
  template <size_t k, size_t i>
  PUHUI_AVX2 void add_square_term(__m256i& sum, const __m256i* a, const __m256i* a2, const __m256i* a4,
                                  const __m256i* a19) {
    constexpr size_t j = (k + 10 - i) % 10;
    if constexpr (i <= j) {
      constexpr bool is_pair = i < j, is_odd = (i & j & 1) != 0;
      const __m256i& factor = is_pair && is_odd ? a4[i] : is_pair || is_odd ? a2[i] : a[i];
      sum = and_product(sum, factor, i > k ? a19[j] : a[j]);
    }
  }
  template <size_t k, size_t... i>
  PUHUI_AVX2 __m256i square_limb(const __m256i* a, const __m256i* a2, const __m256i* a4, const __m256i* a19,
                                 std::index_sequence<i...>) {
    __m256i sum = _mm256_setzero_si256();
    (add_square_term<k, i>(sum, a, a2, a4, a19), ...);
    return sum;
  }
  template <size_t... k>
  PUHUI_AVX2_ONCE Wide square_limbs(const __m256i* a, std::index_sequence<k...> all) {
    const __m256i a2[10] = {twice(a[k])...}, a4[10] = {twice(twice(a[k]))...}, a19[10] = {times(a[k], each(19))...};
    return {{square_limb<k>(a, a2, a4, a19, all)...}};
  }
  PUHUI_AVX2 Wide square_product(const Element& x) { return square_limbs(x.l, std::make_index_sequence<10>()); }
  PUHUI_AVX2 Element multiply(const Element& x, const Element& y) { return reduced(product(x, y)); }
  PUHUI_AVX2 Element square(const Element& x) { return reduced(square_product(x)); }
  PUHUI_AVX2 Element times_121665_and(const Element& a, const Element& b) {
    __m256i t[10];
    for (size_t i = 0; i < 10; ++i) t[i] = and_product(b.l[i], a.l[i], each(121665));
    return carried(t);
  }
  PUHUI_AVX2 Mask differs(Mask a, Mask b) { return _mm256_xor_si256(a, b); }
  PUHUI_AVX2 Element choose(Mask mask, const Element& ones, const Element& zeros) {
    Element out;
    for (size_t i = 0; i < 10; ++i) out.l[i] = _mm256_blendv_epi8(zeros.l[i], ones.l[i], mask);
    return out;
  }
  PUHUI_AVX2 void swap_if(Mask mask, Element& a, Element& b) {
    for (size_t i = 0; i < 10; ++i) {
      const __m256i differs = _mm256_and_si256(mask, _mm256_xor_si256(a.l[i], b.l[i]));
      a.l[i] = _mm256_xor_si256(a.l[i], differs);
      b.l[i] = _mm256_xor_si256(b.l[i], differs);
    }
  }
};

}  // namespace

const CurveKernel& avx2_curve_kernel() {
  static constexpr CurveKernel kKernel = lanes::curve_kernel_of<Avx2Field>();
  return kKernel;
}

}  // namespace puhui::cipher
