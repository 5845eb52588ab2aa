// Whether a DMN text still compiles after a sheet was put into it, told by the sheet's cells.
#pragma once

#include <string_view>

#include "ground/base/result.h"
#include "infrastructure/workbench/sheet_layout.h"
#include "infrastructure/workbench/sheet_table.h"

namespace puhui::workbench {

// Every fault of `made` that `before` did not have: models and other files that are not at hand here are faults of
// both. Those of the table's texts name the cell, the others the DMN element.
Result<void> check_edited(const DmnText& before, const TableFound& table, std::string_view made,
                          const SheetTable& sheet, const SheetCells& cells);

// Every fault of a DMN text made of a sheet, whose only table it is.
Result<void> check_made(std::string_view made, const SheetTable& sheet, const SheetCells& cells);

}  // namespace puhui::workbench
