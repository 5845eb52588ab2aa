#include "infrastructure/feel/cause.h"

namespace puhui::feel {

std::string_view name_of(CauseCode code) {
  switch (code) {
    case CauseCode::literal: return "literal null";
    case CauseCode::missing: return "missing";
    case CauseCode::wrong_type: return "wrong type";
    case CauseCode::wrong_argument: return "wrong argument";
    case CauseCode::arithmetic: return "arithmetic";
    case CauseCode::no_match: return "no rule matched";
    case CauseCode::many_matches: return "rules contradict each other";
    case CauseCode::not_allowed: return "value not allowed";
    case CauseCode::unavailable: return "unavailable";
    case CauseCode::exhausted: return "limit reached";
  }
  return "unknown";
}

namespace {
constexpr int kChainMax = 16;  // a loop can chain thousands of nulls; nobody reads more

std::string text_of(const Place& place) {
  std::string text;
  if (place.element[0] != '\0') text += std::string(" at ") + place.element;
  if (place.line != 0) {
    text += (text.empty() ? " at " : " ") + std::to_string(place.line) + ":" + std::to_string(place.column);
  }
  return text;
}
}  // namespace

std::string explain(const Cause& cause) {
  std::string text;
  int shown = 0;
  for (const Cause* at = &cause; at != nullptr; at = at->from) {
    if (++shown > kChainMax) return text + "; and so on";
    if (!text.empty()) text += "; because ";
    text += name_of(at->code);
    text += text_of(at->place);
    if (!at->message.empty()) text.append(": ").append(at->message);
  }
  return text;
}

}  // namespace puhui::feel
