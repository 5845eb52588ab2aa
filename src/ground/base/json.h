// Json: a value read from or written to the outside. Numbers keep their text, so no digit is lost.
// Only doors and files speak JSON; inside the house there are structs (shape.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ground/base/result.h"

namespace puhui {

class Json {
 public:
  struct Number {
    std::string text;  // as it stood in the input, or the shortest form
    bool operator==(const Number&) const = default;
  };
  using List = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;  // keeps the order it came in

  Json() = default;  // null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(int value) : Json(static_cast<int64_t>(value)) {}
  Json(int64_t value) : value_(Number{std::to_string(value)}) {}
  Json(uint64_t value) : value_(Number{std::to_string(value)}) {}
  Json(double value);  // CHECKs that it is finite: JSON has no NaN
  Json(Number value) : value_(std::move(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(const void*) = delete;  // a pointer is not a boolean
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(List value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}
  bool operator==(const Json&) const = default;

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  const bool* boolean() const { return std::get_if<bool>(&value_); }
  const Number* number() const { return std::get_if<Number>(&value_); }
  const std::string* text() const { return std::get_if<std::string>(&value_); }
  const List* list() const { return std::get_if<List>(&value_); }
  const Object* object() const { return std::get_if<Object>(&value_); }
  List* list() { return std::get_if<List>(&value_); }
  Object* object() { return std::get_if<Object>(&value_); }

  // The member of that name, or nullptr (also when this is no object).
  const Json* find(std::string_view name) const;
  // Sets or replaces a member; makes an object of a null.
  void set(std::string_view name, Json value);
  void push(Json value);  // makes a list of a null

  std::optional<int64_t> as_int64() const;  // whole numbers only; "1e3" and "1.0" too
  std::optional<double> as_double() const;

  // "null", "a boolean", "a number", "a text", "a list", "an object": for error messages.
  std::string_view kind() const;

 private:
  std::variant<std::monostate, bool, Number, std::string, List, Object> value_;
};

struct JsonLimits {
  size_t bytes_max = 16 << 20;
  size_t depth_max = 64;
};

// UTF-8 JSON (RFC 8259), nothing after it; a name twice in one object is a fault. Errors say line and column.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

std::string print_json(const Json& value);         // one line, no spaces
std::string print_json_pretty(const Json& value);  // two-space indent, ends without a newline

}  // namespace puhui
