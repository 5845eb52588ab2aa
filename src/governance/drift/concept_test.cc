// Concept drift: rare labels that come late, of streams whose relation holds and of streams whose relation breaks.
#include "governance/drift/concept.h"

#include <gmock/gmock.h>

#include "governance/drift/drift_for_test.h"
#include "infrastructure/evidence/outcome.h"

namespace puhui::drift {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kDaySeconds = 86'400, kStart = 1'767'225'600;
constexpr int kDelayDays = 7;

// Payments of which some 8 in 1,000 are frauds; the model's score tells `skill` of it until `breaks_at_week`, then nothing.
// What scores high is not approved. Frauds are reported, others are not.
struct Stream {
  int weeks = 12, a_week = 5000, breaks_at_week = 1000;
  double skill = 2.0, fraud_rate = 0.008, later_rate = 0.008;
  int known_after_days = 3;
  uint64_t seed = 1;

  std::vector<ConceptRow> rows() const {
    RandomStream stream(Random(seed), 1, 1);
    std::vector<ConceptRow> out;
    for (int week = 0; week < weeks; ++week) {
      for (int i = 0; i < a_week; ++i) {
        ConceptRow row;
        row.at_seconds = kStart + week * 7 * kDaySeconds + i * 7 * kDaySeconds / a_week;
        const bool fraud = stream.chance(week < breaks_at_week ? fraud_rate : later_rate);
        const double score = stream.normal() + (fraud && week < breaks_at_week ? skill : 0);
        row.probability = 1 / (1 + std::exp(4.8 - score));
        row.approved = score < 2.3;
        row.known = fraud || !row.approved;  // every alert was looked at
        row.bad = fraud;
        row.known_at_seconds = row.at_seconds + known_after_days * kDaySeconds;
        out.push_back(row);
      }
    }
    return out;
  }
  Timestamp end(int days = 9) const { return {(kStart + (weeks * 7 + days) * kDaySeconds) * 1'000'000}; }
};

ConceptView measured(const Stream& stream) { return concept_of(stream.rows(), kDelayDays, stream.end()); }

TEST(ConceptDrift, a_stream_whose_relation_holds_raises_no_alarm_over_half_a_year_of_looks) {
  int alarms = 0;
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    Stream stream{.weeks = 26, .seed = seed};
    const auto rows = stream.rows();
    for (int day = 40; day < 26 * 7; day += 14) {
      const Timestamp now{(kStart + day * kDaySeconds) * 1'000'000};
      const auto seen = std::ranges::partition_point(
          rows, [&](const ConceptRow& row) { return row.at_seconds * 1'000'000 < now.microseconds; });
      const ConceptView view = concept_of({rows.begin(), seen}, kDelayDays, now);
      alarms += view.verdict == DecayVerdict::watch || view.verdict == DecayVerdict::decayed ? 1 : 0;
    }
  }
  EXPECT_EQ(alarms, 0) << "of 44 looks at four streams";
}

TEST(ConceptDrift, a_relation_that_breaks_is_seen_from_the_first_window_whose_labels_are_old_enough) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const Stream stream{.weeks = 12, .breaks_at_week = 11, .seed = seed};
    const ConceptView view = measured(stream);
    ASSERT_TRUE(view.reference && view.current) << seed;
    EXPECT_EQ(view.verdict, DecayVerdict::decayed) << seed;
    EXPECT_LT(view.auc_change->high, -0.1);
    EXPECT_LT(view.detection_change->value, 0);
    EXPECT_LT(view.current->average_precision->value, 0.5 * view.reference->average_precision->value);
    EXPECT_LT(view.current->alert_precision->value, 0.5 * view.reference->alert_precision->value);
    Stream day_before = stream;
    day_before.weeks = 12;
    const ConceptView early = concept_of(day_before.rows(), kDelayDays, day_before.end(7));
    EXPECT_EQ(early.verdict, DecayVerdict::holding) << "the window's labels are not in yet: " << seed;
  }
}

TEST(ConceptDrift, more_frauds_of_the_same_sort_are_no_drift_though_precision_moves) {
  Stream stream{.weeks = 12, .a_week = 8000};
  auto rows = stream.rows();
  Stream more = stream;
  more.fraud_rate = 0.03, more.seed = 2;
  const auto later = more.rows();
  std::copy(later.begin() + 8 * 8000, later.end(), rows.begin() + 8 * 8000);
  const ConceptView view = concept_of(rows, kDelayDays, stream.end());
  EXPECT_EQ(view.verdict, DecayVerdict::holding);
  EXPECT_GT(view.current->average_precision->low, view.reference->average_precision->high);
}

TEST(ConceptDrift, labels_that_take_longer_than_others_do_not_look_like_drift) {
  Stream stream{.weeks = 12, .a_week = 8000, .seed = 3};
  auto rows = stream.rows();
  for (size_t i = 0; i < rows.size(); i += 2) rows[i].known_at_seconds += 40 * kDaySeconds;
  const ConceptView view = concept_of(rows, kDelayDays, stream.end());
  EXPECT_EQ(view.verdict, DecayVerdict::holding);
  EXPECT_NEAR(view.reference->bad_rate->value, view.current->bad_rate->value, 0.003)
      << "old windows are measured as if they were as young";
}

TEST(ConceptDrift, too_few_frauds_make_no_verdict_and_few_are_gathered_over_windows) {
  const ConceptView few = measured({.weeks = 8, .a_week = 300});
  EXPECT_EQ(few.verdict, DecayVerdict::too_few);
  EXPECT_EQ(few.windows.size(), 8u);
  const ConceptView gathered = measured({.weeks = 40, .a_week = 600, .breaks_at_week = 24});
  EXPECT_EQ(gathered.verdict, DecayVerdict::decayed);
  EXPECT_GT(gathered.current->to.microseconds - gathered.current->from.microseconds, 21 * kDaySeconds * 1'000'000);
}

TEST(ConceptDrift, all_looks_ever_spend_together_what_one_may_err) {
  double spent = 0;
  for (int64_t look = 1; look <= 100'000; ++look) spent += alpha_of_look(look);
  EXPECT_LE(spent, kConceptAlpha);
  EXPECT_GT(spent, 0.999 * kConceptAlpha);
}

// Through kernel, books and verbs: a use case that names "fraud".
class FraudDecayTest : public DriftTest {
 protected:
  FraudDecayTest() : DriftTest({"fraud.payment", "Guard", 1, 5, 'A', "fraud control", "fraud", kDelayDays}) {}

  // A week of decisions; then the frauds of it are reported, by chance of `risk(probability)`.
  void week(RandomStream& stream, const std::function<double(double)>& risk) {
    decide_usual(1200, stream);
    follow();
    const auto all = scored();
    ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
      for (; seen_ < all.size(); ++seen_) {
        const Scored& one = all[seen_];
        const bool fraud = stream.chance(risk(*one.probability));
        if (!fraud && one.approved) continue;  // nobody reports a good payment
        const Timestamp at{one.at_seconds * 1'000'000};
        TRY(evidence::put_outcome(
            tx, {evidence::RecordId::make(at, 0, one.sequence), "fraud", fraud ? 1 : 0, {at.microseconds + 3 * kDay}}));
      }
      return {};
    }));
    clock_.advance_us(7 * kDay);
  }
  std::vector<Scored> scored() {
    std::vector<Scored> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(read_scored(reader, (*kernel_->in_force(use_case_))->digest(), 0));
      return {};
    }));
    return out;
  }
  DecayShowAnswer decay() {
    const auto answer = show_decay(needs(), {.use_case = use_case_});
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().text());
    return answer.value_or(DecayShowAnswer{});
  }
  size_t seen_ = 0;
};

TEST_P(FraudDecayTest, labels_of_the_use_cases_own_outcome_raise_its_alarm_when_their_relation_breaks) {
  grant_for_long("0.45");
  RandomStream stream(Random(31), 1, 1);
  const auto holds = [](double p) { return p * p * 0.4; };
  for (int i = 0; i < 5; ++i) week(stream, holds);
  clock_.advance_us(9 * kDay);
  const DecayShowAnswer before = decay();
  EXPECT_EQ(before.outcome, "fraud");
  ASSERT_TRUE(before.concept_drift);
  EXPECT_EQ(before.concept_drift->verdict, DecayVerdict::holding);
  EXPECT_EQ(before.labelled, before.approved) << "silence of seven days says good";
  for (int i = 0; i < 3; ++i) week(stream, [](double p) { return 0.08 * (1 - p); });
  clock_.advance_us(9 * kDay);
  const auto run = measure_decay(needs());
  ASSERT_TRUE(run) << run.error().text();
  EXPECT_EQ(run->use_cases[0].verdict, DecayVerdict::decayed);
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(alerts()[0].kind, "decay");
  EXPECT_EQ(alerts()[0].use_case, use_case_);
  EXPECT_THAT(alerts()[0].en, HasSubstr("it was"));
  EXPECT_THAT(alerts()[0].en, HasSubstr(use_case_));
}

INSTANTIATE_TEST_SUITE_P(Engines, FraudDecayTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::drift
