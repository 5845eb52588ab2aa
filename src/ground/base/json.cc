#include "ground/base/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <cmath>
#include <limits>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui {

namespace {

// A number with an exponent beyond this is no int64, whatever its digits.
constexpr int64_t kDigitsMax = 1 << 24;

// Builds a Json from Boost.JSON's parse events; its own value type would not keep a number's text.
struct Builder {
  static constexpr size_t max_object_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_array_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_key_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_string_size = std::numeric_limits<size_t>::max();
  using error_code = boost::json::error_code;
  using string_view = boost::json::string_view;

  Json root;
  std::vector<Json> open;
  std::vector<std::string> keys;
  std::string part;
  std::optional<std::string> repeated_name;

  void place(Json value) {
    if (open.empty()) {
      root = std::move(value);
    } else if (auto* list = open.back().list()) {
      list->push_back(std::move(value));
    } else {
      open.back().object()->emplace_back(std::move(keys.back()), std::move(value));
      keys.pop_back();
    }
  }
  // Small objects are compared name by name; from 16 members on, sorted, so hostile input stays n·log n.
  bool names_are_unique(const Json::Object& members) {
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (const auto& [name, value] : members) names.push_back(name);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice == names.end()) return true;
    repeated_name = *twice;
    return false;
  }
  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return open.emplace_back(Json::Object{}), true; }
  bool on_array_begin(error_code&) { return open.emplace_back(Json::List{}), true; }
  bool on_object_end(size_t, error_code& e) {
    if (!names_are_unique(*open.back().object())) return e = boost::json::error::syntax, false;
    return close();
  }
  bool on_array_end(size_t, error_code&) { return close(); }
  bool close() {
    Json done = std::move(open.back());
    open.pop_back();
    place(std::move(done));
    return true;
  }
  bool on_key_part(string_view s, size_t, error_code&) { return part.append(s.data(), s.size()), true; }
  bool on_key(string_view s, size_t, error_code&) {
    part.append(s.data(), s.size());
    keys.push_back(std::exchange(part, {}));
    return true;
  }
  bool on_string_part(string_view s, size_t, error_code&) { return part.append(s.data(), s.size()), true; }
  bool on_string(string_view s, size_t, error_code&) {
    part.append(s.data(), s.size());
    place(Json(std::exchange(part, {})));
    return true;
  }
  bool on_number_part(string_view s, error_code&) { return part.append(s.data(), s.size()), true; }
  bool number(string_view s) {
    part.append(s.data(), s.size());
    place(Json(Json::Number{std::exchange(part, {})}));
    return true;
  }
  bool on_int64(int64_t, string_view s, error_code&) { return number(s); }
  bool on_uint64(uint64_t, string_view s, error_code&) { return number(s); }
  bool on_double(double, string_view s, error_code&) { return number(s); }
  bool on_bool(bool value, error_code&) { return place(Json(value)), true; }
  bool on_null(error_code&) { return place(Json()), true; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};

// The whole number that "1e3", "5.00" or "-12.5e1" is, digit by digit: a double would round beyond 2^53.
std::optional<int64_t> whole_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t exponent_at = std::min(text.find_first_of("eE"), text.size());
  int64_t exponent = 0;
  if (exponent_at < text.size()) {
    std::string_view digits = text.substr(exponent_at + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto read = parse_int64(digits);
    if (!read || *read < -kDigitsMax || *read > kDigitsMax) return std::nullopt;
    exponent = *read;
  }
  std::string digits(text.substr(0, exponent_at));
  if (const size_t point = digits.find('.'); point != std::string::npos) {
    digits.erase(point, 1);
    exponent -= static_cast<int64_t>(digits.size() - point);
  }
  digits.erase(0, digits.find_first_not_of('0'));
  while (!digits.empty() && digits.back() == '0') digits.pop_back(), ++exponent;
  if (digits.empty()) return 0;
  constexpr int64_t kInt64Digits = 19;
  if (exponent < 0 || exponent + static_cast<int64_t>(digits.size()) > kInt64Digits) return std::nullopt;
  return parse_int64((negative ? "-" : "") + digits + std::string(static_cast<size_t>(exponent), '0'));
}

std::string place_of(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto line_start = before.rfind('\n');
  const size_t column = line_start == std::string_view::npos ? offset + 1 : offset - line_start;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace

Json::Json(double value) {
  CHECK(std::isfinite(value), "JSON has no NaN and no infinity");
  value_ = Number{format_double(value)};
}

const Json* Json::find(std::string_view name) const {
  if (const Object* members = object()) {
    for (const auto& [key, value] : *members) {
      if (key == name) return &value;
    }
  }
  return nullptr;
}

void Json::set(std::string_view name, Json value) {
  if (is_null()) value_ = Object{};
  CHECK(object() != nullptr, "a member is set on an object");
  for (auto& [key, old] : *object()) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
  object()->emplace_back(std::string(name), std::move(value));
}

void Json::push(Json value) {
  if (is_null()) value_ = List{};
  CHECK(list() != nullptr, "an item is pushed on a list");
  list()->push_back(std::move(value));
}

std::optional<int64_t> Json::as_int64() const {
  const Number* n = number();
  if (!n) return std::nullopt;
  if (const auto exact = parse_int64(n->text)) return exact;
  return whole_of(n->text);
}

std::optional<double> Json::as_double() const {
  const Number* n = number();
  return n ? parse_double(n->text) : std::nullopt;
}

std::string_view Json::kind() const {
  constexpr std::string_view kKinds[] = {"null", "a boolean", "a number", "a text", "a list", "an object"};
  return kKinds[value_.index()];
}

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes_max) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(limits.bytes_max) + " bytes of JSON, came " +
                                          std::to_string(text.size()));
  }
  boost::json::parse_options options;
  options.max_depth = limits.depth_max;
  boost::json::basic_parser<Builder> parser(options);
  boost::json::error_code error;
  const size_t read = parser.write_some(false, text.data(), text.size(), error);
  const size_t more = text.find_first_not_of(" \t\r\n", read);
  if (!error && more != std::string_view::npos) {
    return fail(ErrorCode::invalid, place_of(text, more), "expected the end of the JSON, came more text");
  }
  if (error) {
    const auto& twice = parser.handler().repeated_name;
    const std::string what = twice ? "the name '" + *twice + "' stands twice in one object" : error.message();
    return fail(ErrorCode::invalid, place_of(text, std::min(read, text.size())), "expected JSON: " + what);
  }
  return std::move(parser.handler().root);
}

namespace {

// What is printed is UTF-8 whatever it was: each byte that is not becomes U+FFFD.
std::string mended(std::string_view text) {
  std::string out;
  while (const auto wrong = first_invalid_utf8(text)) {
    out += text.substr(0, *wrong);
    out += "\xEF\xBF\xBD";
    text.remove_prefix(*wrong + 1);
  }
  out += text;
  return out;
}

void print_text(const std::string& text, std::string& out) {
  if (first_invalid_utf8(text)) return print_text(mended(text), out);
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<uint8_t>(c) < 0x20) {
          out += "\\u00" + to_hex(std::string_view(&c, 1));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// indent < 0: all on one line.
void print(const Json& value, int indent, std::string& out) {
  const auto newline = [&](int depth) {
    if (indent < 0) return;
    out += '\n';
    out.append(static_cast<size_t>(depth) * 2, ' ');
  };
  const int inner = indent < 0 ? indent : indent + 1;
  if (value.is_null()) {
    out += "null";
  } else if (const bool* b = value.boolean()) {
    out += *b ? "true" : "false";
  } else if (const auto* n = value.number()) {
    out += n->text;
  } else if (const auto* t = value.text()) {
    print_text(*t, out);
  } else if (const auto* l = value.list()) {
    out += '[';
    for (size_t i = 0; i < l->size(); ++i) {
      if (i > 0) out += ',';
      newline(inner);
      print((*l)[i], inner, out);
    }
    if (!l->empty()) newline(indent);
    out += ']';
  } else {
    const auto& members = *value.object();
    out += '{';
    for (size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out += ',';
      newline(inner);
      print_text(members[i].first, out);
      out += indent < 0 ? ":" : ": ";
      print(members[i].second, inner, out);
    }
    if (!members.empty()) newline(indent);
    out += '}';
  }
}

}  // namespace

std::string print_json(const Json& value) {
  std::string out;
  print(value, -1, out);
  return out;
}

std::string print_json_pretty(const Json& value) {
  std::string out;
  print(value, 0, out);
  return out;
}

}  // namespace puhui
