// The map itself: the 45 cells of a span, the bank's own work, and what of the process's CPU nobody has; and one block
// over time.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "governance/heatmap/heatmap_shapes.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/use_case.h"

namespace puhui::heatmap {

struct MapNeeds {
  const std::vector<evidence::UseCase>& use_cases;
  // How many decisions of the span people decided otherwise, by use case with its scope; none: it is not known.
  std::optional<std::map<std::string, int64_t>> overridden = std::nullopt;
};

Result<ShowAnswer> show(Reader& reader, const MapNeeds& needs, const ShowRequest& request, Timestamp now);
// not_found: no such block; exhausted: more than kPointsMax points.
Result<BlockAnswer> show_block(Reader& reader, const MapNeeds& needs, const BlockRequest& request, Timestamp now);

}  // namespace puhui::heatmap
