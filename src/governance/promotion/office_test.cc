#include "governance/promotion/office.h"

#include <gmock/gmock.h>

#include "governance/promotion/golden.h"
#include "governance/promotion/office_for_test.h"

namespace puhui::promotion {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST_P(OfficeTest, AnEqualChallengerOfALowTierGoesAllTheWayByItself) {
  grant(proposal("0.30"));
  decide(50);
  const Digest before = champion();
  Plan plan = quick_plan();
  plan.approval_difference_max_ppm = 300'000;  // so few decisions differ by more than a little
  const Promotion started = start(proposal("0.31"), plan);
  EXPECT_EQ(started.golden_vectors, 50);
  EXPECT_TRUE(started.same_scores);
  decide(99);
  EXPECT_EQ(minute().stage, Stage::shadow);
  decide(1);
  Promotion now = minute();
  EXPECT_EQ(now.stage, Stage::canary);
  EXPECT_EQ(kernel_->challengers().at(0).share_ppm, 400'000);
  decide(200);
  now = minute();
  EXPECT_EQ(now.stage, Stage::ramp);
  EXPECT_EQ(kernel_->challengers().at(0).share_ppm, 700'000);
  EXPECT_EQ(champion(), before);
  decide(150);
  now = minute();
  EXPECT_EQ(now.stage, Stage::watch);
  EXPECT_EQ(champion(), started.challenger);
  EXPECT_TRUE(kernel_->challengers().empty());
  decide(50);
  now = minute();
  EXPECT_EQ(now.state, State::promoted);
  const auto view = shown();
  EXPECT_EQ(view.events.front().kind, "promoted");
  EXPECT_TRUE(view.waits_for.empty());
  EXPECT_THAT(acts(evidence::RecordKind::promotion), Contains(HasSubstr("Champion, and still watched")));
  EXPECT_TRUE(alerts().empty());
}

TEST_P(OfficeTest, ACanaryIsStickyAndARestartLosesNothing) {
  grant(proposal("0.30"));
  decide(50);
  start(proposal("0.31"));
  decide(100);
  EXPECT_EQ(minute().stage, Stage::canary);
  std::vector<kernel::Arm> first;
  for (uint64_t entity = 1; entity <= 200; ++entity) first.push_back(kernel_->choose(kLowTier, {entity, 7})->arm);
  decide(60);
  const auto before = shown();
  restart();
  for (uint64_t entity = 1; entity <= 200; ++entity) {
    EXPECT_EQ(kernel_->choose(kLowTier, {entity, 7})->arm, first[entity - 1]);
  }
  EXPECT_EQ(to_json(shown().promotion), to_json(before.promotion));
  EXPECT_EQ(minute().stage, Stage::canary);
  decide(100);
  EXPECT_EQ(minute().stage, Stage::ramp);
}

TEST_P(OfficeTest, AHarmfulChallengerIsCaughtInTheShadowAndSaidLoudly) {
  grant(proposal("0.30"));
  decide(50);
  const Promotion started = start(proposal("0.001"));  // refuses all whom the champion lets pass
  decide(200);
  const Promotion now = minute();
  EXPECT_EQ(now.state, State::rolled_back);
  EXPECT_THAT(now.why, HasSubstr("approval_rate"));
  EXPECT_TRUE(kernel_->challengers().empty());
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(alerts()[0].kind, "promotion");
  EXPECT_EQ(alerts()[0].severity, 1);
  EXPECT_THAT(acts(evidence::RecordKind::promotion), Contains(HasSubstr("Rolled back")));
  decide(20);
  EXPECT_EQ(minute().state, State::rolled_back);
  EXPECT_EQ(champion(), started.champion);
  start(proposal("0.31"));  // the next one settles the alert
  EXPECT_TRUE(alerts().empty());
}

TEST_P(OfficeTest, AChallengerIsTakenBackEvenAfterItBecameChampion) {
  grant(proposal("0.30"));
  decide(50);
  late_ = 0;  // with these both agree
  const Promotion started = start(proposal("0.15"));
  decide(100);
  EXPECT_EQ(minute().stage, Stage::canary);
  decide(200);
  EXPECT_EQ(minute().stage, Stage::ramp);
  decide(200);
  ASSERT_EQ(minute().stage, Stage::watch);
  EXPECT_EQ(champion(), started.challenger);
  late_ = 2;  // these it refuses, which nobody saw coming
  decide(40);
  const Promotion now = minute();
  EXPECT_EQ(now.state, State::rolled_back);
  EXPECT_EQ(champion(), started.champion);
  EXPECT_EQ(alerts().size(), 1u);
}

TEST_P(OfficeTest, NothingMovesOnWhileAGuardrailsValueIsOutsideItsBoundsThoughNotYetProven) {
  grant(proposal("0.30"));
  decide(50);
  Plan plan = quick_plan();
  plan.shadow_decisions_min = 10;
  plan.quality_required = false;
  start(proposal("0.001"), plan);
  decide(20);
  const Promotion now = minute();
  EXPECT_EQ(now.state, State::running);
  EXPECT_EQ(now.stage, Stage::shadow);
  EXPECT_THAT(shown().waits_for, Contains(HasSubstr("approval_rate inside its bounds")));
}

TEST_P(OfficeTest, TierOneWaitsForTwoPeopleNeitherOfThemItsAuthor) {
  const std::string use_case(kernel::kTestUseCase);
  grant(proposal("0.30", use_case));
  decide(50, false, use_case);
  start(proposal("0.31", use_case));
  EXPECT_EQ(office_->approve(use_case, "anna").error().code, ErrorCode::conflict);  // nothing to see yet
  decide(100, false, use_case);
  EXPECT_EQ(minute(use_case).stage, Stage::shadow);
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(alerts()[0].severity, 3);
  EXPECT_THAT(shown(use_case).waits_for, Contains("approvals: 2 more people"));
  EXPECT_EQ(office_->advance(use_case, "anna").error().code, ErrorCode::conflict);
  EXPECT_EQ(office_->approve(use_case, "author").error().code, ErrorCode::forbidden);
  ASSERT_TRUE(office_->approve(use_case, "anna"));
  EXPECT_EQ(office_->approve(use_case, "anna").error().code, ErrorCode::forbidden);
  EXPECT_EQ(minute(use_case).stage, Stage::shadow);
  const auto moved = office_->approve(use_case, "bo");
  ASSERT_TRUE(moved) << moved.error().text();
  EXPECT_EQ(moved->stage, Stage::canary);
  EXPECT_TRUE(alerts().empty());
  decide(200, false, use_case);
  EXPECT_EQ(minute(use_case).stage, Stage::canary);  // yes to the canary is not yes to the ramp
}

TEST_P(OfficeTest, TierOneIsRolledBackByItselfAllTheSame) {
  const std::string use_case(kernel::kTestUseCase);
  grant(proposal("0.30", use_case));
  decide(50, false, use_case);
  start(proposal("0.001", use_case));
  decide(200, false, use_case);
  EXPECT_EQ(minute(use_case).state, State::rolled_back);
}

TEST_P(OfficeTest, QualityIsJudgedOnKnownEndsAndEndsAWorseModel) {
  grant(proposal("0.30"));
  decide(50);
  Plan plan = quick_plan();
  plan.approval_difference_max_ppm = 1'000'000;
  plan.shadow_decisions_min = 200;
  plan.matured_rows = 200;
  auto worse = proposal("0.30");
  worse.brought_model = inverted_model().bytes();
  EXPECT_FALSE(start(worse, plan).same_scores);
  decide(100, true);
  const Promotion now = minute();
  EXPECT_EQ(now.state, State::rolled_back);
  EXPECT_THAT(now.why, HasSubstr("worse"));
  const auto view = shown();
  ASSERT_EQ(view.quality.looks.size(), 1u);
  EXPECT_EQ(view.quality.verdict, "worse");
  EXPECT_EQ(view.quality.pairs, 100);
  EXPECT_GT(view.quality.looks[0].auc_champion, view.quality.looks[0].auc_challenger);
}

TEST_P(OfficeTest, ABetterModelMayGoOnOnlyOnceItsQualityIsSeen) {
  auto poor = proposal("0.50");
  poor.brought_model = inverted_model().bytes();
  grant(poor);
  decide(50);
  Plan plan = quick_plan();
  plan.approval_difference_max_ppm = 1'000'000;
  plan.ramp_shares_ppm = {};
  start(proposal("0.50"), plan);
  decide(120, true);
  EXPECT_EQ(minute().stage, Stage::canary);
  EXPECT_EQ(shown().quality.verdict, "better");
  decide(200);
  EXPECT_EQ(minute().stage, Stage::watch);
}

TEST_P(OfficeTest, WithoutKnownEndsANewModelStaysBelowTheChampion) {
  auto poor = proposal("0.50");
  poor.brought_model = inverted_model().bytes();
  grant(poor);
  decide(50);
  Plan plan = quick_plan();
  plan.approval_difference_max_ppm = 1'000'000;
  plan.ramp_shares_ppm = {};
  start(proposal("0.50"), plan);
  decide(120);
  EXPECT_EQ(minute().stage, Stage::canary);
  decide(300);
  EXPECT_EQ(minute().stage, Stage::canary);
  EXPECT_THAT(shown().waits_for, Contains(HasSubstr("quality on decisions with known ends: waiting")));
}

TEST_P(OfficeTest, EveryShadowIsPairedWithItsDecisionHoweverTheEvidenceIsCut) {
  grant(proposal("0.30"));
  decide(20);
  start(proposal("0.31"));
  for (int i = 0; i < 4; ++i) {
    decide(2);
    while (*follower_->follow(1, silent_) > 0)
      open_office();  // as after a restart, between a decision and its shadow too
  }
  const auto view = shown();
  EXPECT_EQ(view.quality.pairs, 8);
  int64_t swaps = 0;
  for (const SwapView& swap : view.swaps) swaps += swap.decisions;
  EXPECT_EQ(swaps, 8);
  for (const ArmView& arm : view.arms) EXPECT_EQ(arm.decisions, 8);
}

TEST_P(OfficeTest, AChallengerThatFailsAGoldenVectorNeverStarts) {
  grant(proposal("0.30"));
  decide(60);
  auto broken = proposal("0.30");
  broken.policy = kernel::test_policy(R"(if late > 4 then null else "approve")");
  const auto refused = office_->start(start_request(broken, quick_plan()), "ming");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("golden vector"));
  EXPECT_TRUE(kernel_->challengers().empty());
  EXPECT_EQ(office_->show({std::string(kLowTier), std::nullopt}).error().code, ErrorCode::not_found);
}

TEST_P(OfficeTest, GoldenVectorsReachEveryOutcomeAndForgetErasedFacts) {
  EXPECT_FALSE(office_->golden(std::string(kLowTier), 10));  // nothing decides
  grant(proposal("0.30"));
  EXPECT_EQ(office_->golden(std::string(kLowTier), 10).error().code, ErrorCode::not_found);
  decide(80);
  const auto frozen = office_->golden(std::string(kLowTier), 10);
  ASSERT_TRUE(frozen) << frozen.error().text();
  EXPECT_EQ(frozen->vectors, 10);
  EXPECT_EQ(frozen->outcomes, 2);
  EXPECT_EQ(frozen->permit, champion());
  clock_.advance_us(1'000'000);
  ASSERT_TRUE(log_->erase_facts(clock_.now(), {}));
  decide(5);
  EXPECT_EQ(start(proposal("0.31")).golden_vectors, 5);  // those erased are replaced by what is left
}

TEST_P(OfficeTest, WhatCannotStartIsRefusedWithItsReason) {
  grant(proposal("0.30"));
  decide(20);
  StartRequest both = start_request(proposal("0.31"), quick_plan());
  both.digest = champion();
  EXPECT_EQ(office_->start(both, "ming").error().code, ErrorCode::invalid);
  StartRequest unsigned_one = start_request(proposal("0.31"), quick_plan());
  unsigned_one.permit->approvals.clear();
  EXPECT_EQ(office_->start(unsigned_one, "ming").error().code, ErrorCode::forbidden);
  StartRequest unwise = start_request(proposal("0.31"), quick_plan());
  unwise.plan->ramp_shares_ppm = {300'000, 200'000};
  unwise.plan->quality_alpha = 0.7;
  const auto refused = office_->start(unwise, "ming");
  ASSERT_FALSE(refused);
  EXPECT_GE(refused.error().faults.size(), 3u) << refused.error().text();
  StartRequest itself;
  itself.use_case = kLowTier;
  itself.digest = champion();
  EXPECT_EQ(office_->start(itself, "ming").error().code, ErrorCode::conflict);
  start(proposal("0.31"));
  EXPECT_EQ(office_->start(start_request(proposal("0.32"), quick_plan()), "ming").error().code, ErrorCode::conflict);
}

TEST_P(OfficeTest, HoldingKeepsTheStageButNotTheGuardrailsAndStoppingGoesBack) {
  grant(proposal("0.30"));
  decide(50);
  start(proposal("0.31"));
  ASSERT_TRUE(office_->hold(kLowTier, "the committee meets first", "li"));
  decide(120);
  EXPECT_EQ(minute().stage, Stage::shadow);
  const auto moved = office_->advance(kLowTier, "li");
  ASSERT_TRUE(moved) << moved.error().text();
  EXPECT_EQ(moved->stage, Stage::canary);
  EXPECT_EQ(office_->advance(kLowTier, "li").error().code, ErrorCode::conflict);  // it waits for decisions
  const auto stopped = office_->stop(kLowTier, "another one is better", "li");
  EXPECT_EQ(stopped->state, State::stopped);
  EXPECT_TRUE(kernel_->challengers().empty());
  start(proposal("0.001"));
  ASSERT_TRUE(office_->hold(kLowTier, "lunch", "li"));
  decide(200);
  EXPECT_EQ(minute().state, State::rolled_back);
}

TEST_P(OfficeTest, AnotherPermitPutInForceEndsThePromotion) {
  grant(proposal("0.30"));
  decide(50);
  start(proposal("0.31"));
  grant(proposal("0.29"));
  const Promotion now = minute();
  EXPECT_EQ(now.state, State::stopped);
  EXPECT_THAT(now.why, HasSubstr("another permit"));
  EXPECT_TRUE(kernel_->challengers().empty());
}

TEST_P(OfficeTest, OnTheCommandLineAKeyProvesWhoApprovesAndFarAwayTheSession) {
  const std::string use_case(kernel::kTestUseCase);
  grant(proposal("0.30", use_case));
  decide(50, false, use_case);
  start(proposal("0.31", use_case));
  decide(100, false, use_case);
  minute(use_case);
  const PromotionVerbNeeds needs{*office_, *store_, *kernel_, clock_,
                                 [&](Progress& progress) { return follower_->catch_up(progress); }};
  MemoryFiles files;
  ASSERT_TRUE(files.write("anna.key", key(1).seed_hex(), Privacy::secret));
  const auto approve = [&](const std::string& caller_name, Files* here, Json input) {
    const Caller caller{caller_name, {"*"}};
    input.set("use_case", use_case);
    for (const Verb& verb : promotion_verbs(&needs)) {
      if (verb.verb == "approve") return verb.run({caller, silent_, here}, input);
    }
    return Result<Json>(fail(ErrorCode::not_found, "approve"));
  };
  EXPECT_EQ(approve("cli", &files, {}).error().code, ErrorCode::invalid);
  const Json as_bo = Json::Object{{"person", "bo"}, {"key_file", "anna.key"}};
  EXPECT_EQ(approve("cli", &files, as_bo).error().code, ErrorCode::forbidden);
  const Json as_anna = Json::Object{{"person", "anna"}, {"key_file", "anna.key"}};
  EXPECT_TRUE(approve("cli", &files, as_anna));
  EXPECT_EQ(approve("bo", nullptr, Json::Object{{"person", "anna"}}).error().code, ErrorCode::forbidden);
  const auto second = approve("bo", nullptr, {});
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(*second->find("stage")->text(), "canary");
}

TEST_P(OfficeTest, PromotionsAreListedInPages) {
  grant(proposal("0.30"));
  decide(20);
  for (const char* cap : {"0.31", "0.32", "0.33"}) {
    start(proposal(cap));
    ASSERT_TRUE(office_->stop(kLowTier, "next", "li"));
    clock_.advance_us(2'000);
  }
  ListRequest request;
  request.limit = 2;
  const auto first = office_->list(request);
  ASSERT_EQ(first->promotions.size(), 2u);
  request.after = *first->next;
  const auto rest = office_->list(request);
  ASSERT_EQ(rest->promotions.size(), 1u);
  EXPECT_FALSE(rest->next);
  EXPECT_LT(rest->promotions[0].started_at, first->promotions[1].started_at);
  request.after = "no such";
  EXPECT_EQ(office_->list(request).error().code, ErrorCode::invalid);
}

INSTANTIATE_TEST_SUITE_P(Engines, OfficeTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace puhui::promotion
