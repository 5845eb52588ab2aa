// TableContent: what a spreadsheet shows of a decision table, and where it stands in the DMN text.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/workbench/sheet_xml.h"

namespace puhui::workbench {

struct TableClause {
  std::string label;
  std::string name;  // an input's expression, an output's or annotation's name
  std::string type_ref;
  std::string allowed;    // inputs and outputs
  std::string otherwise;  // outputs: the default
  bool operator==(const TableClause&) const = default;
};

struct TableLine {
  std::string id;
  std::string description;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::string> annotations;  // one a clause, also where the file has fewer
  bool operator==(const TableLine&) const = default;
};

struct TableContent {
  std::string table;       // its name among table_names()
  std::string hit_policy;  // "UNIQUE", "COLLECT SUM"; "" in a sheet that does not say
  std::vector<TableClause> inputs;
  std::vector<TableClause> outputs;
  std::vector<TableClause> annotations;
  bool has_descriptions = false;  // false in a sheet: it says nothing about them
  bool has_ids = false;
  std::vector<TableLine> rules;
  bool operator==(const TableContent&) const = default;
};

// One decision table of a file. Pointers into the scanned tree.
struct TableFound {
  const XmlElement* element = nullptr;
  std::string name;        // among table_names()
  std::string own_id;      // "" when the element has none
  std::string nearest_id;  // its own, or the nearest element's above
  std::string owner_id;
  std::string owner_name;
};

// A DMN text whose tables can be found and edited.
class DmnText {
 public:
  // Reads it as the engine does, so that all faults of the file are told the same way. `xml` must outlive it.
  static Result<DmnText> read(std::string_view xml);

  std::string_view xml() const { return xml_; }
  const XmlElement& root() const { return *root_; }
  const std::vector<TableFound>& tables() const { return tables_; }
  // By id, owner or name; empty: the only one.
  Result<const TableFound*> table(std::string_view name) const;

 private:
  std::string_view xml_;
  std::unique_ptr<XmlElement> root_;
  std::vector<TableFound> tables_;
};

TableContent content_of(std::string_view xml, const TableFound& table);

// The entry's FEEL or note: <text> inside it.
std::string entry_text(std::string_view xml, const XmlElement* entry);

}  // namespace puhui::workbench
