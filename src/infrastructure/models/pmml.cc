#include "infrastructure/models/pmml.h"

#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/models/pmml_compiler.h"
#include "infrastructure/models/pmml_form.h"

namespace puhui::models {

Result<void> PmmlForm::run(std::span<const PredictorValue> in, Machine& machine) const {
  machine.begin(program, in);
  // Every field of the model's schema is judged, also where this row would not need it.
  for (const uint32_t slot : program.input_slots) (void)machine.value(slot);
  if (!machine.is_faulted()) program.model->evaluate(machine);
  if (machine.is_faulted()) return fail(machine.take_error());
  return {};
}

Cell PmmlForm::output(size_t index, Machine& machine) const {
  const Source& source = sources[index];
  if (source.kind == Source::Kind::slot) return machine.value(source.index);
  const Answer& answer = machine.answer(program.model->answer_place);
  if (source.kind == Source::Kind::predicted) return answer.value;
  return source.index < answer.probabilities.size() ? Cell::of(answer.probabilities[source.index]) : Cell();
}

Result<void> PmmlForm::predict(std::span<const PredictorValue> in, Prediction& out) const {
  thread_local Machine machine;
  TRY(run(in, machine));
  size_t text_bytes = 0;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Cell cell = output(i, machine);
    if (cell.kind == CellKind::text) text_bytes += cell.text.size();
  }
  if (machine.is_faulted()) return fail(machine.take_error());
  out.texts.reserve(text_bytes);  // so that the views made below stay
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Cell cell = output(i, machine);
    switch (cell.kind) {
      case CellKind::missing: break;
      case CellKind::number: out.values[i] = TRY(number_output(cell.number, outputs[i].name)); break;
      case CellKind::boolean: out.values[i] = cell.number != 0; break;
      case CellKind::text:
        out.values[i] = std::string_view(out.texts.data() + out.texts.size(), cell.text.size());
        out.texts += cell.text;
        break;
    }
  }
  const Answer& answer = machine.answer(program.model->answer_place);
  out.reason_codes.assign(answer.reasons.begin(),
                          answer.reasons.begin() + static_cast<ptrdiff_t>(answer.adverse_count));
  return {};
}

namespace {

Result<void> check_version(const pugi::xml_node& root, XmlReader& xml) {
  static constexpr std::string_view kVersions[] = {"4.0", "4.1", "4.2", "4.2.1", "4.3", "4.4", "4.4.1"};
  if (local_name(root) != "PMML") {
    return fail(ErrorCode::invalid, xml.place(root), "expected a PMML file, its root <PMML>");
  }
  const std::string_view version = root.attribute("version").value();
  if (std::ranges::find(kVersions, version) == std::end(kVersions)) {
    return fail(ErrorCode::invalid, xml.place(root),
                "expected version 4.0 to 4.4, came '" + std::string(cut_utf8(version, 20)) + "'");
  }
  const std::string_view name = root.name();
  const size_t colon = name.find(':');
  const std::string declared =
      colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
  const std::string_view space = root.attribute(declared.c_str()).value();
  const std::string expected = "http://www.dmg.org/PMML-4_" + std::string(1, version[2]);
  if (!space.empty() && space != expected) {
    return fail(
        ErrorCode::invalid, xml.place(root),
        "expected the namespace " + expected + " of its version, came '" + std::string(cut_utf8(space, 80)) + "'");
  }
  return {};
}

void read_function_names(PmmlCompiler& compiler) {
  XmlReader::each(compiler.transformation_dictionary, "DefineFunction", [&](const pugi::xml_node& node) {
    if (!compiler.function_nodes.try_emplace(compiler.xml.required(node, "name"), node).second) {
      compiler.xml.fault(node, "the function is defined twice");
    }
  });
}

// The primary answer first, unless the file's own outputs have it; then those; without any, each category's
// probability.
void list_outputs(PmmlForm& form) {
  using Source = PmmlForm::Source;
  const PmmlModel& model = *form.program.model;
  const std::string target(model.target.empty() ? "predictedValue" : model.target);
  bool has_primary = false;
  for (const OutputRule& rule : model.outputs) {
    const bool is_primary =
        !has_primary && ((rule.feature == OutputFeature::predicted_value && !rule.answer) || rule.name == target);
    has_primary |= is_primary;
    form.outputs.push_back({std::string(rule.name), rule.type.field_type(), is_primary});
    form.sources.push_back({Source::Kind::slot, rule.slot});
  }
  if (!has_primary) {
    form.outputs.insert(form.outputs.begin(), {target, model.target_type.field_type(), true});
    form.sources.insert(form.sources.begin(), {Source::Kind::predicted, 0});
  }
  if (!model.outputs.empty() || model.function != MiningFunction::classification) return;
  for (uint32_t i = 0; i < model.categories.size(); ++i) {
    form.outputs.push_back({"probability(" + text_in(model.categories[i]) + ")", FieldType::number, false});
    form.sources.push_back({Source::Kind::probability, i});
  }
}

}  // namespace

Result<FormPtr> read_pmml(std::string_view bytes, std::string_view model_name) {
  const auto file = TRY(XmlFile::load(bytes));
  XmlReader xml(*file);
  const pugi::xml_node root = file->root();
  TRY(check_version(root, xml));
  auto form = std::make_unique<PmmlForm>();
  form->format = ModelFormat::pmml;
  PmmlCompiler compiler{.xml = xml, .program = form->program, .inputs = form->inputs};
  read_dictionary(compiler, root);
  compiler.transformation_dictionary = XmlReader::child(root, "TransformationDictionary");
  read_function_names(compiler);
  pugi::xml_node chosen;
  XmlReader::each_element(root, [&](const pugi::xml_node& node) {
    if (!is_model(node)) return;
    form->model_names.emplace_back(XmlReader::text(node, "modelName"));
    if (!chosen && (model_name.empty() || model_name == form->model_names.back())) chosen = node;
  });
  if (!chosen) {
    return fail(ErrorCode::not_found, xml.place(root),
                model_name.empty() ? std::string("expected a model inside")
                                   : "the file has no model named '" + std::string(model_name) +
                                         "'; it has: " + join(form->model_names, ", "));
  }
  form->name = XmlReader::text(chosen, "modelName");
  form->program.model = compile_model(compiler, nullptr, chosen);
  TRY(std::move(xml.faults).result());
  list_outputs(*form);
  XmlReader verification(*file);
  TRY(verify_pmml(*form, chosen, verification, form->program.model->target));
  return FormPtr(std::move(form));
}

}  // namespace puhui::models
