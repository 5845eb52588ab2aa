// The engine and the batch share no code of their windows; what they say must be equal to the bit.
#include <gtest/gtest.h>

#include "infrastructure/features/batch_table.h"
#include "infrastructure/features/engine.h"
#include "infrastructure/features/features_for_test.h"
#include "infrastructure/features/stream_for_test.h"

namespace puhui::features {
namespace {

std::string text_of(const FeatureValue& value) { return value.present ? value.number.text() : "absent"; }

// Every event and label through both; the engine is put away and taken up again in the middle.
EngineCounts expect_equal(std::shared_ptr<const FeatureSet> set, std::span<const BatchEvent> events,
                          const std::string& where) {
  NoProgress progress;
  const auto labels = labels_of(events);
  auto batch = BatchTable::prepare(*set, events, labels, progress);
  EXPECT_TRUE(batch) << batch.error().text();
  Engine engine(set);
  std::vector<FeatureValue> online(set->features.size()), offline(set->features.size());
  std::map<uint32_t, bool> told;
  std::set<uint32_t> late;
  size_t label = 0, present = 0;
  for (size_t e = 0; e < events.size(); ++e) {
    for (; label < labels.size() && labels[label].before <= e; ++label) {
      const auto [event, _, bad] = labels[label];
      if (late.contains(event)) continue;
      const auto before = told.find(event);
      engine.label(events[event].event, before == told.end() ? std::nullopt : std::optional(before->second), bad);
      told[event] = bad;
    }
    const Standing standing = engine.observe(events[e].event, online);
    if (standing == Standing::late) late.insert(static_cast<uint32_t>(e));
    EXPECT_EQ(batch->next(offline), standing);
    for (size_t f = 0; f < online.size(); ++f) {
      present += online[f].present ? 1 : 0;
      EXPECT_EQ(text_of(online[f]), text_of(offline[f]))
          << where << ", " << print_json(to_json(set->features[f])) << " of event " << e;
    }
    if (::testing::Test::HasFailure()) break;
    if (e == events.size() / 2) engine = *Engine::restore(set, {}, engine.snapshot());
  }
  EXPECT_GT(present, events.size() * set->features.size() / 3) << "the comparison is of values";
  return engine.counts();
}

TEST(OnlineAndOffline, are_equal_on_every_aggregate) {
  const auto set = test_set();
  for (uint64_t seed = 1; seed <= 6 && !HasFailure(); ++seed) {
    StreamKind kind{.events = 1'500};
    kind.out_of_order = seed % 3 == 0 ? 0.0 : 0.4;
    kind.apart_us = seed % 2 == 0 ? 20'000'000 : 400'000'000;
    const EngineCounts counts = expect_equal(set, random_stream(seed, kind), "seed " + std::to_string(seed));
    EXPECT_GT(counts.late, 0u);
    EXPECT_GT(counts.labels, 0u);
  }
}

TEST(OnlineAndOffline, are_equal_on_declarations_drawn_at_random) {
  for (uint64_t seed = 1; seed <= 6 && !HasFailure(); ++seed) {
    RandomStream random(Random(seed), 2, 1);
    const auto set = set_for_test(random, 60);
    StreamForTest stream(RandomStream(Random(seed), 2, 2), {.keys = 10, .merchants = 2'000, .step_us_max = 20'000'000});
    std::vector<BatchEvent> events(1'200);
    for (BatchEvent& one : events) {
      one.event = stream.next();
      if (!random.chance(0.4)) continue;
      one.bad = random.chance(0.6);
      one.label_at = Timestamp{one.event.at.microseconds + static_cast<int64_t>(random.below(3'600'000'000))};
    }
    expect_equal(set, events, "seed " + std::to_string(seed));
  }
}

constexpr std::string_view kGraphSet = R"({"name": "transfers", "event": "transfer", "lateness": "15m",
  "account": "account", "counterparty": "payee", "amount": "amount", "links": ["device", "phone"],
  "fields": [{"name": "account", "type": "key"}, {"name": "payee", "type": "key"},
    {"name": "amount", "type": "number", "places": 2}, {"name": "device", "type": "key"}, {"name": "phone", "type": "key"}],
  "features": [
    {"name": "in_1h", "aggregate": "graph", "measure": "fan_in", "entity": "payee", "window": "1h"},
    {"name": "in_own", "aggregate": "graph", "measure": "fan_in", "entity": "account", "window": "6h"},
    {"name": "out_1h", "aggregate": "graph", "measure": "fan_out", "entity": "account", "window": "1h"},
    {"name": "through", "aggregate": "graph", "measure": "pass_through", "entity": "account", "window": "3h", "empty": "-1"},
    {"name": "through_payee", "aggregate": "graph", "measure": "pass_through", "entity": "payee", "window": "all"},
    {"name": "cycle", "aggregate": "graph", "measure": "cycle", "entity": "account", "window": "2h"},
    {"name": "device_users", "aggregate": "graph", "measure": "sharers", "entity": "account", "link": "device", "window": "1h"},
    {"name": "phone_users", "aggregate": "graph", "measure": "sharers", "entity": "account", "link": "phone", "window": "6h"},
    {"name": "near", "aggregate": "graph", "measure": "reach", "entity": "account", "window": "6h", "hops": 2},
    {"name": "ring", "aggregate": "graph", "measure": "component", "entity": "account", "window": "1h"},
    {"name": "n", "aggregate": "count", "entity": "account", "window": "1h"},
    {"name": "odd", "aggregate": "expression", "expression": "cycle > 0 and through > 0.5"}]})";

TEST(OnlineAndOffline, are_equal_on_graph_measures) {
  const auto set = std::make_shared<const FeatureSet>(*FeatureSet::parse(kGraphSet));
  for (uint64_t seed = 1; seed <= 4 && !HasFailure(); ++seed) {
    RandomStream random(Random(seed), 3, 1);
    std::vector<BatchEvent> events(500);
    int64_t now_us = kTestStreamStart;
    const auto key = [&](std::string prefix, uint64_t kinds) {
      if (random.chance(0.1)) return FieldValue{};
      return FieldValue{.present = true, .text = prefix + std::to_string(random.below(kinds))};
    };
    for (BatchEvent& one : events) {
      now_us += static_cast<int64_t>(random.below(120'000'000));
      one.event.at = {now_us};
      if (random.chance(0.3)) one.event.at.microseconds -= static_cast<int64_t>(random.below(1'000'000'000));
      one.event.values = {key("a", 12), key("a", 12), {}, key("d", 40), key("p", 60)};
      if (random.chance(0.9))
        one.event.values[2] = {.present = true, .number = static_cast<int64_t>(random.below(10'000)) - 500};
    }
    const EngineCounts counts = expect_equal(set, events, "seed " + std::to_string(seed));
    EXPECT_GT(counts.edges, 0u);
  }
}

}  // namespace
}  // namespace puhui::features
