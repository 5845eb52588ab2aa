// Edit distance of two words: letters inserted, deleted, substituted, or two neighbours exchanged (optimal string alignment).
#pragma once

#include <string_view>

namespace puhui::screening {

// At most `limit` + 1, which stands for "more". Words of at most 64 letters.
int edit_distance(std::string_view a, std::string_view b, int limit);

// How many edits two words may be apart and still be taken for spellings of one: none below two letters, two from eight on.
constexpr int edits_allowed(size_t letters) { return letters < 2 ? 0 : letters < 8 ? 1 : 2; }

}  // namespace puhui::screening
