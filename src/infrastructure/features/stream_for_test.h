// For tests: declarations drawn at random, and a stream of events with everything that goes wrong in one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ground/base/check.h"
#include "ground/base/random.h"
#include "infrastructure/features/event.h"

namespace puhui::features {

inline std::string feature_for_test(RandomStream& random, size_t i) {
  constexpr std::string_view kAggregates[] = {"count",  "sum",      "mean",   "min",        "max",
                                              "stddev", "distinct", "last",   "time_since", "first_seen",
                                              "ewma",   "ratio",    "zscore", "risk",       "bad"};
  const auto one_of = [&](std::initializer_list<std::string_view> choices) {
    return std::string(choices.begin()[random.below(choices.size())]);
  };
  const std::string aggregate(kAggregates[i % std::size(kAggregates)]);
  std::string out = R"({"name": "f)" + std::to_string(i) + R"(", "aggregate": ")" + aggregate + R"(", "entity": ")" +
                    one_of({"customer", "terminal"}) + '"';
  const bool plain =
      aggregate == "time_since" || aggregate == "first_seen" || aggregate == "risk" || aggregate == "bad";
  if (aggregate == "distinct") {
    out += R"(, "of": ")" + one_of({"merchant", "channel", "terminal"}) + '"';
  } else if (!plain && (aggregate != "count" || random.chance(0.3))) {
    out += R"(, "of": ")" + one_of({"amount", "amount", "fee", "abroad"}) + '"';
  }
  const bool all = aggregate == "first_seen" || random.chance(0.2);
  out += R"(, "window": ")" + (all ? "all" : one_of({"2m", "10m", "1h", "3h"})) + '"';
  if (aggregate == "ewma") {
    out += R"(, "half_life": ")" + one_of({"1m", "5m", "11m"}) + R"(", "hop": ")" + one_of({"7s", "1m", "2m"}) + '"';
  } else if (random.chance(0.4)) {
    out += R"(, "exact": true)";
  } else if (random.chance(0.5)) {
    out += R"(, "hop": ")" + one_of({"1s", "7s", "1m", "2m"}) + '"';
  }
  if (random.chance(0.3)) out += R"(, "delay": ")" + one_of({"0s", "3s", "5m", "1h"}) + '"';
  if (random.chance(0.3)) out += R"(, "includes_current": false)";
  if (random.chance(0.3)) out += R"(, "empty": "-1.5")";
  if (random.chance(0.4)) {
    out += R"(, "where": ")" +
           one_of({R"(channel = \"web\")", "amount > 5", R"(abroad and merchant != \"m1\")", R"(channel != \"pos\")",
                   "not(abroad)"}) +
           '"';
  }
  return out + "}";
}

inline std::shared_ptr<const FeatureSet> set_of_features(const std::string& features) {
  const auto set = FeatureSet::parse(
      R"({"name": "drawn", "event": "payment", "lateness": "15m", "utc_offset_minutes": 480, "fields": [
    {"name": "customer", "type": "key"}, {"name": "terminal", "type": "key"}, {"name": "merchant", "type": "key"},
    {"name": "amount", "type": "number", "places": 2}, {"name": "fee", "type": "number", "required": true},
    {"name": "channel", "type": "text"}, {"name": "abroad", "type": "boolean"}], "features": [)" +
      features + "]}");
  CHECK(set.has_value(), (set ? "" : set.error().text() + features).c_str());
  return std::make_shared<const FeatureSet>(*set);
}

// So many windowed features, every aggregate in turn, and two expressions.
inline std::shared_ptr<const FeatureSet> set_for_test(RandomStream& random, size_t features) {
  std::string json;
  for (size_t i = 0; i < features; ++i) json += feature_for_test(random, i) + ",\n";
  return set_of_features(json +
                         R"({"name": "share", "aggregate": "expression", "expression": "amount / f2", "empty": "-2"},
                {"name": "night", "aggregate": "expression", "expression": "hour < 6 and share != null"})");
}

struct StreamForTestOptions {
  uint64_t keys = 6;
  uint64_t merchants = 12;
  uint64_t step_us_max = 90'000'000;
  double out_of_order = 0.25;
};

// Events of set_for_test's fields. Times repeat, run back within the lateness and beyond it; amounts are small, negative,
// huge or absent; keys are empty now and then.
class StreamForTest {
 public:
  explicit StreamForTest(RandomStream random, StreamForTestOptions options = {}) : random_(random), options_(options) {}
  RandomStream& random() { return random_; }

  Event next() {
    if (random_.chance(0.8)) now_us_ += static_cast<int64_t>(random_.below(options_.step_us_max));
    if (random_.chance(0.01)) now_us_ += 7'200'000'000;
    Event event{.id = {1, ++count_}, .at = {now_us_}};
    constexpr int64_t kSecond = 1'000'000;
    if (random_.chance(0.3)) event.at.microseconds -= event.at.microseconds % (60 * kSecond);  // on an edge
    if (random_.chance(options_.out_of_order))
      event.at.microseconds = now_us_ - static_cast<int64_t>(random_.below(1'400 * kSecond));
    event.values = {text("c", options_.keys),
                    text("t", options_.keys / 2 + 1),
                    text("m", options_.merchants),
                    number(),
                    {.present = true, .number = static_cast<int64_t>(random_.below(5))},
                    text("", 0),
                    {.present = random_.chance(0.8), .number = 0}};
    constexpr std::string_view kChannels[] = {"web", "pos", "atm"};
    event.values[5] = {.present = random_.chance(0.9), .text = ""};
    if (event.values[5].present) event.values[5].text = kChannels[random_.below(3)];
    if (event.values[6].present) event.values[6].number = random_.chance(0.5) ? 1 : 0;
    return event;
  }

 private:
  FieldValue text(std::string prefix, uint64_t kinds) {
    if (kinds == 0 || random_.chance(0.05)) return {};
    // The smallest of two: some keys are busy, some rare.
    const uint64_t n = std::min(random_.below(kinds), random_.below(kinds));
    return {.present = true, .text = std::move(prefix) + std::to_string(n)};
  }
  FieldValue number() {
    if (random_.chance(0.1)) return {};
    if (random_.chance(0.02)) return {.present = true, .number = random_.chance(0.5) ? kValueMax : -kValueMax};
    return {.present = true, .number = static_cast<int64_t>(random_.below(2'000)) - 300};
  }

  RandomStream random_;
  StreamForTestOptions options_;
  int64_t now_us_ = 1'700'000'000'000'000;
  uint64_t count_ = 0;
};

}  // namespace puhui::features
