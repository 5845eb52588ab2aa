#include "infrastructure/features/engine.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>

#include "infrastructure/features/reference_for_test.h"
#include "infrastructure/features/stream_for_test.h"

namespace puhui::features {
namespace {

std::string text_of(const FeatureValue& value) { return value.present ? value.number.text() : "absent"; }

void expect_equal(const FeatureSet& set, std::span<const FeatureValue> came, std::span<const FeatureValue> expected,
                  const std::string& where) {
  for (size_t i = 0; i < came.size(); ++i) {
    ASSERT_EQ(came[i], expected[i]) << where << ": " << print_json(to_json(set.features[i])) << " came "
                                    << text_of(came[i]) << ", expected " << text_of(expected[i]);
  }
}

// One event in five is labelled, early, late or again.
void label_one(Engine& engine, PlainReference& reference, RandomStream& random) {
  if (reference.size() == 0 || !random.chance(0.3)) return;
  const size_t i = random.chance(0.5) ? reference.size() - 1 : random.below(reference.size());
  const bool bad = random.chance(0.7);
  engine.label(reference.event(i), reference.label(i), bad);
  reference.set_label(i, bad);
}

struct Happened {
  EngineCounts counts;
  size_t present = 0;
};

struct RunOptions {
  uint64_t seed = 1;
  std::string features;  // empty: 45 drawn ones
  int events = 250;
  StreamForTestOptions stream;
  EngineLimits limits;
  bool labels = true;
  double restarts = 0.02;  // how often the engine is put away as bytes and taken up again
};

Happened run_against_reference(const RunOptions& options) {
  RandomStream random(Random(options.seed), 1, 1);
  const auto set = options.features.empty() ? set_for_test(random, 45) : set_of_features(options.features);
  StreamForTest stream(RandomStream(Random(options.seed), 1, 2), options.stream);
  Engine engine(set, options.limits);
  PlainReference reference(set, options.limits.keys_max);
  std::vector<FeatureValue> came(set->features.size());
  Happened happened;
  for (int n = 0; n < options.events && !::testing::Test::HasFatalFailure(); ++n) {
    const Event event = stream.next();
    const std::string where = "seed " + std::to_string(options.seed) + ", event " + std::to_string(n);
    const auto expected = reference.see(event);
    if (random.chance(0.2)) {
      engine.peek(event, came);
      expect_equal(*set, came, expected, where + ", peek");
    }
    const Standing standing = engine.observe(event, came);
    EXPECT_EQ(standing == Standing::late, reference.is_late(event)) << where;
    expect_equal(*set, came, expected, where);
    happened.present += static_cast<size_t>(std::ranges::count(came, true, &FeatureValue::present));
    reference.add(event);
    if (options.labels) label_one(engine, reference, stream.random());
    if (!random.chance(options.restarts)) continue;
    const std::string bytes = engine.snapshot();
    auto again = Engine::restore(set, options.limits, bytes);
    if (!again) {
      ADD_FAILURE() << where << ": " << again.error().text();
      break;
    }
    EXPECT_EQ(again->snapshot(), bytes) << where;
    EXPECT_EQ(again->watermark(), engine.watermark());
    engine = *std::move(again);
  }
  happened.counts = engine.counts();
  return happened;
}

TEST(Engine, sees_what_the_definition_says_on_streams_out_of_order) {
  for (uint64_t seed = 1; seed <= 10 && !HasFatalFailure(); ++seed) {
    const Happened happened = run_against_reference({.seed = seed});
    EXPECT_GT(happened.present, 45u * 250 / 2) << "the comparison is of values";
    EXPECT_GT(happened.counts.late, 0u);
    EXPECT_GT(happened.counts.labels, 0u);
  }
}

TEST(Engine, sees_what_the_definition_says_when_nearly_nothing_is_in_order) {
  for (uint64_t seed = 101; seed <= 104 && !HasFatalFailure(); ++seed)
    run_against_reference({.seed = seed, .stream = {.keys = 2, .step_us_max = 20'000'000, .out_of_order = 0.9}});
}

TEST(Engine, counts_many_different_values_and_estimates_beyond_the_limit) {
  const std::string features =
      R"({"name": "a", "aggregate": "distinct", "entity": "customer", "of": "merchant", "window": "1h"},
         {"name": "b", "aggregate": "distinct", "entity": "customer", "of": "merchant", "window": "10m", "delay": "5m"},
         {"name": "c", "aggregate": "distinct", "entity": "customer", "of": "merchant", "window": "3h", "hop": "1h"},
         {"name": "d", "aggregate": "distinct", "entity": "terminal", "of": "merchant", "window": "1h", "exact": true},
         {"name": "e", "aggregate": "distinct", "entity": "terminal", "of": "merchant", "window": "all",
          "includes_current": false})";
  const Happened happened = run_against_reference({.seed = 201,
                                                   .features = features,
                                                   .events = 1'500,
                                                   .stream = {.keys = 1, .merchants = 900, .step_us_max = 6'000'000}});
  EXPECT_GT(happened.counts.estimated, 0u);
}

TEST(Engine, forgets_the_key_updated_longest_ago_and_begins_it_anew) {
  for (uint64_t seed = 301; seed <= 304 && !HasFatalFailure(); ++seed) {
    const Happened happened =
        run_against_reference({.seed = seed, .stream = {.keys = 8}, .limits = {.keys_max = 3}, .labels = false});
    EXPECT_GT(happened.counts.keys_evicted, 0u);
    EXPECT_LE(happened.counts.keys, 6u);
  }
}

std::shared_ptr<const FeatureSet> small_set(std::string_view features, std::string_view lateness = "1h") {
  const auto set = FeatureSet::parse(R"({"name": "small", "event": "payment", "lateness": ")" + std::string(lateness) +
                                     R"(", "fields": [{"name": "customer", "type": "key"},
    {"name": "amount", "type": "number", "places": 2}], "features": [)" +
                                     std::string(features) + "]}");
  EXPECT_TRUE(set) << set.error().text();
  return std::make_shared<const FeatureSet>(*set);
}

Event payment(int64_t second, std::string customer, std::optional<int64_t> amount) {
  Event event{.id = {1, 1}, .at = {second * 1'000'000}};
  event.values = {{.present = !customer.empty(), .text = std::move(customer)},
                  {.present = amount.has_value(), .number = amount.value_or(0)}};
  return event;
}

std::vector<std::string> seen(Engine& engine, const Event& event) {
  std::vector<FeatureValue> out(engine.set().features.size());
  engine.observe(event, out);
  std::vector<std::string> texts;
  for (const FeatureValue& value : out) texts.push_back(text_of(value));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Engine, merges_a_keys_oldest_tiles_beyond_its_limit_and_loses_no_event) {
  const auto set =
      small_set(R"({"name": "n", "aggregate": "count", "entity": "customer", "window": "100s", "exact": true},
      {"name": "least", "aggregate": "min", "entity": "customer", "of": "amount", "window": "100s", "exact": true})");
  Engine engine(set, {.tiles_max = 4});
  for (int64_t i = 1; i <= 50; ++i)
    EXPECT_EQ(seen(engine, payment(1'000 + i, "c", 100 * i)), (Texts{std::to_string(i), "1"})) << i;
  const EngineCounts counts = engine.counts();
  EXPECT_EQ(counts.tiles_merged, 2u * 46);
  EXPECT_EQ(counts.tiles, 8u);
  // The merged tile bears its newest event's time, 1047: it is inside until then, whole, and then gone.
  EXPECT_EQ(seen(engine, payment(1'146, "c", 9'900)), (Texts{"51", "1"}));
  EXPECT_EQ(seen(engine, payment(1'148, "c", 9'900)), (Texts{"4", "49"}));
  const std::string bytes = engine.snapshot();
  auto again = Engine::restore(set, {.tiles_max = 4}, bytes);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->snapshot(), bytes);
  EXPECT_EQ(seen(*again, payment(1'149, "c", 5)), seen(engine, payment(1'149, "c", 5)));
}

TEST(Engine, says_nothing_where_a_sum_leaves_eighteen_digits_and_counts_it) {
  const auto set =
      small_set(R"({"name": "total", "aggregate": "sum", "entity": "customer", "of": "amount", "window": "all"},
      {"name": "n", "aggregate": "count", "entity": "customer", "window": "all"})");
  Engine engine(set);
  std::vector<FeatureValue> out(2);
  for (int i = 1; i < 1'000'000; ++i) engine.observe(payment(i / 1'000, "c", kValueMax), out);
  EXPECT_EQ(text_of(out[0]), "9999990000000000");
  EXPECT_EQ(engine.counts().overflowed, 0u);
  EXPECT_EQ(seen(engine, payment(1'000, "c", kValueMax)), (Texts{"absent", "1000000"}));
  EXPECT_EQ(engine.counts().overflowed, 1u);
  EXPECT_EQ(seen(engine, payment(1'000, "c", -1)), (Texts{"9999999999999999.99", "1000001"}));
}

TEST(Engine, knows_nothing_of_an_event_without_its_key) {
  Engine engine(small_set(R"({"name": "n", "aggregate": "count", "entity": "customer", "window": "1h"},
      {"name": "risk", "aggregate": "risk", "entity": "customer", "window": "1h", "empty": "0"})"));
  EXPECT_EQ(seen(engine, payment(10, "", 5)), (Texts{"absent", "absent"}));
  EXPECT_EQ(seen(engine, payment(10, "c", 5)), (Texts{"1", "0"}));
  EXPECT_EQ(engine.counts().keys, 1u);
}

TEST(Engine, counts_labels_of_what_is_no_longer_kept) {
  Engine engine(small_set(R"({"name": "bad", "aggregate": "bad", "entity": "customer", "window": "1m"})", "10s"));
  const Event first = payment(1'000, "c", 5);
  seen(engine, first);
  engine.label(first, {}, true);
  EXPECT_EQ(seen(engine, payment(1'030, "c", 5)), Texts{"1"});
  engine.label(first, true, false);
  EXPECT_EQ(seen(engine, payment(1'031, "c", 5)), Texts{"0"});
  engine.label(payment(1'031, "nobody", 5), {}, true);
  EXPECT_EQ(engine.counts().late_labels, 1u);
  seen(engine, payment(2'000, "c", 5));
  engine.label(first, false, true);
  EXPECT_EQ(engine.counts().labels, 4u);
  EXPECT_EQ(engine.counts().late_labels, 2u);
}

TEST(Engine, does_not_take_up_any_other_bytes_than_its_own) {
  const auto set = small_set(R"({"name": "n", "aggregate": "count", "entity": "customer", "window": "1h"})");
  Engine engine(set);
  for (int64_t i = 0; i < 20; ++i) seen(engine, payment(i * 100, "c" + std::to_string(i % 3), 5));
  const std::string bytes = engine.snapshot();
  EXPECT_TRUE(Engine::restore(set, {}, bytes));
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string broken = bytes;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    const auto refused = Engine::restore(set, {}, broken);
    ASSERT_FALSE(refused) << i;
    EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
  }
  EXPECT_FALSE(Engine::restore(set, {}, ""));
  EXPECT_FALSE(Engine::restore(set, {}, bytes.substr(1)));
  EXPECT_FALSE(Engine::restore(set, {.keys_max = 5}, bytes)) << "of other limits";
  const auto other = small_set(R"({"name": "n", "aggregate": "count", "entity": "customer", "window": "2h"})");
  EXPECT_FALSE(Engine::restore(other, {}, bytes)) << "of another set";
}

// What malloc has given out, to the byte; 0 where a sanitizer stands in its place.
size_t allocated() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 0;
#else
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

TEST(Engine, states_the_memory_it_holds) {
  if (allocated() == 0) GTEST_SKIP() << "no figures of the allocator";
  RandomStream random(Random(9), 1, 1);
  const auto set = set_for_test(random, 30);
  StreamForTest stream(RandomStream(Random(9), 1, 2), {.keys = 3'000, .merchants = 500, .step_us_max = 100'000});
  std::vector<FeatureValue> out(set->features.size());
  const size_t before = allocated();
  Engine engine(set);
  const size_t empty = allocated();
  for (int i = 0; i < 20'000; ++i) engine.observe(stream.next(), out);
  const auto held = static_cast<double>(allocated() - before);
  const auto formulas = static_cast<double>(empty - before);  // the declaration's own, whatever comes
  const auto stated = static_cast<double>(engine.counts().bytes);
  EXPECT_GT(stated, held - formulas - 0.02 * held);
  EXPECT_LT(stated, held * 1.02);
  EXPECT_GT(stated, 5e6);
}

}  // namespace
}  // namespace puhui::features
