#include "ground/base/text.h"
#include "infrastructure/feel/scope.h"
#include "infrastructure/workbench/sheet.h"
#include "infrastructure/workbench/sheet_check.h"
#include "infrastructure/workbench/sheet_edit.h"

namespace puhui::workbench {
namespace {

constexpr std::string_view kTypes[] = {"number",
                                       "string",
                                       "boolean",
                                       "date",
                                       "time",
                                       "date and time",
                                       "dateTime",
                                       "days and time duration",
                                       "years and months duration",
                                       "Any"};

// "applicant.age" asks for "applicant". Empty when the text is more than names.
std::string input_of(std::string_view expression) {
  const std::string_view root = trim(expression.substr(0, expression.find('.')));
  const auto in_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ' ' ||
           c == '.' || static_cast<unsigned char>(c) >= 0x80;
  };
  const bool named = std::ranges::all_of(expression, in_name) && !root.empty() && !(root[0] >= '0' && root[0] <= '9');
  return named ? feel::normalized_name(root) : "";
}

std::string id_of(std::string_view name) {
  std::string id;
  for (const char c : name) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      static_cast<unsigned char>(c) >= 0x80;
    id += kept ? c : '_';
  }
  return id;
}

struct NewInput {
  std::string name;
  std::string type_ref;
  bool operator==(const NewInput&) const = default;
};

Result<std::vector<NewInput>> inputs_of(const SheetTable& sheet, const SheetCells& cells) {
  const SheetPlaces& places = sheet.places;
  Faults faults;
  std::vector<NewInput> out;
  const auto check_type = [&](const TableClause& clause, size_t column) {
    const std::string type(trim(clause.type_ref));
    if (type.empty() || std::ranges::find(kTypes, type) != std::end(kTypes)) return;
    faults.add(cells.place(places.type_row, column),
               "expected a type that every DMN file has (number, string, boolean, date, time, ...), came '" + type +
                   "'; a type of one's own needs a DMN file that declares it: import the sheet into that one");
  };
  for (size_t at = 0; at < sheet.content.inputs.size(); ++at) {
    const TableClause& clause = sheet.content.inputs[at];
    check_type(clause, places.input_columns[at]);
    const std::string name = input_of(clause.name);
    if (name.empty()) {
      faults.add(cells.place(places.name_row, places.input_columns[at]),
                 "expected the name of an input, such as 'age' or 'applicant.age', came '" + clause.name + "'");
      continue;
    }
    const bool whole = feel::normalized_name(clause.name) == name;
    if (std::ranges::find(out, name, &NewInput::name) == out.end()) {
      out.push_back({name, whole ? std::string(trim(clause.type_ref)) : ""});
    }
  }
  for (size_t at = 0; at < sheet.content.outputs.size(); ++at) {
    check_type(sheet.content.outputs[at], places.output_columns[at]);
  }
  TRY(std::move(faults).result());
  return out;
}

// Everything but the table's content, which is then put in as into any other file.
std::string frame_of(const std::vector<NewInput>& inputs, std::string_view name) {
  const std::string quoted = escaped_attribute(name);
  const std::string id = id_of(name);
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" id=\"policy_" +
      id + "\" name=\"" + quoted + "\" namespace=\"urn:puhui:policy:" + id + "\">\n";
  size_t number = 0;
  for (const NewInput& input : inputs) {
    const std::string input_id = "input_" + std::to_string(++number);
    const std::string type = input.type_ref.empty() ? "" : " typeRef=\"" + escaped_attribute(input.type_ref) + "\"";
    out += "  <inputData id=\"" + input_id + "\" name=\"" + escaped_attribute(input.name) + "\">\n    <variable id=\"" +
           input_id + "_variable\" name=\"" + escaped_attribute(input.name) + "\"" + type + "/>\n  </inputData>\n";
  }
  out += "  <decision id=\"decision_" + id + "\" name=\"" + quoted + "\">\n    <variable id=\"decision_" + id +
         "_variable\" name=\"" + quoted + "\"/>\n";
  for (size_t at = 1; at <= number; ++at) {
    out += "    <informationRequirement id=\"requirement_" + std::to_string(at) +
           "\">\n      <requiredInput href=\"#input_" + std::to_string(at) + "\"/>\n    </informationRequirement>\n";
  }
  return out + "    <decisionTable id=\"table_" + id +
         "\" hitPolicy=\"UNIQUE\">\n      <output/>\n    </decisionTable>\n  </decision>\n</definitions>\n";
}

}  // namespace

Result<std::string> dmn_of_sheet(std::string_view sheet_bytes, SheetFormat format, std::string_view decision_name,
                                 const SheetLimits& limits) {
  const std::string name = feel::normalized_name(decision_name);
  if (name.empty() || first_invalid_utf8(name)) {
    return fail(ErrorCode::invalid, "decision_name", "expected a name for the decision");
  }
  const SheetCells cells = format == SheetFormat::xlsx ? TRY(cells_of_xlsx(sheet_bytes, sheet_name_of(name), limits))
                                                       : TRY(cells_of_csv(sheet_bytes, limits));
  const SheetTable sheet = TRY(table_of(cells));
  const std::string frame = frame_of(TRY(inputs_of(sheet, cells)), name);
  const DmnText dmn = TRY(DmnText::read(frame));
  std::string made = TRY(edited(dmn, *TRY(dmn.table("")), sheet, cells));
  TRY(check_made(made, sheet, cells));
  return made;
}

}  // namespace puhui::workbench
