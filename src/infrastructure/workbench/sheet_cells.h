// SheetCells: one sheet as texts, the form that xlsx and csv files are read into and written from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/workbench/sheet.h"

namespace puhui::workbench {

struct SheetCells {
  std::string name;                            // of the sheet; empty for csv
  std::vector<std::vector<std::string>> rows;  // ragged: cells beyond a row's end are empty
  size_t header_rows = 0;                      // frozen and bold when written

  std::string_view at(size_t row, size_t column) const;
  // `Sheet "Grade", cell C12`, as the person sees it; both counted from 0 here.
  std::string place(size_t row, size_t column) const;
};

// (11, 2) is "C12".
std::string cell_name(size_t row, size_t column);

// RFC 4180 with a byte order mark and CRLF. A text that a spreadsheet program would take for something else (a
// formula, a date, a number written differently) gets an apostrophe in front, and so does one that begins with one.
std::string csv_of(const SheetCells& cells);
// Comma, semicolon or tab, whichever follows the first cell. Takes the apostrophes off; TRUE and FALSE without one are
// what spreadsheet programs make of true and false.
Result<SheetCells> cells_of_csv(std::string_view bytes, const SheetLimits& limits);

// Every cell a text, the header frozen and bold. Errors: `exhausted` when a text is longer than a cell can hold.
Result<std::string> xlsx_of(const SheetCells& cells);
// The sheet of that name, or the first one. Numbers become their shortest text, booleans true and false, dates
// date("…"); merged ranges show their value in every cell. Faults: formulas without a value, error values.
Result<SheetCells> cells_of_xlsx(std::string_view bytes, std::string_view sheet_name, const SheetLimits& limits);

// What Excel allows as the name of a sheet.
std::string sheet_name_of(std::string_view text);

}  // namespace puhui::workbench
