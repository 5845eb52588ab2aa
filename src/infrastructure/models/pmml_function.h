// The built-in functions of PMML (standard, "Built-in functions"), as a table.
#pragma once

#include <span>
#include <string_view>

#include "infrastructure/models/pmml_machine.h"

namespace puhui::models {

struct BuiltIn {
  std::string_view name;
  uint16_t arguments_min, arguments_max;
  DataType result;
  // strict: any missing argument makes the result missing, and the function never sees it.
  enum class Missing : uint8_t { strict, seen } missing;
  // A result marked invalid has no answer: a division by zero, a text that is no number.
  Cell (*call)(std::span<const Cell> arguments, Machine& machine);
};
constexpr uint16_t kArgumentsMax = 10'000;

const BuiltIn* find_built_in(std::string_view name);

}  // namespace puhui::models
