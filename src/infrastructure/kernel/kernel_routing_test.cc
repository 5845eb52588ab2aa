// Who answers: champion, challenger, shadow, or the fallback of what was stopped; and random approvals under their cap.
#include <gmock/gmock.h>

#include "infrastructure/kernel/decision_view.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::kernel {
namespace {

using ::testing::HasSubstr;

class KernelRoutingTest : public KernelTest {
 protected:
  static TestProposal with_cap(const std::string& cap) {
    TestProposal out;
    out.cap = cap;
    return out;
  }
  static Stop stop_of(StopScope scope, const std::string& name) { return {scope, name, "it drifts", "risk", {}}; }
  Choice chosen(uint64_t entity = 1) {
    auto choice = kernel_->choose(kTestUseCase, {entity, 7});
    CHECK(choice.has_value(), choice ? "" : choice.error().text().c_str());
    return *std::move(choice);
  }
  Request request_of(const Choice& choice, uint64_t entity, int64_t income, std::optional<int64_t> late) {
    Request out = request(choice.version, income, late);
    out.entity = {entity, 7};
    out.to_human = choice.to_human;
    out.shadow = choice.shadow;
    return out;
  }
  Digest admitted(const TestProposal& proposal) {
    clock_.advance_us(1);
    const auto permit = signed_permit(manifest_of(proposal));
    const auto done = kernel_->admit(permit, "test");
    CHECK(done.has_value(), done ? "" : done.error().text().c_str());
    return permit.manifest.digest();
  }
  std::vector<evidence::StoredRecord> records() {
    std::vector<evidence::StoredRecord> out;
    const auto walked = log_->each(std::nullopt, 1'000'000, [&](const evidence::StoredRecord& record) -> Result<void> {
      out.push_back(record);
      return {};
    });
    CHECK(walked.has_value(), "the evidence reads");
    return out;
  }
};

TEST_P(KernelRoutingTest, a_stopped_use_case_refers_every_application_to_a_person_and_that_replays) {
  const auto version = grant();
  ASSERT_TRUE(kernel_->stop(stop_of(StopScope::use_case, std::string(kTestUseCase))));
  const auto refused = kernel_->decide(request(version, 5000, 0), no_act);
  ASSERT_FALSE(refused) << "a version taken before the stop judges no more";
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);

  for (int restart = 0; restart < 2; ++restart) {
    const Choice choice = chosen();
    EXPECT_EQ(choice.arm, Arm::fallback);
    ASSERT_TRUE(choice.to_human);
    const auto decision = kernel_->decide(request_of(choice, 1, 5000, 0), no_act);
    ASSERT_TRUE(decision) << decision.error().text();
    EXPECT_EQ(decision->outcome(), "refer");
    EXPECT_TRUE(decision->judgement().models.empty());
    EXPECT_EQ(decision->circumstances().human, evidence::HumanRole::in_the_loop);
    const auto view = view_of(*log_->find(decision->id()), *choice.version, PersonalFacts::masked);
    ASSERT_TRUE(view);
    EXPECT_THAT(view->reasons[0].en, HasSubstr("a person will decide"));
    open();
  }
  EXPECT_EQ(replay_all(), 2u);
  ASSERT_TRUE(kernel_->lift(StopScope::use_case, kTestUseCase, "chief", "mended"));
  EXPECT_EQ(chosen().arm, Arm::champion);
  EXPECT_TRUE(kernel_->decide(request(chosen().version, 5000, 0), no_act));
}

TEST_P(KernelRoutingTest, stops_are_acts_of_the_evidence_and_faulty_ones_are_refused) {
  grant();
  const auto before = log_->records();
  EXPECT_FALSE(kernel_->stop({StopScope::use_case, std::string(kTestUseCase), "", "risk", {}})) << "no reason given";
  EXPECT_EQ(kernel_->stop(stop_of(StopScope::use_case, "nobody.does")).error().code, ErrorCode::not_found);
  EXPECT_EQ(kernel_->stop(stop_of(StopScope::block, "3F")).error().code, ErrorCode::invalid);
  EXPECT_EQ(kernel_->stop(stop_of(StopScope::model, "abc")).error().code, ErrorCode::invalid);
  EXPECT_EQ(log_->records(), before);
  ASSERT_TRUE(kernel_->stop(stop_of(StopScope::block, "3A")));
  EXPECT_EQ(kernel_->stop(stop_of(StopScope::block, "3A")).error().code, ErrorCode::conflict);
  EXPECT_EQ(log_->records(), before + 1);
  EXPECT_EQ(records().back().judgement, "block 3A stopped: it drifts");
  EXPECT_EQ(chosen().arm, Arm::fallback);
  EXPECT_EQ(kernel_->lift(StopScope::block, "4A", "risk", "none").error().code, ErrorCode::not_found);
}

TEST_P(KernelRoutingTest, the_champion_before_answers_where_that_was_declared) {
  const auto first = grant(with_cap("0.1"));
  const auto second = grant(with_cap("0.6"));
  ASSERT_TRUE(kernel_->declare_fallback({std::string(kTestUseCase), Fallback::previous, {}}, "risk"));
  ASSERT_TRUE(kernel_->stop(stop_of(StopScope::use_case, std::string(kTestUseCase))));
  EXPECT_EQ(chosen().version->digest(), first->digest());
  EXPECT_FALSE(chosen().to_human);
  EXPECT_TRUE(kernel_->decide(request(chosen().version, 5000, 0), no_act));
  EXPECT_FALSE(kernel_->decide(request(second, 5000, 0), no_act));
}

TEST_P(KernelRoutingTest, a_stopped_model_never_stands_in_for_itself) {
  const auto first = grant(with_cap("0.1"));
  grant(with_cap("0.6"));  // the same model
  ASSERT_TRUE(kernel_->declare_fallback({std::string(kTestUseCase), Fallback::previous, {}}, "risk"));
  ASSERT_TRUE(kernel_->stop(stop_of(StopScope::model, first->permit().manifest.artefact("model:pd")->hex())));
  EXPECT_TRUE(chosen().to_human);
  ASSERT_TRUE(kernel_->declare_fallback({std::string(kTestUseCase), Fallback::refuse, {}}, "risk"));
  EXPECT_EQ(kernel_->choose(kTestUseCase, {1, 7}).error().code, ErrorCode::unavailable);
}

TEST_P(KernelRoutingTest, a_canary_decides_for_its_share_and_the_same_entities_as_it_grows) {
  const auto champion = grant(with_cap("0.1"));
  const Digest rival = admitted(with_cap("0.6"));
  EXPECT_EQ(chosen().version->digest(), champion->digest()) << "an admitted permit decides nothing";
  std::set<uint64_t> before;
  for (const int64_t share : {50'000, 200'000, 1'000'000}) {
    ASSERT_TRUE(kernel_->challenge({std::string(kTestUseCase), rival, ChallengerStage::canary, share, 3}, "risk"));
    std::set<uint64_t> met;
    for (uint64_t entity = 0; entity < 4000; ++entity) {
      if (chosen(entity).version->digest() == rival) met.insert(entity);
    }
    EXPECT_NEAR(static_cast<double>(met.size()), 4000.0 * static_cast<double>(share) / 1e6, 80.0);
    EXPECT_TRUE(std::includes(met.begin(), met.end(), before.begin(), before.end()));
    before = met;
  }
  open();
  EXPECT_EQ(chosen(11).arm, Arm::challenger) << "and after a restart";
  ASSERT_TRUE(kernel_->withdraw_challenger(kTestUseCase, "risk", "worse"));
  EXPECT_EQ(chosen(11).arm, Arm::champion);
}

TEST_P(KernelRoutingTest, a_shadow_judges_beside_every_decision_and_decides_nothing) {
  grant(with_cap("0.999"));
  const Digest rival = admitted(with_cap("0.000001"));
  ASSERT_TRUE(kernel_->challenge({std::string(kTestUseCase), rival, ChallengerStage::shadow, 0, 1}, "risk"));
  const auto decision = kernel_->decide(request_of(chosen(), 1, 5000, 0), no_act);
  ASSERT_TRUE(decision);
  EXPECT_TRUE(decision->approves());
  const auto all = records();
  ASSERT_EQ(all.back().kind, evidence::RecordKind::shadow);
  EXPECT_EQ(all[all.size() - 2].id, decision->id());
  const auto shadow = evidence::decode_judgement(all.back().judgement);
  ASSERT_TRUE(shadow);
  EXPECT_EQ(shadow->permit, rival);
  EXPECT_EQ(outcome_of(*shadow), "refuse");
  class Silent : public Progress {
    void step(std::string_view, uint64_t, uint64_t) override {}
  } silent;
  EXPECT_FALSE(log_->verify(silent)->first_break);
}

TEST_P(KernelRoutingTest, a_permit_is_reinstated_without_new_signatures_while_it_holds) {
  const auto first = grant(with_cap("0.1"));
  grant(with_cap("0.6"));
  ASSERT_TRUE(kernel_->reinstate(first->digest(), "risk", "the new one refuses too many"));
  EXPECT_EQ((*kernel_->in_force(kTestUseCase))->digest(), first->digest());
  open();
  EXPECT_EQ((*kernel_->in_force(kTestUseCase))->digest(), first->digest());
  clock_.advance_us(4'000'000'000);
  EXPECT_EQ(kernel_->reinstate(first->digest(), "risk", "again").error().code, ErrorCode::forbidden) << "expired";
  EXPECT_EQ(kernel_->reinstate(sha256("another"), "risk", "why").error().code, ErrorCode::not_found);
}

// Refuses everybody by the score, but lets those through whose draw is below the signed rate.
TestProposal exploring(const std::string& rate, const std::string& daily_max) {
  TestProposal out;
  auto inputs = kTestInputs;
  inputs.emplace_back("exploration_draw", "number");
  inputs.emplace_back("exploration_rate", "number");
  out.policy = policy_of(
      inputs, {{"Score", "pd(income, late)", {"income", "late"}, true},
               {"Probability", "decimal(Score.probability, 9)", {"Score"}},
               {"Propensity",
                "if Probability > cap and exploration_draw < exploration_rate then exploration_rate else null",
                {"Probability", "cap", "exploration_draw", "exploration_rate"}},
               {"Outcome",
                "if Probability > cap and Propensity = null then \"refuse\" else \"approve\"",
                {"Probability", "cap", "Propensity"}},
               {"Reasons", "if Outcome = \"refuse\" then [\"risk\"] else []", {"Outcome"}}});
  out.facts = R"({"facts": [{"name": "income", "type": "number", "required": true},
    {"name": "late", "type": "number"}, {"name": "exploration_draw", "type": "number"}]})";
  out.cap = "0.000001";
  out.more_thresholds = {{"exploration_daily_max", daily_max}, {"exploration_rate", rate}};
  return out;
}

TEST_P(KernelRoutingTest, random_approvals_have_their_propensity_in_the_evidence_and_stop_at_the_days_cap) {
  const auto version = grant(exploring("0.25", "100"));
  const auto decide = [&](uint64_t entity) {
    Request asked{version, {entity, 7}, {}, "test", clock_.now(), {}};
    asked.facts = {evidence::Number::whole(5000), evidence::Number::whole(3), evidence::FactValue()};
    auto decision = kernel_->decide(std::move(asked), no_act);
    CHECK(decision.has_value(), decision ? "" : decision.error().text().c_str());
    return decision->approves();
  };
  int approved = 0;
  for (uint64_t entity = 0; entity < 300; ++entity) approved += decide(entity);
  EXPECT_NEAR(approved, 75, 25);
  for (uint64_t entity = 300; entity < 1000; ++entity) approved += decide(entity);
  EXPECT_EQ(approved, 100);
  open();
  EXPECT_EQ(replay_all(), 1000u);
  int after_restart = 0;
  for (uint64_t entity = 1000; entity < 1100; ++entity) after_restart += decide(entity);
  EXPECT_EQ(after_restart, 0) << "a restart gives the day no second share";
}

INSTANTIATE_TEST_SUITE_P(Engines, KernelRoutingTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace puhui::kernel
