#include "infrastructure/workbench/sheet.h"

#include "infrastructure/workbench/sheet_check.h"
#include "infrastructure/workbench/sheet_edit.h"

namespace puhui::workbench {
namespace {

Result<SheetCells> read_cells(std::string_view bytes, SheetFormat format, std::string_view sheet_name,
                              const SheetLimits& limits) {
  return format == SheetFormat::xlsx ? cells_of_xlsx(bytes, sheet_name, limits) : cells_of_csv(bytes, limits);
}

// A sheet of another table in this one's place would change every decision: its own name guards against that.
Result<void> check_table_name(const SheetTable& sheet, const SheetCells& cells, const DmnText& dmn,
                              const TableFound& table) {
  if (sheet.content.table.empty()) return {};
  const auto named = dmn.table(sheet.content.table);
  if (named && *named == &table) return {};
  return fail(ErrorCode::conflict, cells.place(sheet.places.table_row, 1),
              "expected a sheet of the table '" + table.name + "', came one of '" + sheet.content.table +
                  "'; choose that table, or clear the cell when this is meant");
}

}  // namespace

Result<std::vector<std::string>> table_names(std::string_view dmn_xml) {
  const DmnText dmn = TRY(DmnText::read(dmn_xml));
  std::vector<std::string> names;
  for (const TableFound& table : dmn.tables()) names.push_back(table.name);
  return names;
}

Result<std::string> export_table(std::string_view dmn_xml, std::string_view table, SheetFormat format) {
  const DmnText dmn = TRY(DmnText::read(dmn_xml));
  const SheetCells cells = cells_of(content_of(dmn_xml, *TRY(dmn.table(table))));
  if (format == SheetFormat::csv) return csv_of(cells);
  return xlsx_of(cells);
}

Result<std::string> import_table(std::string_view dmn_xml, std::string_view table, std::string_view sheet_bytes,
                                 SheetFormat format, const SheetLimits& limits) {
  const DmnText dmn = TRY(DmnText::read(dmn_xml));
  const TableFound& found = *TRY(dmn.table(table));
  const SheetCells cells = TRY(read_cells(sheet_bytes, format, sheet_name_of(found.name), limits));
  const SheetTable sheet = TRY(table_of(cells));
  TRY(check_table_name(sheet, cells, dmn, found));
  std::string made = TRY(edited(dmn, found, sheet, cells));
  if (made != dmn_xml) TRY(check_edited(dmn, found, made, sheet, cells));
  return made;
}

}  // namespace puhui::workbench
