// Expr: FEEL as written, names already resolved to symbols. The parser makes it, the compiler turns it into Nodes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infrastructure/feel/operators.h"
#include "infrastructure/feel/type.h"

namespace puhui::feel {

class External;
struct Builtin;
struct Symbol;

// A function body's frame, or the policy's globals. Symbols of an outer layout are captured, globals are not.
struct Layout {
  Layout* outer = nullptr;
  bool is_global = false;
  uint32_t slots = 0;
  std::vector<const Symbol*> captures;  // in capture order
};

struct Symbol {
  std::string name;
  const Type* type = nullptr;
  Layout* layout = nullptr;
  uint32_t slot = 0;
};

enum class Op : uint8_t {
  literal,
  name,          // symbol
  builtin_name,  // builtin, as a value
  unknown_name,  // text: nothing of that name is known
  item_member,   // text: a name inside a filter; children: [item, otherwise (optional)]
  arithmetic,    // children: [left, right]
  negate,
  compare,
  logic_and,
  logic_or,
  between,   // [value, low, high]
  in,        // [value, test…]
  if_else,   // [condition, then, otherwise]
  for_loop,  // iterators in children pairs, then the body
  some,
  every,
  function,  // parameters in `symbols`; [body], or `external` alone
  call,      // [callee, arguments…]; argument names in `names` when named
  path,      // text; [of]
  filter,    // symbols[0] is item; [list, condition]
  list,
  context,      // names and symbols of the entries; children their values
  range,        // [low, high]; closed ends in flags; a missing end is a null child; "(= x)" has only a low one
  instance_of,  // instance type; [value]
  // Unary tests. The tested value is the symbol `?`: children[0] where one is needed.
  test_any,      // "-"
  test_compare,  // comparison; [input, right]
  test_value,    // [input, expression]: a range or list that holds the input, or what equals it
  test_self,     // [input, expression]: an expression that speaks of ? itself
  test_none,     // not(…): [tests…]
  test_or,       // [tests…]
};

struct Expr {
  using Ptr = std::unique_ptr<Expr>;

  Op op = Op::literal;
  Place place;
  const Type* type = nullptr;
  uint32_t height = 1;
  uint32_t size = 1;  // how many expressions it holds, itself among them

  Value literal;  // strings and the like live in the constants arena
  std::string text;
  const Symbol* symbol = nullptr;
  const Builtin* builtin = nullptr;
  Arithmetic arithmetic = Arithmetic::add;
  Comparison comparison = Comparison::equal;
  bool low_closed = false;
  bool high_closed = false;
  Range::Form form = Range::Form::interval;
  std::vector<Ptr> children;
  std::vector<std::string> names;
  std::vector<const Symbol*> symbols;
  std::vector<bool> ranges;                  // for_loop: whether the iterator is "low..high" (two children)
  std::unique_ptr<Layout> layout;            // of a function
  std::shared_ptr<const External> external;  // the compiled function holds it too
  const Type* instance_type = nullptr;
};

}  // namespace puhui::feel
