// Text pairs: how a verb's input is written where everything is text: in a query string and in command-line flags.
// The input's own Shape says what kind each field is, so both doors turn texts into the same Json.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/json.h"
#include "ground/base/shape.h"

namespace puhui {

using ShapeWalk = std::function<void(Shape&)>;  // what Verb::input and Verb::output are

// One field of an input as a text may name it. Nested fields stand beside their object: "terms", "terms.rate".
struct InputField {
  enum class Kind { boolean, integer, real, text, choice, any, object };
  std::string path;  // "requested_amount", "terms.rate"
  Kind kind = Kind::text;
  std::string type;       // for people: "money", "whole number", "choice"
  bool list = false;      // may be named several times, one item each
  bool required = false;  // itself, and every object it stands in
  std::string help, example;
  std::string standard;  // the value it has when absent; empty: none
  std::vector<std::string> choices;
  std::optional<int64_t> min, max;
};

// In the order of the struct. What stands inside a list's items is not listed: such an item is one JSON text.
std::vector<InputField> input_fields(const ShapeWalk& input);

struct TextPair {
  std::string name;  // a field's path
  std::string value;
};

// Sets each pair in `start` (null or an object) and answers the Json that the verb reads. Lists grow by repetition
// or take one JSON list "[…]"; objects and items of other lists are JSON texts. When a text is not of its field's
// kind, a name is unknown or stands twice, or the whole does not fit the Shape, every fault is reported at once.
Result<Json> json_of_pairs(const ShapeWalk& input, std::span<const InputField> fields, std::span<const TextPair> pairs,
                           Json start = {});

}  // namespace puhui
