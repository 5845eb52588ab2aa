// A permit for a replay: the same two signatures as any other, by two people made for this run alone, whose keys are gone
// when it ends. Whether a replay may decide in a store is the application's to ask first.
#pragma once

#include <string>

#include "infrastructure/kernel/kernel.h"

namespace puhui::kernel {

// Adds the two ("SIGNERS-checker-1", "…-2"), signs, and grants in the name of the manifest's author. Answers its digest.
Result<Digest> grant_for_replay(Store& store, Kernel& kernel, evidence::Manifest manifest, const std::string& signers,
                                Timestamp now);

}  // namespace puhui::kernel
