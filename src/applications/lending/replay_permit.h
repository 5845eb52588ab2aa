// A permit for a replay: the same two signatures as any other, by two people made for this run alone, whose keys
// are gone when it ends.
#pragma once

#include "applications/lending/proposal.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::lending {

inline constexpr std::string_view kReplayAuthor = "replay";

// Adds the run's two people, signs and grants. conflict when another than a replay's permit is in force for the product.
Result<Digest> grant_for_replay(Store& store, kernel::Kernel& kernel, const ProductFolder& folder, const Digest& model,
                                std::string_view run, Timestamp now);

}  // namespace puhui::lending
