// Figures of the whole machine: how concentrated its use is, how much is left in the busiest minutes, and when that ends.
#pragma once

#include "governance/heatmap/map.h"

namespace puhui::heatmap {

inline constexpr int64_t kSummaryDays = 7;  // when no range is asked for

Result<SummaryAnswer> summarise(Reader& reader, const MapNeeds& needs, const SummaryRequest& request, Timestamp now);

}  // namespace puhui::heatmap
