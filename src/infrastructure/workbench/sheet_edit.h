// Puts a sheet's content in the place of a table's, byte by byte only where they differ.
#pragma once

#include <string>

#include "ground/base/result.h"
#include "infrastructure/workbench/sheet_layout.h"
#include "infrastructure/workbench/sheet_table.h"

namespace puhui::workbench {

// The whole DMN text. Rules are found again by their id, those without one by their content and then their order;
// columns by what they say and then their order. A copied line (an id used twice) becomes a rule of its own.
// Faults: ids that XML does not allow or that something else has.
Result<std::string> edited(const DmnText& dmn, const TableFound& table, const SheetTable& sheet,
                           const SheetCells& cells);

}  // namespace puhui::workbench
