// Scorecard: points, complex partial scores and the ranking of reason codes, by hand.
#include "infrastructure/models/pmml_for_test.h"

namespace puhui::models {
namespace {

using std::string_view_literals::operator""sv;

std::string card(std::string_view attributes, std::string_view second = "") {
  std::string model = "<Scorecard modelName=\"card\" functionName=\"regression\" initialScore=\"100\" ";
  model += attributes;
  model += R"(>
    <MiningSchema><MiningField name="age"/><MiningField name="job"/><MiningField name="points" usageType="target"/></MiningSchema>
    <Output>
      <OutputField name="score" feature="predictedValue" dataType="double"/>
      <OutputField name="first" feature="reasonCode" rank="1"/>
      <OutputField name="second" feature="reasonCode" rank="2"/>
      <OutputField name="third" feature="reasonCode" rank="3"/>
    </Output>
    <Characteristics>
      <Characteristic name="age" reasonCode="AGE" baselineScore="40">
        <Attribute partialScore="5" reasonCode="NO_AGE"><SimplePredicate field="age" operator="isMissing"/></Attribute>
        <Attribute partialScore="12"><SimplePredicate field="age" operator="lessThan" value="25"/></Attribute>
        <Attribute partialScore="40"><SimplePredicate field="age" operator="greaterOrEqual" value="25"/></Attribute>
      </Characteristic>
      <Characteristic name="job" reasonCode="JOB">
        <Attribute partialScore="30"><SimpleSetPredicate field="job" booleanOperator="isIn"><Array n="2" type="string">clerk "civil servant"</Array></SimpleSetPredicate></Attribute>
        <Attribute partialScore="18"><SimplePredicate field="job" operator="equal" value="student"/></Attribute>
        <Attribute partialScore="25" reasonCode="OTHER_JOB"><True/></Attribute>
      </Characteristic>)";
  model += second;
  model += "</Characteristics></Scorecard>";
  return pmml_document(number_field("age") + text_field("job") + number_field("points"), model);
}

TEST(PmmlScorecard, SumsTheFirstAttributeThatHoldsOfEachCharacteristic) {
  const Predictor p = parsed(card(R"(baselineScore="30")"));
  EXPECT_EQ(p.format(), ModelFormat::pmml);
  EXPECT_EQ(p.name(), "card");
  ASSERT_EQ(p.inputs().size(), 2u);
  EXPECT_EQ(p.inputs()[1].type, FieldType::text);
  EXPECT_TRUE(p.outputs()[0].is_primary);
  EXPECT_EQ(ask(p, {{"age", 24.0}, {"job", "clerk"sv}}), "142");          // 100 + 12 + 30
  EXPECT_EQ(ask(p, {{"age", 25.0}, {"job", "civil servant"sv}}), "170");  // 100 + 40 + 30
  EXPECT_EQ(ask(p, {{"job", "student"sv}}), "123");                       // 100 + 5 + 18
  EXPECT_EQ(ask(p, {{"age", 80.0}}), "165");                              // 100 + 40 + 25
}

TEST(PmmlScorecard, PointsBelowRanksTheLargestLossAgainstTheBaselineFirst) {
  const Predictor p = parsed(card(R"(baselineScore="30" reasonCodeAlgorithm="pointsBelow")"));
  // age 40 - 12 = 28, job 30 - 18 = 12
  EXPECT_EQ(reasons_of(p, {{"age", 20.0}, {"job", "student"sv}}), (std::vector<std::string>{"AGE", "JOB"}));
  EXPECT_EQ(ask(p, {{"age", 20.0}, {"job", "student"sv}}, "third"), "missing");
  // age 40 - 40 = 0 is no loss: it is ranked, and is not adverse. job 30 - 25 = 5.
  EXPECT_EQ(reasons_of(p, {{"age", 30.0}}), (std::vector<std::string>{"OTHER_JOB"}));
  EXPECT_EQ(ask(p, {{"age", 30.0}}, "first"), "OTHER_JOB");
  EXPECT_EQ(ask(p, {{"age", 30.0}}, "second"), "AGE");
  // An attribute's own code stands before its characteristic's.
  EXPECT_EQ(reasons_of(p, {{"job", "clerk"sv}}), (std::vector<std::string>{"NO_AGE"}));
}

TEST(PmmlScorecard, PointsAboveTurnsTheSignAround) {
  const Predictor p = parsed(card(R"(baselineScore="10" reasonCodeAlgorithm="pointsAbove")"));
  // age 12 - 40 = -28, job 18 - 10 = 8
  EXPECT_EQ(reasons_of(p, {{"age", 20.0}, {"job", "student"sv}}), (std::vector<std::string>{"JOB"}));
  EXPECT_EQ(ask(p, {{"age", 20.0}, {"job", "student"sv}}, "second"), "AGE");
}

constexpr std::string_view kComplex = R"(
  <Characteristic name="slope" reasonCode="SLOPE" baselineScore="0">
    <Attribute><True/><ComplexPartialScore><Apply function="*"><FieldRef field="age"/><Constant>0.5</Constant></Apply></ComplexPartialScore></Attribute>
  </Characteristic>)";

TEST(PmmlScorecard, AComplexPartialScoreIsComputedFromTheRow) {
  const Predictor p = parsed(card(R"(baselineScore="30")", kComplex));
  EXPECT_EQ(ask(p, {{"age", 21.0}, {"job", "clerk"sv}}), "152.5");  // 100 + 12 + 30 + 10.5
  EXPECT_EQ(ask(p, {{"job", "clerk"sv}}).starts_with("invalid: element Characteristic 'slope'"), true);
}

TEST(PmmlScorecard, NoAttributeThatHoldsIsAFaultThatNamesTheCharacteristic) {
  const Predictor p = parsed(card(R"(baselineScore="30")", R"(
    <Characteristic name="gap" reasonCode="GAP"><Attribute partialScore="1"><SimplePredicate field="age" operator="lessThan" value="10"/></Attribute></Characteristic>)"));
  EXPECT_EQ(ask(p, {{"age", 9.0}}), "138");
  EXPECT_NE(ask(p, {{"age", 11.0}}).find("Characteristic 'gap'"), std::string::npos);
}

TEST(PmmlScorecard, ReasonCodesThatAreAskedForMustBeThereWithABaseline) {
  const std::string faults =
      refusal(card("", R"(<Characteristic name="bare"><Attribute><True/></Attribute></Characteristic>)"));
  EXPECT_NE(faults.find("Characteristic 'job', line"), std::string::npos) << faults;
  EXPECT_NE(faults.find("expected a baselineScore"), std::string::npos) << faults;
  EXPECT_NE(faults.find("expected a reasonCode"), std::string::npos) << faults;
  EXPECT_NE(faults.find("expected a partialScore or a ComplexPartialScore"), std::string::npos) << faults;
  EXPECT_EQ(refusal(card(R"(useReasonCodes="false")")), "");
  EXPECT_TRUE(reasons_of(parsed(card(R"(useReasonCodes="false")")), {{"age", 20.0}}).empty());
}

TEST(PmmlScorecard, ACodeThatComesAgainSaysNothingNew) {
  const Predictor p = parsed(card(R"(baselineScore="30")", R"(
    <Characteristic name="more" reasonCode="AGE" baselineScore="99"><Attribute partialScore="0"><True/></Attribute></Characteristic>)"));
  EXPECT_EQ(reasons_of(p, {{"age", 20.0}, {"job", "student"sv}}), (std::vector<std::string>{"AGE", "JOB"}));
}

}  // namespace
}  // namespace puhui::models
