#include <set>

#include "infrastructure/dmn/externals.h"
#include "infrastructure/dmn/policy_inside.h"
#include "infrastructure/dmn/reader.h"

namespace puhui::dmn {

using feel::Kind;
using feel::Layout;
using feel::Scope;
using feel::Symbol;
using feel::Type;
using feel::Value;

namespace {

constexpr size_t kImportsMax = 64;

// An element of some model, by what hrefs call it: "namespace#id".
struct Element {
  enum class Kind { input, decision, knowledge, service } kind = Kind::input;
  size_t model = 0;
  size_t index = 0;
  Symbol* symbol = nullptr;
  uint32_t decision = 0;  // its place among the policy's decisions
};

}  // namespace

class PolicyCompiler {
 public:
  PolicyCompiler(CompiledPolicy& out, const Functions& host, Matcher::Strategy strategy)
      : out_(out),
        externals_(host),
        build_{out.unit, faults_, out.rules, out.tables, out.kept_nodes, strategy},
        types_(build_, out.limits.types_depth_max) {}

  void compile();
  Faults take_faults() { return std::move(faults_); }

 private:
  void declare_types();
  void declare_elements();
  void declare(Element element, const Spot& spot, const std::string& name, const Type* type);
  void order_decisions();
  size_t visit(const std::string& key, std::vector<std::string>& path);
  void too_deep(const Decision& decision);
  void compile_decisions();
  void compile_functions();
  void compile_service(const DecisionService& service, size_t model);
  void describe();
  Element* find(size_t model, const std::string& href, const Spot& spot);
  std::string key_of(size_t model, const std::string& href) const;
  std::string prefix_of(size_t from_model, size_t of_model) const;
  void require(Scope& scope, std::deque<Symbol>& aliases, size_t model, const std::vector<std::string>& hrefs,
               const Spot& spot);
  std::vector<std::string> import_paths() const;
  std::string full_name(size_t model, const std::string& name) const;
  const Decision& decision_at(const Element& element) const {
    return out_.models[element.model].decisions[element.index];
  }

  CompiledPolicy& out_;
  HostExternals externals_;
  Faults faults_;
  Build build_;
  ItemTypes types_;
  std::map<std::string, Element> elements_;
  std::vector<std::string> decision_order_;
  std::vector<std::string> import_paths_;  // by model
  static constexpr size_t kUnderWay = SIZE_MAX;
  std::map<std::string, size_t> heights_;  // of decisions over what they require; 0: not visited
  std::deque<Symbol> aliases_;
};

// A decision service as a function: its own globals, its parameters set, its decisions evaluated.
class ServiceCall final : public feel::External {
 public:
  ServiceCall(const CompiledPolicy& policy, std::vector<uint32_t> parameter_slots)
      : policy_(policy), parameter_slots_(std::move(parameter_slots)) {}
  std::vector<uint32_t> decisions;  // in order of evaluation
  std::vector<std::pair<std::string_view, uint32_t>> outputs;

  Value call(feel::Run& run, std::span<const Value> args, const feel::Place& place) const override {
    auto* globals = run.arena.array<Value>(policy_.initial.size());
    if (globals == nullptr) return run.stop(place, "memory");
    std::ranges::copy(policy_.initial, globals);
    for (size_t i = 0; i < parameter_slots_.size(); ++i) globals[parameter_slots_[i]] = args[i];
    const feel::Slots outer = run.globals;
    run.globals = globals;
    for (const uint32_t decision : decisions) policy_.evaluate(decision, run);
    run.globals = outer;
    if (outputs.size() == 1) return globals[outputs[0].second];
    std::vector<feel::Entry> entries;
    for (const auto& [name, slot] : outputs) entries.push_back({name, globals[slot]});
    return run.context(entries, place);
  }

 private:
  const CompiledPolicy& policy_;
  std::vector<uint32_t> parameter_slots_;
};

std::string PolicyCompiler::key_of(size_t model, const std::string& href) const {
  const size_t hash = href.find('#');
  if (hash == std::string::npos) return out_.models[model].target + "#" + href;
  return hash == 0 ? out_.models[model].target + href : href;
}

Element* PolicyCompiler::find(size_t model, const std::string& href, const Spot& spot) {
  const auto at = elements_.find(key_of(model, href));
  if (at != elements_.end()) return &at->second;
  build_.fault(spot, "expected the id of an element of this model, came '" + href + "'");
  return nullptr;
}

// What the importing model calls the other by: "rates.", or "" for itself and for imports without a name.
std::string PolicyCompiler::prefix_of(size_t from_model, size_t of_model) const {
  if (from_model == of_model) return "";
  for (const Import& import : out_.models[from_model].imports) {
    if (import.target == out_.models[of_model].target) return import.name.empty() ? "" : import.name + ".";
  }
  return "";
}

// "rates.base." for a model that the file imports through another: the shortest way there.
std::vector<std::string> PolicyCompiler::import_paths() const {
  std::vector<std::string> paths(out_.models.size());
  std::vector<bool> found(out_.models.size());
  std::vector<size_t> reached = {0};
  found[0] = true;
  for (size_t i = 0; i < reached.size(); ++i) {
    for (size_t m = 0; m < out_.models.size(); ++m) {
      const bool imports = std::ranges::any_of(out_.models[reached[i]].imports, [&](const Import& import) {
        return import.target == out_.models[m].target;
      });
      if (found[m] || !imports) continue;
      found[m] = true;
      paths[m] = paths[reached[i]] + prefix_of(reached[i], m);
      reached.push_back(m);
    }
  }
  return paths;
}

std::string PolicyCompiler::full_name(size_t model, const std::string& name) const {
  return import_paths_[model] + name;
}

void PolicyCompiler::declare_types() {
  for (size_t m = 0; m < out_.models.size(); ++m) types_.declare(out_.models[m], prefix_of(0, m));
  out_.unit.type_names = &types_;
  build_.allowed_text = [this](const Type& type) { return types_.allowed_text(type); };
  types_.resolve_all();
}

void PolicyCompiler::declare(Element element, const Spot& spot, const std::string& name, const Type* type) {
  element.symbol = out_.unit.make_symbol(name, type, out_.globals);
  const std::string key = out_.models[element.model].target + "#" + spot.id;
  if (spot.id.empty()) build_.fault(spot, "expected an id for '" + name + "'");
  if (!elements_.emplace(key, element).second)
    build_.fault(spot, "expected each id once, '" + spot.id + "' came twice");
}

void PolicyCompiler::declare_elements() {
  const Type* function = out_.unit.types.of(Kind::function);
  for (size_t m = 0; m < out_.models.size(); ++m) {
    const Model& model = out_.models[m];
    for (size_t i = 0; i < model.inputs.size(); ++i) {
      const InputData& input = model.inputs[i];
      declare({Element::Kind::input, m, i}, input.spot, input.name, build_.type_named(input.type_ref, input.spot));
    }
    for (size_t i = 0; i < model.decisions.size(); ++i) {
      const Decision& decision = model.decisions[i];
      declare({Element::Kind::decision, m, i}, decision.spot, decision.variable,
              build_.type_named(decision.type_ref, decision.spot));
    }
    for (size_t i = 0; i < model.knowledge_models.size(); ++i) {
      declare({Element::Kind::knowledge, m, i}, model.knowledge_models[i].spot, model.knowledge_models[i].name,
              function);
    }
    for (size_t i = 0; i < model.services.size(); ++i) {
      declare({Element::Kind::service, m, i}, model.services[i].spot, model.services[i].name, function);
    }
  }
}

void PolicyCompiler::too_deep(const Decision& decision) {
  build_.fault(decision.spot, "expected decisions to require each other at most " +
                                  std::to_string(out_.limits.requirements_depth_max) + " deep, '" + decision.name +
                                  "' lies beyond");
}

// Depth first: what a decision requires comes before it. A way back to where we are is a cycle. Answers how many
// decisions lie above each other from here.
size_t PolicyCompiler::visit(const std::string& key, std::vector<std::string>& path) {
  const auto at = elements_.find(key);
  if (at == elements_.end() || at->second.kind != Element::Kind::decision) return 0;
  if (const size_t known = heights_[key]; known != 0 && known != kUnderWay) return known;
  const Decision& decision = decision_at(at->second);
  path.push_back(decision.name);
  if (heights_[key] == kUnderWay) {
    std::string cycle;
    for (const std::string& name : path) cycle += (cycle.empty() ? "" : " requires ") + name;
    build_.fault(decision.spot, "expected no decision to require itself, but " + cycle);
    path.pop_back();
    return 0;
  }
  const size_t most = out_.limits.requirements_depth_max;
  if (path.size() > most) {  // nor may the walk itself go deeper
    too_deep(decision);
    path.pop_back();
    return 0;
  }
  heights_[key] = kUnderWay;
  size_t height = 0;
  for (const std::string& href : decision.requires_information) {
    height = std::max(height, visit(key_of(at->second.model, href), path));
  }
  heights_[key] = ++height;
  if (height == most + 1) too_deep(decision);
  path.pop_back();
  at->second.decision = static_cast<uint32_t>(decision_order_.size());
  decision_order_.push_back(key);
  return height;
}

void PolicyCompiler::order_decisions() {
  for (size_t m = 0; m < out_.models.size(); ++m) {
    for (const Decision& decision : out_.models[m].decisions) {
      std::vector<std::string> path;
      visit(out_.models[m].target + "#" + decision.spot.id, path);
    }
  }
}

// Declares in `scope` what the hrefs name; elements of other models carry the import's name.
void PolicyCompiler::require(Scope& scope, std::deque<Symbol>& aliases, size_t model,
                             const std::vector<std::string>& hrefs, const Spot& spot) {
  for (const std::string& href : hrefs) {
    const Element* element = find(model, href, spot);
    if (element == nullptr) continue;
    const std::string prefix = prefix_of(model, element->model);
    if (prefix.empty()) {
      scope.declare(element->symbol);
      continue;
    }
    Symbol& alias = aliases.emplace_back(*element->symbol);
    alias.name = prefix + alias.name;
    scope.declare(&alias);
  }
}

void PolicyCompiler::compile_decisions() {
  for (const std::string& key : decision_order_) {
    Element& element = elements_.at(key);
    const Decision& decision = decision_at(element);
    CompiledDecision& code = out_.decision_codes.emplace_back();
    Scope scope;
    require(scope, aliases_, element.model, decision.requires_knowledge, decision.spot);
    require(scope, aliases_, element.model, decision.requires_information, decision.spot);
    Layout layout{.outer = &out_.globals};
    build_.owner = decision.name;
    Piece logic;
    if (decision.logic != nullptr) {
      logic = compile_boxed(build_, *decision.logic, scope, layout);
    } else {
      logic = {feel::fault_node(build_.place_of(decision.spot), out_.unit, feel::CauseCode::missing,
                                "the decision has no logic"),
               out_.unit.types.any()};
    }
    code.slot = element.symbol->slot;
    code.locals = layout.slots;
    code.logic = std::move(logic.node);
    code.type = element.symbol->type;
    code.place = build_.place_of(decision.spot);
    code.label = decision.name;
    // Later decisions read it with what is known now.
    if (code.type->any) element.symbol->type = logic.type;
    std::set<uint32_t> needs;
    for (const std::string& href : decision.requires_information) {
      const Element* required = find(element.model, href, decision.spot);
      if (required == nullptr || required->kind != Element::Kind::decision) continue;
      if (required->decision >= out_.decision_codes.size() - 1) continue;  // a cycle, reported already
      const auto& theirs = out_.decision_codes[required->decision].needs;
      needs.insert(theirs.begin(), theirs.end());
    }
    code.needs.assign(needs.begin(), needs.end());
    code.needs.push_back(static_cast<uint32_t>(out_.decision_codes.size() - 1));
  }
}

void PolicyCompiler::compile_functions() {
  for (size_t m = 0; m < out_.models.size(); ++m) {
    for (const KnowledgeModel& model : out_.models[m].knowledge_models) {
      const Element* element = find(m, "#" + model.spot.id, model.spot);
      if (element == nullptr || model.logic == nullptr) continue;
      Scope scope;
      require(scope, aliases_, m, model.requires_knowledge, model.spot);
      scope.declare(element->symbol);  // it may call itself
      build_.owner = model.name;
      Layout layout{.outer = &out_.globals};
      Piece made = compile_function(build_, *model.logic, model.name, scope, layout, nullptr);
      element->symbol->type = made.type;
      out_.functions.push_back({full_name(m, model.name), element->symbol->slot, std::move(made.node)});
    }
  }
}

void PolicyCompiler::compile_service(const DecisionService& service, size_t m) {
  const Element* self = find(m, "#" + service.spot.id, service.spot);
  if (self == nullptr) return;
  auto code = std::make_shared<feel::FunctionCode>();
  code->name = service.name;
  std::vector<uint32_t> slots;
  std::set<uint32_t> given;
  for (const auto* hrefs : {&service.input_data, &service.input_decisions}) {
    for (const std::string& href : *hrefs) {
      const Element* element = find(m, href, service.spot);
      if (element == nullptr) continue;
      code->parameters.push_back({element->symbol->name, element->symbol->type});
      slots.push_back(element->symbol->slot);
      if (element->kind == Element::Kind::decision) given.insert(element->decision);
    }
  }
  auto call = std::make_unique<ServiceCall>(out_, std::move(slots));
  std::set<uint32_t> needed;
  const std::function<void(uint32_t)> need = [&](uint32_t decision) {
    if (given.contains(decision) || !needed.insert(decision).second) return;
    const Element& element = elements_.at(decision_order_[decision]);
    for (const std::string& href : decision_at(element).requires_information) {
      const Element* required = find(element.model, href, service.spot);
      if (required != nullptr && required->kind == Element::Kind::decision) need(required->decision);
    }
  };
  for (const std::string& href : service.outputs) {
    const Element* element = find(m, href, service.spot);
    if (element == nullptr || element->kind != Element::Kind::decision) continue;
    need(element->decision);
    call->outputs.emplace_back(out_.unit.keep(element->symbol->name), element->symbol->slot);
  }
  call->decisions.assign(needed.begin(), needed.end());
  if (call->outputs.empty()) {
    build_.fault(service.spot, "expected an output decision in the decision service");
    return;
  }
  code->external = std::move(call);
  const Type* type = build_.type_named(service.type_ref, service.spot);
  if (type->is(Kind::function)) type = type->result == nullptr ? build_.unit.types.any() : type->result;
  if (!type->any) code->result = type;
  Layout layout{.outer = &out_.globals};
  out_.functions.push_back(
      {full_name(m, service.name), self->symbol->slot,
       feel::function_node(build_.place_of(service.spot), std::move(code), Layout{}, layout, nullptr)});
}

void PolicyCompiler::describe() {
  const auto variable = [&](const Element& element, const Spot& spot, const std::string& name,
                            const std::string& type_ref, const std::string& description) {
    const Type* type = element.symbol->type;
    const bool is_list = type->is(Kind::list);
    const Type* one = is_list && type->element != nullptr ? type->element : type;
    // An input is asked for by the name its own file gives it, however far away it is imported.
    const bool is_input = element.kind == Element::Kind::input;
    return Variable{.name = is_input ? prefix_of(0, element.model) + name : full_name(element.model, name),
                    .id = spot.id,
                    .type = type_ref,
                    .kind = one->any ? Kind::null : one->kind,
                    .is_list = is_list,
                    .allowed = types_.allowed_texts(*type),
                    .description = description};
  };
  std::vector<std::pair<Variable, CompiledInput>> inputs;
  for (const auto& [key, element] : elements_) {
    if (element.kind != Element::Kind::input) continue;
    const InputData& input = out_.models[element.model].inputs[element.index];
    const feel::Place place = build_.place_of(input.spot);
    auto* not_given = out_.unit.constants.array<feel::Cause>(1);
    if (not_given == nullptr) continue;  // so full a unit has faults enough
    new (not_given)
        feel::Cause{feel::CauseCode::missing, out_.unit.keep("input " + input.name + " is not given"), place, nullptr};
    inputs.push_back({variable(element, input.spot, input.name, input.type_ref, input.description),
                      {element.symbol->slot, element.symbol->type, place, "input " + input.name, not_given}});
  }
  std::ranges::sort(inputs, {}, [](const auto& one) { return one.first.name; });
  for (auto& [described, code] : inputs) {
    out_.inputs.push_back(std::move(described));
    out_.input_codes.push_back(std::move(code));
  }
  for (const std::string& key : decision_order_) {
    const Element& element = elements_.at(key);
    const Decision& decision = decision_at(element);
    out_.decisions.push_back(variable(element, decision.spot, decision.name, decision.type_ref, decision.description));
  }
}

void PolicyCompiler::compile() {
  import_paths_ = import_paths();
  out_.unit.externals = &externals_;
  declare_types();
  declare_elements();
  order_decisions();
  compile_functions();
  compile_decisions();
  for (size_t m = 0; m < out_.models.size(); ++m) {
    for (const DecisionService& service : out_.models[m].services) compile_service(service, m);
  }
  describe();
  for (const CompiledTable& table : out_.tables) out_.table_infos.push_back(info_of(table));
  out_.unit.type_names = nullptr;
  out_.unit.externals = nullptr;
  // Functions hold no captures but globals: made once, for all evaluations.
  out_.initial.assign(out_.globals.slots, Value::missing());
  feel::Run run(out_.unit.constants);
  run.begin({});
  run.globals = out_.initial.data();
  for (const CompiledFunction& function : out_.functions) {
    out_.initial[function.slot] = feel::evaluate(run, *function.make, 0);
  }
}

namespace {

// The model and what it imports, each once.
Result<std::vector<Model>> read_all(std::string_view xml, const CompileOptions& options) {
  std::vector<Model> models;
  models.push_back(TRY(read_model(xml, options.limits)));
  std::vector<Model> imported;
  for (const std::string_view text : options.imported) {
    if (imported.size() >= kImportsMax) return fail(ErrorCode::exhausted, "expected at most 64 imported files");
    imported.push_back(TRY(read_model(text, options.limits)));
  }
  for (size_t m = 0; m < models.size(); ++m) {
    for (const Import& import : std::vector<Import>(models[m].imports)) {
      const bool known = std::ranges::any_of(models, [&](const Model& model) { return model.target == import.target; });
      if (known) continue;
      const auto at = std::ranges::find(imported, import.target, &Model::target);
      if (at == imported.end()) continue;  // imports of other kinds are not ours; a missing one shows as unknown ids
      models.push_back(std::move(*at));
      imported.erase(at);
    }
  }
  return models;
}

}  // namespace

Result<Policy> Policy::compile(std::string_view xml, const Functions& host, const CompileOptions& options) {
  auto compiled = std::make_unique<CompiledPolicy>();
  compiled->models = TRY(read_all(xml, options));
  compiled->digest = sha256(xml);
  compiled->limits = options.limits;
  PolicyCompiler compiler(*compiled, host, static_cast<Matcher::Strategy>(options.table_strategy));
  compiler.compile();
  auto result = compiler.take_faults().result();
  if (!result && options.on_fault == CompileOptions::OnFault::refuse) return fail(std::move(result).error());
  if (!result) compiled->faults = std::move(result).error().faults;
  return Policy(std::move(compiled));
}

}  // namespace puhui::dmn
