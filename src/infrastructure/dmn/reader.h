// Reader: DMN XML of the namespaces 1.1 to 1.6 into a Model. pugixml stays behind it.
#pragma once

#include <string_view>

#include "ground/base/result.h"
#include "infrastructure/dmn/limits.h"
#include "infrastructure/dmn/model.h"

namespace puhui::dmn {

// Refuses entity and document type declarations, depth, size. Reports every fault it finds, with id, line, column.
Result<Model> read_model(std::string_view xml, const Limits& limits);

// "element d_rate, line 12, column 7", as all faults of this module say it.
std::string where_of(const Spot& spot);

}  // namespace puhui::dmn
