// Curve25519 eight points at a time: five limbs of 51 bits in 512-bit registers, 52-bit multiply-add (AVX-512 IFMA). Only called
// where the machine has it.
#include <immintrin.h>

#define PUHUI_LANES __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma")))
#include "infrastructure/cipher/curve_blocks.h"

#define PUHUI_IFMA PUHUI_LANES __attribute__((always_inline)) static inline

namespace puhui::cipher {
namespace {

// Limbs of operands and results are below 2^51 + 2^17, so that a multiply-add sees them whole. The high half of a product counts 2^52, which
// is two of the next limb: high halves are added up first, doubled, and the low ones added to them.
struct IfmaField {
  static constexpr size_t kLanes = 8;
  struct Element {
    __m512i l[5];
  };
  using Word = __m512i;
  using Mask = __mmask8;
  // Ten limbs of 51 bits, each below 2^56.
  struct Wide {
    __m512i t[10];
  };

  PUHUI_IFMA __m512i each(uint64_t value) { return _mm512_set1_epi64(static_cast<long long>(value)); }
  // Not the intrinsics, whose undefined operand g++ 12 warns of.
  using Words = uint64_t __attribute__((vector_size(64)));
  PUHUI_IFMA __m512i right(__m512i a, int bits) {
    return reinterpret_cast<__m512i>(reinterpret_cast<Words>(a) >> bits);
  }
  PUHUI_IFMA __m512i left(__m512i a, int bits) { return reinterpret_cast<__m512i>(reinterpret_cast<Words>(a) << bits); }
  PUHUI_IFMA __m512i twice(__m512i a) { return _mm512_add_epi64(a, a); }
  PUHUI_IFMA __m512i low(__m512i sum, __m512i a, __m512i b) { return _mm512_madd52lo_epu64(sum, a, b); }
  PUHUI_IFMA __m512i high(__m512i sum, __m512i a, __m512i b) { return _mm512_madd52hi_epu64(sum, a, b); }
  PUHUI_IFMA __m512i high(__m512i a, __m512i b) { return _mm512_madd52hi_epu64(_mm512_setzero_si512(), a, b); }

  PUHUI_IFMA Element load(const lanes::Limbs<8>& in) {
    Element out;
    for (size_t i = 0; i < 5; ++i) out.l[i] = _mm512_load_si512(in.limb[i]);
    return out;
  }
  PUHUI_IFMA void store(const Element& a, lanes::Limbs<8>& out) {
    for (size_t i = 0; i < 5; ++i) _mm512_store_si512(out.limb[i], a.l[i]);
  }
  PUHUI_IFMA Word words_of(const uint64_t* words) { return _mm512_load_si512(words); }
  PUHUI_IFMA Mask mask_of(const uint64_t* mask) { return _mm512_movepi64_mask(_mm512_load_si512(mask)); }
  PUHUI_IFMA void store_mask(Mask mask, uint64_t* out) { _mm512_store_si512(out, _mm512_movm_epi64(mask)); }
  PUHUI_IFMA Mask mask_of_bit(Word word, int place) { return _mm512_test_epi64_mask(word, each(uint64_t{1} << place)); }

  // Every limb gives what is over 51 bits to the next at once: limbs below 2^63 come out below 2^51 + 19 · 2^12.
  PUHUI_IFMA Element carried(__m512i t0, __m512i t1, __m512i t2, __m512i t3, __m512i t4) {
    const __m512i mask = each(lanes::kMask51);
    return {{low(_mm512_and_si512(t0, mask), right(t4, 51), each(19)),
             _mm512_add_epi64(_mm512_and_si512(t1, mask), right(t0, 51)),
             _mm512_add_epi64(_mm512_and_si512(t2, mask), right(t1, 51)),
             _mm512_add_epi64(_mm512_and_si512(t3, mask), right(t2, 51)),
             _mm512_add_epi64(_mm512_and_si512(t4, mask), right(t3, 51))}};
  }
  PUHUI_IFMA Element add(const Element& a, const Element& b) {
    return carried(_mm512_add_epi64(a.l[0], b.l[0]), _mm512_add_epi64(a.l[1], b.l[1]), _mm512_add_epi64(a.l[2], b.l[2]),
                   _mm512_add_epi64(a.l[3], b.l[3]), _mm512_add_epi64(a.l[4], b.l[4]));
  }
  PUHUI_IFMA __m512i minus(__m512i a, __m512i b, __m512i enough) {
    return _mm512_sub_epi64(_mm512_add_epi64(a, enough), b);
  }
  PUHUI_IFMA Element subtract(const Element& a, const Element& b) {
    const __m512i first = each(4 * (lanes::kMask51 - 18)), other = each(4 * lanes::kMask51);  // 4p
    return carried(minus(a.l[0], b.l[0], first), minus(a.l[1], b.l[1], other), minus(a.l[2], b.l[2], other),
                   minus(a.l[3], b.l[3], other), minus(a.l[4], b.l[4], other));
  }

  // z + 19 h, h below 2^58.
  PUHUI_IFMA __m512i folded(__m512i z, __m512i h) {
    const __m512i three = _mm512_add_epi64(h, twice(h));
    return _mm512_add_epi64(_mm512_add_epi64(z, three), left(h, 4));
  }
  PUHUI_IFMA Element reduced(const Wide& w) {
    return carried(folded(w.t[0], w.t[5]), folded(w.t[1], w.t[6]), folded(w.t[2], w.t[7]), folded(w.t[3], w.t[8]),
                   folded(w.t[4], w.t[9]));
  }
  PUHUI_IFMA Element sum(const Wide& a, const Wide& b) {
    Wide w;
    for (size_t i = 0; i < 10; ++i) w.t[i] = _mm512_add_epi64(a.t[i], b.t[i]);
    return reduced(w);
  }
  // Limbs may be negative until 2^11 p is added to what is folded.
  PUHUI_IFMA Element difference(const Wide& a, const Wide& b) {
    const __m512i first = each((lanes::kMask51 - 18) << 11), other = each(lanes::kMask51 << 11);
    Wide w;
    w.t[0] = minus(a.t[0], b.t[0], first);
    for (size_t i = 1; i < 5; ++i) w.t[i] = minus(a.t[i], b.t[i], other);
    for (size_t i = 5; i < 10; ++i) w.t[i] = _mm512_sub_epi64(a.t[i], b.t[i]);
    return reduced(w);
  }

  PUHUI_IFMA Wide product(const Element& x, const Element& y) {
    const __m512i *a = x.l, *b = y.l;
    Wide w;
    w.t[0] = low(_mm512_setzero_si512(), a[0], b[0]);
    w.t[1] = low(low(twice(high(a[0], b[0])), a[0], b[1]), a[1], b[0]);
    w.t[2] = low(low(low(twice(high(high(a[0], b[1]), a[1], b[0])), a[0], b[2]), a[1], b[1]), a[2], b[0]);
    w.t[3] = low(
        low(low(low(twice(high(high(high(a[0], b[2]), a[1], b[1]), a[2], b[0])), a[0], b[3]), a[1], b[2]), a[2], b[1]),
        a[3], b[0]);
    w.t[4] =
        low(low(low(low(low(twice(high(high(high(high(a[0], b[3]), a[1], b[2]), a[2], b[1]), a[3], b[0])), a[0], b[4]),
                        a[1], b[3]),
                    a[2], b[2]),
                a[3], b[1]),
            a[4], b[0]);
    w.t[5] =
        low(low(low(low(twice(high(high(high(high(high(a[0], b[4]), a[1], b[3]), a[2], b[2]), a[3], b[1]), a[4], b[0])),
                        a[1], b[4]),
                    a[2], b[3]),
                a[3], b[2]),
            a[4], b[1]);
    w.t[6] = low(
        low(low(twice(high(high(high(high(a[1], b[4]), a[2], b[3]), a[3], b[2]), a[4], b[1])), a[2], b[4]), a[3], b[3]),
        a[4], b[2]);
    w.t[7] = low(low(twice(high(high(high(a[2], b[4]), a[3], b[3]), a[4], b[2])), a[3], b[4]), a[4], b[3]);
    w.t[8] = low(twice(high(high(a[3], b[4]), a[4], b[3])), a[4], b[4]);
    w.t[9] = twice(high(a[4], b[4]));
    return w;
  }
  // Products of two different limbs count twice: 2 (2 · high + high of squares + low) + low of squares.
  PUHUI_IFMA Wide square_product(const Element& x) {
    const __m512i* a = x.l;
    const __m512i zero = _mm512_setzero_si512();
    Wide w;
    w.t[0] = low(zero, a[0], a[0]);
    w.t[1] = twice(low(high(zero, a[0], a[0]), a[0], a[1]));
    w.t[2] = low(twice(low(twice(high(a[0], a[1])), a[0], a[2])), a[1], a[1]);
    w.t[3] = twice(low(low(high(twice(high(a[0], a[2])), a[1], a[1]), a[0], a[3]), a[1], a[2]));
    w.t[4] = low(twice(low(low(twice(high(high(a[0], a[3]), a[1], a[2])), a[0], a[4]), a[1], a[3])), a[2], a[2]);
    w.t[5] = twice(low(low(high(twice(high(high(a[0], a[4]), a[1], a[3])), a[2], a[2]), a[1], a[4]), a[2], a[3]));
    w.t[6] = low(twice(low(twice(high(high(a[1], a[4]), a[2], a[3])), a[2], a[4])), a[3], a[3]);
    w.t[7] = twice(low(high(twice(high(a[2], a[4])), a[3], a[3]), a[3], a[4]));
    w.t[8] = low(twice(twice(high(a[3], a[4]))), a[4], a[4]);
    w.t[9] = twice(high(zero, a[4], a[4]));
    return w;
  }
  PUHUI_IFMA Element multiply(const Element& x, const Element& y) { return reduced(product(x, y)); }
  PUHUI_IFMA Element square(const Element& x) { return reduced(square_product(x)); }
  PUHUI_IFMA Element times_121665_and(const Element& x, const Element& y) {
    const __m512i *a = x.l, *b = y.l, factor = each(121665);
    const __m512i h0 = twice(high(a[0], factor)), h1 = twice(high(a[1], factor)), h2 = twice(high(a[2], factor));
    const __m512i h3 = twice(high(a[3], factor)), h4 = twice(high(a[4], factor));  // below 2^18
    return carried(low(low(b[0], a[0], factor), h4, each(19)), low(_mm512_add_epi64(b[1], h0), a[1], factor),
                   low(_mm512_add_epi64(b[2], h1), a[2], factor), low(_mm512_add_epi64(b[3], h2), a[3], factor),
                   low(_mm512_add_epi64(b[4], h3), a[4], factor));
  }
  PUHUI_IFMA Mask differs(Mask a, Mask b) { return static_cast<Mask>(a ^ b); }
  PUHUI_IFMA Element choose(Mask mask, const Element& ones, const Element& zeros) {
    Element out;
    for (size_t i = 0; i < 5; ++i) out.l[i] = _mm512_mask_blend_epi64(mask, zeros.l[i], ones.l[i]);
    return out;
  }
  PUHUI_IFMA void swap_if(Mask mask, Element& a, Element& b) {
    for (size_t i = 0; i < 5; ++i) {
      const __m512i before = a.l[i];
      a.l[i] = _mm512_mask_blend_epi64(mask, before, b.l[i]);
      b.l[i] = _mm512_mask_blend_epi64(mask, b.l[i], before);
    }
  }
};

}  // namespace

const CurveKernel& ifma_curve_kernel() {
  static constexpr CurveKernel kKernel = lanes::curve_kernel_of<IfmaField>();
  return kKernel;
}

}  // namespace puhui::cipher
