// Cause: why a value is null. Every null carries one, so nobody has to guess where an answer went missing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace puhui::feel {

enum class CauseCode : uint8_t {
  literal,         // the author wrote null
  missing,         // an input, member or name that was not given
  wrong_type,      // an operand or argument of another type than the operator takes
  wrong_argument,  // the right type, a value outside the function's domain
  arithmetic,      // division by zero, a result beyond 34 digits' range
  no_match,        // a decision table without a matching rule and without a default
  many_matches,    // UNIQUE or ANY with rules that contradict each other
  not_allowed,     // a value outside the allowed values of its type
  unavailable,     // an external function (a model) gave no answer
  exhausted,       // a named limit: steps, depth, list length, bytes
};
std::string_view name_of(CauseCode code);

// Where in the source: the DMN element's id ("" inside a bare expression) and the place in its text.
struct Place {
  const char* element = "";
  uint32_t line = 0;
  uint32_t column = 0;
};

struct Cause {
  CauseCode code = CauseCode::literal;
  std::string_view message;  // what was expected and what came; static or in the evaluation's arena
  Place place;
  const Cause* from = nullptr;  // the null this one came from
};

// "wrong_type at d_rate 1:5: '+' expects two numbers, …; because missing: input income not given".
std::string explain(const Cause& cause);

}  // namespace puhui::feel
