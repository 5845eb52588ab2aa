#include "infrastructure/features/batch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "infrastructure/features/aggregate_value.h"
#include "infrastructure/features/batch_table.h"
#include "infrastructure/features/features_for_test.h"
#include "infrastructure/features/formulas.h"

namespace puhui::features {
namespace {

int64_t tile(int64_t at, int64_t hop) { return static_cast<int64_t>(std::floor(static_cast<long double>(at) / hop)); }

// README.md's definition word for word: for every event and feature, all events are looked at.
class Definition {
 public:
  Definition(const FeatureSet& set, std::span<const BatchEvent> events)
      : set_(set), events_(events), formulas_(*Formulas::compile(set)) {
    int64_t watermark = INT64_MIN, latest = INT64_MIN;
    for (const BatchEvent& one : events) {
      const int64_t at = one.event.at.microseconds;
      accepted_.push_back(watermark == INT64_MIN || at >= watermark - *parse_duration(set.lateness));
      watermark = std::max(watermark, at);
      latest_.push_back(latest = std::max(latest, at));
      formulas_.begin(one.event);
      for (size_t f = 0; f < set.features.size(); ++f) passes_.push_back(formulas_.passes(f));
    }
  }

  std::vector<FeatureValue> row(size_t e) {
    std::vector<FeatureValue> out(set_.features.size());
    if (!accepted_[e]) return out;
    for (size_t f = 0; f < out.size(); ++f) out[f] = value(e, f, out);
    return out;
  }

 private:
  const FieldValue& field(size_t event, std::string_view name) const {
    return events_[event].event.values[*set_.find_field(name)];
  }
  bool sees(size_t e, size_t x, const Feature& feature, const Timing& timing, size_t f) const {
    const int64_t until = events_[e].event.at.microseconds - timing.delay_us, at = events_[x].event.at.microseconds;
    const bool after =
        timing.window_us == INT64_MAX || tile(at, timing.hop_us) > tile(until - timing.window_us, timing.hop_us);
    return accepted_[x] && after && tile(at, timing.hop_us) <= tile(until, timing.hop_us) &&
           field(x, feature.entity).text == field(e, feature.entity).text && passes_[x * set_.features.size() + f];
  }
  // By the time e came, its label had.
  bool known_bad(size_t e, size_t x) const {
    return x < e && events_[x].bad && events_[x].label_at && latest_[e] >= events_[x].label_at->microseconds;
  }

  FeatureValue value(size_t e, size_t f, std::span<const FeatureValue> before) {
    const Feature& feature = set_.features[f];
    if (feature.aggregate == Aggregate::expression) {
      formulas_.begin(events_[e].event);
      return formulas_.expression(f, before);
    }
    if (!field(e, feature.entity).present) return {};
    using enum Aggregate;
    const Aggregate a = feature.aggregate;
    const bool itself = feature.includes_current && a != last && a != time_since && a != ratio && a != zscore;
    const Timing timing = timing_of(feature);
    Inside in{.min = INT64_MAX, .max = INT64_MIN, .now_us = events_[e].event.at.microseconds};
    std::set<std::string> texts;
    std::pair<int64_t, size_t> latest{INT64_MIN, 0};
    int64_t first = INT64_MAX;
    for (size_t x = 0; x < e + (itself ? 1 : 0); ++x) {
      if (!sees(e, x, feature, timing, f)) continue;
      const int64_t at = events_[x].event.at.microseconds;
      if (!feature.of.empty() && !field(x, feature.of).present) continue;
      const int64_t v = feature.of.empty() ? 0 : field(x, feature.of).number;
      in.events += 1, in.bad += known_bad(e, x) ? 1 : 0;
      in.sum += v, in.squares += Int128{v} * v;
      in.min = std::min(in.min, v), in.max = std::max(in.max, v);
      if (!feature.of.empty()) texts.insert(field(x, feature.of).text);
      if (std::pair(at, x) >= latest) latest = {at, x}, in.last = v;
      first = std::min(first, at);
      if (a == ewma) {
        const auto age = tile(in.now_us - timing.delay_us, timing.hop_us) - tile(at, timing.hop_us);
        const auto weight =
            static_cast<Int128>(age >= kAgesMax ? 0 : ewma_weight(age, timing.hop_us, timing.half_life_us));
        in.weighted += weight * v, in.weight += weight;
      }
    }
    in.at_us = a == first_seen ? first : latest.first;
    in.distinct = texts.size();
    if (in.distinct > kDistinctExactMax) {
      DistinctSketch sketch;
      for (const std::string& text : texts) sketch.add(value_hash(text));
      in.distinct = sketch.estimate();
    }
    if (!feature.of.empty() && field(e, feature.of).present) in.current = field(e, feature.of).number;
    return aggregate_value(value_rule_of(set_, feature), in).value;
  }

  const FeatureSet& set_;
  std::span<const BatchEvent> events_;
  Formulas formulas_;
  std::vector<bool> accepted_, passes_;
  std::vector<int64_t> latest_;
};

std::string text_of(const FeatureValue& value) { return value.present ? value.number.text() : "absent"; }

void expect_the_definition(const FeatureSet& set, std::span<const BatchEvent> events, uint64_t seed) {
  NoProgress progress;
  const auto batch = compute_batch(set, events, progress);
  ASSERT_TRUE(batch) << batch.error().text();
  Definition definition(set, events);
  size_t present = 0;
  for (size_t e = 0; e < events.size(); ++e) {
    const auto row = definition.row(e);
    for (size_t f = 0; f < row.size(); ++f) {
      const FeatureValue& came = (*batch)[e * row.size() + f];
      present += came.present ? 1 : 0;
      ASSERT_EQ(text_of(came), text_of(row[f])) << set.features[f].name << " of event " << e << ", seed " << seed;
    }
  }
  EXPECT_GT(present, events.size() * set.features.size() / 2) << "the comparison is of values";
}

TEST(Batch, is_the_definition_on_streams_in_any_order) {
  const auto set = test_set();
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    StreamKind kind;
    kind.out_of_order = seed % 3 == 0 ? 0.0 : 0.3;
    kind.apart_us = seed % 2 == 0 ? 20'000'000 : 400'000'000;
    expect_the_definition(*set, random_stream(seed, kind), seed);
  }
}

TEST(Batch, estimates_many_distinct_values_as_the_sketch_of_all_of_them) {
  const auto set = test_set(R"([
    {"name": "customers_all", "aggregate": "distinct", "entity": "terminal", "of": "customer", "window": "all", "hop": "1h"},
    {"name": "customers_6h", "aggregate": "distinct", "entity": "terminal", "of": "customer", "window": "6h", "delay": "10m"}])");
  StreamKind kind{.events = 1500, .customers = 2000, .terminals = 2, .apart_us = 30'000'000};
  expect_the_definition(*set, random_stream(77, kind), 77);
}

TEST(Batch, gives_the_same_rows_one_by_one) {
  const auto set = test_set();
  const auto events = random_stream(5);
  NoProgress progress;
  const auto all = *compute_batch(*set, events, progress);
  auto table = *BatchTable::prepare(*set, events, labels_of(events), progress);
  std::vector<FeatureValue> row(set->features.size());
  for (size_t i = 0; i < events.size(); ++i) {
    table.next(row);
    EXPECT_TRUE(std::equal(row.begin(), row.end(), all.begin() + static_cast<ptrdiff_t>(i * row.size()))) << i;
  }
}

TEST(Batch, lets_a_label_arrive_when_the_stream_reaches_its_time_but_after_its_event) {
  std::vector<BatchEvent> events(4);
  const int64_t at[] = {100, 200, 150, 300};
  for (size_t i = 0; i < 4; ++i) events[i].event.at = {at[i]};
  events[0].label_at = Timestamp{180}, events[0].bad = true;  // known to the event of 200, and to that of 150 after it
  events[1].label_at = Timestamp{200};                        // at once, so to the next
  events[3].label_at = Timestamp{400};                        // nothing comes after it
  const auto labels = labels_of(events);
  ASSERT_EQ(labels.size(), 2u);
  EXPECT_EQ(labels[0].event, 0u);
  EXPECT_EQ(labels[0].before, 1u);
  EXPECT_TRUE(labels[0].bad);
  EXPECT_EQ(labels[1].event, 1u);
  EXPECT_EQ(labels[1].before, 2u);
}

TEST(Batch, lets_a_label_be_taken_back) {
  const auto set = test_set(R"([{"name": "bad", "aggregate": "bad", "entity": "customer", "window": "all"}])");
  StreamKind kind{.events = 6, .customers = 1, .out_of_order = 0, .labelled = 0};
  auto events = random_stream(3, kind);
  for (auto& one : events) one.event.values[0] = text_value("c"), one.event.at = {kTestStreamStart};
  NoProgress progress;
  auto table = *BatchTable::prepare(*set, events, {{0, 2, true}, {0, 4, false}, {1, 5, true}}, progress);
  std::vector<std::string> seen;
  for (size_t i = 0; i < 6; ++i) {
    FeatureValue value;
    table.next({&value, 1});
    seen.push_back(text_of(value));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"0", "0", "1", "1", "0", "1"}));
}

}  // namespace
}  // namespace puhui::features
