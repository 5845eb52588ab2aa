// Function: a FEEL function as a value, and the code behind it: a FEEL body, a built-in, or something from outside.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ground/base/result.h"
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
  // The same for rows of a batch, arguments row after row. Sets run.row for each.
  virtual void call_rows(Run& run, std::span<const Value> args, const Place& place, std::span<const uint32_t> rows,
                         std::span<Value> answers) const;
};

// How a model describes a function from outside: "java" with "class" and "method signature", "pmml" with "document" and
// "model".
struct ExternalText {
  std::string kind;
  std::vector<std::pair<std::string, std::string>> entries;
  const std::string* entry(std::string_view name) const {
    const auto at = std::ranges::find(entries, name, &std::pair<std::string, std::string>::first);
    return at == entries.end() ? nullptr : &at->second;
  }
};

class Externals {
 public:
  virtual ~Externals() = default;
  // Once, when the function is compiled; the error says what is wrong with the description.
  virtual Result<std::shared_ptr<const External>> bind(const ExternalText& text,
                                                       std::span<const std::string> parameters) const = 0;
};

struct FunctionCode {
  struct Parameter {
    std::string name;
    const Type* type = nullptr;  // null: any
  };
  std::string name;                   // "" for a literal function
  std::vector<Parameter> parameters;  // their values are the frame's first slots
  uint32_t slots = 0;                 // of the frame
  uint32_t steps = 1;                 // what a call counts for
  const Type* result = nullptr;       // what it must yield; null: anything
  const Type* known = nullptr;        // what its body is known to yield; null: nothing is known
  // Exactly one of these.
  std::unique_ptr<const Node> body;
  std::shared_ptr<const External> external;  // the parsed expression holds it too, and ends first
  const Builtin* builtin = nullptr;          // the first row of that name
};

struct Function {
  const FunctionCode* code = nullptr;
  std::span<const Value> captures;
};

}  // namespace puhui::feel
