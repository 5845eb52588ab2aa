// The fit of posterior.h, as numbers.
#pragma once

namespace puhui::screening {

struct Fit {
  double constant, proven, several, entry_left_over, query_left_over;
  double entries_seen;
};
inline constexpr Fit kFit{-1.3, 2.4, 0, 8.9, 27.0, 12'378};

}  // namespace puhui::screening
