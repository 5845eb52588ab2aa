// The parser's class, split over parser*.cc by what it reads. Not for others.
#pragma once

#include "infrastructure/feel/lexer.h"

namespace puhui::feel {

class Parser {
 public:
  Parser(const Source& source, Unit& shared, const Scope& outer, Layout& frame)
      : lexer(source), unit(shared), scope(&outer), layout(&frame) {}

  Expr::Ptr expression();
  Expr::Ptr unary_tests(const Symbol& input);
  const Type* type();

  Lexer lexer;
  std::vector<Fault> unknown_names;

 private:
  // Guards the parser's own stack.
  struct Deeper {
    explicit Deeper(Parser& parser) : owner(parser) {
      if (++owner.depth > kExpressionHeightMax) {
        owner.lexer.fail("expected at most " + std::to_string(kExpressionHeightMax) + " parts inside each other");
      }
    }
    ~Deeper() { --owner.depth; }
    Parser& owner;
  };

  // parser.cc: operators by precedence
  Expr::Ptr disjunction();
  Expr::Ptr conjunction();
  Expr::Ptr comparison();
  Expr::Ptr in_tests(const Place& place, Expr::Ptr value);
  Expr::Ptr instance_of(const Place& place, Expr::Ptr value);
  Expr::Ptr addition();
  Expr::Ptr multiplication();
  Expr::Ptr exponentiation();
  Expr::Ptr unary();
  Expr::Ptr postfix();
  std::optional<Comparison> take_comparison();
  const Type* arithmetic_type(Arithmetic op, const Type* left, const Type* right);

  // parser_primary.cc: literals, lists, contexts, ranges, control
  Expr::Ptr primary();
  Expr::Ptr string_literal(const Place& place);
  Expr::Ptr at_literal(const Place& place);
  Expr::Ptr parenthesis(const Place& place);
  Expr::Ptr bracket(const Place& place);
  Expr::Ptr range(const Place& place, Expr::Ptr low, bool low_closed);
  Expr::Ptr half_range(const Place& place, Comparison op);
  Expr::Ptr context(const Place& place);
  Expr::Ptr if_else(const Place& place);
  Expr::Ptr loop(const Place& place, Op op);
  Expr::Ptr function(const Place& place);
  Expr::Ptr external(const Place& place, Expr::Ptr function);

  // parser_names.cc: names, paths, filters, calls, types
  Expr::Ptr name(const Place& place);
  Expr::Ptr wrap_in_items(const Place& place, std::string text, Expr::Ptr found, const Scope* found_in);
  Expr::Ptr path(const Place& place, Expr::Ptr of);
  Expr::Ptr filter(const Place& place, Expr::Ptr list);
  Expr::Ptr call(const Place& place, Expr::Ptr callee);
  bool named_argument_follows();
  const Type* call_type(const Expr& call);
  const Type* generic_type(std::string_view name);

  // parser_tests.cc: unary tests
  Expr::Ptr unary_test(const Symbol& input);
  Expr::Ptr test_of(const Symbol& input, Expr::Ptr expr);
  Expr::Ptr reference(const Place& place, const Symbol& symbol);

  Expr::Ptr make(Op op, const Place& place, const Type* type = nullptr);
  Expr::Ptr binary(Op op, const Place& place, const Type* type, Expr::Ptr left, Expr::Ptr right);
  Expr::Ptr constant(const Place& place, Value value);
  void adopt(Expr& parent, Expr::Ptr child);

  Unit& unit;
  const Scope* scope;
  Layout* layout;
  uint32_t depth = 0;
};

// Sets for its own lifetime, then puts back: scopes and layouts nest like blocks.
template <class T>
class Within {
 public:
  Within(T& place, T value) : place_(place), before_(place) { place_ = value; }
  ~Within() { place_ = before_; }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  T& place_;
  T before_;
};

// "element d_rate, line 12, column 7", as all faults of a text say it.
std::string where_of(const Place& place);

bool speaks_of(const Expr& expr, const Symbol& symbol);

}  // namespace puhui::feel
