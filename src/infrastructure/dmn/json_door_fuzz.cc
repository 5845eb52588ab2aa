// Any bytes as JSON for a policy: taken exactly when parse_json takes them, and what is taken is answered.
#include "ground/base/json.h"
#include "infrastructure/dmn/json_door.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  static const dmn::NoFunctions host;
  static const auto policy = dmn::Policy::compile(
      R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m" id="m">
<inputData id="i" name="x"><variable name="x"/></inputData><decision id="d" name="D"><variable name="D"/>
<informationRequirement><requiredInput href="#i"/></informationRequirement>
<literalExpression><text>x</text></literalExpression></decision></definitions>)",
      host);
  static const dmn::JsonDoor door(*policy);
  const std::string text = "{\"x\":" + std::string(reinterpret_cast<const char*>(data), size) + "}";
  dmn::Scratch scratch;
  std::string out;
  const auto answered = door.evaluate(text, out, scratch);
  const auto parsed = parse_json(text);
  if (answered && !parsed) __builtin_trap();
  if (answered) {
    const auto printed = parse_json(out);
    if (!printed) __builtin_trap();
  } else if (parsed) {
    // What parse_json takes is refused only for a name or a number no decimal holds.
    const std::string why = answered.error().text();
    const bool name =
        why.find("no input of this policy") != std::string::npos || why.find("input once") != std::string::npos;
    if (!name && why.find("expected a number") == std::string::npos) __builtin_trap();
  }
  return 0;
}
