// The formulas of Curve25519 once, for a field of any number of lanes: ladder, Elligator 2, checks, inversion of many. Each kernel's file
// says with PUHUI_LANES what instructions they are compiled for, names its Field and includes this; nobody else does.
// Everything is the same work for every value. A Field is: kLanes; Element; Word (a 64-bit number a lane); Mask (all ones or
// zeros a lane); load, store (limbs of 51 bits, a few more allowed); add, subtract, multiply, square, times_121665_and (a · 121665 + b);
// Wide, product, square_product (not reduced yet), sum, difference (of two Wide, reduced); mask_of_bit; differs(mask, mask); choose(mask, where_ones, where_zeros);
// swap_if.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "infrastructure/cipher/curve_kernels.h"

#ifndef PUHUI_LANES
#define PUHUI_LANES
#endif

namespace puhui::cipher::lanes {

inline constexpr uint64_t kMask51 = (uint64_t{1} << 51) - 1;

// A number of each lane as the kernels exchange it: 5 limbs of 51 bits.
template <size_t kLanes>
struct Limbs {
  alignas(64) uint64_t limb[5][kLanes];
};

template <size_t kLanes>
void put_bytes(const uint8_t* bytes, size_t lane, Limbs<kLanes>& out) {
  uint64_t w[4];
  std::memcpy(w, bytes, 32);
  out.limb[0][lane] = w[0] & kMask51;
  out.limb[1][lane] = (w[0] >> 51 | w[1] << 13) & kMask51;
  out.limb[2][lane] = (w[1] >> 38 | w[2] << 26) & kMask51;
  out.limb[3][lane] = (w[2] >> 25 | w[3] << 39) & kMask51;
  out.limb[4][lane] = (w[3] >> 12) & kMask51;  // the top bit is left aside
}

// Limbs below 2^62 → the canonical number below p, four words.
template <size_t kLanes>
void take_words(const Limbs<kLanes>& in, size_t lane, uint64_t (&out)[4]) {
  uint64_t t[5];
  for (size_t i = 0; i < 5; ++i) t[i] = in.limb[i][lane];
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < 4; ++i) {
      t[i + 1] += t[i] >> 51;
      t[i] &= kMask51;
    }
    t[0] += 19 * (t[4] >> 51);
    t[4] &= kMask51;
  }
  uint64_t over = t[0] + 19;  // the number is below 2^255 + 2^10: it is p or more where adding 19 reaches 2^255
  for (size_t i = 1; i < 5; ++i) over = t[i] + (over >> 51);
  t[0] += 19 * (over >> 51);
  for (size_t i = 0; i < 4; ++i) {
    t[i + 1] += t[i] >> 51;
    t[i] &= kMask51;
  }
  t[4] &= kMask51;
  out[0] = t[0] | t[1] << 51;
  out[1] = t[1] >> 13 | t[2] << 38;
  out[2] = t[2] >> 26 | t[3] << 25;
  out[3] = t[3] >> 39 | t[4] << 12;
}

// All ones where a == b, without a branch.
inline uint64_t equal_mask(uint64_t a, uint64_t b) {
  const uint64_t differs = a ^ b;
  return ((differs | (0 - differs)) >> 63) - 1;
}

template <class Field>
PUHUI_LANES typename Field::Element constant(uint64_t value) {
  Limbs<Field::kLanes> limbs{};
  for (size_t lane = 0; lane < Field::kLanes; ++lane) limbs.limb[0][lane] = value;
  return Field::load(limbs);
}

// Ones in the lanes whose number is `value`.
template <class Field>
PUHUI_LANES typename Field::Mask is_value(const typename Field::Element& a, uint64_t value) {
  Limbs<Field::kLanes> limbs;
  Field::store(a, limbs);
  alignas(64) uint64_t masks[Field::kLanes];
  for (size_t lane = 0; lane < Field::kLanes; ++lane) {
    uint64_t words[4];
    take_words(limbs, lane, words);
    masks[lane] = equal_mask(words[0], value) & equal_mask(words[1] | words[2] | words[3], 0);
  }
  return Field::mask_of(masks);
}

template <class Field>
PUHUI_LANES void square_times(typename Field::Element& a, int times) {
  for (int i = 0; i < times; ++i) a = Field::square(a);
}

// a^(2^250 - 1), and a^11 on the way.
template <class Field>
PUHUI_LANES void power_250(const typename Field::Element& a, typename Field::Element& to_250,
                           typename Field::Element& to_11) {
  using Element = typename Field::Element;
  const Element a2 = Field::square(a);
  Element t = a2;
  square_times<Field>(t, 2);
  const Element a9 = Field::multiply(t, a);
  to_11 = Field::multiply(a9, a2);
  Element e5 = Field::multiply(Field::square(to_11), a9);  // exponents of 5 ones, then 10, 20 …
  t = e5;
  square_times<Field>(t, 5);
  const Element e10 = Field::multiply(t, e5);
  t = e10;
  square_times<Field>(t, 10);
  const Element e20 = Field::multiply(t, e10);
  t = e20;
  square_times<Field>(t, 20);
  t = Field::multiply(t, e20);
  square_times<Field>(t, 10);
  const Element e50 = Field::multiply(t, e10);
  t = e50;
  square_times<Field>(t, 50);
  const Element e100 = Field::multiply(t, e50);
  t = e100;
  square_times<Field>(t, 100);
  t = Field::multiply(t, e100);
  square_times<Field>(t, 50);
  to_250 = Field::multiply(t, e50);
}

// a^(p - 2); 0 for 0.
template <class Field>
PUHUI_LANES typename Field::Element inverse(const typename Field::Element& a) {
  typename Field::Element t, a11;
  power_250<Field>(a, t, a11);
  square_times<Field>(t, 5);
  return Field::multiply(t, a11);
}

// Ones where a is a square other than 0: a^((p - 1) / 2) = 1.
template <class Field>
PUHUI_LANES typename Field::Mask is_square(const typename Field::Element& a) {
  typename Field::Element t, a11;
  power_250<Field>(a, t, a11);
  square_times<Field>(t, 4);
  const typename Field::Element a2 = Field::square(a);
  return is_value<Field>(Field::multiply(t, Field::multiply(a2, Field::square(a2))), 1);
}

// x = X / Z; the identity is Z = 0.
template <class Field>
struct Fraction {
  typename Field::Element x, z;
};

template <class Field>
PUHUI_LANES void twice(Fraction<Field>& point) {
  using Element = typename Field::Element;
  const Element aa = Field::square(Field::add(point.x, point.z));
  const Element bb = Field::square(Field::subtract(point.x, point.z));
  const Element e = Field::subtract(aa, bb);
  point.x = Field::multiply(aa, bb);
  point.z = Field::multiply(e, Field::times_121665_and(e, aa));
}

template <class Field>
PUHUI_LANES void eight_times(Fraction<Field>& point) {
  for (int i = 0; i < 3; ++i) twice<Field>(point);
}

// RFC 7748, section 5: 255 steps. Its x₂ + z₂, x₂ - z₂, x₃ + z₃, x₃ - z₃ (A, B, C, D there) go from step to step, so that the sums
// are taken before the reduction. `scalar`: four words a lane, below 2^255.
template <class Field>
PUHUI_LANES Fraction<Field> ladder(const typename Field::Element& x1, const typename Field::Word (&scalar)[4]) {
  using Element = typename Field::Element;
  using Wide = typename Field::Wide;
  const Element one = constant<Field>(1);
  Element a = one, b = one, c = Field::add(x1, one), d = Field::subtract(x1, one);
  typename Field::Mask swapped = Field::mask_of_bit(scalar[3], 63);  // none yet: that bit is 0
  for (int place = 254; place >= 0; --place) {
    const typename Field::Mask bit = Field::mask_of_bit(scalar[place / 64], place % 64);
    const typename Field::Mask changes = Field::differs(bit, swapped);
    swapped = bit;
    Field::swap_if(changes, a, c);
    Field::swap_if(changes, b, d);
    const Wide da = Field::product(d, a), cb = Field::product(c, b);
    const Element aa = Field::square(a), bb = Field::square(b);
    const Element sum = Field::sum(da, cb), difference = Field::difference(da, cb);
    const Wide x3 = Field::square_product(sum), z3 = Field::product(x1, Field::square(difference));
    c = Field::sum(x3, z3);
    d = Field::difference(x3, z3);
    const Element e = Field::subtract(aa, bb);
    const Wide x2 = Field::product(aa, bb), z2 = Field::product(e, Field::times_121665_and(e, aa));
    a = Field::sum(x2, z2);
    b = Field::difference(x2, z2);
  }
  Field::swap_if(swapped, a, c);
  Field::swap_if(swapped, b, d);
  return {Field::add(a, b), Field::subtract(a, b)};  // 2x₂, 2z₂
}

// Elligator 2 (RFC 9380, section 6.7.1; J = 486662, Z = 2) as a fraction: -J / (1 + 2u²) where that is on the curve, else minus it minus J.
template <class Field>
PUHUI_LANES Fraction<Field> elligator(const typename Field::Element& u) {
  using Element = typename Field::Element;
  const Element j = constant<Field>(486662), zero = constant<Field>(0);
  const Element uu = Field::square(u);
  const Element uu2 = Field::add(uu, uu);
  const Element z = Field::add(uu2, constant<Field>(1));  // never 0: -1/2 is no square
  const Element first = Field::subtract(zero, j);
  const Element other = Field::multiply(first, uu2);  // -J · 2u² / z = J / z - J
  // x³ + Jx² + x times the square z⁴: x z (x² + J x z + z²)
  const Element xz = Field::multiply(first, z);
  Element g = Field::add(Field::square(first), Field::multiply(j, xz));
  g = Field::multiply(xz, Field::add(g, Field::square(z)));
  return {Field::choose(is_square<Field>(g), first, other), z};
}

// Writes the canonical bytes of count fractions (at most kBlockVectors · kLanes): one inversion for all, lane by lane. 0 for the identity.
template <class Field>
PUHUI_LANES void write_points(Fraction<Field>* fractions, size_t vectors, size_t count, uint8_t* out) {
  using Element = typename Field::Element;
  Element before[kBlockVectors];  // the product of all denominators before
  Element product = constant<Field>(1);
  const Element one = product, zero = constant<Field>(0);
  for (size_t i = 0; i < vectors; ++i) {
    const typename Field::Mask identity = is_value<Field>(fractions[i].z, 0);
    fractions[i].z = Field::choose(identity, one, fractions[i].z);
    fractions[i].x = Field::choose(identity, zero, fractions[i].x);
    before[i] = product;
    product = Field::multiply(product, fractions[i].z);
  }
  Element rest = inverse<Field>(product);
  for (size_t i = vectors; i-- > 0;) {
    Limbs<Field::kLanes> limbs;
    Field::store(Field::multiply(fractions[i].x, Field::multiply(rest, before[i])), limbs);
    rest = Field::multiply(rest, fractions[i].z);
    for (size_t lane = 0; lane < Field::kLanes && i * Field::kLanes + lane < count; ++lane) {
      uint64_t words[4];
      take_words(limbs, lane, words);
      std::memcpy(out + (i * Field::kLanes + lane) * 32, words, 32);
    }
  }
}

// The numbers of up to kLanes points from `bytes`; lanes without one are 0.
template <class Field>
PUHUI_LANES typename Field::Element read_numbers(const uint8_t* bytes, size_t count) {
  Limbs<Field::kLanes> limbs{};
  for (size_t lane = 0; lane < Field::kLanes && lane < count; ++lane) put_bytes(bytes + lane * 32, lane, limbs);
  return Field::load(limbs);
}

template <class Field>
PUHUI_LANES void multiply_block(const uint8_t* points, const uint8_t* scalars, size_t scalar_stride, size_t count,
                                uint8_t* out) {
  Fraction<Field> fractions[kBlockVectors];
  const size_t vectors = (count + Field::kLanes - 1) / Field::kLanes;
  for (size_t i = 0; i < vectors; ++i) {
    const size_t first = i * Field::kLanes;
    alignas(64) uint64_t words[4][Field::kLanes] = {};
    for (size_t lane = 0; lane < Field::kLanes && first + lane < count; ++lane) {
      uint64_t of_lane[4];
      std::memcpy(of_lane, scalars + (first + lane) * scalar_stride, 32);
      for (size_t w = 0; w < 4; ++w) words[w][lane] = of_lane[w];
    }
    const typename Field::Word scalar[4] = {Field::words_of(words[0]), Field::words_of(words[1]),
                                            Field::words_of(words[2]), Field::words_of(words[3])};
    fractions[i] = ladder<Field>(read_numbers<Field>(points + first * 32, count - first), scalar);
  }
  write_points<Field>(fractions, vectors, count, out);
}

// `uniform`: 64 bytes each, little-endian numbers of 512 bits, taken modulo p.
template <class Field>
PUHUI_LANES void map_block(const uint8_t* uniform, size_t count, uint8_t* out) {
  Fraction<Field> fractions[kBlockVectors];
  const size_t vectors = (count + Field::kLanes - 1) / Field::kLanes;
  for (size_t i = 0; i < vectors; ++i) {
    Limbs<Field::kLanes> low{}, high{};
    for (size_t lane = 0; lane < Field::kLanes && i * Field::kLanes + lane < count; ++lane) {
      const uint8_t* bytes = uniform + (i * Field::kLanes + lane) * 64;
      put_bytes(bytes, lane, low);
      put_bytes(bytes + 32, lane, high);
      // Of each half the bit of 2^255 was left aside: it counts 19, the high half's 38 · 19.
      low.limb[0][lane] += 19 * uint64_t{bytes[31] >> 7 != 0} + 722 * uint64_t{bytes[63] >> 7 != 0};
    }
    fractions[i] =
        elligator<Field>(Field::add(Field::load(low), Field::multiply(Field::load(high), constant<Field>(38))));
    eight_times<Field>(fractions[i]);
  }
  write_points<Field>(fractions, vectors, count, out);
}

// A byte each: PointFault.
template <class Field>
PUHUI_LANES void check_block(const uint8_t* points, size_t count, uint8_t* faults) {
  using Element = typename Field::Element;
  for (size_t first = 0; first < count; first += Field::kLanes) {
    const Element u = read_numbers<Field>(points + first * 32, count - first);
    const Element one = constant<Field>(1);
    const Element uu = Field::square(u);
    const Element g = Field::add(Field::add(uu, Field::multiply(u, constant<Field>(486662))), one);
    alignas(64) uint64_t square[Field::kLanes], small[Field::kLanes];
    Field::store_mask(is_square<Field>(Field::multiply(u, g)), square);
    Fraction<Field> point{u, one};
    eight_times<Field>(point);
    Field::store_mask(is_value<Field>(point.z, 0), small);
    for (size_t lane = 0; lane < Field::kLanes && first + lane < count; ++lane) {
      faults[first + lane] = small[lane] != 0    ? uint8_t{kPointSmall}
                             : square[lane] == 0 ? uint8_t{kPointOnTwist}
                                                 : uint8_t{kPointFine};
    }
  }
}

template <class Field>
constexpr CurveKernel curve_kernel_of() {
  return {Field::kLanes, multiply_block<Field>, map_block<Field>, check_block<Field>};
}

}  // namespace puhui::cipher::lanes
