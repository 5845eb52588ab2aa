#include "infrastructure/workbench/sheet_table.h"

#include "ground/base/text.h"
#include "infrastructure/dmn/reader.h"
#include "infrastructure/feel/scope.h"

namespace puhui::workbench {
namespace {

// The engine reads other encodings too; bytes can be edited only where a character is what it seems.
Result<void> check_encoding(std::string_view xml) {
  if (first_invalid_utf8(xml)) return fail(ErrorCode::invalid, "expected a DMN file in UTF-8; convert it first");
  const size_t begin = xml.find("<?xml");
  if (begin == std::string_view::npos || begin > 3) return {};
  const std::string declaration = to_lower_ascii(xml.substr(begin, xml.find("?>", begin) - begin));
  const size_t encoding = declaration.find("encoding");
  if (encoding == std::string::npos || declaration.find("utf-8", encoding) != std::string::npos) return {};
  if (declaration.find("us-ascii", encoding) != std::string::npos) return {};
  return fail(ErrorCode::invalid, "line 1", "expected a DMN file in UTF-8, came " + declaration.substr(encoding));
}

struct Owner {
  std::string id;
  std::string name;
};

void find_tables(std::string_view xml, const XmlElement& at, const Owner& owner, const std::string& nearest_id,
                 std::vector<TableFound>& out) {
  const std::string id = attribute_of(xml, at, "id");
  const std::string& nearest = id.empty() ? nearest_id : id;
  if (at.local_name() == "decisionTable") {
    out.push_back({&at, "", id, nearest, owner.id, owner.name});
  }
  for (const XmlElement& child : at.children) find_tables(xml, child, owner, nearest, out);
}

void name_tables(std::vector<TableFound>& tables) {
  std::map<std::string, size_t> count;
  for (TableFound& table : tables) {
    table.name = !table.owner_name.empty() ? table.owner_name : !table.owner_id.empty() ? table.owner_id : "table";
    const size_t number = ++count[table.name];
    if (number > 1) table.name += "#" + std::to_string(number);
  }
}

std::string hit_policy_of(std::string_view xml, const XmlElement& table) {
  std::string policy = attribute_of(xml, table, "hitPolicy");
  if (policy.empty()) policy = "UNIQUE";
  const std::string aggregation = attribute_of(xml, table, "aggregation");
  return aggregation.empty() ? policy : policy + " " + aggregation;
}

// An attribute, or in older files an element of that name.
std::string type_of(std::string_view xml, const XmlElement* element) {
  if (element == nullptr) return "";
  const std::string type = attribute_of(xml, *element, "typeRef");
  return type.empty() ? text_of(xml, element->child("typeRef")) : type;
}

}  // namespace

std::string entry_text(std::string_view xml, const XmlElement* entry) {
  return entry == nullptr ? "" : text_of(xml, entry->child("text"));
}

Result<DmnText> DmnText::read(std::string_view xml) {
  TRY(check_encoding(xml));
  TRY(dmn::read_model(xml, {}));
  DmnText out;
  out.xml_ = xml;
  out.root_ = std::make_unique<XmlElement>(TRY(scan_xml(xml)));
  for (const XmlElement& at : out.root_->children) {
    const Owner owner{attribute_of(xml, at, "id"), feel::normalized_name(attribute_of(xml, at, "name"))};
    find_tables(xml, at, owner, "", out.tables_);
  }
  name_tables(out.tables_);
  return out;
}

Result<const TableFound*> DmnText::table(std::string_view name) const {
  std::vector<std::string> known;
  for (const TableFound& at : tables_) known.push_back(at.name);
  if (name.empty()) {
    if (tables_.size() == 1) return &tables_.front();
    return fail(tables_.empty() ? ErrorCode::not_found : ErrorCode::invalid, "table",
                tables_.empty() ? "expected a DMN file with a decision table, came one without"
                                : "expected the name of one of the file's tables: " + join(known, ", "));
  }
  const auto only = [&](auto matches) -> const TableFound* {
    const TableFound* found = nullptr;
    for (const TableFound& at : tables_) {
      if (!matches(at)) continue;
      if (found != nullptr) return nullptr;
      found = &at;
    }
    return found;
  };
  const std::string normal = feel::normalized_name(name);
  if (const auto* found = only([&](const TableFound& at) { return at.own_id == name; })) return found;
  if (const auto* found = only([&](const TableFound& at) { return at.nearest_id == name; })) return found;
  if (const auto* found = only([&](const TableFound& at) { return at.owner_id == name; })) return found;
  if (const auto* found = only([&](const TableFound& at) { return at.name == normal; })) return found;
  const std::string near = nearest(normal, known);
  return fail(ErrorCode::not_found, "table",
              "expected one of the file's tables (" + join(known, ", ") + "), came '" + std::string(name) + "'" +
                  (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

TableContent content_of(std::string_view xml, const TableFound& table) {
  const XmlElement& element = *table.element;
  TableContent out;
  out.table = table.name;
  out.hit_policy = hit_policy_of(xml, element);
  out.has_ids = true;
  for (const XmlElement* at : element.all("input")) {
    const XmlElement* expression = at->child("inputExpression");
    out.inputs.push_back({attribute_of(xml, *at, "label"), entry_text(xml, expression), type_of(xml, expression),
                          entry_text(xml, at->child("inputValues")), ""});
  }
  for (const XmlElement* at : element.all("output")) {
    out.outputs.push_back({attribute_of(xml, *at, "label"), attribute_of(xml, *at, "name"), type_of(xml, at),
                           entry_text(xml, at->child("outputValues")),
                           entry_text(xml, at->child("defaultOutputEntry"))});
  }
  for (const XmlElement* at : element.all("annotation")) {
    out.annotations.push_back({.name = attribute_of(xml, *at, "name")});
  }
  for (const XmlElement* at : element.all("rule")) {
    TableLine& line = out.rules.emplace_back();
    line.id = attribute_of(xml, *at, "id");
    line.description = text_of(xml, at->child("description"));
    out.has_descriptions |= !line.description.empty();
    for (const XmlElement* entry : at->all("inputEntry")) line.inputs.push_back(entry_text(xml, entry));
    for (const XmlElement* entry : at->all("outputEntry")) line.outputs.push_back(entry_text(xml, entry));
    for (const XmlElement* entry : at->all("annotationEntry")) line.annotations.push_back(entry_text(xml, entry));
    if (line.annotations.size() > out.annotations.size()) out.annotations.resize(line.annotations.size());
  }
  for (TableLine& line : out.rules) line.annotations.resize(out.annotations.size());
  return out;
}

}  // namespace puhui::workbench
