#include <set>

#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/characters.h"
#include "infrastructure/feel/parser_inside.h"

namespace puhui::feel {

Expr::Ptr Parser::primary() {
  const Deeper deeper(*this);
  const Place place = lexer.place();
  const char c = lexer.peek();
  if ((c >= '0' && c <= '9') || c == '.') {
    const auto number = lexer.take_number();
    if (number) return constant(place, Value::number(*number));
  }
  if (c == '"') return string_literal(place);
  if (c == '@') return at_literal(place);
  if (c == '(') return parenthesis(place);
  if (c == '[' || c == ']') return bracket(place);
  if (c == '{') return context(place);
  if (lexer.word().empty()) {
    const std::string_view came = lexer.piece_at(lexer.at());
    lexer.fail("expected a value, came " +
               (came.empty() ? std::string("the end of the expression") : "'" + std::string(came) + "'"));
  }
  return name(place);
}

Expr::Ptr Parser::string_literal(const Place& place) {
  return constant(place, Value::string(unit.keep(lexer.take_string())));
}

Expr::Ptr Parser::at_literal(const Place& place) {
  lexer.expect("@");
  if (lexer.peek() != '"') lexer.fail("expected '\"' after '@'");
  const std::string text = lexer.take_string();
  if (const auto date = parse_date(text)) return constant(place, Value::date(*date));
  if (const auto at = parse_date_time(text)) return constant(place, Value::date_time(*at));
  if (const auto time = parse_time(text)) return constant(place, Value::time(*time));
  if (const auto months = parse_months(text)) return constant(place, Value::months(*months));
  if (const auto duration = parse_duration(text)) return constant(place, Value::duration(*duration));
  auto* cause = unit.constants.array<Cause>(1);
  new (cause) Cause{CauseCode::wrong_argument, unit.keep("no date, time or duration: " + text), place, nullptr};
  return constant(place, Value::null(cause));
}

Expr::Ptr Parser::range(const Place& place, Expr::Ptr low, bool low_closed) {
  Expr::Ptr high = addition();
  auto expr = make(Op::range, place, unit.types.range_of(high->type));
  expr->low_closed = low_closed;
  adopt(*expr, std::move(low));
  adopt(*expr, std::move(high));
  if (lexer.take("]")) {
    expr->high_closed = true;
  } else if (!lexer.take(")") && !lexer.take("[")) {
    lexer.fail("expected ']', ')' or '[' at the end of a range");
  }
  return expr;
}

// "(< 5)" as a value: a range with one end; "(= 5)" and "(!= 5)" have the same value at both.
Expr::Ptr Parser::half_range(const Place& place, Comparison op) {
  Expr::Ptr end = addition();
  auto expr = make(Op::range, place, unit.types.range_of(end->type));
  if (op == Comparison::equal) expr->form = Range::Form::equal;
  if (op == Comparison::not_equal) expr->form = Range::Form::not_equal;
  expr->low_closed = op == Comparison::greater_equal || op == Comparison::equal;
  expr->high_closed = op == Comparison::less_equal || op == Comparison::equal;
  const bool is_high = op == Comparison::less || op == Comparison::less_equal;
  adopt(*expr, is_high ? nullptr : std::move(end));
  adopt(*expr, is_high ? std::move(end) : nullptr);
  return expr;
}

Expr::Ptr Parser::parenthesis(const Place& place) {
  lexer.expect("(");
  if (const auto op = take_comparison()) {
    Expr::Ptr half = half_range(place, *op);
    lexer.expect(")");
    return half;
  }
  Expr::Ptr inside = expression();
  if (lexer.take("..")) return range(place, std::move(inside), false);
  lexer.expect(")");
  return inside;
}

Expr::Ptr Parser::bracket(const Place& place) {
  if (lexer.take("]")) {
    Expr::Ptr low = addition();
    lexer.expect("..");
    return range(place, std::move(low), false);
  }
  lexer.expect("[");
  auto list = make(Op::list, place);
  const Type* element = nullptr;
  if (!lexer.take("]")) {
    do {
      Expr::Ptr item = expression();
      if (list->children.empty() && lexer.take("..")) return range(place, std::move(item), true);
      element = element == nullptr || element == item->type ? item->type : unit.types.any();
      adopt(*list, std::move(item));
    } while (lexer.take(","));
    lexer.expect("]");
  }
  list->type = unit.types.list_of(element == nullptr ? unit.types.any() : element);
  return list;
}

Expr::Ptr Parser::context(const Place& place) {
  lexer.expect("{");
  auto expr = make(Op::context, place);
  Type* type = unit.types.make();
  type->any = false;
  type->kind = Kind::context;
  type->name = "context";
  expr->type = type;
  if (lexer.take("}")) return expr;
  Scope entries(scope);
  const Within<const Scope*> within(scope, &entries);
  std::set<std::string> keys;
  do {
    lexer.skip();
    std::string key;
    if (lexer.peek() == '"') {
      key = lexer.take_string();
    } else {
      const size_t start = lexer.at();
      // A name may hold any of FEEL's name symbols: all up to the colon.
      while (!lexer.at_end() && lexer.peek() != ':' && lexer.peek() != ',' && lexer.peek() != '}') {
        lexer.rewind(lexer.at() + lexer.piece_at(lexer.at()).size());
      }
      key = normalized_name(lexer.text().substr(start, lexer.at() - start));
      if (key.empty() || name_start_length(key, 0) == 0) lexer.fail_at(start, "expected an entry's name");
    }
    lexer.expect(":");
    if (!keys.insert(key).second) {
      lexer.fail("expected each entry once, '" + key + "' came twice");
    }
    // The name is known inside its own value only when that is a function: it may call itself.
    const bool is_function = lexer.at_word("function");
    const Symbol* symbol = nullptr;
    if (is_function) entries.declare(symbol = unit.make_symbol(key, unit.types.any(), *layout));
    Expr::Ptr value = expression();
    if (!is_function) entries.declare(symbol = unit.make_symbol(key, value->type, *layout));
    type->fields.push_back({key, value->type});
    expr->names.push_back(key);
    expr->symbols.push_back(symbol);
    adopt(*expr, std::move(value));
  } while (lexer.take(","));
  lexer.expect("}");
  return expr;
}

Expr::Ptr Parser::if_else(const Place& place) {
  auto expr = make(Op::if_else, place);
  adopt(*expr, expression());
  lexer.expect_word("then");
  adopt(*expr, expression());
  lexer.expect_word("else");
  adopt(*expr, expression());
  const Type* then_type = expr->children[1]->type;
  if (then_type == expr->children[2]->type) expr->type = then_type;
  return expr;
}

Expr::Ptr Parser::loop(const Place& place, Op op) {
  auto expr = make(op, place);
  std::deque<Scope> scopes;
  const Within<const Scope*> within(scope, scope);
  do {
    const std::string variable = lexer.take_words();
    if (variable.empty()) lexer.fail("expected the name of an iteration variable");
    lexer.expect_word("in");
    Expr::Ptr from = addition();
    const bool is_range = lexer.take("..");
    const Type* item = from->type->is(Kind::list) || from->type->is(Kind::range) ? from->type->element
                       : is_range                                                ? from->type
                                                                                 : nullptr;
    adopt(*expr, std::move(from));
    if (is_range) adopt(*expr, addition());
    expr->ranges.push_back(is_range);
    const Symbol* symbol = unit.make_symbol(variable, item == nullptr ? unit.types.any() : item, *layout);
    expr->symbols.push_back(symbol);
    scopes.emplace_back(scope).declare(symbol);
    scope = &scopes.back();
  } while (lexer.take(","));
  if (op == Op::for_loop) {
    const Symbol* partial = unit.make_symbol("partial", unit.types.of(Kind::list), *layout);
    expr->symbols.push_back(partial);
    scopes.back().declare(partial);
  }
  lexer.expect_word(op == Op::for_loop ? "return" : "satisfies");
  Expr::Ptr body = expression();
  expr->type = op == Op::for_loop ? unit.types.list_of(body->type) : unit.types.of(Kind::boolean);
  adopt(*expr, std::move(body));
  return expr;
}

namespace {

// The constant text of one entry of a context as written, or nullptr.
const Expr* entry_of(const Expr& context, std::string_view name) {
  if (context.op != Op::context) return nullptr;
  const auto at = std::ranges::find(context.names, name);
  return at == context.names.end() ? nullptr : context.children[static_cast<size_t>(at - context.names.begin())].get();
}

// {java: {class: "…", method signature: "…"}}, its texts as constants.
ExternalText external_text(const Expr& written) {
  ExternalText text;
  for (const std::string_view kind : {"java", "pmml"}) {
    const Expr* described = entry_of(written, kind);
    if (described == nullptr || described->op != Op::context) continue;
    text.kind = kind;
    for (size_t i = 0; i < described->names.size(); ++i) {
      const Expr& value = *described->children[i];
      if (value.op == Op::literal && value.literal.is_string()) {
        text.entries.emplace_back(described->names[i], value.literal.as_string());
      }
    }
  }
  return text;
}

}  // namespace

// A function whose body is described instead of written. One that is not to be had is a null that says so.
Expr::Ptr Parser::external(const Place& place, Expr::Ptr function) {
  const Place described_at = lexer.place();
  const Expr::Ptr written = expression();
  std::vector<std::string> parameters;
  for (const Symbol* symbol : function->symbols) parameters.push_back(symbol->name);
  std::string message = "expected a body: functions from outside are for models";
  if (unit.externals != nullptr) {
    auto bound = unit.externals->bind(external_text(*written), parameters);
    if (bound) {
      function->external = *std::move(bound);
      return function;
    }
    message = bound.error().faults.front().message;
  }
  unknown_names.push_back({where_of(described_at), message});
  auto* cause = unit.constants.array<Cause>(1);
  new (cause) Cause{CauseCode::unavailable, unit.keep(message), place, nullptr};
  return constant(place, Value::null(cause));
}

Expr::Ptr Parser::function(const Place& place) {
  auto expr = make(Op::function, place, unit.types.of(Kind::function));
  expr->layout = std::make_unique<Layout>(Layout{.outer = layout});
  Scope parameters(scope);
  lexer.expect("(");
  if (!lexer.take(")")) {
    do {
      const std::string parameter = lexer.take_words();
      if (parameter.empty()) lexer.fail("expected a parameter's name");
      const Type* declared = lexer.take(":") ? type() : unit.types.any();
      const Symbol* symbol = unit.make_symbol(parameter, declared, *expr->layout);
      expr->symbols.push_back(symbol);
      parameters.declare(symbol);
    } while (lexer.take(","));
    lexer.expect(")");
  }
  if (lexer.take_word("external")) return external(place, std::move(expr));
  const Within<const Scope*> within_scope(scope, &parameters);
  const Within<Layout*> within_layout(layout, expr->layout.get());
  Expr::Ptr body = expression();
  Type* type = unit.types.make();
  type->any = false;
  type->kind = Kind::function;
  type->name = "function";
  for (const Symbol* symbol : expr->symbols) {
    type->parameters.push_back(symbol->type);
    type->parameter_names.push_back(symbol->name);
  }
  type->result = body->type;
  expr->type = type;
  adopt(*expr, std::move(body));
  return expr;
}

}  // namespace puhui::feel
