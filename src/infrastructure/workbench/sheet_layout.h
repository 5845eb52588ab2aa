// The layout of a decision table on a sheet (README.md shows it): TableContent to cells and back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/workbench/sheet_cells.h"
#include "infrastructure/workbench/sheet_table.h"

namespace puhui::workbench {

// Where on the sheet each part of a TableContent stands, for faults to name.
struct SheetPlaces {
  std::vector<size_t> input_columns;
  std::vector<size_t> output_columns;
  std::vector<size_t> annotation_columns;
  std::optional<size_t> description_column;
  std::optional<size_t> id_column;
  std::vector<size_t> rule_rows;
  // Rows of the header; npos when the sheet has none.
  static constexpr size_t npos = static_cast<size_t>(-1);
  size_t table_row = npos;
  size_t hit_policy_row = npos;
  size_t kind_row = npos;
  size_t label_row = npos;
  size_t name_row = npos;
  size_t type_row = npos;
  size_t allowed_row = npos;
  size_t default_row = npos;
};

struct SheetTable {
  TableContent content;
  SheetPlaces places;
};

SheetCells cells_of(const TableContent& content);
// Every fault of the layout, by cell. What FEEL makes of the texts is seen later.
Result<SheetTable> table_of(const SheetCells& cells);

}  // namespace puhui::workbench
