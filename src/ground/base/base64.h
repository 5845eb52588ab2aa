// Base64 (RFC 4648, with padding): bytes of a file inside JSON.
#pragma once

#include <string>
#include <string_view>

#include "ground/base/result.h"

namespace puhui {

std::string to_base64(std::string_view bytes);
// invalid for anything but the letters of the alphabet, whole groups of four, and padding at the end.
Result<std::string> from_base64(std::string_view text);

}  // namespace puhui
