#include "doors/http/headers.h"

#include "ground/base/text.h"

namespace puhui::http {

namespace {

// Calls `visit` with each trimmed part between separators; stops when it answers false.
template <class Visit>
void each_part(std::string_view text, char separator, Visit visit) {
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    if (!visit(trim(text.substr(begin, end - begin)))) return;
    begin = end + 1;
  }
}

// ";q=0", ";q=0.000": the coding is refused. A weight that does not read counts as 1.
bool is_refused(std::string_view parameters) {
  bool refused = false;
  each_part(parameters, ';', [&](std::string_view parameter) {
    if (parameter.size() < 2 || (parameter[0] != 'q' && parameter[0] != 'Q')) return true;
    const size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || trim(parameter.substr(1, equals - 1)) != "") return true;
    const auto weight = parse_fixed(trim(parameter.substr(equals + 1)), 3);
    refused = weight && *weight <= 0;
    return false;
  });
  return refused;
}

}  // namespace

std::optional<std::string> cookie_value(std::string_view cookie, std::string_view name) {
  std::optional<std::string> found;
  bool ambiguous = false;
  each_part(cookie, ';', [&](std::string_view pair) {
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || trim(pair.substr(0, equals)) != name) return true;
    std::string_view value = trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    ambiguous = ambiguous || (found && *found != value);
    found = value;
    return true;
  });
  return ambiguous ? std::nullopt : found;
}

Encodings accepted_encodings(std::string_view accept_encoding) {
  std::optional<bool> gzip, brotli, other;
  each_part(accept_encoding, ',', [&](std::string_view part) {
    const size_t semicolon = std::min(part.find(';'), part.size());
    const std::string coding = to_lower_ascii(trim(part.substr(0, semicolon)));
    const bool taken = !is_refused(part.substr(semicolon));
    if (coding == "gzip" || coding == "x-gzip") gzip = taken;
    if (coding == "br") brotli = taken;
    if (coding == "*") other = taken;
    return true;
  });
  const bool rest = other.value_or(false);
  return {gzip.value_or(rest), brotli.value_or(rest)};
}

bool prefers(std::string_view prefer, std::string_view preference) {
  bool found = false;
  each_part(prefer, ',', [&](std::string_view part) {
    found = to_lower_ascii(trim(part.substr(0, part.find_first_of(";=")))) == preference;
    return !found;
  });
  return found;
}

std::string_view authority_of_origin(std::string_view origin) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!origin.starts_with(scheme)) continue;
    const std::string_view authority = origin.substr(scheme.size());
    return authority.find_first_of("/?#@") == std::string_view::npos ? authority : "";
  }
  return "";
}

}  // namespace puhui::http
