// `fraud simulate`: a population written to the caller's file.
#pragma once

#include "ground/base/verb.h"

namespace puhui::fraud {

Verb simulate_verb();

}  // namespace puhui::fraud
