// The map itself: the 45 cells of a span, the bank's own work, and what of the process's CPU nobody has; and one block
// over time.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "governance/heatmap/heatmap_shapes.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/use_case.h"

namespace puhui::heatmap {

// How many decisions of [from, to) a person decided otherwise, by use case with its scope.
using Overridden = std::function<Result<std::map<std::string, int64_t>>(Reader&, Timestamp from, Timestamp to)>;

struct MapNeeds {
  const std::vector<evidence::UseCase>& use_cases;
  Overridden overridden;  // none: the rate is not known
};

Result<ShowAnswer> show(Reader& reader, const MapNeeds& needs, const ShowRequest& request, Timestamp now);
// not_found: no such block; exhausted: more than kPointsMax points.
Result<BlockAnswer> show_block(Reader& reader, const MapNeeds& needs, const BlockRequest& request, Timestamp now);

}  // namespace puhui::heatmap
