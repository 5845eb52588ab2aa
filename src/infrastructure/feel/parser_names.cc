#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/characters.h"
#include "infrastructure/feel/parser_inside.h"

namespace puhui::feel {
namespace {

// The fields a value of this type shows after a dot: a list shows its items' fields.
const Type* with_fields(const Type* type) {
  while (type != nullptr && type->is(Kind::list)) type = type->element;
  return type != nullptr && type->is(Kind::context) ? type : nullptr;
}

// Inside a filter over this type any name may be an entry nobody announced.
bool may_have_unknown_entries(const Type* type) {
  return type == nullptr || type->any || (type->is(Kind::context) && type->open) || type->is(Kind::list);
}

}  // namespace

Expr::Ptr Parser::name(const Place& place) {
  const std::string_view first = lexer.word();
  size_t longest = 0;
  const Symbol* symbol = nullptr;
  const Scope* found_in = nullptr;
  const Type::Field* field = nullptr;
  for (const Scope* at = scope; at != nullptr; at = at->outer()) {
    // An item's own entry comes before all else, even one that is called "item".
    const Type* item = at->item == nullptr ? nullptr : with_fields(at->item->type);
    for (size_t i = 0; item != nullptr && i < item->fields.size(); ++i) {
      const auto end = lexer.match_name(item->fields[i].name);
      if (end && *end > longest) longest = *end, symbol = at->item, found_in = at, field = &item->fields[i];
    }
    at->each_starting(first, [&](const Symbol& candidate) {
      const auto end = lexer.match_name(candidate.name);
      if (end && *end > longest) longest = *end, symbol = &candidate, found_in = at, field = nullptr;
    });
  }
  const Builtin* builtin = nullptr;
  for (const auto& table : builtin_tables()) {
    for (const Builtin& row : table) {
      if (row.name.front() != first.front()) continue;
      const auto end = lexer.match_name(row.name);
      if (end && *end > longest) longest = *end, builtin = &row;
    }
  }
  // A name that only spells a keyword is the keyword.
  const bool spells_keyword = longest <= lexer.at() + first.size() && is_keyword(first);
  if (spells_keyword || (longest == 0 && is_keyword(first))) {
    if (lexer.take_word("true")) return constant(place, Value::boolean(true));
    if (lexer.take_word("false")) return constant(place, Value::boolean(false));
    if (lexer.take_word("null")) {
      auto* cause = unit.constants.array<Cause>(1);
      new (cause) Cause{CauseCode::literal, "", place, nullptr};
      return constant(place, Value::null(cause));
    }
    if (lexer.take_word("if")) return if_else(place);
    if (lexer.take_word("for")) return loop(place, Op::for_loop);
    if (lexer.take_word("some")) return loop(place, Op::some);
    if (lexer.take_word("every")) return loop(place, Op::every);
    if (lexer.take_word("function")) return function(place);
    lexer.fail("expected a value, came '" + std::string(first) + "'");
  }
  if (longest == 0) {
    std::string text = lexer.take_words();
    auto unknown = make(Op::unknown_name, place);
    unknown->text = text;
    return wrap_in_items(place, std::move(text), std::move(unknown), nullptr);
  }
  const size_t start = lexer.at();
  lexer.rewind(longest);
  if (builtin != nullptr) {
    auto expr = make(Op::builtin_name, place, unit.types.of(Kind::function));
    expr->builtin = builtin;
    return expr;
  }
  auto expr = make(Op::name, place, symbol->type);
  expr->symbol = symbol;
  if (field != nullptr) {
    auto of_item = make(Op::path, place, field->type);
    of_item->text = field->name;
    adopt(*of_item, std::move(expr));
    return of_item;
  }
  return wrap_in_items(place, normalized_name(lexer.text().substr(start, longest - start)), std::move(expr), found_in);
}

// Inside filters over items of unknown type, the item's own entry of that name comes before what was found outside.
Expr::Ptr Parser::wrap_in_items(const Place& place, std::string text, Expr::Ptr found, const Scope* found_in) {
  std::vector<const Symbol*> items;
  for (const Scope* at = scope; at != nullptr; at = at->outer()) {
    if (at == found_in && (at->item == nullptr || found->symbol != at->item)) break;
    if (at->item != nullptr && may_have_unknown_entries(at->item->type)) items.push_back(at->item);
    if (at == found_in) break;
  }
  if (items.empty() && found->op == Op::unknown_name) {
    unknown_names.push_back({where_of(place), "expected a known name, came '" + text + "'"});
  }
  for (auto item = items.rbegin(); item != items.rend(); ++item) {
    auto member = make(Op::item_member, place, found->type);
    if (found->op == Op::unknown_name || item != items.rend()) member->type = unit.types.any();
    member->text = text;
    adopt(*member, reference(place, **item));
    adopt(*member, std::move(found));
    found = std::move(member);
  }
  return found;
}

Expr::Ptr Parser::path(const Place& place, Expr::Ptr of) {
  lexer.skip();
  const Type::Field* field = nullptr;
  size_t longest = 0;
  if (const Type* type = with_fields(of->type)) {
    for (const Type::Field& candidate : type->fields) {
      const auto end = lexer.match_name(candidate.name);
      if (end && *end > longest) longest = *end, field = &candidate;
    }
  }
  const bool over_list = of->type->is(Kind::list);
  auto expr = make(Op::path, place);
  if (field != nullptr) {
    lexer.rewind(longest);
    expr->text = field->name;
    expr->type = over_list ? unit.types.list_of(field->type) : field->type;
  } else {
    expr->text = lexer.take_words();
    if (expr->text.empty()) lexer.fail("expected a member's name after '.'");
  }
  adopt(*expr, std::move(of));
  return expr;
}

Expr::Ptr Parser::filter(const Place& place, Expr::Ptr list) {
  lexer.expect("[");
  const Type* item_type = list->type->is(Kind::list) ? list->type->element : list->type;
  if (item_type == nullptr) item_type = unit.types.any();
  const Symbol* item = unit.make_symbol("item", item_type, *layout);
  Scope inside(scope);
  inside.item = item;
  inside.declare(item);
  auto expr = make(Op::filter, place);
  expr->symbols.push_back(item);
  {
    const Within<const Scope*> within(scope, &inside);
    Expr::Ptr condition = expression();
    if (condition->type->is(Kind::number)) expr->type = item_type;
    if (condition->type->is(Kind::boolean)) {
      expr->type = list->type->is(Kind::list) ? list->type : unit.types.list_of(item_type);
    }
    adopt(*expr, std::move(list));
    adopt(*expr, std::move(condition));
  }
  lexer.expect("]");
  return expr;
}

bool Parser::named_argument_follows() {
  const size_t start = lexer.at();
  const std::string words = lexer.take_words();
  const bool named = !words.empty() && lexer.peek() == ':';
  lexer.rewind(start);
  return named;
}

Expr::Ptr Parser::call(const Place& place, Expr::Ptr callee) {
  lexer.expect("(");
  auto expr = make(Op::call, place);
  expr->builtin = callee->op == Op::builtin_name ? callee->builtin : nullptr;
  adopt(*expr, std::move(callee));
  if (!lexer.take(")")) {
    do {
      const bool named = named_argument_follows();
      if (named) {
        expr->names.push_back(lexer.take_words());
        lexer.expect(":");
      }
      if (named != (expr->names.size() == expr->children.size())) {
        lexer.fail("expected either all arguments by name or none");
      }
      adopt(*expr, expression());
    } while (lexer.take(","));
    lexer.expect(")");
  }
  expr->type = call_type(*expr);
  return expr;
}

const Type* Parser::call_type(const Expr& call) {
  if (call.builtin == nullptr) {
    const Type* callee = call.children[0]->type;
    return callee->is(Kind::function) && callee->result != nullptr ? callee->result : unit.types.any();
  }
  const Type* first = call.children.size() > 1 ? call.children[1]->type : unit.types.any();
  const Builtin* row = call.names.empty() ? row_for(call.builtin->name, call.children.size() - 1) : call.builtin;
  if (row == nullptr) return unit.types.any();
  const auto element = [&] {
    return first->is(Kind::list) && first->element != nullptr ? first->element : unit.types.any();
  };
  switch (row->result) {
    case 'n': return unit.types.of(Kind::number);
    case 's': return unit.types.of(Kind::string);
    case 'b': return unit.types.of(Kind::boolean);
    case 'd': return unit.types.of(Kind::date);
    case 't': return unit.types.of(Kind::time);
    case 'D': return unit.types.of(Kind::date_time);
    case 'l': return unit.types.list_of(unit.types.any());
    case '1': return call.names.empty() ? first : unit.types.any();
    case 'e': return call.names.empty() ? element() : unit.types.any();
    case 'L': return unit.types.list_of(call.names.empty() ? element() : unit.types.any());
    default: return unit.types.any();
  }
}

const Type* Parser::generic_type(std::string_view name) {
  lexer.expect("<");
  Type* type = unit.types.make();
  type->any = false;
  if (name == "list" || name == "range") {
    type->kind = name == "list" ? Kind::list : Kind::range;
    type->element = this->type();
    type->name = std::string(name) + "<" + type->element->name + ">";
  } else if (name == "context") {
    type->kind = Kind::context;
    type->name = "context";
    do {
      const std::string field = lexer.take_words();
      lexer.expect(":");
      type->fields.push_back({field, this->type()});
    } while (lexer.take(","));
  } else {
    type->kind = Kind::function;
    type->name = "function";
    if (!lexer.looking_at(">")) {
      do type->parameters.push_back(this->type());
      while (lexer.take(","));
    }
  }
  lexer.expect(">");
  if (type->kind == Kind::function) {
    lexer.expect("->");
    type->result = this->type();
  }
  return type;
}

const Type* Parser::type() {
  const Deeper deeper(*this);
  lexer.skip();
  for (const std::string_view generic : {"list", "range", "context", "function"}) {
    const auto end = lexer.match_name(generic);
    const size_t start = lexer.at();
    if (!end) continue;
    lexer.rewind(*end);
    if (lexer.looking_at("<")) return generic_type(generic);
    lexer.rewind(start);
  }
  static constexpr std::string_view kLongNames[] = {
      "years and months duration", "days and time duration", "date and time", "dateTime", "date", "time"};
  for (const std::string_view known : kLongNames) {
    if (const auto end = lexer.match_name(known)) {
      lexer.rewind(*end);
      return unit.types.built_in(known);
    }
  }
  const size_t start = lexer.at();
  std::string name = lexer.take_words();
  while (!name.empty() && lexer.take(".")) name += "." + lexer.take_words();
  if (unit.type_names != nullptr) {
    if (const Type* known = unit.type_names->find_type(name)) return known;
  }
  if (const Type* known = unit.types.built_in(name)) return known;
  lexer.fail_at(start, "expected a type, came '" + name + "'");
}

}  // namespace puhui::feel
