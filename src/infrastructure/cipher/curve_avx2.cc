// Curve25519 four points at a time: ten limbs of 26 and 25 bits in 256-bit registers, 32-bit products (AVX2). Only called where the
// machine has it.
#include <immintrin.h>

#define PUHUI_LANES __attribute__((target("avx2")))
#include "infrastructure/cipher/curve_lanes.h"

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

  PUHUI_AVX2_ONCE Wide product(const Element& x, const Element& y) {
    const __m256i *a = x.l, *b = y.l, nineteen = each(19);
    const __m256i d1 = twice(a[1]);
    const __m256i d3 = twice(a[3]);
    const __m256i d5 = twice(a[5]);
    const __m256i d7 = twice(a[7]);
    const __m256i d9 = twice(a[9]);
    const __m256i n1 = times(b[1], nineteen);
    const __m256i n2 = times(b[2], nineteen);
    const __m256i n3 = times(b[3], nineteen);
    const __m256i n4 = times(b[4], nineteen);
    const __m256i n5 = times(b[5], nineteen);
    const __m256i n6 = times(b[6], nineteen);
    const __m256i n7 = times(b[7], nineteen);
    const __m256i n8 = times(b[8], nineteen);
    const __m256i n9 = times(b[9], nineteen);
    Wide w;
    w.t[0] = and_product(
        and_product(
            and_product(
                and_product(
                    and_product(
                        and_product(and_product(and_product(and_product(times(a[0], b[0]), d1, n9), a[2], n8), d3, n7),
                                    a[4], n6),
                        d5, n5),
                    a[6], n4),
                d7, n3),
            a[8], n2),
        d9, n1);
    w.t[1] = and_product(
        and_product(
            and_product(
                and_product(and_product(and_product(and_product(and_product(and_product(times(a[0], b[1]), a[1], b[0]),
                                                                            a[2], n9),
                                                                a[3], n8),
                                                    a[4], n7),
                                        a[5], n6),
                            a[6], n5),
                a[7], n4),
            a[8], n3),
        a[9], n2);
    w.t[2] = and_product(
        and_product(
            and_product(
                and_product(and_product(and_product(and_product(and_product(and_product(times(a[0], b[2]), d1, b[1]),
                                                                            a[2], b[0]),
                                                                d3, n9),
                                                    a[4], n8),
                                        d5, n7),
                            a[6], n6),
                d7, n5),
            a[8], n4),
        d9, n3);
    w.t[3] = and_product(
        and_product(
            and_product(
                and_product(and_product(and_product(and_product(and_product(and_product(times(a[0], b[3]), a[1], b[2]),
                                                                            a[2], b[1]),
                                                                a[3], b[0]),
                                                    a[4], n9),
                                        a[5], n8),
                            a[6], n7),
                a[7], n6),
            a[8], n5),
        a[9], n4);
    w.t[4] = and_product(
        and_product(
            and_product(
                and_product(and_product(and_product(and_product(and_product(and_product(times(a[0], b[4]), d1, b[3]),
                                                                            a[2], b[2]),
                                                                d3, b[1]),
                                                    a[4], b[0]),
                                        d5, n9),
                            a[6], n8),
                d7, n7),
            a[8], n6),
        d9, n5);
    w.t[5] = and_product(
        and_product(
            and_product(
                and_product(and_product(and_product(and_product(and_product(and_product(times(a[0], b[5]), a[1], b[4]),
                                                                            a[2], b[3]),
                                                                a[3], b[2]),
                                                    a[4], b[1]),
                                        a[5], b[0]),
                            a[6], n9),
                a[7], n8),
            a[8], n7),
        a[9], n6);
    w.t[6] = and_product(
        and_product(
            and_product(
                and_product(and_product(and_product(and_product(and_product(and_product(times(a[0], b[6]), d1, b[5]),
                                                                            a[2], b[4]),
                                                                d3, b[3]),
                                                    a[4], b[2]),
                                        d5, b[1]),
                            a[6], b[0]),
                d7, n9),
            a[8], n8),
        d9, n7);
    w.t[7] = and_product(
        and_product(
            and_product(
                and_product(and_product(and_product(and_product(and_product(and_product(times(a[0], b[7]), a[1], b[6]),
                                                                            a[2], b[5]),
                                                                a[3], b[4]),
                                                    a[4], b[3]),
                                        a[5], b[2]),
                            a[6], b[1]),
                a[7], b[0]),
            a[8], n9),
        a[9], n8);
    w.t[8] = and_product(
        and_product(
            and_product(
                and_product(and_product(and_product(and_product(and_product(and_product(times(a[0], b[8]), d1, b[7]),
                                                                            a[2], b[6]),
                                                                d3, b[5]),
                                                    a[4], b[4]),
                                        d5, b[3]),
                            a[6], b[2]),
                d7, b[1]),
            a[8], b[0]),
        d9, n9);
    w.t[9] = and_product(
        and_product(
            and_product(
                and_product(and_product(and_product(and_product(and_product(and_product(times(a[0], b[9]), a[1], b[8]),
                                                                            a[2], b[7]),
                                                                a[3], b[6]),
                                                    a[4], b[5]),
                                        a[5], b[4]),
                            a[6], b[3]),
                a[7], b[2]),
            a[8], b[1]),
        a[9], b[0]);
    return w;
  }
  PUHUI_AVX2_ONCE Wide square_product(const Element& x) {
    const __m256i *a = x.l, nineteen = each(19);
    const __m256i d0 = twice(a[0]);
    const __m256i d1 = twice(a[1]);
    const __m256i d2 = twice(a[2]);
    const __m256i d3 = twice(a[3]);
    const __m256i d4 = twice(a[4]);
    const __m256i d5 = twice(a[5]);
    const __m256i d6 = twice(a[6]);
    const __m256i d7 = twice(a[7]);
    const __m256i d8 = twice(a[8]);
    const __m256i d9 = twice(a[9]);
    const __m256i q1 = twice(d1);
    const __m256i q3 = twice(d3);
    const __m256i q5 = twice(d5);
    const __m256i q7 = twice(d7);
    const __m256i n5 = times(a[5], nineteen);
    const __m256i n6 = times(a[6], nineteen);
    const __m256i n7 = times(a[7], nineteen);
    const __m256i n8 = times(a[8], nineteen);
    const __m256i n9 = times(a[9], nineteen);
    Wide w;
    w.t[0] = and_product(
        and_product(and_product(and_product(and_product(times(a[0], a[0]), q1, n9), d2, n8), q3, n7), d4, n6), d5, n5);
    w.t[1] = and_product(and_product(and_product(and_product(times(d0, a[1]), d2, n9), d3, n8), d4, n7), d5, n6);
    w.t[2] = and_product(
        and_product(and_product(and_product(and_product(times(d0, a[2]), d1, a[1]), q3, n9), d4, n8), q5, n7), a[6],
        n6);
    w.t[3] = and_product(and_product(and_product(and_product(times(d0, a[3]), d1, a[2]), d4, n9), d5, n8), d6, n7);
    w.t[4] = and_product(
        and_product(and_product(and_product(and_product(times(d0, a[4]), q1, a[3]), a[2], a[2]), q5, n9), d6, n8), d7,
        n7);
    w.t[5] = and_product(and_product(and_product(and_product(times(d0, a[5]), d1, a[4]), d2, a[3]), d6, n9), d7, n8);
    w.t[6] = and_product(
        and_product(and_product(and_product(and_product(times(d0, a[6]), q1, a[5]), d2, a[4]), d3, a[3]), q7, n9), a[8],
        n8);
    w.t[7] = and_product(and_product(and_product(and_product(times(d0, a[7]), d1, a[6]), d2, a[5]), d3, a[4]), d8, n9);
    w.t[8] = and_product(
        and_product(and_product(and_product(and_product(times(d0, a[8]), q1, a[7]), d2, a[6]), q3, a[5]), a[4], a[4]),
        d9, n9);
    w.t[9] =
        and_product(and_product(and_product(and_product(times(d0, a[9]), d1, a[8]), d2, a[7]), d3, a[6]), d4, a[5]);
    return w;
  }
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
