// Parser: FEEL text to Expr. Types are inferred on the way, because the names after a dot or inside a filter depend on
// them. The first syntax error of a text is reported with its line and column.
#pragma once

#include <string_view>

#include "ground/base/result.h"
#include "infrastructure/feel/scope.h"

namespace puhui::feel {

constexpr size_t kExpressionBytesMax = 1 << 20;
constexpr uint32_t kExpressionHeightMax = 400;

struct Source {
  std::string_view text;
  const char* element = "";  // of the DMN element, kept by the unit
  uint32_t line = 1;         // where the text starts in its file
  uint32_t column = 1;
};

// A name that nobody declared becomes Op::unknown_name; `unknown` gets its fault.
struct Parsed {
  Expr::Ptr expr;
  std::vector<Fault> unknown_names;
};

Result<Parsed> parse_expression(const Source& source, Unit& unit, const Scope& scope, Layout& layout);
// "<5, [10..20]", "not(…)", "-"; `input` is the symbol of the tested value.
Result<Parsed> parse_unary_tests(const Source& source, Unit& unit, const Scope& scope, Layout& layout,
                                 const Symbol& input);
// "list<number>", "date and time", an item definition's name; nullptr when there is no such type.
const Type* parse_type(std::string_view text, Unit& unit);

}  // namespace puhui::feel
