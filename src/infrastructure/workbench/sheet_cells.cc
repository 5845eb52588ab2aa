#include "infrastructure/workbench/sheet_cells.h"

#include "ground/base/text.h"

namespace puhui::workbench {

std::string_view SheetCells::at(size_t row, size_t column) const {
  if (row >= rows.size() || column >= rows[row].size()) return {};
  return rows[row][column];
}

std::string SheetCells::place(size_t row, size_t column) const {
  const std::string cell = "cell " + cell_name(row, column);
  return name.empty() ? cell : "Sheet \"" + name + "\", " + cell;
}

std::string cell_name(size_t row, size_t column) {
  std::string letters;
  for (size_t left = column + 1; left > 0; left = (left - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (left - 1) % 26));
  }
  return letters + std::to_string(row + 1);
}

std::string sheet_name_of(std::string_view text) {
  constexpr size_t kCharactersMax = 31;
  std::string name;
  size_t characters = 0;
  for (const char byte : text) {
    const bool begins_character = (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
    // Excel counts UTF-16 units; half of its limit is always safe for characters of two.
    const bool wide = static_cast<unsigned char>(byte) >= 0xF0;
    if (begins_character && (characters += wide ? 2 : 1) > kCharactersMax) break;
    const bool refused = static_cast<unsigned char>(byte) < 0x20 || std::string_view("[]:*?/\\'").contains(byte);
    name += refused ? ' ' : byte;
  }
  name = trim(name);
  return name.empty() || to_lower_ascii(name) == "history" ? "Table" : name;
}

Result<SheetFormat> sheet_format_of(std::string_view file_name) {
  const std::string lower = to_lower_ascii(file_name);
  if (lower.ends_with(".xlsx")) return SheetFormat::xlsx;
  for (const std::string_view ending : {".csv", ".tsv", ".txt"}) {
    if (lower.ends_with(ending)) return SheetFormat::csv;
  }
  return fail(ErrorCode::invalid,
              "expected a spreadsheet file ending in .xlsx or .csv, came '" + std::string(file_name) + "'");
}

}  // namespace puhui::workbench
