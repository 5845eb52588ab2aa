// What evidence packs take from the modules beside audit: their own verbs are asked, so that a module which is not built, or
// holds nothing of a use case, leaves its fields missing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/verb.h"

namespace puhui {

// In words; none: nothing is held. Sources are those of governance/audit/pack_sources.cc.
std::optional<std::string> pack_report(const std::vector<Verb>& verbs, std::string_view source,
                                       std::string_view use_case);

}  // namespace puhui
