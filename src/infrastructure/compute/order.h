// Which job runs next: dominant-resource fairness within a tier, aged. Of the jobs of the best tier the one whose use
// case has used the smallest part of its quotas goes first, so use cases that all want more get CPU in proportion to
// their quotas whatever their jobs cost; deficit round robin would need the cost of a job before it ran. Waiting raises
// a job's tier up to the first: from then on only use cases that had less of theirs today go before it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "ground/base/clock.h"

namespace puhui::compute {

inline constexpr int64_t kAgeingUs = int64_t{3600} * 1'000'000;  // waiting this long is worth a tier

struct Candidate {
  int64_t job = 0;
  int64_t tier = 3;                // 1 goes before 2 before 3
  Timestamp waits_since;           // submitted, requeued or paused
  int64_t dominant_share_ppm = 0;  // of its use case
  bool has_leave = true;           // of its quota
};

// As it counts after its waiting: its tier or a better one, never above 1.
int64_t aged_tier(const Candidate& candidate, Timestamp now);
// The place of the next one; none has leave: nullopt. The same candidates give the same choice in any order.
std::optional<size_t> choose(std::span<const Candidate> candidates, Timestamp now);
// A job makes room for one of a better tier than the one it was itself chosen at.
bool makes_room(int64_t running_tier, const Candidate& candidate);

}  // namespace puhui::compute
