#include "infrastructure/feel/expression.h"

#include "infrastructure/feel/compile.h"
#include "infrastructure/feel/parser.h"

namespace puhui::feel {

struct Expression::Compiled {
  Unit unit;
  Layout globals{.is_global = true};
  Layout layout;
  NodePtr node;
};

Expression::Expression(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

Result<Expression> Expression::compile(std::string_view text, std::span<const std::string> names) {
  auto compiled = std::make_unique<Compiled>();
  Scope scope;
  for (const std::string& name : names) {
    scope.declare(compiled->unit.make_symbol(normalized_name(name), compiled->unit.types.any(), compiled->globals));
  }
  const Parsed parsed = TRY(parse_expression({.text = text}, compiled->unit, scope, compiled->layout));
  if (!parsed.unknown_names.empty()) return puhui::fail(Error{ErrorCode::invalid, parsed.unknown_names});
  compiled->node = feel::compile(*parsed.expr, compiled->unit, compiled->layout);
  return Expression(std::move(compiled));
}

Value Expression::evaluate(Arena& arena, std::span<const Value> values, const RunLimits& limits) const {
  Run run(arena, compiled_->layout.slots + kStackValues / 8);
  run.begin(limits);
  std::vector<Value> globals(values.begin(), values.end());
  globals.resize(compiled_->globals.slots, Value::missing());
  run.globals = globals.data();
  return evaluate(run);
}

Value Expression::evaluate(Run& run) const { return feel::evaluate(run, *compiled_->node, compiled_->layout.slots); }

}  // namespace puhui::feel
