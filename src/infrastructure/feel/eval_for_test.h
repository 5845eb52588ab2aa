// For tests only: an expression's value as text.
#pragma once

#include <string>
#include <string_view>

#include "infrastructure/feel/expression.h"

namespace puhui::feel {

// What the expression yields as FEEL text; "fault: …" when it does not compile.
inline std::string eval(std::string_view text) {
  const auto expression = Expression::compile(text);
  if (!expression) return "fault: " + expression.error().text();
  Arena arena;
  return text_of(expression->evaluate(arena));
}

}  // namespace puhui::feel
