#include "infrastructure/kernel/inquiry.h"

#include "infrastructure/kernel/kernel_for_test.h"
#include "infrastructure/models/federated_model.h"

namespace puhui::kernel {
namespace {

constexpr std::string_view kAskedFacts = R"({"facts": [
    {"name": "income", "type": "number", "required": true},
    {"name": "firm", "type": "text", "personal": true},
    {"name": "registry_answer", "type": "text",
     "asked": {"model": "pd", "party": "registry", "by": "firm"}}]})";
constexpr std::string_view kAskedReasons = R"({"risk": {"en": "The risk is too high.", "zh": "风险过高。"},
    "unknown": {"en": "The registry did not answer.", "zh": "登记机构没有答复。"}})";

// One tree: the registry's only split, then our income. Margins -2, 0 and 2.
std::string registry_model() {
  models::FederatedModel model;
  model.name = "pd";
  model.job = sha256("job");
  model.scale = 8;
  model.columns = {"income"};
  model.peers = {{"registry", 1}};
  model.trees = {{{{1, 1, 0, 0, false, 0},
                   {3, 0, 0, 5000, true, -128},
                   {0, 0, 0, 0, false, 512},
                   {0, 0, 0, 0, false, 0},
                   {0, 0, 0, 0, false, -512}}}};
  return models::write_federated(model);
}

std::string asked_policy() {
  std::string xml =
      policy_of({{"income", "number"}, {"registry_answer", "string"}, {"cap", "number"}},
                {{"Score", "pd(income, registry_answer)", {"income", "registry_answer"}, true},
                 {"Outcome",
                  R"(if Score = null then "refer" else if Score.probability > cap then "refuse" else "approve")",
                  {"Score", "cap"}},
                 {"Reasons",
                  R"(if Outcome = "refer" then ["unknown"] else if Outcome = "refuse" then ["risk"] else [])",
                  {"Outcome"}}},
                {"income", "answer_of_registry"});
  const std::string number = "name='answer_of_registry' typeRef='number'";
  return xml.replace(xml.find(number), number.size(), "name='answer_of_registry' typeRef='string'");
}

class FixedInquirer final : public Inquirer {
 public:
  Result<std::string> ask(const Question& question) override {
    ++asked;
    if (question.id == "away") return fail(ErrorCode::unavailable, "registry is away");
    EXPECT_EQ(question.job, sha256("job"));
    EXPECT_EQ(question.party, "registry");
    return std::string(question.id == "good" ? "tAQ==" : "tAA==");  // left, right
  }
  int asked = 0;
};

class AskedFacts : public KernelTest {
 protected:
  std::shared_ptr<const Version> granted(TestProposal proposal) { return grant(proposal); }
  static TestProposal proposal() {
    TestProposal out;
    out.policy = asked_policy();
    out.facts = std::string(kAskedFacts);
    out.reasons = std::string(kAskedReasons);
    out.brought_model = registry_model();
    out.cap = "0.60";
    return out;
  }
  static std::string outcome_of(const evidence::Judgement& judgement) {
    return evidence::text_of(*judgement.output(kOutcomeDecision));
  }
};

TEST_P(AskedFacts, ThePartnersAnswerDecidesAndAReplayAsksNobody) {
  const auto version = granted(proposal());
  FixedInquirer inquirer;
  Workspace workspace;
  const auto judged = [&](std::string firm) {
    std::vector<evidence::FactValue> facts = {evidence::Number::whole(4000), std::move(firm), std::monostate()};
    const auto absent = inquire(*version, &inquirer, facts);
    EXPECT_TRUE(absent.empty());
    const auto first = version->judge(facts, workspace);
    EXPECT_TRUE(first) << (first ? "" : first.error().text());
    const int asked = inquirer.asked;
    EXPECT_EQ(evidence::encode(*version->judge(facts, workspace)), evidence::encode(*first));
    EXPECT_EQ(inquirer.asked, asked);
    return outcome_of(*first);
  };
  EXPECT_EQ(judged("good"), "approve");  // sigmoid(0) = .5
  EXPECT_EQ(judged("bad"), "refuse");    // sigmoid(2) = .88
}

TEST_P(AskedFacts, WithoutAnAnswerThePolicysOwnRuleDecides) {
  const auto version = granted(proposal());
  FixedInquirer inquirer;
  Workspace workspace;
  std::vector<evidence::FactValue> away = {evidence::Number::whole(4000), std::string("away"), std::string("tAQ==")};
  const auto absent = inquire(*version, &inquirer, away);
  ASSERT_EQ(absent.size(), 1u);
  EXPECT_EQ(absent[0].where, "registry_answer");
  EXPECT_NE(absent[0].message.find("away"), std::string::npos);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(away[2])) << "what the applicant claimed is gone";
  const auto judgement = version->judge(away, workspace);
  ASSERT_TRUE(judgement);
  EXPECT_EQ(outcome_of(*judgement), "refer");
  std::vector<evidence::FactValue> nameless = {evidence::Number::whole(4000), std::monostate(), std::monostate()};
  EXPECT_EQ(inquire(*version, &inquirer, nameless).size(), 1u);
  EXPECT_EQ(inquirer.asked, 1);
  EXPECT_EQ(inquire(*version, nullptr, away).size(), 1u) << "a program that asks nobody";
}

TEST_P(AskedFacts, AFactAskedOfNobodysModelDoesNotLoad) {
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"\"model\": \"pd\"", "\"model\": \"other\""},
                                                        {"\"party\": \"registry\"", "\"party\": \"bureau\""},
                                                        {"\"by\": \"firm\"", "\"by\": \"income\""}}) {
    TestProposal wrong = proposal();
    wrong.facts.replace(wrong.facts.find(from), from.size(), to);
    EXPECT_NE(refusal(wrong).find("registry_answer"), std::string::npos) << refusal(wrong);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, AskedFacts, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace puhui::kernel
