// What a job's fields must be together: roles by kind, names, bounds of real numbers, sections that the kind does not use.
#pragma once

#include <vector>

#include "ground/base/json.h"
#include "infrastructure/federation/job.h"

namespace puhui::federation {

// `file`: which members stand in it. Paths as a reader says them: "parties/1/columns/3".
std::vector<Fault> faults_of(const Job& job, const Json& file);

bool is_address(std::string_view address);  // host:port

}  // namespace puhui::federation
