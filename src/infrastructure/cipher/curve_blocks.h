// Blocks of points as bytes, in and out of a kernel's lanes: what curve_kernels.h promises, made of the formulas of curve_lanes.h.
// PUHUI_LANES as there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "infrastructure/cipher/curve_kernels.h"
#include "infrastructure/cipher/curve_lanes.h"

namespace puhui::cipher::lanes {

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
