#include "infrastructure/compute/order.h"

#include <algorithm>
#include <tuple>

namespace puhui::compute {

int64_t aged_tier(const Candidate& candidate, Timestamp now) {
  const int64_t waited_us = std::max<int64_t>(0, now.microseconds - candidate.waits_since.microseconds);
  return std::max<int64_t>(1, candidate.tier - waited_us / kAgeingUs);
}

std::optional<size_t> choose(std::span<const Candidate> candidates, Timestamp now) {
  const auto rank = [&](const Candidate& candidate) {
    return std::tuple(aged_tier(candidate, now), candidate.dominant_share_ppm, candidate.job);
  };
  std::optional<size_t> best;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (!candidates[i].has_leave) continue;
    if (!best || rank(candidates[i]) < rank(candidates[*best])) best = i;
  }
  return best;
}

bool makes_room(int64_t running_tier, const Candidate& candidate) {
  return candidate.has_leave && candidate.tier < running_tier;
}

}  // namespace puhui::compute
