// ModelVerification: the builder's own rows and answers, run at load. A model that does not repeat them is refused.
#include <cmath>

#include "ground/base/text.h"
#include "infrastructure/models/pmml_form.h"

namespace puhui::models {

namespace {

struct VerificationField {
  std::string_view name, column;
  double precision = 1e-6, zero_threshold = 1e-16;
  std::optional<size_t> input, output;
};

bool matches(const VerificationField& field, std::string_view expected, const Cell& got) {
  if (expected.empty()) return got.is_missing();
  if (got.kind != CellKind::number) return text_in(got) == expected;
  const auto number = parse_double(trim(expected));
  if (!number) return false;
  if (std::fabs(*number) <= field.zero_threshold) return std::fabs(got.number) <= field.zero_threshold;
  return std::fabs(got.number - *number) <= field.precision * std::fabs(*number);
}

std::vector<VerificationField> read_fields(const PmmlForm& form, const pugi::xml_node& node, XmlReader& xml,
                                           std::string_view target) {
  std::vector<VerificationField> out;
  XmlReader::each(xml.required_child(node, "VerificationFields"), "VerificationField", [&](const pugi::xml_node& at) {
    VerificationField field{.name = xml.required(at, "field")};
    field.column = XmlReader::text(at, "column", field.name);
    if (const size_t colon = field.column.find(':'); colon != std::string_view::npos) {
      field.column.remove_prefix(colon + 1);
    }
    field.precision = xml.number(at, "precision", field.precision);
    field.zero_threshold = xml.number(at, "zeroThreshold", field.zero_threshold);
    for (size_t i = 0; i < form.outputs.size(); ++i) {
      const bool is_target = field.name == target && form.outputs[i].is_primary;
      if (form.outputs[i].name == field.name || is_target) field.output = i;
    }
    if (!field.output) field.input = place_of(form.inputs, field.name);
    out.push_back(field);
  });
  return out;
}

void verify_record(const PmmlForm& form, const pugi::xml_node& row, std::span<const VerificationField> fields,
                   size_t record, Machine& machine, Faults& faults) {
  std::vector<PredictorValue> in(form.inputs.size());
  const auto text_of = [&](const VerificationField& field) -> std::string_view {
    return XmlReader::child(row, field.column).text().get();
  };
  for (const VerificationField& field : fields) {
    if (field.input && !text_of(field).empty()) in[*field.input] = text_of(field);
  }
  const std::string where = "ModelVerification, record " + std::to_string(record);
  if (const auto ran = form.run(in, machine); !ran) {
    faults.add(where, "expected an answer, came the fault: " + ran.error().text());
    return;
  }
  for (const VerificationField& field : fields) {
    if (!field.output) continue;
    const Cell got = form.output(*field.output, machine);
    if (matches(field, text_of(field), got)) continue;
    faults.add(where + ", field '" + std::string(field.name) + "'",
               "expected '" + std::string(cut_utf8(text_of(field), 60)) + "', got '" + text_in(got) + "'");
  }
}

}  // namespace

Result<void> verify_pmml(const PmmlForm& form, const pugi::xml_node& model_node, XmlReader& xml,
                         std::string_view target) {
  const pugi::xml_node node = XmlReader::child(model_node, "ModelVerification");
  if (!node) return {};
  const auto fields = read_fields(form, node, xml, target);
  Machine machine;
  size_t record = 0;
  XmlReader::each(xml.required_child(node, "InlineTable"), "row",
                  [&](const pugi::xml_node& row) { verify_record(form, row, fields, ++record, machine, xml.faults); });
  if (const auto count = xml.number_if(node, "recordCount"); count && *count != static_cast<double>(record)) {
    xml.fault(node, "expected recordCount " + format_double(*count) + ", came " + std::to_string(record) + " rows");
  }
  return std::move(xml.faults).result();
}

}  // namespace puhui::models
