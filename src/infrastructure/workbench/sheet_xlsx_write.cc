#include "ground/base/text.h"
#include "infrastructure/workbench/sheet_cells.h"
#include "infrastructure/workbench/sheet_zip.h"

namespace puhui::workbench {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
constexpr size_t kCellCharactersMax = 32'767;  // Excel's own limit, in UTF-16 units

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// "_x000D_" is how a sheet says a character that XML cannot hold; a text that looks like that is guarded by "_x005F_".
bool looks_escaped(std::string_view text) {
  return text.size() >= 7 && text[1] == 'x' && text[6] == '_' && std::ranges::all_of(text.substr(2, 4), is_hex);
}

std::string cell_xml(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '_': out += looks_escaped(text.substr(at)) ? "_x005F_" : "_"; break;
      default:
        if (byte < 0x20 && c != '\n' && c != '\t') {
          std::array<char, 8> escape{};
          std::snprintf(escape.data(), escape.size(), "_x%04X_", byte);
          out += escape.data();
        } else {
          out += c;
        }
    }
  }
  return out;
}

// UTF-16 units, as Excel counts.
size_t units_of(std::string_view text) {
  size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

// Wide enough for the longest line, within what can be read on a screen.
size_t width_of(const SheetCells& cells, size_t column) {
  constexpr size_t kWidthMin = 10;
  constexpr size_t kWidthMax = 60;
  size_t width = kWidthMin;
  for (size_t row = 0; row < cells.rows.size(); ++row) {
    for (const std::string_view line : split(cells.at(row, column), '\n')) width = std::max(width, units_of(line) + 2);
  }
  return std::min(width, kWidthMax);
}

// Styles: 0 plain, 1 text, 2 text in the header.
constexpr std::string_view kStyles =
    "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"
    "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
    "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
    "<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill>"
    "<fill><patternFill patternType=\"gray125\"/></fill>"
    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFE8EDF3\"/><bgColor indexed=\"64\"/></patternFill></fill>"
    "</fills>"
    "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
    "<cellXfs count=\"3\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
    "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" "
    "applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf>"
    "<xf numFmtId=\"49\" fontId=\"1\" fillId=\"2\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" "
    "applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf></cellXfs>"
    "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";

constexpr std::string_view kContentTypes =
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/xl/workbook.xml\" "
    "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
    "<Override PartName=\"/xl/worksheets/sheet1.xml\" "
    "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
    "<Override PartName=\"/xl/styles.xml\" "
    "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>";

constexpr std::string_view kPackageRelations =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"rId1\" "
    "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "
    "Target=\"xl/workbook.xml\"/></Relationships>";

constexpr std::string_view kWorkbookRelations =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" "
    "Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" "
    "Target=\"styles.xml\"/></Relationships>";

std::string workbook_xml(std::string_view name) {
  return std::string(
             "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
             "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
             "<bookViews><workbookView/></bookViews><sheets><sheet name=\"") +
         cell_xml(name) + "\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
}

std::string columns_xml(const SheetCells& cells) {
  size_t columns = 0;
  for (const auto& row : cells.rows) columns = std::max(columns, row.size());
  std::string out = "<cols>";
  for (size_t column = 0; column < columns; ++column) {
    const std::string number = std::to_string(column + 1);
    // Style 1: what people type in lines below is kept as text too.
    out += "<col min=\"" + number + "\" max=\"" + number + "\" width=\"" + std::to_string(width_of(cells, column)) +
           "\" style=\"1\" customWidth=\"1\"/>";
  }
  if (columns == 0) return "";
  // So are the columns beside the table, where people begin new ones.
  constexpr size_t kFreeColumns = 16;
  return out + "<col min=\"" + std::to_string(columns + 1) + "\" max=\"" + std::to_string(columns + kFreeColumns) +
         "\" width=\"12\" style=\"1\" customWidth=\"1\"/></cols>";
}

std::string sheet_xml(const SheetCells& cells) {
  std::string out =
      "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews>"
      "<sheetView tabSelected=\"1\" workbookViewId=\"0\">";
  if (cells.header_rows > 0) {
    out += "<pane xSplit=\"1\" ySplit=\"" + std::to_string(cells.header_rows) + "\" topLeftCell=\"" +
           cell_name(cells.header_rows, 1) + "\" activePane=\"bottomRight\" state=\"frozen\"/>";
  }
  out += "</sheetView></sheetViews>" + columns_xml(cells) + "<sheetData>";
  for (size_t row = 0; row < cells.rows.size(); ++row) {
    out += "<row r=\"" + std::to_string(row + 1) + "\">";
    const char* style = row < cells.header_rows ? "2" : "1";
    for (size_t column = 0; column < cells.rows[row].size(); ++column) {
      const std::string& text = cells.rows[row][column];
      out += "<c r=\"" + cell_name(row, column) + "\" s=\"" + style + "\"";
      out += text.empty() ? "/>" : " t=\"inlineStr\"><is><t xml:space=\"preserve\">" + cell_xml(text) + "</t></is></c>";
    }
    out += "</row>";
  }
  // Without it every rule's number has a mark that it is a number stored as text.
  return out +
         "</sheetData><ignoredErrors><ignoredError sqref=\"A1:XFD1048576\" numberStoredAsText=\"1\"/>"
         "</ignoredErrors></worksheet>";
}

}  // namespace

Result<std::string> xlsx_of(const SheetCells& cells) {
  Faults faults;
  for (size_t row = 0; row < cells.rows.size(); ++row) {
    for (size_t column = 0; column < cells.rows[row].size(); ++column) {
      const size_t units = units_of(cells.rows[row][column]);
      if (units <= kCellCharactersMax) continue;
      faults.add(cells.place(row, column), "expected at most " + std::to_string(kCellCharactersMax) +
                                               " characters, which is what a cell of an .xlsx file holds, came " +
                                               std::to_string(units) + "; export it as .csv");
    }
  }
  TRY(std::move(faults).result(ErrorCode::exhausted));
  const std::string declaration(kDeclaration);
  return zip_of({{"[Content_Types].xml", declaration + std::string(kContentTypes)},
                 {"_rels/.rels", declaration + std::string(kPackageRelations)},
                 {"xl/workbook.xml", declaration + workbook_xml(cells.name)},
                 {"xl/_rels/workbook.xml.rels", declaration + std::string(kWorkbookRelations)},
                 {"xl/styles.xml", declaration + std::string(kStyles)},
                 {"xl/worksheets/sheet1.xml", declaration + sheet_xml(cells)}});
}

}  // namespace puhui::workbench
