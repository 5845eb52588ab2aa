#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/characters.h"
#include "infrastructure/feel/unicode.h"

namespace puhui::feel {
namespace {

using Args = std::span<const Value>;

// Byte offsets of every code point, and of the end.
std::vector<size_t> offsets_of(std::string_view text) {
  std::vector<size_t> offsets;
  for (size_t at = 0; at < text.size(); at += code_point(text, at).length) offsets.push_back(at);
  offsets.push_back(text.size());
  return offsets;
}

// Positions count from 1, from the end when negative.
Value substring(Run& run, Args args, const Place& place) {
  const std::string_view text = args[0].as_string();
  const auto start = args[1].as_number().rounded_int64(RoundingMode::down);
  const auto offsets = offsets_of(text);
  const auto size = static_cast<int64_t>(offsets.size()) - 1;
  if (!start || *start == 0 || std::abs(*start) > std::max<int64_t>(size, 1)) {
    if (start && *start > size) return Value::string("");
    return wrong_argument(run, place,
                          {"substring expects a start position within the ", std::to_string(size),
                           " characters, not 0, came ", text_of(args[1])});
  }
  const int64_t first = *start > 0 ? *start - 1 : size + *start;
  int64_t count = size - first;
  if (given(args, 2)) {
    const auto wanted = args[2].as_number().rounded_int64(RoundingMode::down);
    if (!wanted || *wanted < 1) return wrong_argument(run, place, {"substring expects a length of 1 or more"});
    count = std::min(count, *wanted);
  }
  if (first < 0 || first >= size) return Value::string("");
  const size_t from = offsets[static_cast<size_t>(first)];
  return Value::string(text.substr(from, offsets[static_cast<size_t>(first + count)] - from));
}

Value string_length(Run&, Args args, const Place&) {
  int64_t count = 0;
  for (const char c : args[0].as_string()) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return Value::number(count);
}

Value upper_case_of(Run& run, Args args, const Place& place) {
  return run.string(upper_case(args[0].as_string()), place);
}
Value lower_case_of(Run& run, Args args, const Place& place) {
  return run.string(lower_case(args[0].as_string()), place);
}

Value substring_before(Run&, Args args, const Place&) {
  const size_t at = args[0].as_string().find(args[1].as_string());
  return Value::string(at == std::string_view::npos ? "" : args[0].as_string().substr(0, at));
}
Value substring_after(Run&, Args args, const Place&) {
  const size_t at = args[0].as_string().find(args[1].as_string());
  if (at == std::string_view::npos) return Value::string("");
  return Value::string(args[0].as_string().substr(at + args[1].as_string().size()));
}
Value contains(Run&, Args args, const Place&) {
  return Value::boolean(args[0].as_string().find(args[1].as_string()) != std::string_view::npos);
}
Value starts_with(Run&, Args args, const Place&) {
  return Value::boolean(args[0].as_string().starts_with(args[1].as_string()));
}
Value ends_with(Run&, Args args, const Place&) {
  return Value::boolean(args[0].as_string().ends_with(args[1].as_string()));
}

Value string_from(Run& run, Args args, const Place& place) {
  if (args[0].is_null()) return args[0];
  return args[0].is_string() ? args[0] : run.string(string_of(args[0]), place);
}

// Null items are left out; anything else but strings has no answer.
Value string_join(Run& run, Args args, const Place& place) {
  std::string_view delimiter;
  if (given(args, 1) && !args[1].is_null()) {
    if (!args[1].is_string()) return wrong_argument(run, place, {"string join expects a string as delimiter"});
    delimiter = args[1].as_string();
  }
  std::string out;
  bool first = true;
  for (const Value& item : args[0].as_list()) {
    if (item.is_null()) continue;
    if (!item.is_string()) {
      return run.fail(CauseCode::wrong_type, place, {"string join expects strings, came ", name_of(item.kind())});
    }
    if (!first) out += delimiter;
    out += item.as_string();
    first = false;
    if (out.size() > kStringBytesMax) return run.stop(place, "bytes in one string");
  }
  return run.string(out, place);
}

constexpr Builtin kRows[] = {
    {"substring", "string/s,start position/n,length/n", 2, 's', substring},
    {"string length", "string/s", 1, 'n', string_length},
    {"upper case", "string/s", 1, 's', upper_case_of},
    {"lower case", "string/s", 1, 's', lower_case_of},
    {"substring before", "string/s,match/s", 2, 's', substring_before},
    {"substring after", "string/s,match/s", 2, 's', substring_after},
    {"contains", "string/s,match/s", 2, 'b', contains},
    {"starts with", "string/s,match/s", 2, 'b', starts_with},
    {"ends with", "string/s,match/s", 2, 'b', ends_with},
    {"string", "from/z", 1, 's', string_from},
    {"string join", "list/l,delimiter/z", 1, 's', string_join},
};

}  // namespace

std::span<const Builtin> string_builtins() { return kRows; }

}  // namespace puhui::feel
