// Any bytes are a declaration that reads back as itself and can be planned, or a clean fault.
#include "ground/base/check.h"
#include "infrastructure/features/engine.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  using namespace puhui::features;
  const auto set = FeatureSet::parse({reinterpret_cast<const char*>(data), size});
  if (!set) {
    CHECK(!set.error().faults.empty(), "a refusal says why");
    return 0;
  }
  const auto again = FeatureSet::parse(print_json(to_json(*set)));
  CHECK(again.has_value() && again->digest() == set->digest(), "a declaration reads back as itself");
  Engine engine(std::make_shared<const FeatureSet>(*set), {.keys_max = 2, .tiles_max = 4, .edges_max = 8});
  Event event{.id = {1, 1}, .at = {1'700'000'000'000'000}};
  event.values.resize(set->fields.size());
  for (size_t i = 0; i < event.values.size(); ++i)
    event.values[i] = {.present = true, .number = 1, .text = set->fields[i].type == FieldType::number ? "" : "x"};
  std::vector<FeatureValue> out(set->features.size());
  for (int i = 0; i < 3; ++i) {
    engine.observe(event, out);
    event.at.microseconds += 40'000'000;
  }
  return 0;
}
