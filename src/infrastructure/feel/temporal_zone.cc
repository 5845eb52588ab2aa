#include "infrastructure/feel/temporal_math.h"

namespace puhui::feel {

// Only the names of universal time: they need no table of past and future changes.
std::optional<Zone> Zone::named(std::string_view name) {
  if (name == "Etc/UTC" || name == "UTC" || name == "Etc/GMT" || name == "GMT") return offset(0);
  return std::nullopt;
}

std::string Zone::name() const { return "UTC"; }

int32_t offset_at(const Zone& zone, int64_t) { return zone.is_offset() ? zone.offset_seconds() : 0; }

}  // namespace puhui::feel
