// java_format: the part of java.util.Formatter that texts for people need: %s, %d, %f, %b, %c, %n and %%, with the flags
// "-", "0", "+", "," and " ", a width, a precision and an argument's number ("%2$s").
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ground/base/result.h"
#include "infrastructure/feel/value.h"

namespace puhui::dmn {

constexpr size_t kFormatWidthMax = 1000;
constexpr size_t kFormatBytesMax = 1 << 20;

// Arguments beyond the specifiers are ignored; too few, or of another type, are refused.
Result<std::string> java_format(std::string_view pattern, std::span<const feel::Value> args);

}  // namespace puhui::dmn
