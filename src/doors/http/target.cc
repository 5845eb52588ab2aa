#include "doors/http/target.h"

#include <algorithm>
#include <optional>

#include "ground/base/text.h"

namespace puhui::http {

namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

enum class Plus { itself, space };

Result<std::string> decoded(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const auto high = i + 1 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
      const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
      if (!high || !low) {
        return fail(ErrorCode::invalid, "target",
                    "expected two hex digits after '%', came '" + std::string(text.substr(i, 3)) +
                        "'; write a percent sign as %25");
      }
      out += static_cast<char>(*high << 4 | *low);
      i += 2;
    }
  }
  return out;
}

Result<std::string> decoded_path(std::string_view text) {
  std::string path = TRY(decoded(text, Plus::itself));
  const auto slashes = [](std::string_view s) { return std::count(s.begin(), s.end(), '/'); };
  if (slashes(path) != slashes(text)) {
    return fail(ErrorCode::invalid, "target", "expected no encoded '/' in a path; write it plainly");
  }
  for (const char c : path) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) {
      return fail(ErrorCode::invalid, "target", "expected a path of printable characters, came a control byte");
    }
  }
  return path;
}

Result<std::vector<TextPair>> parse_query(std::string_view text) {
  std::vector<TextPair> pairs;
  for (const std::string_view part : split(text, '&')) {
    if (part.empty()) continue;
    if (pairs.size() == kQueryPairsMax) {
      return fail(
          ErrorCode::exhausted, "target",
          "expected at most " + std::to_string(kQueryPairsMax) + " query parameters; send them as JSON in a POST");
    }
    const size_t equals = part.find('=');
    std::string name = TRY(decoded(part.substr(0, equals), Plus::space));
    std::string value;
    if (equals != std::string_view::npos) value = TRY(decoded(part.substr(equals + 1), Plus::space));
    pairs.push_back({std::move(name), std::move(value)});
  }
  return pairs;
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  for (const char c : text) {
    if (c <= 0x20 || c >= 0x7f || c == '#') {
      return fail(ErrorCode::invalid, "target", "expected printable ASCII without '#'; percent-encode other bytes");
    }
  }
  if (const size_t scheme = text.find("://"); scheme != std::string_view::npos && !text.starts_with('/')) {
    const size_t path = text.find_first_of("/?", scheme + 3);
    text = path == std::string_view::npos ? "/" : text.substr(path);
  }
  const size_t question = text.find('?');
  std::string_view path = text.substr(0, question);
  if (path.empty() && question == 0) path = "/";  // "http://host?query"
  if (!path.starts_with('/')) {
    return fail(ErrorCode::invalid, "target", "expected a path that begins with '/'");
  }
  Target target{TRY(decoded_path(path)), {}};
  if (question != std::string_view::npos) target.query = TRY(parse_query(text.substr(question + 1)));
  return target;
}

}  // namespace puhui::http
