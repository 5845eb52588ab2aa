#include "applications/aml/detectors.h"

#include <gmock/gmock.h>

#include "applications/aml/detector_math.h"
#include "applications/aml/detectors_for_test.h"

namespace puhui::aml {
namespace {

// Feeds transfers told in days since the stream's start; everybody has had two quiet months.
class DetectorsTest : public ::testing::Test {
 protected:
  DetectorsTest() { pay(0, "quiet", "other", 100); }

  std::vector<Finding> pay(double day, std::string_view from, std::string_view to, int64_t amount_minor) {
    std::vector<Finding> found;
    last_ = detectors_.observe(
        {++seq_, start_ + static_cast<int64_t>(day * 86'400) * 1'000'000, from, to, amount_minor}, found);
    for (const Finding& one : found) all_.push_back(one);
    return found;
  }
  std::vector<Typology> typologies() const {
    std::vector<Typology> out;
    for (const Finding& one : all_) {
      if (!one.refreshes) out.push_back(one.typology);
    }
    return out;
  }

  int64_t start_ = kSimulationStart.microseconds;
  uint64_t seq_ = 0;
  Detectors detectors_{shipped_settings()};
  Standing last_ = Standing::accepted;
  std::vector<Finding> all_;
};

TEST_F(DetectorsTest, four_amounts_just_below_the_threshold_within_days_are_structuring) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(pay(70 + i, "alice", "bob", 4'900'000 - i).empty());
  const auto found = pay(73, "alice", "bob", 4'800'000);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].typology, Typology::structuring);
  EXPECT_EQ(found[0].account, "alice");
  EXPECT_EQ(found[0].transfers, 4);
  EXPECT_EQ(found[0].amount_minor, 4'900'000 + 4'899'999 + 4'899'998 + 4'800'000);
  EXPECT_EQ(found[0].edges.size(), 4u);
}

TEST_F(DetectorsTest, amounts_of_every_size_around_the_threshold_are_no_structuring) {
  for (int i = 0; i < 4; ++i) {
    pay(70 + i, "alice", "bob", 4'900'000);
    pay(70.3 + i, "alice", "carol", 5'600'000);
    pay(70.6 + i, "alice", "dave", 2'600'000);
  }
  EXPECT_THAT(typologies(), ::testing::IsEmpty());
}

TEST_F(DetectorsTest, the_same_order_all_year_is_no_structuring) {
  for (int day = 0; day < 120; day += 2) pay(day, "alice", "bob", 4'900'000);
  EXPECT_THAT(typologies(), ::testing::IsEmpty());
}

TEST_F(DetectorsTest, a_growing_pattern_is_reported_once_and_refreshed_as_it_grows_by_half) {
  for (int i = 0; i < 30; ++i) pay(70 + i * .1, "sender" + std::to_string(i), "alice", 400'000);
  EXPECT_THAT(typologies(), ::testing::ElementsAre(Typology::fan_in));
  EXPECT_EQ(all_.size(), 3u);  // at 10, 15 and 23 senders
  EXPECT_EQ(all_.back().number, all_.front().number);
  EXPECT_EQ(all_.back().counterparties, 23);
}

TEST_F(DetectorsTest, a_shop_with_many_new_customers_every_week_has_no_fan_in) {
  int customer = 0;
  for (int day = 0; day < 120; ++day) {
    for (int i = 0; i < 4; ++i) pay(day + i * .1, "c" + std::to_string(++customer), "shop", 400'000);
  }
  EXPECT_THAT(typologies(), ::testing::IsEmpty());
}

TEST_F(DetectorsTest, money_to_many_new_accounts_is_a_fan_out) {
  for (int i = 0; i < 12; ++i) pay(70 + i * .1, "alice", "target" + std::to_string(i), 400'000);
  EXPECT_THAT(typologies(), ::testing::ElementsAre(Typology::fan_out));
}

TEST_F(DetectorsTest, money_back_at_its_origin_less_fees_is_a_cycle_and_unrelated_amounts_are_none) {
  pay(70, "a", "b", 6'000'000);
  pay(70.5, "b", "c", 5'900'000);
  const auto found = pay(71, "c", "a", 5'800'000);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].typology, Typology::cycle);
  EXPECT_EQ(found[0].amount_minor, 6'000'000);
  ASSERT_EQ(found[0].edges.size(), 3u);
  EXPECT_EQ(found[0].edges[0].amount_minor, 6'000'000);
  pay(80, "x", "y", 6'000'000);
  pay(80.5, "y", "z", 9'000'000);
  EXPECT_TRUE(pay(81, "z", "x", 7'000'000).empty());
}

TEST_F(DetectorsTest, one_to_many_to_one_is_a_scatter_gather) {
  for (int i = 0; i < 5; ++i) pay(70 + i * .1, "source", "m" + std::to_string(i), 1'000'000);
  for (int i = 0; i < 5; ++i) pay(71 + i * .1, "m" + std::to_string(i), "sink", 970'000);
  ASSERT_THAT(typologies(), ::testing::ElementsAre(Typology::scatter_gather));
  EXPECT_EQ(all_[0].account, "sink");
  EXPECT_EQ(all_[0].counterparties, 4);
  EXPECT_EQ(all_[0].edges.size(), 8u);  // four middles so far
}

TEST_F(DetectorsTest, money_that_goes_on_within_hours_again_and_again_is_a_pass_through) {
  for (int i = 0; i < 3; ++i) {
    pay(70 + i * 2, "in" + std::to_string(i), "alice", 3'000'000);
    pay(70.3 + i * 2, "alice", "out" + std::to_string(i), 2'900'000);
  }
  EXPECT_THAT(typologies(), ::testing::ElementsAre(Typology::pass_through));
}

TEST_F(DetectorsTest, a_silent_account_that_moves_much_is_dormant_and_one_that_buys_a_flat_is_not) {
  pay(1, "sleeper", "shop", 5'000);
  pay(1, "buyer", "shop", 5'000);
  pay(70, "payer", "sleeper", 15'000'000);
  for (int i = 0; i < 3; ++i) pay(70.5 + i * .1, "sleeper", "out" + std::to_string(i), 4'800'000);
  ASSERT_THAT(typologies(), ::testing::ElementsAre(Typology::dormant));
  EXPECT_EQ(all_[0].account, "sleeper");
  EXPECT_EQ(all_[0].account_age_days, 69);
  pay(72, "parents", "buyer", 20'000'000);
  pay(73, "buyer", "developer", 19'900'000);
  EXPECT_EQ(typologies().size(), 1u);
}

TEST_F(DetectorsTest, what_comes_too_late_is_counted_and_in_no_pattern) {
  pay(80, "quiet", "other", 100);
  for (int i = 0; i < 10; ++i) {
    pay(70, "alice", "bob", 4'900'000);
    EXPECT_EQ(last_, Standing::late);
  }
  EXPECT_THAT(typologies(), ::testing::IsEmpty());
  EXPECT_EQ(detectors_.counts().late, 10u);
}

TEST_F(DetectorsTest, out_of_order_within_the_lateness_counts_all_the_same) {
  for (const double day : {73.0, 72.0, 72.5, 71.5}) pay(day, "alice", "bob", 4'900'000);
  EXPECT_THAT(typologies(), ::testing::ElementsAre(Typology::structuring));
}

TEST_F(DetectorsTest, transfers_to_oneself_are_counted_and_in_no_pattern) {
  for (int i = 0; i < 10; ++i) pay(70 + i * .1, "alice", "alice", 4'900'000);
  EXPECT_EQ(last_, Standing::self);
  EXPECT_THAT(typologies(), ::testing::IsEmpty());
  EXPECT_EQ(detectors_.counts().self, 10u);
}

TEST_F(DetectorsTest, amounts_near_the_end_of_their_type_saturate_instead_of_overflowing) {
  for (int i = 0; i < 12; ++i) pay(70 + i * .1, "alice", "target" + std::to_string(i), INT64_MAX / 2);
  ASSERT_FALSE(all_.empty());
  for (const Finding& one : all_) EXPECT_GT(one.amount_minor, 0);
}

TEST(Detectors, a_snapshot_in_the_middle_and_the_rest_give_the_same_findings) {
  const Simulation simulation = simulate({21, 20'000, 1000, 6});
  const auto settings = shipped_settings();
  std::vector<Finding> straight, resumed;
  Detectors whole(settings);
  std::optional<Detectors> halves;
  halves.emplace(settings);
  for (size_t i = 0; i < simulation.transfers.size(); ++i) {
    const SimulatedTransfer& one = simulation.transfers[i];
    const std::string from = account_name(one.from), to = account_name(one.to);
    whole.observe({i + 1, one.at_us, from, to, one.amount_minor}, straight);
    halves->observe({i + 1, one.at_us, from, to, one.amount_minor}, resumed);
    if (i % 7000 != 6999) continue;
    const std::string bytes = halves->snapshot();
    auto again = Detectors::restore(settings, {}, bytes);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->snapshot(), bytes);
    halves.emplace(*std::move(again));
  }
  EXPECT_GT(straight.size(), 30u);
  EXPECT_EQ(straight, resumed);
}

TEST(Detectors, bytes_that_are_no_snapshot_are_refused) {
  const auto settings = shipped_settings();
  const std::string bytes = Detectors(settings).snapshot();
  EXPECT_TRUE(Detectors::restore(settings, {}, bytes));
  for (const std::string& other : {std::string(), bytes.substr(0, bytes.size() / 2), bytes + "x"}) {
    EXPECT_EQ(Detectors::restore(settings, {}, other).error().code, ErrorCode::corrupt);
  }
}

// Seeds that the bounds were never tuned on; aml_bench says more of them.
TEST(Detectors, find_what_was_injected_among_decoys) {
  for (const uint64_t seed : {16, 17}) {
    const Simulation simulation = simulate({seed, 90'000, 4000, 30});
    const auto scores = score_of(simulation, run_detectors(simulation, shipped_settings()));
    for (size_t i = 0; i < kTypologies; ++i) {
      const auto name = names_of(static_cast<const Typology*>(nullptr))[i];
      EXPECT_GE(scores[i].recall_ppm(), 900'000) << name << ", seed " << seed;
      EXPECT_GE(scores[i].precision_ppm(), 800'000) << name << ", seed " << seed;
      EXPECT_EQ(scores[i].injected, 30) << name;
    }
  }
}

TEST(Simulation, the_same_seed_gives_the_same_bytes_in_time_order) {
  const Simulation a = simulate({3, 20'000, 1000, 4}), b = simulate({3, 20'000, 1000, 4});
  std::string first, second;
  const auto into = [](std::string& to) {
    return [&to](std::string_view piece) -> Result<void> {
      to += piece;
      return {};
    };
  };
  ASSERT_TRUE(write_transfers(a, into(first)));
  ASSERT_TRUE(write_transfers(b, into(second)));
  EXPECT_EQ(first, second);
  EXPECT_TRUE(std::ranges::is_sorted(a.transfers, {}, &SimulatedTransfer::at_us));
}

TEST(Simulation, the_truth_reads_back_as_it_was_written) {
  const Simulation simulation = simulate({3, 20'000, 1000, 4});
  std::string text;
  ASSERT_TRUE(write_truth(simulation, [&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  }));
  const auto read = read_truth(models::from_text(text));
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_EQ(read->size(), simulation.truth.size());
  for (size_t i = 0; i < read->size(); ++i) {
    EXPECT_EQ((*read)[i].account, simulation.truth[i].account);
    EXPECT_EQ((*read)[i].from, simulation.truth[i].from);
    EXPECT_EQ((*read)[i].what, simulation.truth[i].what);
  }
  const auto bad = read_truth(models::from_text("pattern,kind,typology,account,from,to,what\nx,y,z,a,b,c,d\n"));
  EXPECT_EQ(bad.error().faults.size(), 4u);
}

TEST(Scoring, a_finding_is_right_only_on_the_account_the_typology_and_the_time_of_a_pattern) {
  const TruthRow truth[] = {{1, TruthKind::injected, Typology::cycle, "a", {100}, {200}, "of 3"},
                            {1, TruthKind::injected, Typology::cycle, "b", {100}, {200}, "of 3"},
                            {2, TruthKind::injected, Typology::cycle, "c", {100}, {200}, "of 4"},
                            {1, TruthKind::contained, Typology::fan_in, "a", {100}, {200}, ""},
                            {9, TruthKind::decoy, Typology::cycle, "d", {100}, {200}, "family"}};
  const FoundPattern findings[] = {{Typology::cycle, "b", {150}, {160}},     // right
                                   {Typology::cycle, "c", {300}, {400}},     // another time
                                   {Typology::cycle, "d", {100}, {200}},     // a decoy
                                   {Typology::fan_in, "a", {100}, {200}},    // contained: right
                                   {Typology::fan_out, "a", {100}, {200}}};  // another typology
  const auto scores = score(truth, findings);
  const Score& cycle = scores[static_cast<size_t>(Typology::cycle)];
  EXPECT_EQ(cycle.injected, 2);
  EXPECT_EQ(cycle.found, 1);
  EXPECT_EQ(cycle.findings, 3);
  EXPECT_EQ(cycle.right, 1);
  EXPECT_EQ(cycle.mistaken.at("family"), 1);
  EXPECT_EQ(cycle.missed.at("of 4"), 1);
  EXPECT_EQ(scores[static_cast<size_t>(Typology::fan_in)].right, 1);
  EXPECT_EQ(scores[static_cast<size_t>(Typology::fan_out)].right, 0);
}

TEST(TypologySettings, every_fault_is_named_with_its_place) {
  const auto settings = shipped_settings();
  Json text = to_json(*settings);
  text.set("currency", "XXZ");
  text.set("lateness_hours", -1);
  text.set("cycle", Json());
  const auto read = TypologySettings::parse(print_json(text));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().text(),
              ::testing::AllOf(::testing::HasSubstr("lateness_hours"), ::testing::HasSubstr("cycle")));
  EXPECT_TRUE(TypologySettings::parse(print_json(to_json(*settings))));
}

TEST(TypologySettings, other_currencies_are_counted_in_the_settings_own) {
  const auto settings = shipped_settings();
  EXPECT_EQ(settings->base_amount(100, "CNY"), 100);
  EXPECT_EQ(settings->base_amount(100, "USD"), 710);
  EXPECT_EQ(settings->base_amount(100, "GBP").error().code, ErrorCode::invalid);
  EXPECT_EQ(settings->base_amount(INT64_MAX, "USD").error().code, ErrorCode::invalid);
}

TEST(AccountPast, what_is_usual_leaves_out_the_newest_two_weeks) {
  AccountPast past;
  past.begin(1, 0);
  for (int64_t week = 0; week < 10; ++week) {
    for (int i = 0; i < 3; ++i) past.count(Habit::in_transfers, week * kWeek + i);
  }
  for (int i = 0; i < 50; ++i) past.count(Habit::in_transfers, 10 * kWeek);
  EXPECT_EQ(past.lately(Habit::in_transfers), 53);
  EXPECT_NEAR(static_cast<double>(past.usual_milli(Habit::in_transfers)), 3000, 60);
  past.advance(60 * kWeek);
  EXPECT_EQ(past.usual_milli(Habit::in_transfers), 0);
}

TEST(PairMemory, remembers_since_when_and_forgets_the_older_half_first) {
  PairMemory pairs(4096);
  EXPECT_TRUE(pairs.note(1, 2, 100));
  EXPECT_FALSE(pairs.note(1, 2, 50));
  EXPECT_EQ(pairs.since_us(1, 2), 50);
  EXPECT_EQ(pairs.since_us(2, 1), PairMemory::kNever);
  for (uint64_t i = 0; i < 10'000; ++i) pairs.note(i + 10, 7, 200);
  EXPECT_EQ(pairs.since_us(1, 2), PairMemory::kNever);
  EXPECT_GT(pairs.forgotten(), 0u);
  EXPECT_EQ(pairs.since_us(10'009, 7), 200);
}

}  // namespace
}  // namespace puhui::aml
