#include "infrastructure/kernel/version.h"

#include <gmock/gmock.h>

#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::kernel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class VersionTest : public KernelTest {};

TestProposal with_policy(std::string policy) {
  TestProposal out;
  out.policy = std::move(policy);
  return out;
}

std::string reading(std::vector<std::pair<std::string, std::string>> inputs, const std::string& outcome,
                    std::vector<std::string> needs) {
  return policy_of(inputs, {{"Outcome", outcome, std::move(needs)}, {"Reasons", R"(["risk"])", {}}});
}

TEST_P(VersionTest, a_policy_that_reads_a_sealed_fact_does_not_load) {
  EXPECT_THAT(
      refusal(with_policy(reading({{"age", "number"}}, R"(if age > 60 then "refuse" else "approve")", {"age"}))),
      HasSubstr("policy input 'age': is a sealed fact; no policy may read it"));
}

TEST_P(VersionTest, a_policy_input_that_is_nothing_the_use_case_knows_does_not_load) {
  EXPECT_THAT(
      refusal(with_policy(reading({{"incme", "number"}}, R"(if incme > 60 then "refuse" else "approve")", {"incme"}))),
      HasSubstr("policy input 'incme': is neither a fact nor a threshold of this use case"));
}

TEST_P(VersionTest, a_policy_input_of_another_type_than_its_fact_does_not_load) {
  EXPECT_THAT(refusal(with_policy(
                  reading({{"income", "string"}}, R"(if income = "x" then "refuse" else "approve")", {"income"}))),
              HasSubstr("policy input 'income': is a string, the fact is a number"));
}

TEST_P(VersionTest, every_wrong_input_is_named_at_once) {
  EXPECT_THAT(refusal(with_policy(reading({{"age", "number"}, {"zzz", "number"}},
                                          R"(if age > zzz then "refuse" else "approve")", {"age", "zzz"}))),
              AllOf(HasSubstr("'age': is a sealed fact"), HasSubstr("'zzz': is neither")));
}

TEST_P(VersionTest, a_policy_without_an_outcome_or_reasons_does_not_load) {
  EXPECT_THAT(refusal(with_policy(policy_of(kTestInputs, {{"Something", "1", {}}}))),
              AllOf(HasSubstr("has no decision 'Outcome'"), HasSubstr("has no decision 'Reasons'")));
}

TEST_P(VersionTest, a_policy_that_is_no_policy_does_not_load_and_says_where) {
  EXPECT_THAT(refusal(with_policy("<definitions")), HasSubstr("policy"));
  EXPECT_THAT(refusal(with_policy(reading({}, "1 +", {}))), HasSubstr("policy"));
}

TEST_P(VersionTest, a_model_feature_without_a_sentence_does_not_load) {
  TestProposal proposal;
  proposal.reasons = R"({"risk": {"en": "a", "zh": "b"}, "feature:income": {"en": "a", "zh": "b"}})";
  EXPECT_THAT(refusal(proposal), HasSubstr("have no sentence for 'feature:late' of model 'pd'"));
}

// A logistic regression as a file of another tool has it: late payments make default likelier.
constexpr std::string_view kBroughtModel = R"(<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>
<DataDictionary><DataField name="income" optype="continuous" dataType="double"/>
<DataField name="late" optype="continuous" dataType="double"/>
<DataField name="probability" optype="continuous" dataType="double"/></DataDictionary>
<RegressionModel modelName="pd" functionName="regression" normalizationMethod="logit"><MiningSchema>
<MiningField name="income"/><MiningField name="late" missingValueReplacement="0"/>
<MiningField name="probability" usageType="target"/></MiningSchema>
<RegressionTable intercept="-1"><NumericPredictor name="late" coefficient="1"/>
<NumericPredictor name="income" coefficient="-0.0001"/></RegressionTable></RegressionModel></PMML>)";

TEST_P(VersionTest, a_model_brought_from_elsewhere_decides_and_its_answer_is_evidence) {
  TestProposal proposal;
  proposal.brought_model = kBroughtModel;
  proposal.reasons = R"({"risk": {"en": "a", "zh": "b"}})";
  proposal.policy =
      policy_of(kTestInputs, {{"Score", "pd(income, late)", {"income", "late"}, true},
                              {"Outcome", R"(if Score > cap then "refuse" else "approve")", {"Score", "cap"}},
                              {"Reasons", R"(if Outcome = "refuse" then ["risk"] else [])", {"Outcome"}}});
  const auto version = grant(proposal);
  Workspace workspace;
  const auto judged = version->judge(facts_of(10'000, 1), workspace);
  ASSERT_TRUE(judged) << judged.error().text();
  ASSERT_EQ(judged->models.size(), 1u);
  EXPECT_EQ(judged->models[0].name, "pd");
  EXPECT_EQ(judged->models[0].probability_ppb, 268'941'421) << "1 / (1 + e)";
  ASSERT_TRUE(kernel_->decide(request(version, 10'000, 1), no_act));
  ASSERT_TRUE(kernel_->decide(request(version, 1'000, 5), no_act));
  open();
  EXPECT_EQ(replay_all(), 2u) << "and after a restart";
}

TEST_P(VersionTest, a_model_file_that_is_none_does_not_load) {
  TestProposal proposal;
  proposal.brought_model = "no model";
  EXPECT_THAT(refusal(proposal), HasSubstr("model:pd: "));
}

TEST_P(VersionTest, a_model_input_that_the_policy_does_not_pass_is_named) {
  EXPECT_THAT(refusal(with_policy(policy_of(
                  kTestInputs,
                  {{"Score", "pd(income)", {"income"}, true}, {"Outcome", R"("approve")", {}}, {"Reasons", "[]", {}}},
                  {"income"}))),
              HasSubstr("needs its input 'late', which the policy does not pass"));
}

TEST_P(VersionTest, a_threshold_that_is_no_number_does_not_load) {
  TestProposal proposal;
  proposal.cap = "lots";
  EXPECT_THAT(refusal(proposal), HasSubstr("policy input 'cap': its threshold 'lots' is no number"));
}

TEST_P(VersionTest, reasons_and_facts_that_do_not_read_are_named) {
  TestProposal reasons;
  reasons.reasons = R"({"risk": {"en": "a"}})";
  EXPECT_THAT(refusal(reasons), AllOf(HasSubstr("risk"), HasSubstr("zh")));
  TestProposal facts;
  facts.facts = R"({"facts": [{"name": "income", "type": "money"}]})";
  EXPECT_THAT(refusal(facts), HasSubstr("type"));
  TestProposal sealed;
  sealed.facts = R"({"facts": [{"name": "age", "type": "number", "sealed": true, "required": true}]})";
  EXPECT_THAT(refusal(sealed), HasSubstr("age: is sealed and required"));
}

TEST_P(VersionTest, an_artefact_whose_bytes_changed_is_corrupt) {
  const evidence::Manifest manifest = manifest_of({});
  const auto tampered = store_->write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute("UPDATE kernel_artefact SET bytes = ? WHERE kind = 'model'", {BytesView{"another model"}}));
    return {};
  });
  ASSERT_TRUE(tampered);
  const auto granted = kernel_->grant(signed_permit(manifest), "test");
  ASSERT_FALSE(granted);
  EXPECT_EQ(granted.error().code, ErrorCode::corrupt);
  EXPECT_THAT(granted.error().text(), AllOf(HasSubstr("artefact " + test_model().hash().short_hex()),
                                            HasSubstr("its bytes give"), HasSubstr("backup")));
}

TEST_P(VersionTest, a_model_that_is_no_model_does_not_load) {
  evidence::Manifest manifest = manifest_of({});
  for (auto& named : manifest.artefacts) {
    if (named.name == "model:pd") named.digest = *kernel_->put_artefact("model", "no model");
  }
  const auto granted = kernel_->grant(signed_permit(manifest), "test");
  ASSERT_FALSE(granted);
  EXPECT_THAT(granted.error().text(), HasSubstr("model:pd"));
}

TEST_P(VersionTest, an_artefact_that_is_not_in_the_store_is_not_found) {
  evidence::Manifest manifest = manifest_of({});
  manifest.artefacts[0].digest = sha256("never stored");
  const auto granted = kernel_->grant(signed_permit(manifest), "test");
  ASSERT_FALSE(granted);
  EXPECT_EQ(granted.error().code, ErrorCode::not_found);
  manifest.artefacts.erase(manifest.artefacts.begin());
  EXPECT_THAT(kernel_->grant(signed_permit(manifest), "test").error().text(),
              HasSubstr("the manifest names no 'policy'"));
}

TEST_P(VersionTest, a_refusal_carries_the_policys_reasons_and_then_the_models) {
  for (const auto kind : {models::ModelKind::scorecard, models::ModelKind::boosting}) {
    TestProposal proposal;
    proposal.model = kind;
    const auto version = grant(proposal);
    Workspace workspace;
    const auto judged = version->judge(facts_of(1500, 5), workspace);
    ASSERT_TRUE(judged) << judged.error().text();
    EXPECT_EQ(outcome_of(*judged), "refuse");
    ASSERT_GE(judged->reasons.size(), 2u);
    EXPECT_EQ(judged->reasons[0], (evidence::Reason{"risk", evidence::ReasonSource::policy, 0}));
    EXPECT_EQ(judged->reasons[1].source, evidence::ReasonSource::model);
    EXPECT_GT(judged->reasons[1].amount, 0);
    ASSERT_EQ(judged->models.size(), 1u);
    EXPECT_EQ(judged->models[0].name, "pd");
    EXPECT_EQ(judged->models[0].probability_ppb, rate_of(*judged, "Probability")->ppb);
    const auto approved = version->judge(facts_of(9000, 0), workspace);
    ASSERT_TRUE(approved) << approved.error().text();
    EXPECT_EQ(outcome_of(*approved), "approve");
    EXPECT_TRUE(approved->reasons.empty());
  }
}

TEST_P(VersionTest, a_refusal_without_a_reason_is_an_error) {
  const auto version = grant(with_policy(test_policy(R"("refuse")", "[]")));
  Workspace workspace;
  const auto judged = version->judge(facts_of(5000, 0), workspace);
  ASSERT_FALSE(judged);
  EXPECT_THAT(judged.error().text(), HasSubstr("a refusal carries its reasons"));
  const auto unknown =
      grant(with_policy(test_policy(R"("refuse")", R"(["because"])")))->judge(facts_of(5000, 0), workspace);
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().text(), HasSubstr("the code 'because' has no sentence"));
  const auto number = grant(with_policy(test_policy(R"("refuse")", "[17]")))->judge(facts_of(5000, 0), workspace);
  ASSERT_FALSE(number);
  EXPECT_THAT(number.error().text(), HasSubstr("expected reason codes as strings, came 17"));
}

TEST_P(VersionTest, an_outcome_that_is_null_says_why) {
  const auto version =
      grant(with_policy(test_policy(R"(if late > 2 then "refuse" else if late >= 0 then "approve" else null)")));
  Workspace workspace;
  const auto judged = version->judge(facts_of(5000, std::nullopt), workspace);
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().code, ErrorCode::invalid);
  EXPECT_THAT(judged.error().text(), HasSubstr("Outcome: the policy came to no outcome: "));
  const auto number = grant(with_policy(test_policy("17")))->judge(facts_of(5000, 1), workspace);
  ASSERT_FALSE(number);
  EXPECT_THAT(number.error().text(), HasSubstr("came to no outcome: it is a number"));
}

TEST_P(VersionTest, a_missing_fact_that_the_model_never_saw_missing_names_itself) {
  const auto version = grant(with_policy(test_policy("string(Probability)")));
  Workspace workspace;
  const auto judged = version->judge(facts_of(5000, std::nullopt), workspace);
  ASSERT_FALSE(judged);
  EXPECT_THAT(judged.error().text(),
              HasSubstr("model input 'late' is missing, and the model was never trained without it"));
}

TEST_P(VersionTest, one_workspace_after_another_judgement_gives_the_same_bytes) {
  const auto version = grant();
  Workspace used;
  for (int64_t income = 1000; income < 9000; income += 37) {
    Workspace fresh;
    const auto facts = facts_of(income, income % 6);
    EXPECT_EQ(encode(*version->judge(facts, used)), encode(*version->judge(facts, fresh)));
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, VersionTest, ::testing::Values("sqlite"));

}  // namespace
}  // namespace puhui::kernel
