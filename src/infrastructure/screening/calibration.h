// The fit of posterior.h, as numbers.
#pragma once

namespace puhui::screening {

struct Fit {
  double constant, proven, several, entry_left_over, query_left_over;
  double entries_seen;
};
inline constexpr Fit kFit{-1.6, 2.5, 0, 8.6, 27.3, 12'378};

}  // namespace puhui::screening
