// Online against offline: every feature that a decision recorded, computed again in batch from the stream's own log.
#pragma once

#include <deque>

#include "applications/fraud/replay_feed.h"

namespace puhui::fraud {

struct OnlineOffline {
  bool equal = true;
  int64_t rows = 0, values = 0;  // compared
  std::optional<std::string> first_difference;
};

// Of the decisions among `fed`, which are all that the stream's log holds, in its order. Needs memory for the whole log.
Result<OnlineOffline> compare_with_batch(const ReplayNeeds& needs, const std::string& scheme,
                                         const std::deque<Fed>& fed, Progress& progress);

}  // namespace puhui::fraud
