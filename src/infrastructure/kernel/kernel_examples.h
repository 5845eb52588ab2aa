// For tests and benches only: a small lender's parts: two facts, a trained model, a policy of four decisions.
#pragma once

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/evidence/permit.h"
#include "infrastructure/kernel/kernel.h"
#include "infrastructure/models/train.h"

namespace puhui::kernel {

inline constexpr Timestamp kTestStart{1'767'225'600'000'000};
inline constexpr std::string_view kTestUseCase = "lending.approval/test", kTestBuild = "puhui test";

// People with more late payments and less income pay less well, by chance.
inline models::Model train_test_model(models::ModelKind kind) {
  std::string csv = "income,late,bad\n";
  RandomStream stream(Random(21), 1, 1);
  for (int i = 0; i < 4000; ++i) {
    const auto income = 1000 + stream.below(9000);
    const auto late = stream.below(6);
    const double risk = 0.05 + 0.10 * static_cast<double>(late) + (income < 4000 ? 0.15 : 0.0);
    csv += std::to_string(income) + "," + std::to_string(late) + "," + (stream.chance(risk) ? "1" : "0") + "\n";
  }
  const auto table = models::read_table(models::from_text(csv));
  CHECK(table.has_value(), table ? "" : table.error().text().c_str());
  models::TrainRequest request;
  request.table = &table->table;
  request.target = "bad";
  request.kind = kind;
  request.boosting.rounds = 20;
  request.boosting.learning_rate = 0.3;
  auto trained = models::train(request);
  CHECK(trained.has_value(), trained ? "" : trained.error().text().c_str());
  return std::move(trained->model);
}

inline const models::Model& test_model(models::ModelKind kind = models::ModelKind::scorecard) {
  static const models::Model scorecard = train_test_model(models::ModelKind::scorecard);
  static const models::Model boosting = train_test_model(models::ModelKind::boosting);
  return kind == models::ModelKind::scorecard ? scorecard : boosting;
}

// One decision of a policy: an expression over the names it needs; inputs are lower case, decisions are not.
struct TestDecision {
  std::string name, expression;
  std::vector<std::string> needs;
  bool calls_model = false;
};

inline std::string policy_of(const std::vector<std::pair<std::string, std::string>>& inputs,
                             const std::vector<TestDecision>& decisions,
                             const std::vector<std::string>& parameters = {"income", "late"}) {
  std::string xml =
      R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="p" namespace="urn:p" id="p">)";
  for (const auto& [name, type] : inputs) {
    xml += "<inputData id='i_" + name + "' name='" + name + "'><variable name='" + name + "' typeRef='" + type +
           "'/></inputData>";
  }
  xml += "<businessKnowledgeModel id='b_pd' name='pd'><variable name='pd'/><encapsulatedLogic kind='PMML'>";
  for (const std::string& parameter : parameters) xml += "<formalParameter name='" + parameter + "' typeRef='number'/>";
  xml +=
      "<context><contextEntry><variable "
      "name='document'/><literalExpression><text>\"model:pd\"</text></literalExpression>"
      "</contextEntry><contextEntry><variable name='model'/><literalExpression><text>\"pd\"</text></literalExpression>"
      "</contextEntry></context></encapsulatedLogic></businessKnowledgeModel>";
  for (const TestDecision& decision : decisions) {
    xml +=
        "<decision id='d_" + decision.name + "' name='" + decision.name + "'><variable name='" + decision.name + "'/>";
    for (const std::string& need : decision.needs) {
      const bool input = need[0] >= 'a';
      xml += "<informationRequirement><" +
             std::string(input ? "requiredInput href='#i_" : "requiredDecision href='#d_") + need +
             "'/></informationRequirement>";
    }
    if (decision.calls_model) xml += "<knowledgeRequirement><requiredKnowledge href='#b_pd'/></knowledgeRequirement>";
    std::string expression;
    for (const char c : decision.expression) expression += c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    xml += "<literalExpression><text>" + expression + "</text></literalExpression></decision>";
  }
  return xml + "</definitions>";
}

inline const std::vector<std::pair<std::string, std::string>> kTestInputs{
    {"income", "number"}, {"late", "number"}, {"cap", "number"}};

// `outcome` and `reasons` are the expressions of the two decisions that every policy must have.
inline std::string test_policy(const std::string& outcome = R"(if Probability > cap then "refuse" else "approve")",
                               const std::string& reasons = R"(if Outcome = "refuse" then ["risk"] else [])") {
  return policy_of(kTestInputs, {{"Score", "pd(income, late)", {"income", "late"}, true},
                                 {"Probability", "decimal(Score.probability, 9)", {"Score"}},
                                 {"Outcome", outcome, {"Probability", "cap", "late"}},
                                 {"Reasons", reasons, {"Outcome"}}});
}

inline constexpr std::string_view kTestFacts = R"({"facts": [
    {"name": "income", "type": "number", "required": true, "personal": true},
    {"name": "late", "type": "number"},
    {"name": "phone", "type": "text", "personal": true},
    {"name": "age", "type": "number", "personal": true, "sealed": true}]})";
inline constexpr std::string_view kTestReasons = R"({
    "risk": {"en": "The risk is too high.", "zh": "风险过高。", "explained_by": "pd"},
    "feature:income": {"en": "Income.", "zh": "收入。"}, "feature:late": {"en": "Late payments.", "zh": "逾期。"}})";

// What a permit is proposed with; a test changes the one part it is about.
struct TestProposal {
  std::string policy = test_policy();
  std::string facts = std::string(kTestFacts), reasons = std::string(kTestReasons);
  std::string cap = "0.30";
  std::vector<evidence::Threshold> more_thresholds;
  models::ModelKind model = models::ModelKind::scorecard;
  std::string brought_model;  // its bytes, instead of a trained one
  std::string use_case = std::string(kTestUseCase), build = std::string(kTestBuild);
  int64_t valid_us = 3'600'000'000;
  int tier = 1;
};

}  // namespace puhui::kernel
