// Any text as FEEL: parsed, compiled, evaluated under small limits, printed, parsed again.
#include "infrastructure/feel/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const std::vector<std::string> kNames{"a", "monthly income", "a-b", "items"};
  const auto expression = feel::Expression::compile(text, kNames);
  if (!expression) return 0;
  feel::Arena arena(1 << 20);
  const feel::Value items[] = {feel::Value::number(1), feel::Value::string("x"), feel::Value::missing()};
  const feel::Value values[] = {feel::Value::number(feel::Decimal::scaled(-125, -2)), feel::Value::number(7),
                                feel::Value::boolean(true), feel::Value::list(items)};
  const feel::Value value = expression->evaluate(arena, values, {.steps_max = 20'000, .depth_max = 64});
  const std::string printed = text_of(value);
  if (value.is_null() && explain(value.cause()).empty()) __builtin_trap();  // every null says why
  if (value.is_number()) {
    const auto again = feel::Decimal::parse(printed);
    if (!again || *again != value.as_number()) __builtin_trap();
  }
  return 0;
}
