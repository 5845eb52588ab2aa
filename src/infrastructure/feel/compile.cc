#include "infrastructure/feel/compile.h"

#include "infrastructure/feel/compile_inside.h"

namespace puhui::feel {
namespace {

constexpr uint64_t kFoldStepsMax = 10'000;

// Computes the node once, now, when all it depends on is constant.
NodePtr folded(NodePtr node, Unit& unit) {
  Run run(unit.constants, 0);
  const uint64_t steps = std::min(kFoldStepsMax, unit.fold_steps_left);
  run.begin({.steps_max = steps, .depth_max = 16});
  Frame frame{run, nullptr, nullptr};
  const Value value = node->eval(frame);
  unit.fold_steps_left -= std::min(unit.fold_steps_left, steps - run.steps_left + 1);
  return run.stopped != nullptr ? std::move(node) : constant_node(node->place, value);
}

// Whether the operator gives the same for the same operands, and has no slots of its own.
bool may_fold(const Expr& expr) {
  switch (expr.op) {
    case Op::arithmetic:
    case Op::negate:
    case Op::compare:
    case Op::logic_and:
    case Op::logic_or:
    case Op::between:
    case Op::if_else:
    case Op::list:
    case Op::range:
    case Op::instance_of:
    case Op::path: return true;
    case Op::call: return expr.builtin != nullptr && expr.builtin->pure;
    default: return false;
  }
}

bool is_constant(const Expr& expr) {
  if (expr.op == Op::literal) return true;
  const size_t from = expr.op == Op::call ? 1 : 0;
  if (!may_fold(expr)) return false;
  return std::all_of(expr.children.begin() + static_cast<ptrdiff_t>(from), expr.children.end(),
                     [](const Expr::Ptr& child) { return child == nullptr || is_constant(*child); });
}

// Of decimal(a / b, 2): the 2.
std::optional<int> places_of_quotient(const Expr& expr) {
  if (expr.builtin->name != "decimal" || expr.children.size() != 3) return std::nullopt;
  const Expr& quotient = *expr.children[1];
  const Expr& places = *expr.children[2];
  if (quotient.op != Op::arithmetic || quotient.arithmetic != Arithmetic::divide) return std::nullopt;
  if (places.op != Op::literal || !places.literal.is_number()) return std::nullopt;
  const auto whole = places.literal.as_number().as_int64();
  const bool few = whole && *whole >= 0 && *whole <= kQuotientPlacesMax;
  return few ? std::optional(static_cast<int>(*whole)) : std::nullopt;
}

}  // namespace

NodePtr compile(const Expr& expr, Unit& unit, Layout& layout) { return Compiler(unit, layout).compile(expr); }

NodePtr fault_node(const Place& place, Unit& unit, CauseCode code, std::string_view message) {
  auto* cause = unit.constants.array<Cause>(1);
  if (cause == nullptr) return constant_node(place, Value::null());
  new (cause) Cause{code, unit.keep(message), place, nullptr};
  return constant_node(place, Value::null(cause));
}

bool place_by_name(const Type& function, std::span<const std::string> names, std::vector<NodePtr>& args) {
  const auto& parameters = function.parameter_names;
  if (parameters.empty() || names.size() != parameters.size()) return false;
  std::vector<size_t> from;
  for (const std::string& parameter : parameters) {
    const auto at = std::ranges::find(names, parameter);
    if (at == names.end()) return false;
    from.push_back(static_cast<size_t>(at - names.begin()));
  }
  std::vector<NodePtr> ordered;
  for (const size_t i : from) ordered.push_back(std::move(args[i]));
  args = std::move(ordered);
  return true;
}

Value evaluate(Run& run, const Node& node, uint32_t slots) {
  if (run.stopped != nullptr) return Value::null(run.stopped);
  if (run.stack_used + slots > run.stack.size()) return run.stop(node.place, "values on the stack");
  Frame frame{run, run.stack.data() + run.stack_used, nullptr};
  run.stack_used += slots;
  const Value result = node.eval(frame);
  run.stack_used -= slots;
  return run.stopped != nullptr ? Value::null(run.stopped) : result;
}

namespace {
// So that the limit of steps bounds the time whatever a turn of a loop or a call has to do.
uint32_t steps_of(const Expr& expr) { return 1 + expr.size / 16; }
}  // namespace

NodePtr Compiler::compile(const Expr& expr) {
  NodePtr node = build(expr);
  if (expr.op == Op::literal || node->constant() != nullptr || !is_constant(expr)) return node;
  return folded(std::move(node), unit);
}

std::vector<NodePtr> Compiler::children(const Expr& expr, size_t from) {
  std::vector<NodePtr> nodes;
  for (size_t i = from; i < expr.children.size(); ++i) nodes.push_back(child(expr, i));
  return nodes;
}

NodePtr Compiler::build(const Expr& expr) {
  const Place& place = expr.place;
  switch (expr.op) {
    case Op::literal: return constant_node(place, expr.literal);
    case Op::name: return symbol_node(place, *expr.symbol, layout);
    case Op::unknown_name:
      return fault_node(place, unit, CauseCode::missing, "nothing is known by the name '" + expr.text + "'");
    case Op::item_member: return item_member_node(place, child(expr, 0), child(expr, 1), unit.keep(expr.text));
    case Op::arithmetic: return arithmetic_node(place, expr.arithmetic, child(expr, 0), child(expr, 1));
    case Op::negate: return negate_node(place, child(expr, 0));
    case Op::compare: return compare_node(place, expr.comparison, child(expr, 0), child(expr, 1));
    case Op::logic_and: return logic_node(place, true, child(expr, 0), child(expr, 1));
    case Op::logic_or: return logic_node(place, false, child(expr, 0), child(expr, 1));
    case Op::between: return between_node(place, child(expr, 0), child(expr, 1), child(expr, 2));
    case Op::path: return path_node(place, child(expr, 0), unit.keep(expr.text));
    case Op::list: return list_node(place, children(expr));
    case Op::instance_of: return instance_node(place, child(expr, 0), *expr.instance_type);
    case Op::range: {
      const auto end = [&](size_t i) { return expr.children[i] == nullptr ? nullptr : child(expr, i); };
      return range_node(place, {end(0), end(1), expr.low_closed, expr.high_closed, expr.form});
    }
    default: return build_control(expr);
  }
}

NodePtr Compiler::build_control(const Expr& expr) {
  const Place& place = expr.place;
  switch (expr.op) {
    case Op::if_else: return if_node(place, child(expr, 0), child(expr, 1), child(expr, 2));
    case Op::context: return context(expr);
    case Op::function: return function(expr, nullptr);
    case Op::call: return call(expr);
    case Op::filter: {
      NodePtr list = child(expr, 0);
      return filter_node(place, std::move(list), {child(expr, 1), steps_of(*expr.children[1])}, expr.symbols[0]->slot);
    }
    case Op::builtin_name: {
      auto code = std::make_shared<FunctionCode>();
      code->name = expr.builtin->name;
      code->builtin = expr.builtin;
      for (const std::string_view parameter : signature_of(*expr.builtin).names) {
        code->parameters.push_back({std::string(parameter), nullptr});
      }
      return function_node(place, std::move(code), Layout{}, layout, nullptr);
    }
    case Op::for_loop:
    case Op::some:
    case Op::every: {
      std::vector<Iterator> iterators;
      size_t at = 0;
      for (size_t i = 0; i < expr.ranges.size(); ++i) {
        NodePtr from = child(expr, at++);
        NodePtr to = expr.ranges[i] ? child(expr, at++) : nullptr;
        iterators.push_back({expr.symbols[i]->slot, std::move(from), std::move(to)});
      }
      Turn body{child(expr, at), steps_of(*expr.children[at])};
      if (expr.op != Op::for_loop) {
        return quantified_node(place, expr.op == Op::every, std::move(iterators), std::move(body));
      }
      return for_node(place, std::move(iterators), expr.symbols.back()->slot, std::move(body));
    }
    default: return build_test(expr);
  }
}

NodePtr Compiler::build_test(const Expr& expr) {
  const Place& place = expr.place;
  switch (expr.op) {
    case Op::in: return in_node(place, child(expr, 0), expr.symbols[0]->slot, children(expr, 1));
    case Op::test_any: return constant_node(place, Value::boolean(true));
    case Op::test_compare: return compare_node(place, expr.comparison, child(expr, 0), child(expr, 1));
    case Op::test_value: return test_value_node(place, child(expr, 0), child(expr, 1));
    case Op::test_self: return child(expr, 1);
    case Op::test_none: return test_none_node(place, children(expr));
    default: return test_or_node(place, children(expr));
  }
}

NodePtr Compiler::context(const Expr& expr) {
  std::vector<ContextEntry> entries;
  for (size_t i = 0; i < expr.children.size(); ++i) {
    const Expr& value = *expr.children[i];
    NodePtr node = value.op == Op::function ? function(value, expr.symbols[i]) : compile(value);
    entries.push_back({unit.keep(expr.names[i]), std::move(node), expr.symbols[i]->slot});
  }
  return context_node(expr.place, std::move(entries));
}

NodePtr Compiler::function(const Expr& expr, const Symbol* self) {
  auto code = std::make_shared<FunctionCode>();
  for (const Symbol* parameter : expr.symbols) code->parameters.push_back({parameter->name, parameter->type});
  code->known = expr.type->result;
  if (!expr.children.empty()) code->steps = steps_of(*expr.children[0]);
  Layout& inner = *expr.layout;
  if (expr.external != nullptr)
    code->external = expr.external;
  else
    code->body = Compiler(unit, inner).compile(*expr.children[0]);
  code->slots = inner.slots;
  return function_node(expr.place, std::move(code), inner, layout, self);
}

NodePtr Compiler::call(const Expr& expr) {
  if (expr.builtin != nullptr) return builtin_call(expr);
  std::vector<NodePtr> args = children(expr, 1);
  const bool placed = place_by_name(*expr.children[0]->type, expr.names, args);
  return call_node(expr.place, child(expr, 0), std::move(args), placed ? std::vector<std::string>() : expr.names);
}

NodePtr Compiler::builtin_call(const Expr& expr) {
  const std::string_view name = expr.builtin->name;
  if (expr.names.empty()) {
    const Builtin* row = row_for(name, expr.children.size() - 1);
    if (const auto places = places_of_quotient(expr)) {
      const Expr& quotient = *expr.children[1];
      return rounded_quotient_node(expr.place, *row, quotient.place, child(quotient, 0), child(quotient, 1), *places);
    }
    if (row != nullptr) return builtin_node(expr.place, *row, children(expr, 1));
    return fault_node(expr.place, unit, CauseCode::wrong_argument,
                      std::string(name) + " does not take " + std::to_string(expr.children.size() - 1) + " arguments");
  }
  for (const Builtin* row : builtin_rows(name)) {
    const auto parameters = signature_of(*row).names;
    std::vector<NodePtr> args(parameters.size());
    size_t placed = 0;
    for (size_t i = 0; i < expr.names.size(); ++i) {
      const auto at = std::ranges::find(parameters, expr.names[i]);
      if (at == parameters.end() || args[static_cast<size_t>(at - parameters.begin())] != nullptr) break;
      args[static_cast<size_t>(at - parameters.begin())] = child(expr, i + 1);
      ++placed;
    }
    const bool complete = std::all_of(args.begin(), args.begin() + static_cast<ptrdiff_t>(row->required),
                                      [](const NodePtr& arg) { return arg != nullptr; });
    if (placed == expr.names.size() && complete) return builtin_node(expr.place, *row, std::move(args));
  }
  return fault_node(expr.place, unit, CauseCode::wrong_argument,
                    std::string(name) + " has no parameters of these names");
}

}  // namespace puhui::feel
