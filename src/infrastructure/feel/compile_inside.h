// The compiler's class. Not for others.
#pragma once

#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/compile.h"
#include "infrastructure/feel/nodes.h"

namespace puhui::feel {

class Compiler {
 public:
  Compiler(Unit& shared, Layout& frame) : unit(shared), layout(frame) {}
  // Computes constants at once.
  NodePtr compile(const Expr& expr);

  Unit& unit;
  Layout& layout;

 private:
  NodePtr build(const Expr& expr);
  NodePtr build_control(const Expr& expr);
  NodePtr build_test(const Expr& expr);
  NodePtr call(const Expr& expr);
  NodePtr builtin_call(const Expr& expr);
  NodePtr function(const Expr& expr, const Symbol* self);
  NodePtr context(const Expr& expr);
  NodePtr child(const Expr& expr, size_t i) { return compile(*expr.children[i]); }
  std::vector<NodePtr> children(const Expr& expr, size_t from = 0);
};

}  // namespace puhui::feel
