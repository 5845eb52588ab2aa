// A permit for a replay: the same two signatures as any other, by two people made for this run alone, whose keys are gone
// when it ends.
#pragma once

#include "applications/fraud/scheme.h"

namespace puhui::fraud {

inline constexpr std::string_view kReplayAuthor = "replay";

// What is in force for the scheme, when a replay put it there; nullptr: nothing is. conflict: real people's permit decides.
Result<std::shared_ptr<const kernel::Version>> replay_version(const kernel::Kernel& kernel, const Scheme& scheme);

// Adds the run's two people, signs and grants.
Result<Digest> grant_for_replay(Store& store, kernel::Kernel& kernel, const SchemeFolder& folder,
                                const std::vector<evidence::NamedDigest>& models, const std::string& run,
                                Timestamp now);

}  // namespace puhui::fraud
