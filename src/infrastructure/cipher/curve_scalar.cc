// Curve25519 one point at a time: five limbs of 51 bits in 64-bit words, products of 128 bits. Runs everywhere.
#include "infrastructure/cipher/curve_blocks.h"

namespace puhui::cipher {
namespace {

__extension__ using Uint128 = unsigned __int128;

// Limbs of operands and results are below 2^51 + 2^16, those of products below 2^109.
struct ScalarField {
  static constexpr size_t kLanes = 1;
  struct Element {
    uint64_t l[5];
  };
  using Word = uint64_t;
  using Mask = uint64_t;

  static Element load(const lanes::Limbs<1>& in) {
    return {{in.limb[0][0], in.limb[1][0], in.limb[2][0], in.limb[3][0], in.limb[4][0]}};
  }
  static void store(const Element& a, lanes::Limbs<1>& out) {
    for (size_t i = 0; i < 5; ++i) out.limb[i][0] = a.l[i];
  }
  static Word words_of(const uint64_t* words) { return *words; }
  static Mask mask_of(const uint64_t* mask) { return *mask; }
  static void store_mask(Mask mask, uint64_t* out) { *out = mask; }
  static Mask mask_of_bit(Word word, int place) { return 0 - (word >> place & 1); }

  static Element carried(Element t) {
    constexpr uint64_t kMask = lanes::kMask51;
    return {{(t.l[0] & kMask) + 19 * (t.l[4] >> 51), (t.l[1] & kMask) + (t.l[0] >> 51),
             (t.l[2] & kMask) + (t.l[1] >> 51), (t.l[3] & kMask) + (t.l[2] >> 51), (t.l[4] & kMask) + (t.l[3] >> 51)}};
  }
  static Element add(const Element& a, const Element& b) {
    return carried({{a.l[0] + b.l[0], a.l[1] + b.l[1], a.l[2] + b.l[2], a.l[3] + b.l[3], a.l[4] + b.l[4]}});
  }
  static Element subtract(const Element& a, const Element& b) {
    constexpr uint64_t kFirst = (uint64_t{1} << 54) - 152, kOther = (uint64_t{1} << 54) - 8;  // 8p
    return carried({{a.l[0] + kFirst - b.l[0], a.l[1] + kOther - b.l[1], a.l[2] + kOther - b.l[2],
                     a.l[3] + kOther - b.l[3], a.l[4] + kOther - b.l[4]}});
  }

  struct Wide {
    Uint128 t[5];
  };
  static Element reduced(Wide in) {
    constexpr uint64_t kMask = lanes::kMask51;
    Uint128* t = in.t;
    for (size_t i = 0; i < 4; ++i) t[i + 1] += static_cast<uint64_t>(t[i] >> 51);
    Element r;
    for (size_t i = 0; i < 5; ++i) r.l[i] = static_cast<uint64_t>(t[i]) & kMask;
    r.l[0] += 19 * static_cast<uint64_t>(t[4] >> 51);
    r.l[1] += r.l[0] >> 51;
    r.l[0] &= kMask;
    return r;
  }
  static Wide product(const Element& x, const Element& y) {
    const uint64_t *a = x.l, *b = y.l;
    const uint64_t b1 = 19 * b[1], b2 = 19 * b[2], b3 = 19 * b[3], b4 = 19 * b[4];
    return {
        {Uint128{a[0]} * b[0] + Uint128{a[1]} * b4 + Uint128{a[2]} * b3 + Uint128{a[3]} * b2 + Uint128{a[4]} * b1,
         Uint128{a[0]} * b[1] + Uint128{a[1]} * b[0] + Uint128{a[2]} * b4 + Uint128{a[3]} * b3 + Uint128{a[4]} * b2,
         Uint128{a[0]} * b[2] + Uint128{a[1]} * b[1] + Uint128{a[2]} * b[0] + Uint128{a[3]} * b4 + Uint128{a[4]} * b3,
         Uint128{a[0]} * b[3] + Uint128{a[1]} * b[2] + Uint128{a[2]} * b[1] + Uint128{a[3]} * b[0] + Uint128{a[4]} * b4,
         Uint128{a[0]} * b[4] + Uint128{a[1]} * b[3] + Uint128{a[2]} * b[2] + Uint128{a[3]} * b[1] +
             Uint128{a[4]} * b[0]}};
  }
  static Wide square_product(const Element& x) {
    const uint64_t* a = x.l;
    const uint64_t d0 = 2 * a[0], d1 = 2 * a[1], d2 = 2 * a[2], a3 = 19 * a[3], a4 = 19 * a[4];
    return {{Uint128{a[0]} * a[0] + Uint128{d1} * a4 + Uint128{d2} * a3,
             Uint128{d0} * a[1] + Uint128{d2} * a4 + Uint128{a[3]} * a3,
             Uint128{d0} * a[2] + Uint128{a[1]} * a[1] + Uint128{2 * a[3]} * a4,
             Uint128{d0} * a[3] + Uint128{d1} * a[2] + Uint128{a[4]} * a4,
             Uint128{d0} * a[4] + Uint128{d1} * a[3] + Uint128{a[2]} * a[2]}};
  }
  static Element multiply(const Element& x, const Element& y) { return reduced(product(x, y)); }
  static Element square(const Element& x) { return reduced(square_product(x)); }
  static Element sum(Wide a, const Wide& b) {
    for (size_t i = 0; i < 5; ++i) a.t[i] += b.t[i];
    return reduced(a);
  }
  static Element difference(Wide a, const Wide& b) {
    constexpr Uint128 kFirst = Uint128{lanes::kMask51 - 18} << 58, kOther = Uint128{lanes::kMask51} << 58;  // 2^58 p
    a.t[0] += kFirst - b.t[0];
    for (size_t i = 1; i < 5; ++i) a.t[i] += kOther - b.t[i];
    return reduced(a);
  }
  static Element times_121665_and(const Element& a, const Element& b) {
    constexpr uint64_t kFactor = 121665;
    return reduced(
        {{Uint128{a.l[0]} * kFactor + b.l[0], Uint128{a.l[1]} * kFactor + b.l[1], Uint128{a.l[2]} * kFactor + b.l[2],
          Uint128{a.l[3]} * kFactor + b.l[3], Uint128{a.l[4]} * kFactor + b.l[4]}});
  }
  static Mask differs(Mask a, Mask b) { return a ^ b; }
  static Element choose(Mask mask, const Element& ones, const Element& zeros) {
    Element out;
    for (size_t i = 0; i < 5; ++i) out.l[i] = zeros.l[i] ^ (mask & (ones.l[i] ^ zeros.l[i]));
    return out;
  }
  static void swap_if(Mask mask, Element& a, Element& b) {
    for (size_t i = 0; i < 5; ++i) {
      const uint64_t differs = mask & (a.l[i] ^ b.l[i]);
      a.l[i] ^= differs;
      b.l[i] ^= differs;
    }
  }
};

}  // namespace

const CurveKernel& scalar_curve_kernel() {
  static constexpr CurveKernel kKernel = lanes::curve_kernel_of<ScalarField>();
  return kKernel;
}

}  // namespace puhui::cipher
