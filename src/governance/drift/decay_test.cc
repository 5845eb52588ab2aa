// Decay: labels that come late, held against the probabilities of then.
#include <gtest/gtest.h>

#include "governance/drift/drift_for_test.h"
#include "infrastructure/evidence/outcome.h"

namespace puhui::drift {
namespace {

class DecayTest : public DriftTest {
 protected:
  std::vector<Scored> scored() {
    std::vector<Scored> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(read_scored(reader, (*kernel_->in_force(kernel::kTestUseCase))->digest(), 0));
      return {};
    }));
    return out;
  }

  // Of every approved decision, `bad(its probability)`, known `days` after it.
  void label(const std::function<bool(double)>& bad, int days) {
    const auto all = scored();
    ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
      for (const Scored& each : all) {
        if (!each.approved || !each.probability) continue;
        const Timestamp at{each.at_seconds * 1'000'000};
        TRY(evidence::put_outcome(tx, {evidence::RecordId::make(at, 0, each.sequence),
                                       "default",
                                       bad(*each.probability) ? 1 : 0,
                                       {at.microseconds + days * kDay}}));
      }
      return {};
    }));
  }
  DecayShowAnswer decay() {
    const auto answer = show_decay(needs(), {.use_case = std::string(kernel::kTestUseCase)});
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().text());
    return answer.value_or(DecayShowAnswer{});
  }
};

TEST_P(DecayTest, WhatIsKeptOfADecisionIsWhatWasDecided) {
  grant_for_long("0.25");
  RandomStream stream(Random(11), 1, 1);
  open_books();
  for (int month = 0; month < 3; ++month) {
    decide_usual(300, stream);
    ASSERT_TRUE(follower_->follow(128, silent_));
    clock_.advance_us(31 * kDay);
  }
  follow();
  const auto kept = scored();
  ASSERT_EQ(kept.size(), 900u);
  size_t at = 0, approved = 0;
  ASSERT_TRUE(log_->each(std::nullopt, 10'000, [&](const evidence::StoredRecord& record) -> Result<void> {
    if (record.kind != evidence::RecordKind::decision) return {};
    const auto judgement = TRY(evidence::decode_judgement(record.judgement));
    EXPECT_EQ(kept[at].sequence, record.id.sequence());
    EXPECT_EQ(kept[at].approved, kernel::outcome_of(judgement) == "approve");
    EXPECT_NEAR(*kept[at].probability, static_cast<double>(judgement.models[0].probability_ppb) * 1e-9, 1e-12);
    approved += kept[at++].approved ? 1 : 0;
    return {};
  }));
  EXPECT_EQ(decay().vintages.size(), 3u);
  EXPECT_EQ(decay().approved, static_cast<int64_t>(approved));
  EXPECT_EQ(decay().labelled, 0);
  EXPECT_EQ(decay().verdict, DecayVerdict::too_few);
}

// The policy approves below 25 %: the rows left rank worse than at validation, and that alone is no decay.
TEST_P(DecayTest, ProbabilitiesThatComeTrueHoldAlsoAmongThoseThePolicyLetThrough) {
  grant_for_long("0.25");
  RandomStream stream(Random(12), 1, 1);
  decide_usual(4000, stream);
  follow();
  label([&](double p) { return stream.chance(p); }, 90);
  clock_.advance_us(200 * kDay);
  const DecayShowAnswer answer = decay();
  EXPECT_EQ(answer.verdict, DecayVerdict::holding);
  EXPECT_EQ(answer.labelled, answer.approved);
  ASSERT_TRUE(answer.validation_auc && answer.all.expected_auc && answer.all.auc);
  EXPECT_LT(*answer.all.expected_auc, *answer.validation_auc);
  EXPECT_NEAR(answer.all.bad_rate, answer.all.predicted_bad_rate, 0.03);
  EXPECT_NEAR(*answer.all.calibration_slope, 1, 0.4);
  ASSERT_TRUE(measure_decay(needs()));
  EXPECT_TRUE(alerts().empty());
}

TEST_P(DecayTest, LabelsThatHaveNothingToDoWithTheScoreAreDecayAndRaiseAnAlertUntilTheyAreRight) {
  grant_for_long("0.60");
  RandomStream stream(Random(13), 1, 1);
  decide_usual(4000, stream);
  follow();
  label([&](double) { return stream.chance(0.2); }, 90);
  clock_.advance_us(200 * kDay);
  const auto measured = measure_decay(needs());
  ASSERT_TRUE(measured) << measured.error().text();
  ASSERT_EQ(measured->use_cases.size(), 1u);
  EXPECT_EQ(measured->use_cases[0].verdict, DecayVerdict::decayed);
  EXPECT_NEAR(*measured->use_cases[0].auc, 0.5, 0.05);
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(alerts()[0].kind, "decay");
  EXPECT_EQ(alerts()[0].subject, "pd");
  EXPECT_EQ(alerts()[0].severity, 1);
  label([&](double p) { return stream.chance(p); }, 120);
  ASSERT_TRUE(measure_decay(needs()));
  EXPECT_TRUE(alerts().empty());
}

TEST_P(DecayTest, AVintageOfWhichLittleHasMaturedGetsNoVerdict) {
  grant_for_long("0.60");
  RandomStream stream(Random(14), 1, 1);
  decide_usual(3000, stream);
  follow();
  label([&](double) { return stream.chance(0.2); }, 60);
  clock_.advance_us(70 * kDay);
  decide_usual(3000, stream);
  follow();
  const DecayShowAnswer answer = decay();
  ASSERT_EQ(answer.vintages.size(), 2u);
  EXPECT_EQ(answer.vintages[0].verdict, DecayVerdict::decayed);
  EXPECT_EQ(answer.vintages[0].matured_share, 1);
  EXPECT_EQ(answer.vintages[1].verdict, DecayVerdict::too_few);
  EXPECT_EQ(answer.vintages[1].matured_share, 0);
  EXPECT_EQ(answer.all.labelled, answer.vintages[0].approved) << "together only what has matured";
}

TEST_P(DecayTest, BadIsCountedFromTheAgeAtWhichItWasKnown) {
  grant_for_long("0.60");
  RandomStream stream(Random(15), 1, 1);
  decide_usual(1500, stream);
  follow();
  label([&](double p) { return stream.chance(p); }, 75);
  clock_.advance_us(150 * kDay);
  const VintageView vintage = decay().vintages[0];
  ASSERT_EQ(vintage.ages.size(), 3u) << "ages of 1, 2 and 3 months; 6 is still to come";
  EXPECT_EQ(vintage.ages[0].bad, 0);
  EXPECT_EQ(vintage.ages[1].bad, 0);
  EXPECT_EQ(vintage.ages[2].bad, vintage.performance.bad);
  EXPECT_FALSE(vintage.ages[0].auc);
  EXPECT_TRUE(vintage.ages[2].auc);
}

INSTANTIATE_TEST_SUITE_P(Engines, DecayTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::drift
