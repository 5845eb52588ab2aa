#include "infrastructure/dmn/item_types.h"

#include "infrastructure/dmn/reader.h"

namespace puhui::dmn {

using feel::Kind;
using feel::Type;

void ItemTypes::declare(const Model& model, const std::string& prefix) {
  for (const ItemDefinition& item : model.items) {
    const auto [at, fresh] = entries_.try_emplace(prefix + item.name, Entry{&item, prefix});
    if (!fresh) build_.fault(item.spot, "expected each type's name once, '" + item.name + "' came twice");
  }
}

const Type* ItemTypes::find_type(std::string_view normalized) const {
  const auto at = entries_.find(normalized);
  return at == entries_.end() ? nullptr : at->second.type;
}

void ItemTypes::resolve_all() {
  for (auto& [name, entry] : entries_) resolve(entry);
  // Allowed values may speak of any type: they are compiled once all are known.
  for (const auto& [type, tests] : waiting_) constrain(*type, *tests);
  // Constraints spread upwards; types refer to each other in any order, so until nothing changes.
  for (bool changed = true; changed;) {
    changed = false;
    for (Type* type : made_) {
      bool constrained = type->allowed != nullptr || (type->element != nullptr && type->element->constrained);
      for (const Type::Field& field : type->fields) constrained = constrained || field.type->constrained;
      changed = changed || constrained != type->constrained;
      type->constrained = constrained;
    }
  }
}

const Type* ItemTypes::resolve(Entry& entry) {
  if (entry.state == Entry::State::done) return entry.type;
  if (entry.state == Entry::State::resolving) {
    // A structure may hold itself in a list; a type that is nothing but itself may not.
    const bool structure = !entry.definition->components.empty();
    if (!structure) build_.fault(entry.definition->spot, "type '" + entry.definition->name + "' is defined by itself");
    return entry.type;
  }
  if (depth_ >= depth_max_) {
    build_.fault(entry.definition->spot, "expected types at most " + std::to_string(depth_max_) +
                                             " inside each other, more lie above '" + entry.definition->name + "'");
    return build_.unit.types.any();
  }
  entry.state = Entry::State::resolving;
  entry.type = build_.unit.types.make();
  made_.push_back(entry.type);
  ++depth_;
  fill(*entry.type, *entry.definition, entry.prefix, entry.prefix + entry.definition->name);
  --depth_;
  entry.state = Entry::State::done;
  return entry.type;
}

const Type* ItemTypes::reference(const std::string& name, const std::string& prefix, const Spot& spot) {
  if (name.empty()) return build_.unit.types.any();
  for (const std::string& full : {prefix + name, name}) {
    const auto at = entries_.find(full);
    if (at != entries_.end()) return resolve(at->second);
  }
  if (const Type* known = feel::parse_type(name, build_.unit)) return known;
  build_.fault(spot, "expected the name of a type, came '" + name + "'");
  return build_.unit.types.any();
}

void ItemTypes::fill(Type& type, const ItemDefinition& definition, const std::string& prefix, const std::string& name) {
  Type* one = &type;
  if (definition.is_collection) {
    one = build_.unit.types.make();
    made_.push_back(one);
    type.any = false;
    type.kind = Kind::list;
    type.element = one;
    type.name = name;
    if (definition.constraint.given) wait(&type, &definition.constraint);
  } else if (definition.constraint.given) {
    wait(one, &definition.constraint);
  }
  if (!definition.components.empty()) {
    one->any = false;
    one->kind = Kind::context;
    for (const ItemDefinition& component : definition.components) {
      Type* field = build_.unit.types.make();
      made_.push_back(field);
      fill(*field, component, prefix, component.name);
      one->fields.push_back({component.name, field});
    }
  } else if (definition.is_function) {
    one->any = false;
    one->kind = Kind::function;
    for (const FormalParameter& parameter : definition.parameters) {
      one->parameters.push_back(reference(parameter.type_ref, prefix, definition.spot));
    }
    one->result = reference(definition.output_type_ref, prefix, definition.spot);
  } else {
    const Type* base = reference(definition.type_ref, prefix, definition.spot);
    *one = *base;
    // Allowed values are compiled later: an alias of a constrained type is constrained alike.
    const auto inherited = tests_of_.find(base);
    if (inherited != tests_of_.end()) {
      for (const Text* tests : std::vector<const Text*>(inherited->second)) wait(one, tests);
    }
  }
  // A collection's own name belongs to the list; a constrained alias keeps its base's name for readers.
  if (!definition.is_collection)
    type.name = name;
  else if (one->name.empty())
    one->name = name + "'s item";
  if (definition.allowed.given) {
    wait(one, &definition.allowed);
    texts_[type.name] = &definition.allowed;
  }
}

void ItemTypes::wait(Type* type, const Text* tests) {
  waiting_.emplace_back(type, tests);
  tests_of_[type].push_back(tests);
}

const Text* ItemTypes::allowed_text(const Type& type) const {
  const auto at = texts_.find(type.name);
  return at == texts_.end() ? nullptr : at->second;
}

void ItemTypes::constrain(Type& type, const Text& tests) {
  feel::Layout layout;
  const feel::Symbol* tested = build_.unit.make_symbol("?", &type, layout);
  const feel::Scope scope;
  const auto parsed = parse_unary_tests(build_.source_of(tests), build_.unit, scope, layout, *tested);
  if (!parsed) {
    build_.fault(tests.spot, parsed.error());
    return;
  }
  for (const Fault& unknown : parsed->unknown_names) build_.faults.add(unknown.where, unknown.message);
  build_.kept_nodes.push_back(feel::compile(*parsed->expr, build_.unit, layout));
  type.allowed = build_.kept_nodes.back().get();
  type.allowed_slots = layout.slots;
  std::vector<std::string>& texts = allowed_[&type];
  for (const auto& test : parsed->expr->children) {
    const bool constant = test->op == feel::Op::test_value && test->children[1]->op == feel::Op::literal;
    if (!constant) return texts.clear();
    texts.push_back(string_of(test->children[1]->literal));
  }
}

std::vector<std::string> ItemTypes::allowed_texts(const Type& type) const {
  const auto at = allowed_.find(type.kind == Kind::list && type.element != nullptr ? type.element : &type);
  return at == allowed_.end() ? std::vector<std::string>() : at->second;
}

}  // namespace puhui::dmn
