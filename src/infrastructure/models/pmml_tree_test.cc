// TreeModel: the six ways to meet a missing value, by the golfing tree of the standard's own page (TreeModel), its
// numbers worked out by hand.
#include "infrastructure/models/pmml_for_test.h"

namespace puhui::models {
namespace {

using std::string_view_literals::operator""sv;

std::string distribution(int will, int may, int no) {
  const auto line = [](std::string_view value, int count) {
    return "<ScoreDistribution value=\"" + std::string(value) + "\" recordCount=\"" + std::to_string(count) + "\"/>";
  };
  return line("will play", will) + line("may play", may) + line("no play", no);
}

std::string golf(std::string_view attributes) {
  std::string model = "<TreeModel modelName=\"golfing\" functionName=\"classification\" ";
  model += attributes;
  model += R"(>
  <MiningSchema><MiningField name="temperature"/><MiningField name="humidity"/><MiningField name="windy"/><MiningField name="outlook"/><MiningField name="whatIdo" usageType="target"/></MiningSchema>
  <Output>
    <OutputField name="decision" feature="predictedValue"/>
    <OutputField name="sure" feature="confidence"/>
    <OutputField name="will" feature="probability" value="will play"/>
    <OutputField name="no" feature="probability" value="no play"/>
    <OutputField name="node" feature="entityId"/>
  </Output>
  <Node id="1" score="will play" recordCount="100" defaultChild="2"><True/>)" +
           distribution(60, 30, 10) + R"(
    <Node id="2" score="will play" recordCount="50" defaultChild="3"><SimplePredicate field="outlook" operator="equal" value="sunny"/>)" +
           distribution(40, 2, 8) + R"(
      <Node id="3" score="will play" recordCount="40" defaultChild="4"><CompoundPredicate booleanOperator="surrogate">
          <CompoundPredicate booleanOperator="and"><SimplePredicate field="temperature" operator="lessThan" value="90"/><SimplePredicate field="temperature" operator="greaterThan" value="50"/></CompoundPredicate>
          <SimplePredicate field="humidity" operator="lessThan" value="80"/><False/></CompoundPredicate>)" +
           distribution(36, 2, 2) + R"(
        <Node id="4" score="will play" recordCount="35"><SimplePredicate field="humidity" operator="lessThan" value="80"/>)" +
           distribution(34, 1, 0) + R"(</Node>
        <Node id="5" score="no play" recordCount="5"><SimplePredicate field="humidity" operator="greaterOrEqual" value="80"/>)" +
           distribution(2, 1, 2) + R"(</Node>
      </Node>
      <Node id="6" score="no play" recordCount="10"><CompoundPredicate booleanOperator="or"><SimplePredicate field="temperature" operator="greaterOrEqual" value="90"/><SimplePredicate field="temperature" operator="lessOrEqual" value="50"/></CompoundPredicate>)" +
           distribution(4, 0, 6) + R"(</Node>
    </Node>
    <Node id="7" score="may play" recordCount="50"><SimpleSetPredicate field="outlook" booleanOperator="isIn"><Array type="string">overcast rain</Array></SimpleSetPredicate>)" +
           distribution(20, 28, 2) + R"(</Node>
  </Node></TreeModel>)";
  return pmml_document(number_field("temperature") + number_field("humidity") + text_field("windy") +
                           text_field("outlook", {"sunny", "overcast", "rain"}) +
                           text_field("whatIdo", {"will play", "may play", "no play"}),
                       model);
}

TEST(PmmlTree, FollowsTheFirstChildWhosePredicateIsTrue) {
  const Predictor p = parsed(golf(""));
  const Given row = {{"temperature", 75.0}, {"humidity", 55.0}, {"outlook", "sunny"sv}};
  EXPECT_EQ(ask(p, row), "will play");
  EXPECT_EQ(ask(p, row, "node"), "4");
  EXPECT_EQ(ask(p, row, "sure"), "0.971428571");  // 34 / 35
  EXPECT_EQ(ask(p, row, "no"), "0");
  EXPECT_EQ(ask(p, {{"outlook", "rain"sv}}), "may play");
  EXPECT_EQ(p.outputs()[1].type, FieldType::number);
  ASSERT_EQ(p.inputs()[3].allowed, (std::vector<std::string>{"sunny", "overcast", "rain"}));
}

TEST(PmmlTree, NoneTakesUnknownForFalseAndThenTheNoTrueChildStrategySpeaks) {
  EXPECT_EQ(ask(parsed(golf("")), {}), "missing");
  EXPECT_EQ(ask(parsed(golf(R"(noTrueChildStrategy="returnLastPrediction")")), {}), "will play");
  EXPECT_EQ(ask(parsed(golf(R"(noTrueChildStrategy="returnLastPrediction")")), {}, "node"), "1");
}

TEST(PmmlTree, LastPredictionStopsAtTheNodeBeforeTheUnknown) {
  const Predictor p = parsed(golf(R"(missingValueStrategy="lastPrediction")"));
  EXPECT_EQ(ask(p, {{"temperature", 45.0}, {"humidity", 60.0}}, "node"), "1");
  EXPECT_EQ(ask(p, {{"temperature", 45.0}, {"humidity", 60.0}}, "sure"), "0.6");
}

TEST(PmmlTree, NullPredictionGivesNone) {
  const Predictor p = parsed(golf(R"(missingValueStrategy="nullPrediction")"));
  EXPECT_EQ(ask(p, {{"temperature", 45.0}, {"humidity", 60.0}}), "missing");
  EXPECT_EQ(ask(p, {{"outlook", "overcast"sv}}), "may play");
}

TEST(PmmlTree, DefaultChildIsFollowedAndEachTimeThePenaltyCounts) {
  const Predictor p = parsed(golf(R"(missingValueStrategy="defaultChild" missingValuePenalty="0.8")"));
  // outlook is missing: node 2 by default; temperature 75: node 3; humidity missing: node 4 by default.
  EXPECT_EQ(ask(p, {{"temperature", 75.0}}, "node"), "4");
  EXPECT_EQ(ask(p, {{"temperature", 75.0}}, "sure"), "0.621714286");  // 34/35 · 0.8²
  EXPECT_EQ(ask(p, {{"temperature", 75.0}}, "will"), "0.971428571");  // the penalty is the confidence's
}

TEST(PmmlTree, ASurrogateStandsInForAMissingValueAndCostsThePenalty) {
  const Predictor p = parsed(golf(R"(missingValuePenalty="0.5")"));
  const Given row = {{"humidity", 60.0}, {"outlook", "sunny"sv}};
  EXPECT_EQ(ask(p, row, "node"), "4");
  EXPECT_EQ(ask(p, row, "sure"), "0.485714286");  // 34/35 · 0.5
}

TEST(PmmlTree, WeightedConfidenceWeighsTheChildrenThatMayHoldByTheirRecords) {
  const Predictor p = parsed(golf(R"(missingValueStrategy="weightedConfidence")"));
  // outlook missing: node 2 (50 of 100) and 7 (50 of 100). Below 2: temperature 45 makes 3 false, 6 true.
  // will = .5·.4 + .5·.4 = .4, may = .5·.56 = .28, no = .5·.6 + .5·.04 = .32
  const Given row = {{"temperature", 45.0}, {"humidity", 60.0}};
  EXPECT_EQ(ask(p, row), "will play");
  EXPECT_EQ(ask(p, row, "sure"), "0.4");
  EXPECT_EQ(ask(p, row, "no"), "0.32");
}

TEST(PmmlTree, AggregateNodesAddsUpTheRecordsOfEveryLeafWithinReach) {
  const Predictor p = parsed(golf(R"(missingValueStrategy="aggregateNodes")"));
  // leaves 6 (4, 0, 6) and 7 (20, 28, 2): 24, 28, 8 of 60.
  const Given row = {{"temperature", 45.0}, {"humidity", 60.0}};
  EXPECT_EQ(ask(p, row), "may play");
  EXPECT_EQ(ask(p, row, "will"), "0.4");
}

TEST(PmmlTree, RegressionTreesGiveNumbersAndFirstFaultsAreAllListed) {
  const auto tree = [](std::string_view root) {
    return pmml_document(number_field("x") + number_field("y"),
                         "<TreeModel functionName=\"regression\" splitCharacteristic=\"binarySplit\"><MiningSchema>"
                         "<MiningField name=\"x\"/><MiningField name=\"y\" usageType=\"target\"/></MiningSchema>" +
                             std::string(root) + "</TreeModel>");
  };
  const Predictor p = parsed(tree(R"(<Node id="0"><True/>
    <Node score="-1.5"><SimplePredicate field="x" operator="lessOrEqual" value="3"/></Node>
    <Node score="2e3"><SimplePredicate field="x" operator="greaterThan" value="3"/></Node></Node>)"));
  EXPECT_EQ(ask(p, {{"x", 3.0}}), "-1.5");
  EXPECT_EQ(ask(p, {{"x", 3.0000001}}), "2000");
  EXPECT_EQ(p.outputs()[0].name, "y");
  const std::string faults = refusal(tree(R"(<Node id="0" defaultChild="9"><True/>
    <Node><SimplePredicate field="z" operator="lessOrEqual" value="3"/></Node></Node>)"));
  EXPECT_NE(faults.find("no field 'z' is in scope"), std::string::npos) << faults;
  EXPECT_NE(faults.find("expected two children or none"), std::string::npos) << faults;
  EXPECT_NE(faults.find("expected defaultChild to be the id"), std::string::npos) << faults;
  EXPECT_NE(faults.find("expected a score or a ScoreDistribution"), std::string::npos) << faults;
  EXPECT_NE(faults.find("element SimplePredicate 'z', line 9, column 11"), std::string::npos) << faults;
}

// Compound predicates on values x, y in {false, missing, true}, by the standard's truth tables.
TEST(PmmlPredicate, CompoundsFollowTheThreeValuedTruthTables) {
  const auto leaf = [](std::string_view name) {
    return "<SimplePredicate field=\"" + std::string(name) + "\" operator=\"equal\" value=\"1\"/>";
  };
  const auto model = [&](std::string_view kind) {
    return parsed(pmml_document(number_field("x") + number_field("y"),
                                R"(<TreeModel functionName="regression" missingValueStrategy="lastPrediction">
      <MiningSchema><MiningField name="x"/><MiningField name="y"/></MiningSchema>
      <Node score="0"><True/><Node score="1"><CompoundPredicate booleanOperator=")" +
                                    std::string(kind) + "\">" + leaf("x") + leaf("y") +
                                    "</CompoundPredicate></Node><Node score=\"-1\"><True/></Node></Node></TreeModel>"));
  };
  const PredictorValue kNo = 0.0, kYes = 1.0, kUnknown = std::monostate();
  const auto row = [&](std::string_view kind) {
    const Predictor p = model(kind);
    std::string out;
    for (const auto& x : {kNo, kUnknown, kYes}) {
      for (const auto& y : {kNo, kUnknown, kYes}) {
        const std::string answer = ask(p, {{"x", x}, {"y", y}});
        out += answer == "1" ? "T" : answer == "-1" ? "F" : "U";
      }
    }
    return out;
  };
  EXPECT_EQ(row("and"), "FFFFUUFUT");
  EXPECT_EQ(row("or"), "FUTUUTTTT");
  EXPECT_EQ(row("xor"), "FUTUUUTUF");
  EXPECT_EQ(row("surrogate"), "FFFFUTTTT");
}

}  // namespace
}  // namespace puhui::models
