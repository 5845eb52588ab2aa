// Compiler: Expr to Nodes over slots. Names become slots, captures or globals; what is constant is computed now.
#pragma once

#include "infrastructure/feel/function.h"
#include "infrastructure/feel/run.h"
#include "infrastructure/feel/scope.h"

namespace puhui::feel {

NodePtr compile(const Expr& expr, Unit& unit, Layout& layout);

// Nodes that the layers above build from parts of their own.
NodePtr constant_node(const Place& place, Value value);
NodePtr symbol_node(const Place& place, const Symbol& symbol, Layout& layout);
// A null that says so every time it is evaluated.
NodePtr fault_node(const Place& place, Unit& unit, CauseCode code, std::string_view message);
// Makes the function value; `layout` is the frame it is made in, `self` the symbol by which it may call itself.
NodePtr function_node(const Place& place, std::shared_ptr<const FunctionCode> code, const Layout& inner, Layout& layout,
                      const Symbol* self);
// Puts arguments given by name into the order of the function's parameters. False, and nothing moved, when the type
// does not say its parameters or the names are not exactly those.
bool place_by_name(const Type& function, std::span<const std::string> names, std::vector<NodePtr>& args);
// Calls `callee` with arguments by position, or by name when `names` is not empty.
NodePtr call_node(const Place& place, NodePtr callee, std::vector<NodePtr> args, std::vector<std::string> names);

// Runs a top-level expression with locals of its own on the stack.
Value evaluate(Run& run, const Node& node, uint32_t slots);

}  // namespace puhui::feel
