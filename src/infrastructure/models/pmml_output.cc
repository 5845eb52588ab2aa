// Targets and Output: what is done to a model's prediction, and what leaves under which name.
#include <cmath>

#include "ground/base/text.h"
#include "infrastructure/models/pmml_compiler.h"

namespace puhui::models {

uint32_t PmmlModel::category_of(const Cell& value) const {
  const auto found = category_places.find(value);
  return found == category_places.end() ? kNone : found->second;
}

void PmmlModel::choose(Answer& answer) const {
  if (answer.probabilities.empty()) return;
  const auto best = std::max_element(answer.probabilities.begin(), answer.probabilities.end());
  answer.value = categories[static_cast<size_t>(best - answer.probabilities.begin())];
}

// In the standard's order: bounds, factor, constant, cast.
void PmmlModel::apply_targets(Answer& answer) const {
  if (!targets) return;
  if (function == MiningFunction::classification) {
    if (!answer.value.is_missing() || targets->priors.empty()) return;
    answer.probabilities = targets->priors;
    choose(answer);
    return;
  }
  if (answer.value.is_missing()) {
    if (targets->default_value) answer.value = Cell::of(*targets->default_value);
    return;
  }
  const auto number = number_in(answer.value);
  if (!number) return;
  double out = std::clamp(*number, targets->low, targets->high) * targets->factor + targets->constant;
  switch (targets->cast) {
    case TargetRule::Cast::none: break;
    case TargetRule::Cast::round: out = std::floor(out + 0.5); break;
    case TargetRule::Cast::ceiling: out = std::ceil(out); break;
    case TargetRule::Cast::floor: out = std::floor(out); break;
  }
  answer.value = Cell::of(out);
}

Cell PmmlModel::output_value(Machine& machine, const OutputRule& rule) const {
  const Answer& from = machine.answer(rule.answer.value_or(answer_place));
  const PmmlModel& model = rule.answer_model != nullptr ? *rule.answer_model : *this;
  const auto of_category = [&](const std::vector<double>& values) {
    const uint32_t wanted = rule.category ? *rule.category : model.category_of(from.value);
    return wanted < values.size() ? Cell::of(values[wanted]) : Cell();
  };
  switch (rule.feature) {
    case OutputFeature::predicted_value: return from.value;
    case OutputFeature::predicted_display_value: {
      const uint32_t predicted = model.category_of(from.value);
      const bool has_display =
          model.targets && predicted < model.targets->displays.size() && !model.targets->displays[predicted].empty();
      return has_display ? Cell::of_text(model.targets->displays[predicted]) : from.value;
    }
    case OutputFeature::probability: return of_category(from.probabilities);
    case OutputFeature::confidence: return of_category(from.confidences);
    case OutputFeature::reason_code:
      return rule.rank <= from.reasons.size() ? Cell::of_text(from.reasons[rule.rank - 1]) : Cell();
    case OutputFeature::entity_id: return from.entity.empty() ? Cell() : Cell::of_text(from.entity);
    case OutputFeature::transformed_value: return rule.expression->evaluate(machine);
  }
  return {};
}

void PmmlModel::evaluate(Machine& machine) const {
  Answer& out = machine.answer(answer_place);
  out.has_run = true;
  run(machine, out);
  if (machine.is_faulted()) return;
  apply_targets(out);
  for (const OutputRule& rule : outputs) {
    const Cell cell = converted(output_value(machine, rule), rule.type, machine);
    if (cell.is_invalid) {
      machine.fault(ErrorCode::invalid, rule.name, "the output's value is not of the type it declares");
      return;
    }
    machine.put(rule.slot, cell);
  }
}

namespace {

void read_target_values(PmmlCompiler& compiler, const pugi::xml_node& node, PmmlModel& model, TargetRule& rule) {
  double priors = 0;
  XmlReader::each(node, "TargetValue", [&](const pugi::xml_node& value) {
    if (const auto otherwise = compiler.xml.number_if(value, "defaultValue")) rule.default_value = otherwise;
    if (!XmlReader::has(value, "value") || model.function != MiningFunction::classification) return;
    const uint32_t place =
        category(model, compiler.constant(value, XmlReader::text(value, "value"), model.target_type));
    rule.displays.resize(model.categories.size());
    rule.displays[place] = compiler.program.intern(XmlReader::text(value, "displayValue"));
    if (const auto prior = compiler.xml.number_if(value, "priorProbability")) {
      rule.priors.resize(model.categories.size());
      rule.priors[place] = *prior;
      priors += *prior;
    }
  });
  if (rule.priors.empty()) return;
  rule.priors.resize(model.categories.size());
  if (std::fabs(priors - 1) > 1e-6) compiler.xml.fault(node, "expected priorProbability to sum to 1");
}

}  // namespace

void read_targets(PmmlCompiler& compiler, const pugi::xml_node& model_node, PmmlModel& model) {
  static constexpr std::pair<std::string_view, TargetRule::Cast> kCasts[] = {
      {"round", TargetRule::Cast::round}, {"ceiling", TargetRule::Cast::ceiling}, {"floor", TargetRule::Cast::floor}};
  XmlReader::each(XmlReader::child(model_node, "Targets"), "Target", [&](const pugi::xml_node& node) {
    const std::string_view field = XmlReader::text(node, "field");
    if (!field.empty() && !model.target.empty() && field != model.target) {
      return compiler.xml.fault(node, "expected the target field '" + std::string(model.target) + "'");
    }
    if (model.targets) return compiler.xml.fault(node, "expected one Target; several are not run");
    TargetRule rule;
    rule.low = compiler.xml.number(node, "min", rule.low);
    rule.high = compiler.xml.number(node, "max", rule.high);
    if (rule.low > rule.high) {
      compiler.xml.fault(node, "expected min at most max");
      rule.low = rule.high;
    }
    rule.factor = compiler.xml.number(node, "rescaleFactor", 1);
    rule.constant = compiler.xml.number(node, "rescaleConstant", 0);
    if (XmlReader::has(node, "castInteger")) rule.cast = compiler.xml.choice(node, "castInteger", kCasts);
    read_target_values(compiler, node, model, rule);
    model.targets = std::move(rule);
  });
}

namespace {

constexpr std::pair<std::string_view, OutputFeature> kFeatures[] = {
    {"predictedValue", OutputFeature::predicted_value},
    {"predictedDisplayValue", OutputFeature::predicted_display_value},
    {"probability", OutputFeature::probability},
    {"confidence", OutputFeature::confidence},
    {"reasonCode", OutputFeature::reason_code},
    {"entityId", OutputFeature::entity_id},
    {"transformedValue", OutputFeature::transformed_value},
    {"decision", OutputFeature::transformed_value}};

void read_feature(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, const PmmlModel& from,
                  OutputRule& rule) {
  switch (rule.feature) {
    case OutputFeature::predicted_value: rule.type = from.target_type; break;
    case OutputFeature::predicted_display_value: rule.type = {DataType::string}; break;
    case OutputFeature::probability:
    case OutputFeature::confidence: {
      if (from.function != MiningFunction::classification) {
        compiler.xml.fault(node, "expected a classification: only its categories have probabilities");
      }
      if (!XmlReader::has(node, "value")) break;
      const uint32_t place =
          from.category_of(compiler.constant(node, XmlReader::text(node, "value"), from.target_type));
      if (place == PmmlModel::kNone) compiler.xml.fault(node, "the model has no category of this value");
      rule.category = place;
      break;
    }
    case OutputFeature::reason_code:
    case OutputFeature::entity_id: rule.type = {DataType::string}; break;
    case OutputFeature::transformed_value: {
      pugi::xml_node expression;
      XmlReader::each_element(node, [&](const pugi::xml_node& child) {
        if (!expression && is_expression(child)) expression = child;
      });
      if (!expression) return compiler.xml.fault(node, "expected an expression inside");
      Typed typed = compile_expression(compiler, scope, expression, compiler.type_of(node, "dataType", {}));
      rule.type = typed.type;
      rule.expression = std::move(typed.expression);
      break;
    }
  }
}

// The slot of an output's name, visible to the outputs behind it and to what encloses the model.
uint32_t output_slot(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, const OutputRule& rule) {
  PmmlField field{.type = rule.type};
  field.optype = rule.type.is_numeric() ? OpType::continuous : OpType::categorical;
  if (scope.parent != nullptr) {
    const auto known = scope.parent->fields.find(rule.name);
    const bool is_shared =
        known != scope.parent->fields.end() && compiler.program.slots[known->second.slot].kind == SlotKind::result;
    if (is_shared) field.slot = known->second.slot;
    if (!is_shared) field.slot = compiler.add_slot({.type = rule.type, .name = rule.name}, node);
    if (known == scope.parent->fields.end()) scope.parent->fields.emplace(rule.name, field);
  } else {
    field.slot = compiler.add_slot({.type = rule.type, .name = rule.name}, node);
  }
  scope.fields.emplace(rule.name, field);
  return field.slot;
}

}  // namespace

void read_outputs(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& model_node, PmmlModel& model,
                  const SegmentModels& segments) {
  constexpr double kRankMax = 10'000;
  std::unordered_set<std::string_view> names;
  XmlReader::each(XmlReader::child(model_node, "Output"), "OutputField", [&](const pugi::xml_node& node) {
    OutputRule rule{.name = compiler.program.intern(compiler.xml.required(node, "name")), .expression = nullptr};
    if (!names.insert(rule.name).second) return compiler.xml.fault(node, "the output is named twice");
    rule.feature = compiler.xml.choice(node, "feature", kFeatures);
    const double rank = compiler.xml.number(node, "rank", 1);
    if (!(rank >= 1 && rank <= kRankMax) || std::trunc(rank) != rank) {
      compiler.xml.fault(node, "expected a rank of 1 or more");
    } else {
      rule.rank = static_cast<uint32_t>(rank);
    }
    if (rule.rank != 1 && rule.feature != OutputFeature::reason_code) {
      compiler.xml.fault(node, "ranks beyond the first are for reason codes");
    }
    const PmmlModel* from = &model;
    if (const std::string_view segment = XmlReader::text(node, "segmentId"); !segment.empty()) {
      const auto found = segments.find(segment);
      if (found == segments.end()) return compiler.xml.fault(node, "no segment has the id of segmentId");
      from = found->second;
      rule.answer = from->answer_place;
      rule.answer_model = from;
    }
    read_feature(compiler, scope, node, *from, rule);
    if (rule.feature == OutputFeature::transformed_value && rule.expression == nullptr) return;
    rule.type = compiler.type_of(node, "dataType", rule.type);
    rule.slot = output_slot(compiler, scope, node, rule);
    model.outputs.push_back(std::move(rule));
  });
}

}  // namespace puhui::models
