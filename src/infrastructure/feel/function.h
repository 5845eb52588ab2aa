// Function: a FEEL function as a value, and the code behind it: a FEEL body, a built-in, or something from outside.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "infrastructure/feel/type.h"
#include "infrastructure/feel/value.h"

namespace puhui::feel {

class Node;
struct Run;
struct Builtin;

// What a call outside FEEL's own bodies does: a host function, a decision service.
class External {
 public:
  virtual ~External() = default;
  virtual Value call(Run& run, std::span<const Value> args, const Place& place) const = 0;
};

struct FunctionCode {
  struct Parameter {
    std::string name;
    const Type* type = nullptr;  // null: any
  };
  std::string name;                   // "" for a literal function
  std::vector<Parameter> parameters;  // their values are the frame's first slots
  uint32_t slots = 0;                 // of the frame
  const Type* result = nullptr;
  // Exactly one of these.
  std::unique_ptr<const Node> body;
  std::unique_ptr<const External> external;
  const Builtin* builtin = nullptr;  // the first row of that name
};

struct Function {
  const FunctionCode* code = nullptr;
  std::span<const Value> captures;
};

}  // namespace puhui::feel
