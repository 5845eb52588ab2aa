// What the bank's own work is called in the map: the part of an account's name after "activity:", in both languages.
#pragma once

#include <string_view>

#include "governance/heatmap/blocks.h"

namespace puhui::heatmap {

// A verb's is its permission ("activity:lending.apply"); a name unknown here reads as itself.
Named words_of_activity(std::string_view account);

}  // namespace puhui::heatmap
