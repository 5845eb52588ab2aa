// The fit of posterior.h, as numbers.
#pragma once

namespace puhui::screening {

struct Fit {
  double constant, proven, several, entry_left_over, query_left_over;
  double entries_seen;
};
inline constexpr Fit kFit{-2.38, 2.51, 0.27, 8.5, 17.1, 12'378};

}  // namespace puhui::screening
