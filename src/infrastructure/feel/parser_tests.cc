#include "infrastructure/feel/parser_inside.h"

namespace puhui::feel {

bool speaks_of(const Expr& expr, const Symbol& symbol) {
  if (expr.symbol == &symbol) return true;
  return std::ranges::any_of(expr.children,
                             [&](const Expr::Ptr& child) { return child != nullptr && speaks_of(*child, symbol); });
}

Expr::Ptr Parser::reference(const Place& place, const Symbol& symbol) {
  auto expr = make(Op::name, place, symbol.type);
  expr->symbol = &symbol;
  return expr;
}

Expr::Ptr Parser::unary_tests(const Symbol& input) {
  Scope tested(scope);
  tested.declare(&input);
  const Within<const Scope*> within(scope, &tested);
  const Place place = lexer.place();
  const size_t start = lexer.at();
  const Type* boolean = unit.types.of(Kind::boolean);
  if (lexer.take("-")) {
    if (lexer.at_end()) return make(Op::test_any, place, boolean);
    lexer.rewind(start);
  }
  if (lexer.take_word("not") && lexer.take("(")) {
    auto none = make(Op::test_none, place, boolean);
    do adopt(*none, unary_test(input));
    while (lexer.take(","));
    lexer.expect(")");
    if (lexer.at_end()) return none;
  }
  lexer.rewind(start);
  auto any_of = make(Op::test_or, place, boolean);
  do adopt(*any_of, unary_test(input));
  while (lexer.take(","));
  return any_of;
}

Expr::Ptr Parser::unary_test(const Symbol& input) {
  const Place place = lexer.place();
  if (const auto op = take_comparison()) {
    auto test = binary(Op::test_compare, place, unit.types.of(Kind::boolean), reference(place, input), addition());
    test->comparison = *op;
    return test;
  }
  return test_of(input, expression());
}

Expr::Ptr Parser::test_of(const Symbol& input, Expr::Ptr expr) {
  const Place place = expr->place;
  const Op op = speaks_of(*expr, input) ? Op::test_self : Op::test_value;
  return binary(op, place, unit.types.of(Kind::boolean), reference(place, input), std::move(expr));
}

}  // namespace puhui::feel
