// moment_id: a time-ordered id made of a moment and of what it names, so that a closure that runs again makes the same
// one. Unlike IdSource it needs no randomness, and no two things of one moment may be named alike.
#pragma once

#include <span>
#include <string>

#include "ground/base/id.h"

namespace puhui::incidents {

// 48 bits of milliseconds, then 80 of SHA-256 over the moment and the parts.
Id128 moment_id(Timestamp at, std::initializer_list<std::string_view> parts);

}  // namespace puhui::incidents
