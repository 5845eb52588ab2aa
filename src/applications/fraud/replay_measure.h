// What a replay's payments say of its model and its policy: the report's figures.
#pragma once

#include <deque>

#include "applications/fraud/replay_feed.h"

namespace puhui::fraud {

// Fills the quality, scenarios, actions, alerts and days of the report. invalid when the test days cannot be measured.
Result<void> measure_quality(const ProtocolDays& days, const std::deque<Fed>& fed,
                             std::span<const std::string> scenarios, ReplayReport& report);

}  // namespace puhui::fraud
