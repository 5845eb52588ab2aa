#include "infrastructure/dmn/json_writer.h"

#include "ground/base/json.h"

namespace puhui::dmn {

using feel::Kind;
using feel::Value;

void append_json_text(std::string_view text, std::string& out) {
  const bool plain = std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
  });
  if (!plain) {
    out += print_json(Json(text));
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

void append_json(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::null: out += "null"; return;
    case Kind::boolean: out += value.as_boolean() ? "true" : "false"; return;
    case Kind::number: value.as_number().append_text(out); return;
    case Kind::string: append_json_text(value.as_string(), out); return;
    case Kind::list: {
      char before = '[';
      for (const Value& item : value.as_list()) {
        out += std::exchange(before, ',');
        append_json(item, out);
      }
      if (before == '[') out += '[';
      out += ']';
      return;
    }
    case Kind::context: {
      char before = '{';
      for (const feel::Entry& entry : value.as_context()) {
        out += std::exchange(before, ',');
        append_json_text(entry.name, out);
        out += ':';
        append_json(entry.value, out);
      }
      if (before == '{') out += '{';
      out += '}';
      return;
    }
    default: append_json_text(string_of(value), out);
  }
}

}  // namespace puhui::dmn
