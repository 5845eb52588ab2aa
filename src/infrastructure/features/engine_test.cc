#include "infrastructure/features/engine.h"

#include <gtest/gtest.h>

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

void run_against_reference(uint64_t seed, size_t features, int events, StreamForTestOptions options) {
  RandomStream random(Random(seed), 1, 1);
  const auto set = set_for_test(random, features);
  StreamForTest stream(RandomStream(Random(seed), 1, 2), options);
  Engine engine(set);
  PlainReference reference(set);
  std::vector<FeatureValue> came(set->features.size());
  for (int n = 0; n < events; ++n) {
    const Event event = stream.next();
    const std::string where = "seed " + std::to_string(seed) + ", event " + std::to_string(n);
    const auto expected = reference.see(event);
    if (random.chance(0.2)) {
      engine.peek(event, came);
      expect_equal(*set, came, expected, where + ", peek");
    }
    const Standing standing = engine.observe(event, came);
    EXPECT_EQ(standing == Standing::late, reference.is_late(event)) << where;
    expect_equal(*set, came, expected, where);
    if (::testing::Test::HasFatalFailure()) return;
    reference.add(event);
    label_one(engine, reference, stream.random());
  }
}

TEST(Engine, sees_what_the_definition_says_on_streams_out_of_order) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    run_against_reference(seed, 45, 300, {});
    if (HasFatalFailure()) return;
  }
}

TEST(Engine, sees_what_the_definition_says_when_nearly_nothing_is_in_order) {
  for (uint64_t seed = 101; seed <= 104; ++seed) {
    run_against_reference(seed, 45, 300, {.keys = 2, .step_us_max = 20'000'000, .out_of_order = 0.9});
    if (HasFatalFailure()) return;
  }
}

TEST(Engine, counts_many_different_values_and_estimates_beyond_the_limit) {
  for (uint64_t seed = 201; seed <= 202; ++seed) {
    run_against_reference(seed, 15, 1'500, {.keys = 1, .merchants = 900, .step_us_max = 3'000'000});
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace puhui::features
