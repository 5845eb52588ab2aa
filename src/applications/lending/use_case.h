// What lending decides automatically.
#pragma once

#include "infrastructure/evidence/use_case.h"

namespace puhui::lending {

evidence::UseCase approval_use_case();

}  // namespace puhui::lending
