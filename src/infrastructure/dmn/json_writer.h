// Values as JSON text, appended without a tree between: the bytes print_json(to_json(value)) gives.
#pragma once

#include <string>
#include <string_view>

#include "infrastructure/feel/value.h"

namespace puhui::dmn {

void append_json(const feel::Value& value, std::string& out);
// In quotes; what is not UTF-8 is mended as print_json mends it.
void append_json_text(std::string_view text, std::string& out);

}  // namespace puhui::dmn
