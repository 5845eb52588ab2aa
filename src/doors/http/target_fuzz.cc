// Whatever stands in a request line, and whatever its query says to a verb, is answered by a value or a fault.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "doors/http/target.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

namespace {

struct Inner {
  int64_t rate = 0;
};
void fields(puhui::Shape& s, Inner& inner) { s.field("rate", inner.rate); }

struct Input {
  std::string text;
  int32_t whole = 0;
  double real = 0;
  bool flag = false;
  std::vector<int64_t> list;
  puhui::Json any;
  Inner inner;
};
void fields(puhui::Shape& s, Input& in) {
  s.field("t", in.text, {.optional = true});
  s.field("w", in.whole, {.optional = true});
  s.field("r", in.real, {.optional = true});
  s.field("f", in.flag, {.optional = true});
  s.field("l", in.list, {.optional = true});
  s.field("a", in.any, {.optional = true});
  s.field("i", in.inner, {.optional = true});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = puhui::http::parse_target(text);
  if (!target) {
    CHECK(!target.error().faults.empty(), "a refusal names its fault");
    return 0;
  }
  CHECK(target->path.starts_with('/'), "a path begins with a slash");
  CHECK(target->query.size() <= puhui::http::kQueryPairsMax, "the limit holds");
  static const puhui::ShapeWalk walk = [](puhui::Shape& s) {
    Input scratch;
    s.value(scratch);
  };
  static const auto known = puhui::input_fields(walk);
  if (const auto json = puhui::json_of_pairs(walk, known, target->query)) {
    CHECK(puhui::parse_json(puhui::print_json(*json)).has_value(), "what was typed prints as JSON");
    CHECK(puhui::read_json<Input>(*json).has_value(), "what was accepted is read");
  }
  return 0;
}
