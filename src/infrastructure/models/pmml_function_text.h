// The built-in functions of PMML that make or read texts and dates. Texts count in characters, not bytes.
#pragma once

#include <span>

#include "infrastructure/models/pmml_machine.h"

namespace puhui::models {

Cell uppercase(std::span<const Cell> a, Machine& machine);
Cell lowercase(std::span<const Cell> a, Machine& machine);
Cell string_length(std::span<const Cell> a, Machine& machine);
Cell substring(std::span<const Cell> a, Machine& machine);
Cell trim_blanks(std::span<const Cell> a, Machine& machine);
Cell concat(std::span<const Cell> a, Machine& machine);
Cell format_number(std::span<const Cell> a, Machine& machine);
Cell format_datetime(std::span<const Cell> a, Machine& machine);
Cell days_since_year(std::span<const Cell> a, Machine& machine);
Cell seconds_since_year(std::span<const Cell> a, Machine& machine);
Cell seconds_since_midnight(std::span<const Cell> a, Machine& machine);

}  // namespace puhui::models
