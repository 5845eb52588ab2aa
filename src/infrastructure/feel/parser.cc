#include "infrastructure/feel/parser.h"

#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/parser_inside.h"

namespace puhui::feel {
std::string where_of(const Place& place) {
  std::string where = place.element[0] != '\0' ? "element " + std::string(place.element) + ", " : "";
  return where + "line " + std::to_string(place.line) + ", column " + std::to_string(place.column);
}

namespace {

template <class Parse>
Result<Parsed> guarded(const Source& source, Unit& unit, const Scope& scope, Layout& layout, Parse parse) {
  if (source.text.size() > kExpressionBytesMax) {
    return fail(ErrorCode::exhausted, where_of({source.element, source.line, source.column}),
                "expected an expression of at most " + std::to_string(kExpressionBytesMax) + " bytes, came " +
                    std::to_string(source.text.size()));
  }
  Parser parser(source, unit, scope, layout);
  try {
    Expr::Ptr expr = parse(parser);
    if (!parser.lexer.at_end()) {
      parser.lexer.fail("expected the end of the expression, came '" +
                        std::string(parser.lexer.piece_at(parser.lexer.at())) + "'");
    }
    return Parsed{std::move(expr), std::move(parser.unknown_names)};
  } catch (const SyntaxError& error) {
    return fail(ErrorCode::invalid, where_of(parser.lexer.place_at(error.at)), error.message);
  }
}

}  // namespace

Result<Parsed> parse_expression(const Source& source, Unit& unit, const Scope& scope, Layout& layout) {
  return guarded(source, unit, scope, layout, [](Parser& parser) { return parser.expression(); });
}

Result<Parsed> parse_unary_tests(const Source& source, Unit& unit, const Scope& scope, Layout& layout,
                                 const Symbol& input) {
  return guarded(source, unit, scope, layout, [&](Parser& parser) { return parser.unary_tests(input); });
}

const Type* parse_type(std::string_view text, Unit& unit) {
  const Source source{.text = text};
  const Scope scope;
  Layout layout;
  Parser parser(source, unit, scope, layout);
  try {
    const Type* type = parser.type();
    return parser.lexer.at_end() ? type : nullptr;
  } catch (const SyntaxError&) {
    return nullptr;
  }
}

Expr::Ptr Parser::make(Op op, const Place& place, const Type* type) {
  auto expr = std::make_unique<Expr>();
  expr->op = op;
  expr->place = place;
  expr->type = type == nullptr ? unit.types.any() : type;
  return expr;
}

void Parser::adopt(Expr& parent, Expr::Ptr child) {
  if (child != nullptr) {
    parent.height = std::max(parent.height, child->height + 1);
    parent.size += child->size;
  }
  if (parent.height > kExpressionHeightMax) {
    lexer.fail("expected at most " + std::to_string(kExpressionHeightMax) + " operations inside each other");
  }
  parent.children.push_back(std::move(child));
}

Expr::Ptr Parser::binary(Op op, const Place& place, const Type* type, Expr::Ptr left, Expr::Ptr right) {
  auto expr = make(op, place, type);
  adopt(*expr, std::move(left));
  adopt(*expr, std::move(right));
  return expr;
}

Expr::Ptr Parser::constant(const Place& place, Value value) {
  auto expr = make(Op::literal, place, unit.types.of(value.kind()));
  expr->literal = value;
  return expr;
}

Expr::Ptr Parser::expression() {
  const Deeper deeper(*this);
  return disjunction();
}

Expr::Ptr Parser::disjunction() {
  Expr::Ptr left = conjunction();
  while (lexer.at_word("or")) {
    const Place place = lexer.place();
    lexer.take_word("or");
    left = binary(Op::logic_or, place, unit.types.of(Kind::boolean), std::move(left), conjunction());
  }
  return left;
}

Expr::Ptr Parser::conjunction() {
  Expr::Ptr left = comparison();
  while (lexer.at_word("and")) {
    const Place place = lexer.place();
    lexer.take_word("and");
    left = binary(Op::logic_and, place, unit.types.of(Kind::boolean), std::move(left), comparison());
  }
  return left;
}

std::optional<Comparison> Parser::take_comparison() {
  static constexpr std::pair<std::string_view, Comparison> kOperators[] = {
      {"<=", Comparison::less_equal}, {">=", Comparison::greater_equal}, {"!=", Comparison::not_equal},
      {"<", Comparison::less},        {">", Comparison::greater},        {"=", Comparison::equal}};
  for (const auto& [symbol, comparison] : kOperators) {
    if (lexer.take(symbol)) return comparison;
  }
  return std::nullopt;
}

Expr::Ptr Parser::comparison() {
  Expr::Ptr left = addition();
  while (true) {
    const Place place = lexer.place();
    const Type* boolean = unit.types.of(Kind::boolean);
    if (const auto op = take_comparison()) {
      left = binary(Op::compare, place, boolean, std::move(left), addition());
      left->comparison = *op;
    } else if (lexer.take_word("between")) {
      left = binary(Op::between, place, boolean, std::move(left), addition());
      lexer.expect_word("and");
      adopt(*left, addition());
    } else if (lexer.take_word("in")) {
      left = in_tests(place, std::move(left));
    } else if (lexer.at_word("instance")) {
      left = instance_of(place, std::move(left));
    } else {
      return left;
    }
  }
}

Expr::Ptr Parser::instance_of(const Place& place, Expr::Ptr value) {
  lexer.take_word("instance");
  lexer.expect_word("of");
  auto expr = make(Op::instance_of, place, unit.types.of(Kind::boolean));
  adopt(*expr, std::move(value));
  expr->instance_type = type();
  return expr;
}

// The tests of `in` are expressions over a hidden value; it is evaluated once, into a slot of its own.
Expr::Ptr Parser::in_tests(const Place& place, Expr::Ptr value) {
  auto expr = make(Op::in, place, unit.types.of(Kind::boolean));
  const Symbol* tested = unit.make_symbol("?", value->type, *layout);
  expr->symbols.push_back(tested);
  adopt(*expr, std::move(value));
  const size_t start = lexer.at();
  if (lexer.take("(")) {
    // "(1..5)", "(<5)" and "(a, b)" all begin alike: what follows the first expression tells.
    const bool compares = std::string_view("<>=!").find(lexer.peek()) != std::string_view::npos;
    Expr::Ptr first = compares ? unary_test(*tested) : expression();
    if (!compares && lexer.take("..")) {
      adopt(*expr, test_of(*tested, range(lexer.place_at(start), std::move(first), false)));
      return expr;
    }
    adopt(*expr, compares ? std::move(first) : test_of(*tested, std::move(first)));
    while (lexer.take(",")) adopt(*expr, unary_test(*tested));
    lexer.expect(")");
    return expr;
  }
  adopt(*expr, unary_test(*tested));
  return expr;
}

Expr::Ptr Parser::addition() {
  Expr::Ptr left = multiplication();
  while (true) {
    const Place place = lexer.place();
    const bool plus = lexer.take("+");
    if (!plus && !lexer.take("-")) return left;
    Expr::Ptr right = multiplication();
    const Type* type = arithmetic_type(plus ? Arithmetic::add : Arithmetic::subtract, left->type, right->type);
    left = binary(Op::arithmetic, place, type, std::move(left), std::move(right));
    left->arithmetic = plus ? Arithmetic::add : Arithmetic::subtract;
  }
}

Expr::Ptr Parser::multiplication() {
  Expr::Ptr left = exponentiation();
  while (true) {
    const Place place = lexer.place();
    if (lexer.looking_at("**")) return left;
    const bool times = lexer.take("*");
    if (!times && !lexer.take("/")) return left;
    Expr::Ptr right = exponentiation();
    const Type* type = arithmetic_type(times ? Arithmetic::multiply : Arithmetic::divide, left->type, right->type);
    left = binary(Op::arithmetic, place, type, std::move(left), std::move(right));
    left->arithmetic = times ? Arithmetic::multiply : Arithmetic::divide;
  }
}

Expr::Ptr Parser::exponentiation() {
  Expr::Ptr left = unary();
  while (true) {
    const Place place = lexer.place();
    if (!lexer.take("**")) return left;
    left = binary(Op::arithmetic, place, unit.types.of(Kind::number), std::move(left), unary());
    left->arithmetic = Arithmetic::power;
  }
}

const Type* Parser::arithmetic_type(Arithmetic op, const Type* left, const Type* right) {
  if (left->is(Kind::number) && right->is(Kind::number)) return left;
  if (op == Arithmetic::add && left->is(Kind::string) && right->is(Kind::string)) return left;
  return unit.types.any();
}

Expr::Ptr Parser::unary() {
  const Place place = lexer.place();
  if (!lexer.looking_at("-")) return postfix();
  const Deeper deeper(*this);
  lexer.take("-");
  Expr::Ptr operand = unary();
  if (operand->op == Op::literal && operand->literal.is_number()) {
    operand->literal = Value::number(operand->literal.as_number().negated());
    return operand;
  }
  auto expr = make(Op::negate, place, operand->type);
  adopt(*expr, std::move(operand));
  return expr;
}

Expr::Ptr Parser::postfix() {
  Expr::Ptr left = primary();
  while (true) {
    const Place place = lexer.place();
    if (lexer.looking_at("..")) return left;
    if (lexer.take(".")) {
      left = path(place, std::move(left));
    } else if (lexer.looking_at("[") && !lexer.at_range_end()) {
      left = filter(place, std::move(left));
    } else if (lexer.looking_at("(")) {
      left = call(place, std::move(left));
    } else {
      return left;
    }
  }
}

}  // namespace puhui::feel
