// Any bytes are an event that has exactly these bytes, or corrupt; any JSON is an event that survives its bytes, or faults.
#include "ground/base/check.h"
#include "infrastructure/features/event.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  using namespace puhui::features;
  static const FeatureSet kSet = *FeatureSet::parse(R"({"name": "fuzz", "event": "payment", "features": [], "fields": [
    {"name": "customer", "type": "key", "required": true}, {"name": "amount", "type": "number", "places": 2},
    {"name": "channel", "type": "text"}, {"name": "abroad", "type": "boolean"}]})");
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto event = decode_event(kSet, bytes)) {
    // One written by a set with fewer fields has them behind its own.
    const auto again = decode_event(kSet, encode(kSet, *event));
    CHECK(again.has_value() && *again == *event, "an event survives its bytes");
  }
  const auto json = parse_json(bytes, {.bytes_max = 4096, .depth_max = 8});
  if (!json) return 0;
  const auto event = read_event(kSet, *json);
  if (!event) return 0;
  const auto again = decode_event(kSet, encode(kSet, *event));
  CHECK(again.has_value() && *again == *event, "an event survives its bytes");
  return 0;
}
