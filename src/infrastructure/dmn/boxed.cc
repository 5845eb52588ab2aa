#include "ground/base/text.h"
#include "infrastructure/dmn/build.h"
#include "infrastructure/dmn/reader.h"
#include "infrastructure/feel/rows.h"

namespace puhui::dmn {
namespace {

using feel::Kind;
using feel::Layout;
using feel::NodePtr;
using feel::Scope;
using feel::Symbol;
using feel::Type;
using feel::Value;

class BoxedCompiler {
 public:
  BoxedCompiler(Build& build, const Scope& scope, Layout& layout) : build_(build), scope_(scope), layout_(layout) {}

  Piece compile(const Boxed& boxed) {
    Piece piece = untyped(boxed);
    if (boxed.type_ref.empty() || boxed.kind == Boxed::Kind::function) return piece;
    return build_.checked(std::move(piece), build_.type_named(boxed.type_ref, boxed.spot), boxed.spot);
  }

 private:
  Piece untyped(const Boxed& boxed) {
    switch (boxed.kind) {
      case Boxed::Kind::literal: return literal(boxed);
      case Boxed::Kind::table: return compile_table(build_, boxed, scope_, layout_);
      case Boxed::Kind::context: return context(boxed);
      case Boxed::Kind::invocation: return invocation(boxed);
      case Boxed::Kind::function: return compile_function(build_, boxed, "", scope_, layout_, nullptr);
      case Boxed::Kind::list: return list(boxed);
      case Boxed::Kind::relation: return relation(boxed);
      case Boxed::Kind::conditional: return conditional(boxed);
      case Boxed::Kind::filter: return filter(boxed);
      case Boxed::Kind::for_loop:
      case Boxed::Kind::some:
      case Boxed::Kind::every: return loop(boxed);
    }
    return build_.fault(boxed.spot, "expected a boxed expression");
  }
  Piece literal(const Boxed& boxed);
  Piece context(const Boxed& boxed);
  Piece invocation(const Boxed& boxed);
  Piece list(const Boxed& boxed);
  Piece relation(const Boxed& boxed);
  Piece conditional(const Boxed& boxed);
  Piece filter(const Boxed& boxed);
  Piece loop(const Boxed& boxed);
  Piece inside(const Scope& scope, const Boxed& boxed) { return BoxedCompiler(build_, scope, layout_).compile(boxed); }
  feel::Place place(const Boxed& boxed) { return build_.place_of(boxed.spot); }
  Type* context_type() {
    Type* type = build_.unit.types.make();
    type->any = false;
    type->kind = Kind::context;
    type->name = "context";
    return type;
  }

  Build& build_;
  const Scope& scope_;
  Layout& layout_;
};

Piece BoxedCompiler::literal(const Boxed& boxed) {
  if (trim(boxed.text.text).empty()) {
    return {feel::fault_node(place(boxed), build_.unit, feel::CauseCode::literal, "the expression is empty"),
            build_.unit.types.any()};
  }
  return build_.expression(boxed.text, scope_, layout_);
}

// Wraps a context whose last entry has no name: that entry is the value.
class ResultOfContext final : public feel::Node {
 public:
  ResultOfContext(const feel::Place& where, NodePtr entries, NodePtr result)
      : Node(where), entries_(std::move(entries)), result_(std::move(result)) {}
  Value eval(feel::Frame& frame) const override {
    entries_->eval(frame);
    return result_->eval(frame);
  }
  const Value* eval_rows(feel::RowsFrame& frame, std::span<const uint32_t> rows, Value* out) const override {
    feel::Column entries(frame);
    entries_->eval_rows(frame, rows, entries.values());
    return result_->eval_rows(frame, rows, out);
  }

 private:
  NodePtr entries_;
  NodePtr result_;
};

Piece BoxedCompiler::context(const Boxed& boxed) {
  Scope entries(&scope_);
  Type* type = context_type();
  std::vector<feel::ContextEntry> made;
  for (size_t i = 0; i < boxed.children.size(); ++i) {
    const Boxed& child = *boxed.children[i];
    const std::string& name = boxed.names[i];
    const Type* declared = build_.type_named(boxed.type_refs[i], child.spot);
    if (name.empty()) {
      Piece result = build_.checked(inside(entries, child), declared, child.spot);
      const Type* result_type = result.type;
      return {std::make_unique<ResultOfContext>(place(boxed), feel::context_node(place(boxed), std::move(made)),
                                                std::move(result.node)),
              result_type};
    }
    // A function may call itself by its entry's name.
    const Symbol* self = nullptr;
    Piece value;
    if (child.kind == Boxed::Kind::function) {
      self = build_.unit.make_symbol(name, declared, layout_);
      entries.declare(self);
      value = compile_function(build_, child, name, entries, layout_, self);
    } else {
      value = build_.checked(inside(entries, child), declared, child.spot);
      self = build_.unit.make_symbol(name, value.type, layout_);
      entries.declare(self);
    }
    type->fields.push_back({name, value.type});
    made.push_back({build_.unit.keep(name), std::move(value.node), self->slot});
  }
  return {feel::context_node(place(boxed), std::move(made)), type};
}

Piece BoxedCompiler::invocation(const Boxed& boxed) {
  Piece callee = compile(*boxed.children[0]);
  std::vector<NodePtr> args;
  for (size_t i = 1; i < boxed.children.size(); ++i) args.push_back(compile(*boxed.children[i]).node);
  std::vector<std::string> names(boxed.names.begin() + 1, boxed.names.end());
  if (feel::place_by_name(*callee.type, names, args)) names.clear();
  const bool typed = callee.type->is(Kind::function) && callee.type->result != nullptr;
  const Type* result = typed ? callee.type->result : build_.unit.types.any();
  return {feel::call_node(place(boxed), std::move(callee.node), std::move(args), std::move(names)), result};
}

Piece BoxedCompiler::list(const Boxed& boxed) {
  std::vector<NodePtr> items;
  const Type* element = nullptr;
  for (const BoxedPtr& child : boxed.children) {
    Piece item = compile(*child);
    element = element == nullptr || element == item.type ? item.type : build_.unit.types.any();
    items.push_back(std::move(item.node));
  }
  return {feel::list_node(place(boxed), std::move(items)),
          build_.unit.types.list_of(element == nullptr ? build_.unit.types.any() : element)};
}

Piece BoxedCompiler::relation(const Boxed& boxed) {
  const size_t columns = boxed.names.size();
  Type* row_type = context_type();
  std::vector<uint32_t> slots;
  for (const std::string& name : boxed.names) {
    row_type->fields.push_back({name, build_.unit.types.any()});
    slots.push_back(layout_.slots++);
  }
  std::vector<NodePtr> rows;
  for (size_t first = 0; columns != 0 && first + columns <= boxed.children.size(); first += columns) {
    std::vector<feel::ContextEntry> entries;
    for (size_t c = 0; c < columns; ++c) {
      entries.push_back({build_.unit.keep(boxed.names[c]), compile(*boxed.children[first + c]).node, slots[c]});
    }
    rows.push_back(feel::context_node(place(boxed), std::move(entries)));
  }
  return {feel::list_node(place(boxed), std::move(rows)), build_.unit.types.list_of(row_type)};
}

// A boxed condition that is neither boolean nor null has no answer, where FEEL's textual one takes the else branch.
class StrictCondition final : public feel::Node {
 public:
  StrictCondition(const feel::Place& where, NodePtr condition, NodePtr whole, uint32_t slot)
      : Node(where), condition_(std::move(condition)), whole_(std::move(whole)), slot_(slot) {}
  Value eval(feel::Frame& frame) const override {
    const Value condition = condition_->eval(frame);
    if (condition.kind() == Kind::boolean || condition.is_null()) {
      frame.slots[slot_] = condition;
      return whole_->eval(frame);
    }
    return frame.run.fail(feel::CauseCode::wrong_type, place,
                          {"a condition expects a boolean, came ", name_of(condition.kind())});
  }

 private:
  NodePtr condition_;
  NodePtr whole_;
  uint32_t slot_;
};

Piece BoxedCompiler::conditional(const Boxed& boxed) {
  Piece condition = compile(*boxed.children[0]);
  const Symbol* decided = build_.unit.make_symbol("condition", build_.unit.types.of(Kind::boolean), layout_);
  Piece then = compile(*boxed.children[1]);
  Piece otherwise = compile(*boxed.children[2]);
  const Type* type = then.type == otherwise.type ? then.type : build_.unit.types.any();
  NodePtr choice = feel::if_node(place(boxed), feel::symbol_node(place(boxed), *decided, layout_), std::move(then.node),
                                 std::move(otherwise.node));
  return {std::make_unique<StrictCondition>(place(boxed), std::move(condition.node), std::move(choice), decided->slot),
          type};
}

Piece BoxedCompiler::filter(const Boxed& boxed) {
  Piece list = compile(*boxed.children[0]);
  const Type* item_type =
      list.type->is(Kind::list) && list.type->element != nullptr ? list.type->element : build_.unit.types.any();
  const Symbol* item = build_.unit.make_symbol("item", item_type, layout_);
  Scope items(&scope_);
  items.item = item;
  items.declare(item);
  Piece match = inside(items, *boxed.children[1]);
  return {feel::filter_node(place(boxed), std::move(list.node), {std::move(match.node)}, item->slot,
                            feel::Strictness::boolean_only),
          list.type};
}

Piece BoxedCompiler::loop(const Boxed& boxed) {
  const bool is_for = boxed.kind == Boxed::Kind::for_loop;
  if (boxed.names.empty()) return build_.fault(boxed.spot, "expected an iteratorVariable");
  Piece from = compile(*boxed.children[0]);
  const Type* item_type =
      from.type->is(Kind::list) && from.type->element != nullptr ? from.type->element : build_.unit.types.any();
  const Symbol* item = build_.unit.make_symbol(boxed.names[0], item_type, layout_);
  const Symbol* partial = build_.unit.make_symbol("partial", build_.unit.types.of(Kind::list), layout_);
  Scope items(&scope_);
  items.declare(item);
  if (is_for) items.declare(partial);
  Piece body = inside(items, *boxed.children[1]);
  std::vector<feel::Iterator> iterators;
  iterators.push_back({item->slot, std::move(from.node), nullptr});
  if (is_for) {
    return {feel::for_node(place(boxed), std::move(iterators), partial->slot, {std::move(body.node)}),
            build_.unit.types.list_of(body.type)};
  }
  return {feel::quantified_node(place(boxed), boxed.kind == Boxed::Kind::every, std::move(iterators),
                                {std::move(body.node)}, feel::Strictness::boolean_only),
          build_.unit.types.of(Kind::boolean)};
}

// What a boxed context says of a function from outside: its entries' constant texts.
feel::ExternalText described(const Boxed& body, FunctionKind kind) {
  feel::ExternalText text{.kind = kind == FunctionKind::java ? "java" : "pmml", .entries = {}};
  for (size_t i = 0; i < body.names.size() && i < body.children.size(); ++i) {
    std::string_view value = trim(body.children[i]->text.text);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    text.entries.emplace_back(body.names[i], value);
  }
  return text;
}

}  // namespace

Piece compile_boxed(Build& build, const Boxed& boxed, const Scope& scope, Layout& layout) {
  return BoxedCompiler(build, scope, layout).compile(boxed);
}

Piece compile_function(Build& build, const Boxed& boxed, const std::string& name, const Scope& scope, Layout& layout,
                       const Symbol* self) {
  auto code = std::make_shared<feel::FunctionCode>();
  code->name = name;
  Layout inner{.outer = &layout};
  Scope parameters(&scope);
  Type* type = build.unit.types.make();
  type->any = false;
  type->kind = Kind::function;
  type->name = "function";
  for (const FormalParameter& parameter : boxed.parameters) {
    const Type* declared = build.type_named(parameter.type_ref, boxed.spot);
    parameters.declare(build.unit.make_symbol(parameter.name, declared, inner));
    code->parameters.push_back({parameter.name, declared});
    type->parameters.push_back(declared);
    type->parameter_names.push_back(parameter.name);
  }
  const Type* declared = build.type_named(boxed.type_ref, boxed.spot);
  // A reference to a function type describes the function, not what it returns.
  if (declared->is(Kind::function)) declared = declared->result != nullptr ? declared->result : build.unit.types.any();
  if (boxed.function_kind != FunctionKind::feel) {
    std::vector<std::string> names;
    for (const FormalParameter& parameter : boxed.parameters) names.push_back(parameter.name);
    auto bound = build.unit.externals->bind(described(*boxed.children[0], boxed.function_kind), names);
    if (!bound) {
      build.faults.add(where_of(boxed.spot), bound.error());
      return {feel::fault_node(build.place_of(boxed.spot), build.unit, feel::CauseCode::unavailable,
                               bound.error().faults.front().message),
              build.unit.types.any()};
    }
    code->external = *std::move(bound);
    type->result = declared;
    code->result = declared->any ? nullptr : declared;
  } else {
    Piece body = compile_boxed(build, *boxed.children[0], parameters, inner);
    type->result = declared->any ? body.type : declared;
    code->known = type->result;
    code->body = build.checked(std::move(body), declared, boxed.spot).node;
    code->slots = inner.slots;
  }
  return {feel::function_node(build.place_of(boxed.spot), std::move(code), inner, layout, self), type};
}

}  // namespace puhui::dmn
