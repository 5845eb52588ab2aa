// A job as a person names it: by its file, its hash, or its name.
#pragma once

#include "ground/base/files.h"
#include "infrastructure/federation/office.h"

namespace puhui::federation {

// not_found: nobody signed that file here, or no such hash or name.
Result<KeptJob> known_job(const Office& office, const Files& files, const std::string& named);

LeakageView view_of(const Leak& leak);

}  // namespace puhui::federation
