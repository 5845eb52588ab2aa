#include "infrastructure/federation/boosting/gradient_slots.h"

#include <bit>

namespace puhui::federation {

GradientSlots slots_for(const GradientScale& scale, size_t rows) {
  const auto growth = static_cast<size_t>(std::bit_width(rows));
  return {static_cast<size_t>(scale.g_top) + growth + 1, static_cast<size_t>(scale.h_top) + growth};
}

cipher::Integers as_integers(std::span<const GradientSum> gradients, const GradientSlots& slots) {
  cipher::Integers out(gradients.size(), 2);
  for (size_t i = 0; i < gradients.size(); ++i) {
    const __int128 value = (static_cast<__int128>(gradients[i].g) << slots.h_bits) + gradients[i].h;
    const auto bits = static_cast<unsigned __int128>(value);
    out.at(i)[0] = static_cast<uint64_t>(bits), out.at(i)[1] = static_cast<uint64_t>(bits >> 64);
  }
  return out;
}

Result<std::vector<GradientSum>> as_sums(const cipher::Integers& packed, const GradientSlots& slots, size_t group,
                                         size_t count) {
  const cipher::Integers each = TRY(cipher::unpack_wide(packed, {slots.width_bits(), group}, 2));
  if (each.count() < count) return fail(ErrorCode::internal, "fewer slots than sums");
  std::vector<GradientSum> out;
  out.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const auto bits = static_cast<unsigned __int128>(each.at(i)[1]) << 64 | each.at(i)[0];
    const auto value = static_cast<__int128>(bits);
    const auto h = static_cast<int64_t>(bits & ((static_cast<unsigned __int128>(1) << slots.h_bits) - 1));
    out.push_back({static_cast<int64_t>(value >> slots.h_bits), h});
  }
  return out;
}

}  // namespace puhui::federation
