#include <pugixml.hpp>

#include "ground/base/text.h"
#include "infrastructure/workbench/sheet_cells.h"
#include "infrastructure/workbench/sheet_xlsx_value.h"
#include "infrastructure/workbench/sheet_zip.h"

namespace puhui::workbench {
namespace {

using pugi::xml_node;

std::string_view local_name(std::string_view name) {
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

template <class Visit>
void each(const xml_node& node, std::string_view name, Visit visit) {
  for (const xml_node& at : node.children()) {
    if (at.type() == pugi::node_element && local_name(at.name()) == name) visit(at);
  }
}

xml_node child(const xml_node& node, std::string_view name) {
  for (const xml_node& at : node.children()) {
    if (at.type() == pugi::node_element && local_name(at.name()) == name) return at;
  }
  return {};
}

std::string_view attribute(const xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& at : node.attributes()) {
    if (local_name(at.name()) == name) return at.value();
  }
  return {};
}

std::string text_of(const xml_node& node) {
  std::string out;
  for (const xml_node& part : node.children()) {
    if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata) out += part.value();
  }
  return out;
}

// A shared or inline string: its <t>, or those of its runs. What <rPh> adds is how to pronounce it.
std::string string_of(const xml_node& node) {
  std::string out;
  for (const xml_node& part : node.children()) {
    const std::string_view name = local_name(part.name());
    if (name == "t") out += text_of(part);
    if (name == "r") each(part, "t", [&](const xml_node& t) { out += text_of(t); });
  }
  return unescaped(out);
}

Result<void> check_shape(const pugi::xml_document& document, size_t depth_max) {
  size_t depth = 0;
  xml_node at = document;
  while (true) {
    if (at.type() == pugi::node_doctype) {
      return fail(ErrorCode::invalid, "expected no document type declaration: entities are refused");
    }
    if (depth > depth_max)
      return fail(ErrorCode::exhausted, "expected a depth of at most " + std::to_string(depth_max));
    if (at.first_child()) {
      at = at.first_child();
      ++depth;
      continue;
    }
    while (at != document && !at.next_sibling()) at = at.parent(), --depth;
    if (at == document) return {};
    at = at.next_sibling();
  }
}

struct CellSpot {
  size_t row = 0;
  size_t column = 0;
};

// "C12"; nullopt when it is not that, or far beyond any sheet.
std::optional<CellSpot> spot_of(std::string_view reference) {
  constexpr size_t kLettersMax = 3;
  constexpr size_t kDigitsMax = 7;
  size_t column = 0;
  size_t at = 0;
  for (; at < reference.size() && reference[at] >= 'A' && reference[at] <= 'Z'; ++at) {
    column = column * 26 + static_cast<size_t>(reference[at] - 'A') + 1;
    if (at >= kLettersMax) return std::nullopt;
  }
  const std::string_view digits = reference.substr(at);
  if (at == 0 || digits.empty() || digits.size() > kDigitsMax) return std::nullopt;
  const auto row = parse_int64(digits);
  if (!row || *row < 1) return std::nullopt;
  return CellSpot{static_cast<size_t>(*row) - 1, column - 1};
}

class XlsxReader {
 public:
  XlsxReader(ZipFiles& files, const SheetLimits& limits) : files_(files), limits_(limits) {}
  Result<SheetCells> read(std::string_view sheet_name);

 private:
  Result<void> parse(const std::string& part, pugi::xml_document& into);
  Result<std::string> workbook_part();
  Result<std::map<std::string, std::string>> relations(const std::string& of);
  Result<std::string> read_workbook(std::string_view sheet_name);
  Result<void> read_strings();
  Result<void> read_styles();
  Result<void> read_cells(const xml_node& sheet);
  Result<void> spread_merged(const xml_node& sheet);
  Result<void> put(CellSpot spot, std::string value);
  std::string value_of(const xml_node& cell, CellSpot spot);
  std::string number_of(const xml_node& cell, const std::string& text, CellSpot spot);
  NumberStyle style_of(const xml_node& cell) const;

  ZipFiles& files_;
  const SheetLimits& limits_;
  std::string strings_part_;
  std::string styles_part_;
  bool counts_from_1904_ = false;
  std::vector<std::string> strings_;
  std::vector<NumberStyle> styles_;
  SheetCells out_;
  size_t cells_ = 0;
  size_t puts_ = 0;
  size_t text_bytes_ = 0;
  Faults faults_;
};

Result<void> XlsxReader::parse(const std::string& part, pugi::xml_document& into) {
  const std::string bytes = TRY(files_.read(part));
  const auto parsed =
      into.load_buffer(bytes.data(), bytes.size(), pugi::parse_default | pugi::parse_doctype | pugi::parse_ws_pcdata);
  if (!parsed) {
    return fail(ErrorCode::invalid, part, std::string("expected well-formed XML: ") + parsed.description());
  }
  if (auto shape = check_shape(into, limits_.xml_depth_max); !shape) return fail(at(part, std::move(shape).error()));
  return {};
}

// "xl/workbook.xml" and "worksheets/sheet1.xml" are "xl/worksheets/sheet1.xml"; "/xl/styles.xml" is from the root.
std::string resolved(const std::string& from, std::string_view target) {
  if (target.starts_with('/')) return std::string(target.substr(1));
  const size_t slash = from.rfind('/');
  std::string folder = slash == std::string::npos ? "" : from.substr(0, slash + 1);
  while (target.starts_with("../")) {
    target.remove_prefix(3);
    const size_t up = folder.size() < 2 ? std::string::npos : folder.rfind('/', folder.size() - 2);
    folder = up == std::string::npos ? "" : folder.substr(0, up + 1);
  }
  return folder + std::string(target);
}

Result<std::string> XlsxReader::workbook_part() {
  pugi::xml_document document;
  TRY(parse("_rels/.rels", document));
  std::string found;
  each(document.document_element(), "Relationship", [&](const xml_node& node) {
    if (found.empty() && attribute(node, "Type").ends_with("/officeDocument")) {
      found = resolved("", attribute(node, "Target"));
    }
  });
  if (found.empty()) return fail(ErrorCode::invalid, "_rels/.rels", "expected the workbook to be named");
  return found;
}

Result<std::map<std::string, std::string>> XlsxReader::relations(const std::string& of) {
  const size_t slash = of.rfind('/');
  const size_t begin = slash == std::string::npos ? 0 : slash + 1;
  pugi::xml_document document;
  TRY(parse(of.substr(0, begin) + "_rels/" + of.substr(begin) + ".rels", document));
  std::map<std::string, std::string> targets;
  each(document.document_element(), "Relationship", [&](const xml_node& node) {
    const std::string target = resolved(of, attribute(node, "Target"));
    if (attribute(node, "Type").ends_with("/sharedStrings")) strings_part_ = target;
    if (attribute(node, "Type").ends_with("/styles")) styles_part_ = target;
    targets.emplace(attribute(node, "Id"), target);
  });
  return targets;
}

// Answers the sheet's part. Chart sheets and the like have no cells; they are passed over by their missing rows later.
Result<std::string> XlsxReader::read_workbook(std::string_view sheet_name) {
  const std::string workbook = TRY(workbook_part());
  const auto targets = TRY(relations(workbook));
  pugi::xml_document document;
  TRY(parse(workbook, document));
  const xml_node root = document.document_element();
  const std::string_view from_1904 = attribute(child(root, "workbookPr"), "date1904");
  counts_from_1904_ = from_1904 == "1" || from_1904 == "true";
  std::string part;
  each(child(root, "sheets"), "sheet", [&](const xml_node& sheet) {
    // A sheet's own number is "sheetId"; "r:id" is the relation.
    const auto target = targets.find(std::string(attribute(sheet, "id")));
    if (target == targets.end()) return;
    const std::string name = unescaped(attribute(sheet, "name"));
    const bool named = !sheet_name.empty() && to_lower_ascii(name) == to_lower_ascii(sheet_name);
    if (!part.empty() && !named) return;
    part = target->second;
    out_.name = name;
  });
  if (part.empty()) return fail(ErrorCode::invalid, workbook, "expected at least one sheet");
  return part;
}

Result<void> XlsxReader::read_strings() {
  if (strings_part_.empty() || !files_.has(strings_part_)) return {};
  pugi::xml_document document;
  TRY(parse(strings_part_, document));
  each(document.document_element(), "si", [&](const xml_node& node) { strings_.push_back(string_of(node)); });
  return {};
}

Result<void> XlsxReader::read_styles() {
  if (styles_part_.empty() || !files_.has(styles_part_)) return {};
  pugi::xml_document document;
  TRY(parse(styles_part_, document));
  const xml_node root = document.document_element();
  std::map<int64_t, NumberStyle> formats;
  each(child(root, "numFmts"), "numFmt", [&](const xml_node& node) {
    if (const auto id = parse_int64(attribute(node, "numFmtId"))) {
      formats[*id] = number_style_of(attribute(node, "formatCode"));
    }
  });
  each(child(root, "cellXfs"), "xf", [&](const xml_node& node) {
    const int64_t id = parse_int64(attribute(node, "numFmtId")).value_or(0);
    const auto format = formats.find(id);
    constexpr int64_t kBuiltInMax = 163;
    styles_.push_back(format != formats.end()        ? format->second
                      : id >= 0 && id <= kBuiltInMax ? number_style_of(static_cast<int>(id))
                                                     : NumberStyle::number);
  });
  return {};
}

// Counts what is put in, not what stands there: a text or a merged range used often must not fill memory or time.
Result<void> XlsxReader::put(CellSpot spot, std::string value) {
  text_bytes_ += value.size();
  if (++puts_ > limits_.cells_max || text_bytes_ > limits_.text_bytes_max) {
    return fail(ErrorCode::exhausted, out_.place(spot.row, spot.column),
                "expected at most " + std::to_string(limits_.cells_max) + " cells and " +
                    std::to_string(limits_.text_bytes_max) + " bytes in all of them");
  }
  if (spot.row >= limits_.rows_max || spot.column >= limits_.columns_max) {
    return fail(ErrorCode::exhausted, out_.place(spot.row, spot.column),
                "expected at most " + std::to_string(limits_.rows_max) + " rows and " +
                    std::to_string(limits_.columns_max) + " columns");
  }
  if (out_.rows.size() <= spot.row) out_.rows.resize(spot.row + 1);
  auto& row = out_.rows[spot.row];
  if (row.size() <= spot.column) {
    cells_ += spot.column + 1 - row.size();
    if (cells_ > limits_.cells_max) {
      return fail(ErrorCode::exhausted, out_.place(spot.row, spot.column),
                  "expected at most " + std::to_string(limits_.cells_max) + " cells");
    }
    row.resize(spot.column + 1);
  }
  row[spot.column] = std::move(value);
  return {};
}

NumberStyle XlsxReader::style_of(const xml_node& cell) const {
  const auto index = parse_int64(attribute(cell, "s")).value_or(0);
  if (index < 0 || static_cast<size_t>(index) >= styles_.size()) return NumberStyle::number;
  return styles_[static_cast<size_t>(index)];
}

std::string XlsxReader::number_of(const xml_node& cell, const std::string& text, CellSpot spot) {
  if (trim(text).empty()) return "";
  const auto value = parse_double(trim(text));
  const std::string place = out_.place(spot.row, spot.column);
  if (!value) {
    faults_.add(place, "expected a number, came '" + std::string(cut_utf8(text, 40)) + "'");
    return "";
  }
  switch (style_of(cell)) {
    case NumberStyle::number: return number_text(*value);
    case NumberStyle::elapsed:
      faults_.add(place,
                  "expected a number, a date or a text, came a span of hours; type it as text, duration(\"PT36H\")");
      return "";
    case NumberStyle::moment: break;
  }
  if (const auto moment = moment_text(*value, counts_from_1904_)) return *moment;
  faults_.add(place, "expected a date of the years 1900 to 9999, came day " + number_text(*value));
  return "";
}

std::string XlsxReader::value_of(const xml_node& cell, CellSpot spot) {
  const std::string_view type = attribute(cell, "t");
  const xml_node value = child(cell, "v");
  const std::string place = out_.place(spot.row, spot.column);
  if (child(cell, "f") && (!value || (text_of(value).empty() && type != "str"))) {
    faults_.add(place,
                "expected a text or a number, came a formula without its value; "
                "open and save the file in a spreadsheet program, or paste the value");
    return "";
  }
  if (type == "inlineStr") return string_of(child(cell, "is"));
  const std::string text = text_of(value);
  if (type == "str") return unescaped(text);
  if (type == "b") return trim(text) == "1" || trim(text) == "true" ? "true" : trim(text).empty() ? "" : "false";
  if (type == "e") {
    faults_.add(place, "expected a text or a number, came the error " + std::string(cut_utf8(text, 40)));
    return "";
  }
  if (type == "d") return (text.contains('T') ? "date and time(\"" : "date(\"") + text + "\")";
  if (type == "s") {
    if (!value) return "";
    const auto index = parse_int64(trim(text));
    if (index && *index >= 0 && static_cast<size_t>(*index) < strings_.size())
      return strings_[static_cast<size_t>(*index)];
    faults_.add(place, "expected one of the file's " + std::to_string(strings_.size()) + " shared texts, came number " +
                           std::string(cut_utf8(text, 40)) + "; the file is damaged");
    return "";
  }
  return number_of(cell, text, spot);
}

Result<void> XlsxReader::read_cells(const xml_node& sheet) {
  CellSpot next;
  for (const xml_node& row : child(sheet, "sheetData").children()) {
    if (local_name(row.name()) != "row") continue;
    if (const auto number = parse_int64(attribute(row, "r")); number && *number >= 1) {
      next.row = static_cast<size_t>(*number) - 1;
    }
    next.column = 0;
    for (const xml_node& cell : row.children()) {
      if (local_name(cell.name()) != "c") continue;
      if (const auto spot = spot_of(attribute(cell, "r"))) next = *spot;
      std::string value = value_of(cell, next);
      if (value.size() > limits_.cell_bytes_max) {
        faults_.add(out_.place(next.row, next.column), "expected at most " + std::to_string(limits_.cell_bytes_max) +
                                                           " bytes in a cell, came " + std::to_string(value.size()));
        value.clear();
      }
      if (first_invalid_utf8(value)) {
        faults_.add(out_.place(next.row, next.column), "expected a text in UTF-8; the file is damaged");
        value.clear();
      }
      // Cells that only have a colour must not make a sheet large.
      if (!value.empty()) TRY(put(next, std::move(value)));
      ++next.column;
    }
    ++next.row;
  }
  return {};
}

Result<void> XlsxReader::spread_merged(const xml_node& sheet) {
  for (const xml_node& merged : child(sheet, "mergeCells").children()) {
    const std::string_view range = attribute(merged, "ref");
    const size_t colon = range.find(':');
    if (colon == std::string_view::npos) continue;
    const auto first = spot_of(range.substr(0, colon));
    auto last = spot_of(range.substr(colon + 1));
    if (!first || !last) continue;
    const std::string value(out_.at(first->row, first->column));
    if (value.empty()) continue;
    // A merged range may reach far below the table; there is nothing to say in lines without a cell.
    last->row = std::min(last->row, out_.rows.size() - 1);
    for (size_t row = first->row; row <= last->row; ++row) {
      for (size_t column = first->column; column <= last->column; ++column) {
        TRY(put({row, column}, value));
      }
    }
  }
  return {};
}

Result<SheetCells> XlsxReader::read(std::string_view sheet_name) {
  const std::string part = TRY(read_workbook(sheet_name));
  TRY(read_strings());
  TRY(read_styles());
  pugi::xml_document document;
  TRY(parse(part, document));
  TRY(read_cells(document.document_element()));
  TRY(spread_merged(document.document_element()));
  TRY(std::move(faults_).result());
  return std::move(out_);
}

}  // namespace

Result<SheetCells> cells_of_xlsx(std::string_view bytes, std::string_view sheet_name, const SheetLimits& limits) {
  ZipFiles files = TRY(ZipFiles::open(bytes, limits));
  return XlsxReader(files, limits).read(sheet_name);
}

}  // namespace puhui::workbench
