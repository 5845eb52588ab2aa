#include "infrastructure/models/pmml_compiler.h"

#include "ground/base/text.h"

namespace puhui::models {

uint32_t PmmlCompiler::add_slot(Slot slot, const pugi::xml_node& node) {
  if (program.slots.size() == kPmmlSlotsMax) {
    xml.fault(node, "expected at most " + std::to_string(kPmmlSlotsMax) + " fields in all scopes together");
    return 0;
  }
  program.slots.push_back(std::move(slot));
  return static_cast<uint32_t>(program.slots.size() - 1);
}

const PmmlField* PmmlCompiler::find(PmmlScope& scope, std::string_view name) {
  for (PmmlScope* at = &scope; at != nullptr; at = at->parent) {
    if (const auto known = at->fields.find(name); known != at->fields.end()) return &known->second;
    if (const auto pending = at->pending.find(name); pending != at->pending.end()) {
      return derive(*at, pending->first, pending->second);
    }
  }
  return nullptr;
}

const PmmlField* PmmlCompiler::derive(PmmlScope& scope, std::string_view name, const pugi::xml_node node) {
  static const PmmlField kNone;
  if (scope.open.contains(name)) {
    xml.fault(node, "the derived field depends on itself");
    return &kNone;
  }
  if (!goes_deeper(node)) return &kNone;
  scope.open.insert(name);
  Slot slot{.kind = SlotKind::derived, .name = program.intern(name), .place = xml.place(node)};
  slot.type = type_of(node, "dataType", {});
  xml.required(node, "dataType");
  xml.required(node, "optype");
  static constexpr std::pair<std::string_view, OpType> kOpTypes[] = {
      {"continuous", OpType::continuous}, {"categorical", OpType::categorical}, {"ordinal", OpType::ordinal}};
  slot.optype = xml.choice(node, "optype", kOpTypes);
  pugi::xml_node expression;
  xml.each_element(node, [&](const pugi::xml_node& child) {
    if (!expression && is_expression(child)) expression = child;
  });
  if (expression) {
    slot.expression = compile_expression(*this, scope, expression, slot.type).expression;
  } else {
    xml.fault(node, "expected an expression inside");
  }
  --depth;
  scope.open.erase(name);
  scope.pending.erase(name);
  PmmlField field{.type = slot.type, .optype = slot.optype};
  field.slot = add_slot(std::move(slot), node);
  return &(scope.fields[program.slots[field.slot].name] = field);
}

bool PmmlCompiler::goes_deeper(const pugi::xml_node& node) {
  if (depth == kPmmlCallDepthMax) {
    xml.fault(node, "expected expressions of at most " + std::to_string(kPmmlCallDepthMax) +
                        " levels, derived fields and functions counted in");
    return false;
  }
  ++depth;
  return true;
}

PmmlField PmmlCompiler::field(PmmlScope& scope, const pugi::xml_node& node, const char* attribute) {
  const std::string_view name = xml.required(node, attribute);
  if (const PmmlField* found = find(scope, name)) return *found;
  if (!node.attribute(attribute)) return {};
  // One wrong name deserves a guess; a million of them do not.
  constexpr size_t kGuesses = 16;
  std::vector<std::string> names;
  for (const PmmlScope* at = &scope; at != nullptr && xml.faults.size() < kGuesses; at = at->parent) {
    for (const auto& [known, field] : at->fields) names.emplace_back(known);
  }
  std::sort(names.begin(), names.end());
  const std::string meant = xml.faults.size() < kGuesses ? nearest(name, names) : "";
  xml.fault(node, "no field '" + std::string(name) +
                      "' is in scope: the model's MiningSchema or a transformation must name it" +
                      (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  return {};
}

PmmlType PmmlCompiler::type_of(const pugi::xml_node& node, const char* attribute, PmmlType otherwise) {
  const auto given = node.attribute(attribute);
  if (!given) return otherwise;
  if (const auto type = PmmlType::parse(given.value())) return *type;
  xml.fault(node, "expected a data type of PMML in '" + std::string(attribute) + "', came '" +
                      std::string(cut_utf8(given.value(), 60)) + "'");
  return otherwise;
}

Cell PmmlCompiler::constant(const pugi::xml_node& node, std::string_view text, PmmlType type) {
  // A split or a mean of whole numbers need not be whole.
  if (type.type == DataType::integer) type = {};
  const auto cell = cell_of(text, type);
  if (!cell) {
    xml.fault(node, "expected a value of the field's type, came '" + std::string(cut_utf8(text, 60)) + "'");
    return {};
  }
  Cell out = *cell;
  if (out.kind == CellKind::text) out.text = program.intern(out.text);
  return out;
}

uint32_t category(PmmlModel& model, const Cell& value) {
  // A value that could not be read is a fault already; it is equal to none, and would be a new category every time.
  if (value.is_missing() && !model.categories.empty()) return 0;
  const uint32_t known = model.category_of(value);
  if (known != PmmlModel::kNone) return known;
  model.categories.push_back(value);
  model.category_places.emplace(value, static_cast<uint32_t>(model.categories.size() - 1));
  return static_cast<uint32_t>(model.categories.size() - 1);
}

void begin_model(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PmmlModel& model) {
  static constexpr std::pair<std::string_view, MiningFunction> kFunctions[] = {
      {"regression", MiningFunction::regression}, {"classification", MiningFunction::classification}};
  compiler.xml.required(node, "functionName");
  model.function = compiler.xml.choice(node, "functionName", kFunctions);
  model.name = compiler.program.intern(compiler.xml.text(node, "modelName"));
  model.answer_place = compiler.program.answer_count++;
  model.place = compiler.xml.place(node);
  if (compiler.xml.flag(node, "isScorable", XmlReader::Flag::yes) == XmlReader::Flag::no) {
    compiler.xml.fault(node, "the file says that this model is not for scoring (isScorable)");
  }
  if (++compiler.model_count > kPmmlModelsMax) {
    compiler.xml.fault(node, "expected at most " + std::to_string(kPmmlModelsMax) + " models in one");
  }
  read_mining_schema(compiler, scope, node, model);
  if (scope.parent == nullptr && compiler.transformation_dictionary) {
    read_derived_names(compiler, scope, compiler.transformation_dictionary);
  }
  if (const pugi::xml_node local = XmlReader::child(node, "LocalTransformations")) {
    read_derived_names(compiler, scope, local);
  }
}

bool is_model(const pugi::xml_node& node) {
  const std::string_view name = local_name(node);
  return name.ends_with("Model") || name == "Scorecard" || name == "NeuralNetwork";
}

PmmlModelPtr compile_model(PmmlCompiler& compiler, PmmlScope* parent, const pugi::xml_node& node) {
  const std::string_view name = local_name(node);
  PmmlScope local;
  PmmlScope& scope = local;
  scope.parent = parent;
  SegmentModels segments;
  PmmlModelBuilt model;
  if (name == "TreeModel") model = compile_tree(compiler, scope, node);
  if (name == "RegressionModel") model = compile_regression(compiler, scope, node);
  if (name == "GeneralRegressionModel") model = compile_general_regression(compiler, scope, node);
  if (name == "Scorecard") model = compile_scorecard(compiler, scope, node);
  if (name == "MiningModel") model = compile_mining(compiler, scope, node, segments);
  if (model == nullptr) {
    compiler.xml.fault(node,
                       "expected a Scorecard, RegressionModel, GeneralRegressionModel, TreeModel or MiningModel; other "
                       "models are not run");
    return nullptr;
  }
  compiler.category_count += model->categories.size();
  if (compiler.category_count > kPmmlCategoriesMax) {
    compiler.xml.fault(node,
                       "expected at most " + std::to_string(kPmmlCategoriesMax) + " categories in all models together");
    return nullptr;
  }
  // A derived field that nothing uses is compiled too, so that its faults are found.
  if (const pugi::xml_node transformations = XmlReader::child(node, "LocalTransformations")) {
    XmlReader::each(transformations, "DerivedField",
                    [&](const pugi::xml_node& derived) { compiler.find(scope, XmlReader::text(derived, "name")); });
  }
  read_targets(compiler, node, *model);
  // What a model says of itself belongs to the scope around it; at the top, to its own.
  read_outputs(compiler, scope, node, *model, segments);
  return model;
}

}  // namespace puhui::models
