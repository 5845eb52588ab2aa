// PMML's expressions compiled: constants, fields, Apply and calls of defined functions. The tables of values
// (normalisation, discretisation, MapValues) are pmml_mapping.cc.
#include "ground/base/text.h"
#include "infrastructure/models/pmml_compiler.h"
#include "infrastructure/models/pmml_function.h"
#include "infrastructure/models/pmml_mapping.h"

namespace puhui::models {

namespace {

class ConstantExpression final : public Expression {
 public:
  explicit ConstantExpression(Cell value) : value_(value) {}
  Cell evaluate(Machine&) const override { return value_; }

 private:
  Cell value_;
};

class FieldRead final : public Expression {
 public:
  explicit FieldRead(uint32_t slot) : slot_(slot) {}
  Cell evaluate(Machine& machine) const override { return machine.value(slot_); }

 private:
  uint32_t slot_;
};

class ParameterRead final : public Expression {
 public:
  explicit ParameterRead(uint32_t index) : index_(index) {}
  Cell evaluate(Machine& machine) const override { return machine.arguments[machine.frame + index_]; }

 private:
  uint32_t index_;
};

// mapMissingTo around a FieldRef.
class Replaced final : public Expression {
 public:
  Replaced(ExpressionPtr inner, Cell replacement) : inner_(std::move(inner)), replacement_(replacement) {}
  Cell evaluate(Machine& machine) const override {
    const Cell cell = inner_->evaluate(machine);
    return cell.is_missing() ? replacement_ : cell;
  }

 private:
  ExpressionPtr inner_;
  Cell replacement_;
};

// What every Apply has beside its function.
struct ApplyRule {
  Cell map_missing_to, default_value;
  InvalidTreatment invalid = InvalidTreatment::return_invalid;
  std::string place;

  Cell settled(Cell result, bool some_missing, Machine& machine) const {
    if (some_missing && !map_missing_to.is_missing()) return map_missing_to;
    if (result.is_invalid) {
      if (invalid == InvalidTreatment::return_invalid) {
        machine.fault(ErrorCode::invalid, place,
                      "the function has no answer for its arguments, and the file says to refuse it");
      }
      result = Cell();
    }
    return result.is_missing() ? default_value : result;
  }
};

class BuiltInCall final : public Expression {
 public:
  BuiltInCall(const BuiltIn& function, std::vector<ExpressionPtr> arguments, ApplyRule rule)
      : function_(function), arguments_(std::move(arguments)), rule_(std::move(rule)) {}
  Cell evaluate(Machine& machine) const override {
    const Machine::Deeper deeper(machine);
    if (!deeper.ok()) return {};
    const size_t begin = machine.arguments.size();
    bool some_missing = false;
    for (const auto& argument : arguments_) {
      const Cell cell = argument->evaluate(machine);
      some_missing |= cell.is_missing();
      machine.arguments.push_back(cell);
    }
    Cell result;
    if (!some_missing || function_.missing == BuiltIn::Missing::seen) {
      result = function_.call(std::span(machine.arguments).subspan(begin), machine);
    }
    machine.arguments.resize(begin);
    return rule_.settled(result, some_missing, machine);
  }

 private:
  const BuiltIn& function_;
  std::vector<ExpressionPtr> arguments_;
  ApplyRule rule_;
};

// `if`: only the branch taken is computed.
class Choice final : public Expression {
 public:
  Choice(std::vector<ExpressionPtr> parts, ApplyRule rule) : parts_(std::move(parts)), rule_(std::move(rule)) {}
  Cell evaluate(Machine& machine) const override {
    const Machine::Deeper deeper(machine);
    if (!deeper.ok()) return {};
    const Cell condition = parts_[0]->evaluate(machine);
    if (condition.is_missing()) return rule_.settled({}, true, machine);
    const auto number = number_in(
        condition.kind == CellKind::text ? cell_of(condition.text, {DataType::boolean}).value_or(Cell()) : condition);
    if (!number) return rule_.settled(Cell::invalid(), false, machine);
    const size_t branch = *number != 0 ? 1 : 2;
    const Cell result = branch < parts_.size() ? parts_[branch]->evaluate(machine) : Cell();
    return rule_.settled(result, branch < parts_.size() && result.is_missing(), machine);
  }

 private:
  std::vector<ExpressionPtr> parts_;
  ApplyRule rule_;
};

class DefinedCall final : public Expression {
 public:
  DefinedCall(uint32_t function, PmmlType type, std::vector<ExpressionPtr> arguments, ApplyRule rule)
      : function_(function), type_(type), arguments_(std::move(arguments)), rule_(std::move(rule)) {}
  Cell evaluate(Machine& machine) const override {
    const Machine::Deeper deeper(machine);
    if (!deeper.ok() || !machine.step()) return {};
    const size_t begin = machine.arguments.size();
    bool some_missing = false;
    for (const auto& argument : arguments_) {
      const Cell cell = argument->evaluate(machine);
      some_missing |= cell.is_missing();
      machine.arguments.push_back(cell);
    }
    const size_t outer = std::exchange(machine.frame, begin);
    const Cell result = converted(machine.program().functions[function_]->evaluate(machine), type_, machine);
    machine.frame = outer;
    machine.arguments.resize(begin);
    return rule_.settled(result, some_missing, machine);
  }

 private:
  uint32_t function_;
  PmmlType type_;
  std::vector<ExpressionPtr> arguments_;
  ApplyRule rule_;
};

Typed nothing() { return {std::make_unique<ConstantExpression>(Cell()), {}}; }

Typed compile_constant(PmmlCompiler& compiler, const pugi::xml_node& node) {
  const std::string_view text = node.text().get();
  PmmlType type = compiler.type_of(node, "dataType", {DataType::string});
  if (!XmlReader::has(node, "dataType") && parse_double(trim(text))) type = {};
  if (compiler.xml.flag(node, "missing", XmlReader::Flag::no) == XmlReader::Flag::yes) {
    return {std::make_unique<ConstantExpression>(Cell()), type};
  }
  return {std::make_unique<ConstantExpression>(compiler.constant(node, text, type)), type};
}

// The function's body is compiled at its first call, and sees nothing but its parameters.
const DefinedFunction* defined(PmmlCompiler& compiler, std::string_view name, const pugi::xml_node& call) {
  if (const auto known = compiler.functions.find(name); known != compiler.functions.end()) return &known->second;
  const auto found = compiler.function_nodes.find(name);
  if (found == compiler.function_nodes.end()) return nullptr;
  static const DefinedFunction kNone;
  if (!compiler.open_functions.insert(found->first).second) {
    compiler.xml.fault(call, "the function '" + std::string(name) + "' calls itself");
    return &kNone;
  }
  const pugi::xml_node node = found->second;
  PmmlScope scope;
  scope.is_function = true;
  DefinedFunction out;
  XmlReader::each(node, "ParameterField", [&](const pugi::xml_node& parameter) {
    const std::string_view parameter_name = compiler.xml.required(parameter, "name");
    const PmmlType type = compiler.type_of(parameter, "dataType", {});
    if (!scope.parameters.try_emplace(parameter_name, out.parameter_count++, type).second) {
      compiler.xml.fault(parameter, "the parameter is named twice");
    }
  });
  pugi::xml_node body;
  XmlReader::each_element(node, [&](const pugi::xml_node& child) {
    if (!body && is_expression(child)) body = child;
  });
  ExpressionPtr expression;
  if (body) {
    Typed typed = compile_expression(compiler, scope, body, compiler.type_of(node, "dataType", {}));
    expression = std::move(typed.expression);
    out.type = compiler.type_of(node, "dataType", typed.type);
  } else {
    compiler.xml.fault(node, "expected an expression inside");
    expression = nothing().expression;
  }
  compiler.open_functions.erase(found->first);
  out.index = static_cast<uint32_t>(compiler.program.functions.size());
  compiler.program.functions.push_back(std::move(expression));
  return &(compiler.functions[found->first] = out);
}

Typed compile_apply(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PmmlType type) {
  static constexpr std::pair<std::string_view, InvalidTreatment> kInvalid[] = {
      {"returnInvalid", InvalidTreatment::return_invalid},
      {"asIs", InvalidTreatment::as_is},
      {"asMissing", InvalidTreatment::as_missing}};
  const std::string_view name = compiler.xml.required(node, "function");
  std::vector<ExpressionPtr> arguments;
  std::vector<PmmlType> types;
  XmlReader::each_element(node, [&](const pugi::xml_node& child) {
    Typed argument = compile_expression(compiler, scope, child, type);
    arguments.push_back(std::move(argument.expression));
    types.push_back(argument.type);
  });
  const auto expect = [&](size_t least, size_t most) {
    if (arguments.size() >= least && arguments.size() <= most) return true;
    compiler.xml.fault(node, "expected " + std::to_string(least) +
                                 (most == least ? "" : " to " + std::to_string(most)) + " arguments, came " +
                                 std::to_string(arguments.size()));
    return false;
  };
  const auto rule = [&](PmmlType result) {
    ApplyRule out{.place = compiler.xml.place(node)};
    out.invalid = compiler.xml.choice(node, "invalidValueTreatment", kInvalid);
    for (const auto& [attribute, cell] :
         {std::pair("mapMissingTo", &out.map_missing_to), std::pair("defaultValue", &out.default_value)}) {
      const std::string_view text = XmlReader::text(node, attribute);
      if (!XmlReader::has(node, attribute)) continue;
      *cell = cell_of(text, result) ? compiler.constant(node, text, result)
                                    : compiler.constant(node, text, {DataType::string});
    }
    return out;
  };
  if (name == "if") {
    if (!expect(2, 3)) return nothing();
    return {std::make_unique<Choice>(std::move(arguments), rule(types[1])), types[1]};
  }
  if (const BuiltIn* function = find_built_in(name)) {
    if (!expect(function->arguments_min, function->arguments_max)) return nothing();
    const PmmlType result{function->result};
    return {std::make_unique<BuiltInCall>(*function, std::move(arguments), rule(result)), result};
  }
  if (name == "matches" || name == "replace") {
    compiler.xml.fault(node, "regular expressions are not run: write '" + std::string(name) + "' as MapValues or isIn");
    return nothing();
  }
  if (const DefinedFunction* function = defined(compiler, name, node)) {
    if (!expect(function->parameter_count, function->parameter_count)) return nothing();
    return {std::make_unique<DefinedCall>(function->index, function->type, std::move(arguments), rule(function->type)),
            function->type};
  }
  compiler.xml.fault(node, "neither a built-in function nor a DefineFunction of this name is known");
  return nothing();
}

Typed compile_field_ref(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node) {
  Typed out = compile_reference(compiler, scope, node, "field");
  if (XmlReader::has(node, "mapMissingTo")) {
    const Cell replacement = compiler.constant(node, XmlReader::text(node, "mapMissingTo"), out.type);
    out.expression = std::make_unique<Replaced>(std::move(out.expression), replacement);
  }
  return out;
}

}  // namespace

Typed compile_reference(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, const char* attribute) {
  if (!scope.is_function) {
    const PmmlField field = compiler.field(scope, node, attribute);
    return {std::make_unique<FieldRead>(field.slot), field.type};
  }
  const std::string_view name = compiler.xml.required(node, attribute);
  const auto parameter = scope.parameters.find(name);
  if (parameter == scope.parameters.end()) {
    compiler.xml.fault(node, "the function has no parameter '" + std::string(name) + "'; it sees nothing else");
    return nothing();
  }
  return {std::make_unique<ParameterRead>(parameter->second.first), parameter->second.second};
}

bool is_expression(const pugi::xml_node& node) {
  static constexpr std::string_view kNames[] = {"Constant",  "FieldRef", "NormContinuous", "NormDiscrete", "Discretize",
                                                "MapValues", "Apply",    "Aggregate",      "TextIndex",    "Lag"};
  return std::ranges::find(kNames, local_name(node)) != std::end(kNames);
}

Typed compile_expression(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PmmlType type) {
  if (!compiler.goes_deeper(node)) return nothing();
  const std::string_view name = local_name(node);
  Typed out = name == "Constant"         ? compile_constant(compiler, node)
              : name == "FieldRef"       ? compile_field_ref(compiler, scope, node)
              : name == "Apply"          ? compile_apply(compiler, scope, node, type)
              : name == "NormContinuous" ? compile_norm_continuous(compiler, scope, node)
              : name == "NormDiscrete"   ? compile_norm_discrete(compiler, scope, node)
              : name == "Discretize"     ? compile_discretize(compiler, scope, node, type)
              : name == "MapValues"      ? compile_map_values(compiler, scope, node, type)
                                         : nothing();
  if (name == "Aggregate" || name == "TextIndex" || name == "Lag") {
    compiler.xml.fault(node, "this expression looks beyond one row and is not run; compute the field before the model");
  } else if (!is_expression(node)) {
    compiler.xml.fault(node, "expected an expression");
  }
  --compiler.depth;
  return out;
}

}  // namespace puhui::models
