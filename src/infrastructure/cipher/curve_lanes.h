// The formulas of Curve25519 once, for a field of any number of lanes: ladder, Elligator 2, squares, inverses. Each kernel's file
// says with PUHUI_LANES what instructions they are compiled for, names its Field and includes curve_blocks.h; nobody else does.
// Everything is the same work for every value. A Field is: kLanes; Element; Word (a 64-bit number a lane); Mask (all ones or
// zeros a lane); load, store (limbs of 51 bits, a few more allowed); add, subtract, multiply, square, times_121665_and (a · 121665 + b);
// Wide, product, square_product (not reduced yet), sum, difference (of two Wide, reduced); mask_of_bit; differs(mask, mask); choose(mask, where_ones, where_zeros);
// swap_if.
#pragma once

#include <cstddef>
#include <cstdint>

#include "infrastructure/cipher/curve_limbs.h"

#ifndef PUHUI_LANES
#define PUHUI_LANES
#endif

namespace puhui::cipher::lanes {

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

}  // namespace puhui::cipher::lanes
