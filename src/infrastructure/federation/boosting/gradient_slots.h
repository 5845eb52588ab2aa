// GradientSlots: a row's (g, h) as one number, g · 2^h_width + h, just wide enough that the sum over all rows of a tree can be
// taken apart again; and many sums side by side in one plaintext.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/boosting/gradients.h"

namespace puhui::federation {

struct GradientSlots {
  size_t g_bits = 0, h_bits = 0;  // g signed, h not negative
  size_t width_bits() const { return g_bits + h_bits; }
  // How many fit a plaintext.
  size_t group(size_t plaintext_bits) const { return plaintext_bits / width_bits(); }
};
GradientSlots slots_for(const GradientScale& scale, size_t rows);

cipher::Integers as_integers(std::span<const GradientSum> gradients, const GradientSlots& slots);
// The first `count` sums of integers that hold `group` each; `corrupt` when one does not fit.
Result<std::vector<GradientSum>> as_sums(const cipher::Integers& packed, const GradientSlots& slots, size_t group,
                                         size_t count);

}  // namespace puhui::federation
