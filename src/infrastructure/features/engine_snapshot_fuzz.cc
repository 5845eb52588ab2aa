// Any bytes, with the digest that they need to be read at all, are an engine that survives its own bytes and goes on, or corrupt.
#include "ground/base/check.h"
#include "ground/base/hash.h"
#include "infrastructure/features/engine.h"

namespace puhui::features {
namespace {

constexpr std::string_view kSet = R"({"name": "fuzz", "event": "transfer", "lateness": "1m", "account": "account",
  "counterparty": "payee", "amount": "amount", "links": ["device"], "fields": [{"name": "account", "type": "key"},
    {"name": "payee", "type": "key"}, {"name": "amount", "type": "number"}, {"name": "device", "type": "key"}],
  "features": [
    {"name": "mean", "aggregate": "mean", "entity": "account", "of": "amount", "window": "2m"},
    {"name": "spread", "aggregate": "stddev", "entity": "account", "of": "amount", "window": "1m", "exact": true},
    {"name": "most", "aggregate": "max", "entity": "payee", "of": "amount", "window": "all"},
    {"name": "last", "aggregate": "last", "entity": "payee", "of": "amount", "window": "1m"},
    {"name": "first", "aggregate": "first_seen", "entity": "account"},
    {"name": "bad", "aggregate": "bad", "entity": "account", "window": "2m", "delay": "10s"},
    {"name": "payees", "aggregate": "distinct", "entity": "account", "of": "payee", "window": "2m", "hop": "1m"},
    {"name": "in", "aggregate": "graph", "measure": "fan_in", "entity": "payee", "window": "2m"},
    {"name": "users", "aggregate": "graph", "measure": "sharers", "entity": "account", "link": "device", "window": "2m"}]})";
constexpr EngineLimits kLimits{.keys_max = 4, .tiles_max = 8, .edges_max = 8};

Event transfer(int64_t second, int which) {
  Event event{.id = {1, 1}, .at = {second * 1'000'000}};
  event.values = {{.present = true, .text = "a" + std::to_string(which % 3)},
                  {.present = true, .text = "p" + std::to_string(which % 2)},
                  {.present = true, .number = which * 10},
                  {.present = true, .text = "d" + std::to_string(which % 2)}};
  return event;
}

}  // namespace
}  // namespace puhui::features

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  using namespace puhui::features;
  static const auto kShared = std::make_shared<const FeatureSet>(*FeatureSet::parse(kSet));
  // The front that every snapshot of this set begins with, so that the bytes behind it are looked at.
  static const std::string kFront = [] {
    const std::string empty = Engine(kShared, kLimits).snapshot();
    return empty.substr(0, 1 + 32 + 3);
  }();
  std::string bytes = kFront + std::string(reinterpret_cast<const char*>(data), size);
  bytes += sha256(bytes).view();
  auto engine = Engine::restore(kShared, kLimits, bytes);
  if (!engine) {
    CHECK(engine.error().code == ErrorCode::corrupt, "bytes that are no engine are corrupt");
    return 0;
  }
  const std::string own = engine->snapshot();
  auto twin = Engine::restore(kShared, kLimits, own);
  CHECK(twin.has_value() && twin->snapshot() == own, "an engine survives its bytes");
  std::vector<FeatureValue> one(kShared->features.size()), other(one.size());
  const int64_t from = engine->watermark().microseconds / 1'000'000;
  if (from > 250'000'000'000) return 0;
  for (int i = 0; i < 6; ++i) {
    const Event event = transfer(from + i * 20, i);
    engine->observe(event, one);
    twin->observe(event, other);
    CHECK(one == other, "equal engines say the same");
    engine->label(event, {}, true);
    twin->label(event, {}, true);
  }
  CHECK(engine->snapshot() == twin->snapshot(), "equal engines go on equally");
  return 0;
}
