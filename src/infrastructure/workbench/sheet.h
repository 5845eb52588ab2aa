// Sheet: a decision table of a DMN file as a spreadsheet file (xlsx, csv) and back, so that business people edit rules
// where they are at home. README.md beside this file says how the sheet is laid out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"

namespace puhui::workbench {

enum class SheetFormat { xlsx, csv };

// By the file's name: ".xlsx", ".csv", ".tsv" and ".txt" are known, in any case.
Result<SheetFormat> sheet_format_of(std::string_view file_name);

// What a spreadsheet file may bring at most.
struct SheetLimits {
  size_t bytes_max = 32 << 20;            // of the file
  size_t zip_entries_max = 1'000;         // files inside an xlsx
  size_t unpacked_bytes_max = 128 << 20;  // of all files read from it together
  size_t xml_depth_max = 64;
  size_t rows_max = 100'000;
  size_t columns_max = 512;
  size_t cells_max = 4'000'000;
  size_t cell_bytes_max = 128 << 10;
  size_t text_bytes_max = 128 << 20;  // of all cells together
};

// Every table of the DMN text, by a name that the functions below take: the owner's (decision, business knowledge
// model) where it has one table, "owner#2" for its second and so on.
Result<std::vector<std::string>> table_names(std::string_view dmn_xml);

// `table` everywhere: a table's id, its owner's id or name, or one of table_names(); empty means the only one.

// The table as a spreadsheet file's bytes: the same bytes for the same DMN text.
Result<std::string> export_table(std::string_view dmn_xml, std::string_view table, SheetFormat format);

// The DMN text with that table's content replaced by the sheet's. Everything else stays byte for byte, and so does
// whatever of the table the sheet did not change; rules keep their ids where the sheet carries them. Faults name the
// sheet's cells, all of them; FEEL that does not compile is one, unless it was there before.
Result<std::string> import_table(std::string_view dmn_xml, std::string_view table, std::string_view sheet_bytes,
                                 SheetFormat format, const SheetLimits& limits = {});

// A new DMN file of the sheet alone: one decision of that name, an inputData for every input column.
Result<std::string> dmn_of_sheet(std::string_view sheet_bytes, SheetFormat format, std::string_view decision_name,
                                 const SheetLimits& limits = {});

}  // namespace puhui::workbench
