#include "ground/base/verb.h"

#include <algorithm>

namespace puhui {

std::string Verb::permission() const {
  std::string parts = verb;
  std::replace(parts.begin(), parts.end(), ' ', '.');
  return noun + "." + parts;
}

bool Caller::may(std::string_view permission) const {
  for (const std::string& held : permissions) {
    if (held == "*" || held == permission) return true;
    if (held.ends_with(".*") && permission.starts_with(std::string_view(held).substr(0, held.size() - 1))) return true;
  }
  return false;
}

}  // namespace puhui
