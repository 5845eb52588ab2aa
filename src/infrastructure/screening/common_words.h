// How common some words are in the names of ordinary people and firms, whatever a list says: a sanctions list has few WANGs and no SMITH, and
// would take either for a rare name. Rough shares of our own, by language area; only their size matters.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace puhui::screening {

struct CommonWords {
  int64_t share_ppm = 0;   // of the names of their area that hold one of them
  std::string_view words;  // with a space between; no word stands twice in the table
};
std::span<const CommonWords> common_words();

}  // namespace puhui::screening
