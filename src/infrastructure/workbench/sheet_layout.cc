#include "infrastructure/workbench/sheet_layout.h"

#include "ground/base/text.h"

namespace puhui::workbench {
namespace {

constexpr size_t npos = SheetPlaces::npos;

struct HeaderRow {
  std::string_view title;
  size_t SheetPlaces::*row;
};
// In the order they are written; read in any.
constexpr HeaderRow kHeader[] = {{"Table", &SheetPlaces::table_row},
                                 {"Hit policy", &SheetPlaces::hit_policy_row},
                                 {"Kind", &SheetPlaces::kind_row},
                                 {"Label", &SheetPlaces::label_row},
                                 {"Expression or name", &SheetPlaces::name_row},
                                 {"Type", &SheetPlaces::type_row},
                                 {"Allowed values", &SheetPlaces::allowed_row},
                                 {"Default", &SheetPlaces::default_row}};

constexpr std::string_view kKinds = "input, output, annotation, description or rule id";

std::string folded(std::string_view text) { return to_lower_ascii(trim(text)); }

// The long form of a hit policy, from that or from the letters tables show in their corner; "" when it is neither.
std::string hit_policy_of(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> kShort[] = {
      {"U", "UNIQUE"},         {"F", "FIRST"},        {"P", "PRIORITY"},     {"A", "ANY"},
      {"C", "COLLECT"},        {"R", "RULE ORDER"},   {"O", "OUTPUT ORDER"}, {"C+", "COLLECT SUM"},
      {"C#", "COLLECT COUNT"}, {"C<", "COLLECT MIN"}, {"C>", "COLLECT MAX"}};
  static constexpr std::string_view kPolicies[] = {"UNIQUE",  "FIRST",      "PRIORITY",    "ANY",
                                                   "COLLECT", "RULE ORDER", "OUTPUT ORDER"};
  static constexpr std::string_view kAggregations[] = {"", " SUM", " COUNT", " MIN", " MAX"};
  std::string upper;
  for (const char c : trim(text)) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  for (const auto& [letters, policy] : kShort) {
    if (upper == letters) return std::string(policy);
  }
  for (const std::string_view policy : kPolicies) {
    for (const std::string_view aggregation : kAggregations) {
      if (upper == std::string(policy) + std::string(aggregation)) return upper;
    }
  }
  return "";
}

class LayoutReader {
 public:
  explicit LayoutReader(const SheetCells& cells) : cells_(cells) {}
  Result<SheetTable> read() &&;

 private:
  void read_header();
  void read_columns();
  void read_rules();
  void check_characters();
  void add_column(size_t column);
  void once(std::optional<size_t>& place, size_t column, std::string_view what);
  TableClause clause(size_t column) const;
  std::string in(size_t header_row, size_t column) const {
    return header_row == npos ? "" : std::string(cells_.at(header_row, column));
  }
  bool blank(size_t row) const {
    return std::ranges::all_of(cells_.rows[row], [](const std::string& cell) { return trim(cell).empty(); });
  }
  bool column_used(size_t column) const {
    for (size_t row = 0; row < cells_.rows.size(); ++row) {
      const bool free = row == out_.places.table_row || row == out_.places.hit_policy_row;
      if (!free && !cells_.at(row, column).empty()) return true;
    }
    return false;
  }
  void fault(size_t row, size_t column, std::string message) {
    faults_.add(cells_.place(row, column), std::move(message));
  }

  const SheetCells& cells_;
  SheetTable out_;
  size_t columns_ = 0;
  size_t first_rule_row_ = 0;
  std::vector<bool> known_columns_;
  Faults faults_;
};

// The header ends at the first line that does not begin with one of its titles.
void LayoutReader::read_header() {
  size_t row = 0;
  for (; row < cells_.rows.size(); ++row) {
    if (blank(row)) continue;
    const std::string title = folded(cells_.at(row, 0));
    const auto* known = std::ranges::find(kHeader, title, [](const HeaderRow& at) { return folded(at.title); });
    if (known == std::end(kHeader)) break;
    size_t& place = out_.places.*known->row;
    if (place != npos) {
      fault(row, 0, "expected the line '" + std::string(known->title) + "' once, came a second one; remove it");
    }
    place = row;
  }
  first_rule_row_ = row;
  if (out_.places.kind_row == npos) {
    fault(0, 0, "expected a line beginning with 'Kind' that says of every column: " + std::string(kKinds));
  }
  if (out_.places.name_row == npos) {
    fault(0, 0, "expected a line beginning with 'Expression or name'");
  }
  const std::string policy = in(out_.places.hit_policy_row, 1);
  out_.content.hit_policy = hit_policy_of(policy);
  if (out_.content.hit_policy.empty() && out_.places.hit_policy_row != npos) {
    fault(out_.places.hit_policy_row, 1,
          "expected UNIQUE, FIRST, PRIORITY, ANY, RULE ORDER, OUTPUT ORDER or COLLECT (alone or with SUM, COUNT, MIN, "
          "MAX), came '" +
              policy + "'");
  }
  out_.content.table = trim(in(out_.places.table_row, 1));
}

TableClause LayoutReader::clause(size_t column) const {
  const SheetPlaces& places = out_.places;
  return {in(places.label_row, column), in(places.name_row, column), in(places.type_row, column),
          in(places.allowed_row, column), in(places.default_row, column)};
}

void LayoutReader::once(std::optional<size_t>& place, size_t column, std::string_view what) {
  if (place) {
    fault(out_.places.kind_row, column,
          "expected one column '" + std::string(what) + "', came a second one; remove it");
  }
  place = column;
}

void LayoutReader::add_column(size_t column) {
  SheetPlaces& places = out_.places;
  const std::string kind = folded(cells_.at(places.kind_row, column));
  TableClause made = clause(column);
  const auto refuse = [&](size_t row, std::string_view what) {
    if (in(row, column).empty()) return;
    fault(row, column, "expected nothing: " + std::string(what) + "; clear the cell");
  };
  if (kind == "input") {
    if (trim(made.name).empty()) fault(places.name_row, column, "expected the expression this input asks for");
    refuse(places.default_row, "only an output has a default");
    made.otherwise.clear();
    places.input_columns.push_back(column);
    out_.content.inputs.push_back(std::move(made));
  } else if (kind == "output") {
    places.output_columns.push_back(column);
    out_.content.outputs.push_back(std::move(made));
  } else if (kind == "annotation") {
    refuse(places.label_row, "an annotation has only a name");
    refuse(places.type_row, "an annotation has no type");
    refuse(places.allowed_row, "an annotation has no allowed values");
    refuse(places.default_row, "an annotation has no default");
    places.annotation_columns.push_back(column);
    out_.content.annotations.push_back({.name = made.name});
  } else if (kind == "description") {
    once(places.description_column, column, kind);
  } else if (kind == "rule id") {
    once(places.id_column, column, kind);
  } else {
    known_columns_[column] = false;
    if (!kind.empty() || column_used(column)) {
      fault(places.kind_row, column,
            "expected " + std::string(kKinds) +
                (kind.empty() ? ", or a column without any text" : ", came '" + kind + "'"));
    }
  }
}

void LayoutReader::read_columns() {
  for (const auto& row : cells_.rows) columns_ = std::max(columns_, row.size());
  known_columns_.assign(columns_, true);
  if (out_.places.kind_row == npos || out_.places.name_row == npos) return;
  for (size_t column = 1; column < columns_; ++column) add_column(column);
  if (out_.places.output_columns.empty()) {
    fault(out_.places.kind_row, 1, "expected at least one column of the kind 'output'");
  }
  out_.content.has_descriptions = out_.places.description_column.has_value();
  out_.content.has_ids = out_.places.id_column.has_value();
}

void LayoutReader::read_rules() {
  const SheetPlaces& places = out_.places;
  for (size_t row = first_rule_row_; row < cells_.rows.size(); ++row) {
    if (blank(row)) continue;
    TableLine& line = out_.content.rules.emplace_back();
    out_.places.rule_rows.push_back(row);
    const auto cell = [&](size_t column) { return std::string(cells_.at(row, column)); };
    for (const size_t column : places.input_columns) line.inputs.push_back(cell(column));
    for (const size_t column : places.output_columns) line.outputs.push_back(cell(column));
    for (const size_t column : places.annotation_columns) line.annotations.push_back(cell(column));
    if (places.description_column) line.description = cell(*places.description_column);
    if (places.id_column) line.id = trim(cell(*places.id_column));
  }
}

// XML cannot hold them, and nobody sees them.
void LayoutReader::check_characters() {
  for (size_t row = 0; row < cells_.rows.size(); ++row) {
    for (size_t column = 0; column < cells_.rows[row].size(); ++column) {
      for (const char c : cells_.rows[row][column]) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 || c == '\n' || c == '\r' || c == '\t') continue;
        fault(row, column, "expected a text without control characters, came character " + std::to_string(byte));
        break;
      }
    }
  }
}

Result<SheetTable> LayoutReader::read() && {
  read_header();
  read_columns();
  read_rules();
  check_characters();
  TRY(std::move(faults_).result());
  return std::move(out_);
}

void put(SheetCells& cells, size_t row, size_t column, std::string text) {
  if (cells.rows[row].size() <= column) cells.rows[row].resize(column + 1);
  cells.rows[row][column] = std::move(text);
}

}  // namespace

SheetCells cells_of(const TableContent& content) {
  enum : size_t { kTable, kHitPolicy, kKind, kLabel, kName, kType, kAllowed, kDefault };
  SheetCells cells;
  cells.name = sheet_name_of(content.table);
  for (const HeaderRow& at : kHeader) cells.rows.push_back({std::string(at.title)});
  cells.header_rows = cells.rows.size();
  put(cells, kTable, 1, content.table);
  put(cells, kHitPolicy, 1, content.hit_policy);
  for (size_t rule = 0; rule < content.rules.size(); ++rule) cells.rows.push_back({std::to_string(rule + 1)});
  size_t column = 1;
  const auto add = [&](std::string_view kind, const TableClause& clause, auto text_in) {
    put(cells, kKind, column, std::string(kind));
    put(cells, kLabel, column, clause.label);
    put(cells, kName, column, clause.name);
    put(cells, kType, column, clause.type_ref);
    put(cells, kAllowed, column, clause.allowed);
    put(cells, kDefault, column, clause.otherwise);
    for (size_t rule = 0; rule < content.rules.size(); ++rule) {
      put(cells, cells.header_rows + rule, column, text_in(content.rules[rule]));
    }
    ++column;
  };
  for (size_t at = 0; at < content.inputs.size(); ++at) {
    add("input", content.inputs[at], [&](const TableLine& line) { return line.inputs[at]; });
  }
  for (size_t at = 0; at < content.outputs.size(); ++at) {
    add("output", content.outputs[at], [&](const TableLine& line) { return line.outputs[at]; });
  }
  for (size_t at = 0; at < content.annotations.size(); ++at) {
    add("annotation", content.annotations[at], [&](const TableLine& line) { return line.annotations[at]; });
  }
  if (content.has_descriptions) add("description", {}, [](const TableLine& line) { return line.description; });
  if (content.has_ids) add("rule id", {}, [](const TableLine& line) { return line.id; });
  return cells;
}

Result<SheetTable> table_of(const SheetCells& cells) { return LayoutReader(cells).read(); }

}  // namespace puhui::workbench
