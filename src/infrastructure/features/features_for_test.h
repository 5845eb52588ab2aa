// For tests only: a set with every aggregate of a window, and random streams of it: bursts, late and out-of-order events, labels.
#pragma once

#include <gtest/gtest.h>

#include "ground/base/random.h"
#include "infrastructure/features/batch.h"

namespace puhui::features {

class NoProgress : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

inline constexpr std::string_view kTestFields = R"([
  {"name": "customer", "type": "key", "personal": true}, {"name": "terminal", "type": "key"},
  {"name": "amount", "type": "number", "places": 2}, {"name": "country", "type": "text"},
  {"name": "abroad", "type": "boolean"}, {"name": "sex", "type": "text", "sealed": true}])";

// Every aggregate of a window, with saw's teeth and exact edges, delays, filters and what stands for nothing.
inline constexpr std::string_view kTestFeatures = R"([
  {"name": "count_1h", "aggregate": "count", "entity": "customer", "window": "1h"},
  {"name": "count_1d_exact", "aggregate": "count", "entity": "customer", "window": "1d", "exact": true},
  {"name": "count_before", "aggregate": "count", "entity": "customer", "window": "1h", "includes_current": false},
  {"name": "count_large", "aggregate": "count", "entity": "customer", "window": "6h", "where": "amount > 50"},
  {"name": "count_all", "aggregate": "count", "entity": "terminal", "window": "all"},
  {"name": "sum_2h", "aggregate": "sum", "entity": "customer", "of": "amount", "window": "2h"},
  {"name": "mean_1d", "aggregate": "mean", "entity": "customer", "of": "amount", "window": "1d"},
  {"name": "mean_delayed", "aggregate": "mean", "entity": "terminal", "of": "amount", "window": "3h", "delay": "1h", "exact": true, "empty": "-1"},
  {"name": "min_3h", "aggregate": "min", "entity": "customer", "of": "amount", "window": "3h"},
  {"name": "max_3h", "aggregate": "max", "entity": "customer", "of": "amount", "window": "3h", "where": "abroad"},
  {"name": "stddev_6h", "aggregate": "stddev", "entity": "customer", "of": "amount", "window": "6h"},
  {"name": "terminals_1d", "aggregate": "distinct", "entity": "customer", "of": "terminal", "window": "1d"},
  {"name": "countries_2h", "aggregate": "distinct", "entity": "terminal", "of": "country", "window": "2h"},
  {"name": "customers_all", "aggregate": "distinct", "entity": "terminal", "of": "customer", "window": "all", "hop": "1h"},
  {"name": "last_amount", "aggregate": "last", "entity": "customer", "of": "amount", "window": "1d"},
  {"name": "silent", "aggregate": "time_since", "entity": "customer", "window": "1d", "empty": "999999"},
  {"name": "known", "aggregate": "first_seen", "entity": "customer", "window": "all"},
  {"name": "ewma_2h", "aggregate": "ewma", "entity": "customer", "of": "amount", "window": "1d", "half_life": "2h"},
  {"name": "ratio_1d", "aggregate": "ratio", "entity": "customer", "of": "amount", "window": "1d"},
  {"name": "zscore_1d", "aggregate": "zscore", "entity": "customer", "of": "amount", "window": "1d"},
  {"name": "risk_6h", "aggregate": "risk", "entity": "terminal", "window": "6h", "delay": "1h", "empty": "0"},
  {"name": "risk_exact", "aggregate": "risk", "entity": "terminal", "window": "6h", "exact": true},
  {"name": "bad_1d", "aggregate": "bad", "entity": "customer", "window": "1d", "where": "country != \"CN\""},
  {"name": "busy", "aggregate": "expression", "expression": "if count_1h > 3 and hour < 12 then mean_1d / 100 else count_all"}])";

inline std::shared_ptr<const FeatureSet> test_set(std::string_view features = kTestFeatures,
                                                  std::string_view fields = kTestFields,
                                                  std::string_view name = "card") {
  auto set = FeatureSet::parse(R"({"name": ")" + std::string(name) +
                               R"(", "event": "payment", "lateness": "30m", "fields": )" + std::string(fields) +
                               R"(, "features": )" + std::string(features) + "}");
  EXPECT_TRUE(set) << set.error().text();
  return std::make_shared<const FeatureSet>(*std::move(set));
}

struct StreamKind {
  size_t events = 500, customers = 6, terminals = 9;
  int64_t apart_us = 200'000'000;  // on average
  double out_of_order = 0.2;       // share; some of them beyond the lateness
  double labelled = 0.3;
};

inline constexpr int64_t kTestStreamStart = 1'700'000'000'000'000;

inline FieldValue absent() { return {}; }
inline FieldValue text_value(std::string text) { return {.present = true, .text = std::move(text)}; }
inline FieldValue number_value(int64_t number) { return {.present = true, .number = number}; }

inline std::vector<BatchEvent> random_stream(uint64_t seed, const StreamKind& kind = {}) {
  RandomStream random(Random(seed), 1, 1);
  std::vector<BatchEvent> out;
  int64_t now = kTestStreamStart;
  static constexpr std::string_view kCountries[] = {"CN", "DE", "FR", "KE"};
  const auto below = [&](uint64_t bound) { return random.below(bound); };
  const auto chance = [&](double share) { return random.uniform() < share; };
  for (size_t i = 0; i < kind.events; ++i) {
    if (!chance(0.3)) now += static_cast<int64_t>(below(static_cast<uint64_t>(2 * kind.apart_us)));
    BatchEvent one;
    one.event.id = {seed + 1, i + 1};
    one.event.at = {now};
    if (chance(kind.out_of_order)) one.event.at.microseconds -= static_cast<int64_t>(below(2'400'000'000));
    if (chance(0.05)) one.event.at.microseconds -= 3'600'000'000;
    const bool nobody = chance(0.05);
    one.event.values = {nobody ? absent() : text_value("c" + std::to_string(below(kind.customers))),
                        text_value("t" + std::to_string(below(kind.terminals))),
                        chance(0.1) ? absent() : number_value(static_cast<int64_t>(below(20'000)) - 2'000),
                        chance(0.2) ? absent() : text_value(std::string(kCountries[below(4)])),
                        FieldValue{.present = true, .number = static_cast<int64_t>(below(2))},
                        text_value("f")};
    if (chance(kind.labelled)) {
      one.bad = chance(0.5);
      one.label_at = Timestamp{one.event.at.microseconds + static_cast<int64_t>(below(7'200'000'000))};
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace puhui::features
