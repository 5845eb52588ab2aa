// RegressionModel, MiningModel, Targets and ModelVerification, by hand.
#include <cmath>

#include "infrastructure/models/pmml_for_test.h"

namespace puhui::models {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kFields =
    "<MiningSchema><MiningField name=\"x\"/><MiningField name=\"c\"/><MiningField name=\"y\" "
    "usageType=\"target\"/></MiningSchema>";

std::string document(std::string_view model, const std::vector<std::string>& categories = {}) {
  return pmml_document(
      number_field("x") + text_field("c") + (categories.empty() ? number_field("y") : text_field("y", categories)),
      model);
}
std::string regression(std::string_view attributes, std::string_view tables, std::string_view more = "") {
  return "<RegressionModel " + std::string(attributes) + ">" + std::string(kFields) + std::string(more) +
         std::string(tables) + "</RegressionModel>";
}

TEST(PmmlRegression, SumsPowersCategoriesAndProducts) {
  const Predictor p = parsed(document(regression(R"(functionName="regression")", R"(<RegressionTable intercept="10">
    <NumericPredictor name="x" exponent="2" coefficient="3"/><NumericPredictor name="x" coefficient="-1"/>
    <CategoricalPredictor name="c" value="red" coefficient="100"/><CategoricalPredictor name="c" value="blue" coefficient="200"/>
    <PredictorTerm coefficient="0.5"><FieldRef field="x"/><FieldRef field="x"/><FieldRef field="x"/></PredictorTerm></RegressionTable>)")));
  // 10 + 3·4 - 2 + 100 + .5·8
  EXPECT_EQ(ask(p, {{"x", 2.0}, {"c", "red"sv}}), "124");
  EXPECT_EQ(ask(p, {{"x", 2.0}, {"c", "green"sv}}), "24");
  EXPECT_EQ(ask(p, {{"x", 2.0}}), "24");           // a missing category adds nothing
  EXPECT_EQ(ask(p, {{"c", "red"sv}}), "missing");  // a missing number leaves no answer
}

TEST(PmmlRegression, EveryNormalizationOfARegression) {
  const auto at = [](std::string_view method, double x) {
    return ask(
        parsed(document(regression(
            "functionName=\"regression\" normalizationMethod=\"" + std::string(method) + "\"",
            R"(<RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable>)"))),
        {{"x", x}});
  };
  EXPECT_EQ(at("none", 1), "1");
  EXPECT_EQ(at("logit", 1), "0.731058579");
  EXPECT_EQ(at("softmax", 1), "0.731058579");
  EXPECT_EQ(at("exp", 1), "2.718281828");
  EXPECT_EQ(at("probit", 1), "0.841344746");
  EXPECT_EQ(at("cloglog", 0), "0.632120559");
  EXPECT_EQ(at("loglog", 0), "0.367879441");
  EXPECT_EQ(at("cauchit", 1), "0.75");
  EXPECT_NE(at("exp", 1000).find("no finite number"), std::string::npos);
}

std::string three(std::string_view method) {
  return regression("functionName=\"classification\" normalizationMethod=\"" + std::string(method) + "\"", R"(
    <RegressionTable targetCategory="a" intercept="1"><NumericPredictor name="x" coefficient="1"/></RegressionTable>
    <RegressionTable targetCategory="b" intercept="2"/><RegressionTable targetCategory="c" intercept="1"/>)");
}

TEST(PmmlRegression, CategoriesGetProbabilitiesAndTheMostProbableWins) {
  const std::vector<std::string> abc = {"a", "b", "c"};
  const Predictor softmax = parsed(document(three("softmax"), abc));
  EXPECT_EQ(ask(softmax, {{"x", 0.0}}), "b");
  EXPECT_EQ(ask(softmax, {{"x", 0.0}}, "probability(b)"), "0.576116885");  // e² / (e + e² + e)
  EXPECT_EQ(ask(softmax, {{"x", 5.0}}), "a");
  const Predictor simple = parsed(document(three("simplemax"), abc));
  EXPECT_EQ(ask(simple, {{"x", 4.0}}, "probability(a)"), "0.625");  // 5 / 8
  const Predictor binary =
      parsed(document(regression(R"(functionName="classification" normalizationMethod="logit")", R"(
    <RegressionTable targetCategory="bad" intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable>
    <RegressionTable targetCategory="good" intercept="0"/>)"),
                      {"good", "bad"}));
  EXPECT_EQ(ask(binary, {{"x", 1.0}}), "bad");
  EXPECT_EQ(ask(binary, {{"x", 1.0}}, "probability(bad)"), "0.731058579");
  EXPECT_EQ(ask(binary, {{"x", 1.0}}, "probability(good)"), "0.268941421");
  EXPECT_EQ(binary.outputs()[0].type, FieldType::text);
}

TEST(PmmlTargets, BoundsFactorConstantAndCastInThatOrder) {
  const auto with = [](std::string_view attributes) {
    return parsed(document(
        regression(R"(functionName="regression")",
                   R"(<RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable>)",
                   "<Targets><Target field=\"y\" " + std::string(attributes) +
                       "><TargetValue defaultValue=\"-7\"/></Target></Targets>")));
  };
  const Predictor p = with(R"(min="-10" max="10" rescaleFactor="1.5" rescaleConstant="0.25" castInteger="ceiling")");
  EXPECT_EQ(ask(p, {{"x", 3.0}}), "5");      // ceil(4.75)
  EXPECT_EQ(ask(p, {{"x", 99.0}}), "16");    // ceil(15.25)
  EXPECT_EQ(ask(p, {{"x", -99.0}}), "-14");  // ceil(-14.75)
  EXPECT_EQ(ask(p, {}), "-7");
  EXPECT_EQ(ask(with(R"(castInteger="round")"), {{"x", 2.5}}), "3");
  EXPECT_EQ(ask(with(R"(castInteger="floor")"), {{"x", 2.5}}), "2");
}

// Three segments: x as it is, x + 10 where x >= 0, and twice x.
std::string numbers(std::string_view method, std::string_view attributes = "") {
  const auto segment = [](std::string_view id, std::string_view weight, std::string_view predicate,
                          std::string_view table) {
    return "<Segment id=\"" + std::string(id) + "\" weight=\"" + std::string(weight) + "\">" + std::string(predicate) +
           regression(R"(functionName="regression")", table) + "</Segment>";
  };
  return document(
      "<MiningModel functionName=\"regression\">" + std::string(kFields) + "<Segmentation multipleModelMethod=\"" +
      std::string(method) + "\" " + std::string(attributes) + ">" +
      segment("one", "1", "<True/>",
              R"(<RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable>)") +
      segment("two", "2", R"(<SimplePredicate field="x" operator="greaterOrEqual" value="0"/>)",
              R"(<RegressionTable intercept="10"><NumericPredictor name="x" coefficient="1"/></RegressionTable>)") +
      segment("three", "3", "<True/>",
              R"(<RegressionTable intercept="0"><NumericPredictor name="x" coefficient="2"/></RegressionTable>)") +
      "</Segmentation></MiningModel>");
}

TEST(PmmlMining, CombinesTheSegmentsThatHold) {
  const Given six = {{"x", 6.0}}, below = {{"x", -6.0}};  // 6, 16, 12 and -6, -12
  EXPECT_EQ(ask(parsed(numbers("sum")), six), "34");
  EXPECT_EQ(ask(parsed(numbers("sum")), below), "-18");
  EXPECT_EQ(ask(parsed(numbers("average")), six), "11.333333333");
  EXPECT_EQ(ask(parsed(numbers("average")), below), "-9");
  EXPECT_EQ(ask(parsed(numbers("weightedAverage")), six), "12.333333333");  // (6 + 32 + 36) / 6
  EXPECT_EQ(ask(parsed(numbers("weightedSum")), six), "74");
  EXPECT_EQ(ask(parsed(numbers("median")), six), "12");
  EXPECT_EQ(ask(parsed(numbers("median")), below), "-9");
  EXPECT_EQ(ask(parsed(numbers("max")), six), "16");
  EXPECT_EQ(ask(parsed(numbers("selectFirst")), six), "6");
  EXPECT_EQ(ask(parsed(numbers("modelChain")), six), "12");
  EXPECT_EQ(ask(parsed(numbers("sum")), {}), "missing");
  EXPECT_NE(refusal(numbers("selectAll")).find("expected 'multipleModelMethod' to be one of"), std::string::npos);
}

TEST(PmmlMining, AMissingPredictionIsTreatedAsTheFileSays) {
  const auto model = [](std::string_view attributes) {
    const auto constant = [](std::string_view name, std::string_view value) {
      return "<Segment><True/><TreeModel functionName=\"regression\">" + std::string(kFields) +
             "<Node><True/><Node score=\"" + std::string(value) + "\"><SimplePredicate field=\"" + std::string(name) +
             "\" operator=\"isNotMissing\"/></Node></Node></TreeModel></Segment>";
    };
    return parsed(document("<MiningModel functionName=\"regression\">" + std::string(kFields) +
                           "<Segmentation multipleModelMethod=\"average\" " + std::string(attributes) + ">" +
                           constant("x", "4") + constant("c", "10") + "</Segmentation></MiningModel>"));
  };
  EXPECT_EQ(ask(model(""), {{"x", 1.0}, {"c", "a"sv}}), "7");
  EXPECT_EQ(ask(model(""), {{"x", 1.0}}), "missing");
  EXPECT_EQ(ask(model(R"(missingPredictionTreatment="returnMissing")"), {{"x", 1.0}}), "missing");
  EXPECT_EQ(ask(model(R"(missingPredictionTreatment="skipSegment")"), {{"x", 1.0}}), "4");
  EXPECT_EQ(ask(model(R"(missingPredictionTreatment="skipSegment" missingThreshold="0.4")"), {{"x", 1.0}}), "missing");
}

// Three trees with probabilities for yes: .9, .4, .4.
std::string votes(std::string_view method) {
  std::string segments;
  for (const auto& [weight, yes] : {std::pair{"3", 90}, {"1", 40}, {"1", 40}}) {
    segments += "<Segment weight=\"" + std::string(weight) + "\"><True/><TreeModel functionName=\"classification\">" +
                std::string(kFields) +
                "<Node recordCount=\"100\"><True/><ScoreDistribution value=\"no\" recordCount=\"" +
                std::to_string(100 - yes) + "\"/><ScoreDistribution value=\"yes\" recordCount=\"" +
                std::to_string(yes) + "\"/></Node></TreeModel></Segment>";
  }
  return document("<MiningModel functionName=\"classification\">" + std::string(kFields) +
                      "<Segmentation multipleModelMethod=\"" + std::string(method) + "\">" + segments +
                      "</Segmentation></MiningModel>",
                  {"yes", "no"});
}

TEST(PmmlMining, VotesAndProbabilities) {
  EXPECT_EQ(ask(parsed(votes("majorityVote")), {}), "no");
  EXPECT_EQ(ask(parsed(votes("majorityVote")), {}, "probability(no)"), "0.666666667");
  EXPECT_EQ(ask(parsed(votes("weightedMajorityVote")), {}), "yes");
  EXPECT_EQ(ask(parsed(votes("weightedMajorityVote")), {}, "probability(yes)"), "0.6");
  EXPECT_EQ(ask(parsed(votes("average")), {}, "probability(yes)"), "0.566666667");
  EXPECT_EQ(ask(parsed(votes("weightedAverage")), {}, "probability(yes)"), "0.7");
  EXPECT_EQ(ask(parsed(votes("max")), {}, "probability(yes)"), "0.9");
  EXPECT_EQ(ask(parsed(votes("median")), {}, "probability(no)"), "0.6");
  EXPECT_EQ(ask(parsed(votes("median")), {}), "no");
}

TEST(PmmlMining, AChainFeedsOneSegmentsOutputIntoTheNext) {
  const std::string text = document(
      "<MiningModel functionName=\"classification\">" + std::string(kFields) + R"(
    <Output><OutputField name="raw" feature="predictedValue" segmentId="trees" dataType="double"/><OutputField name="bad" feature="probability" value="1" dataType="double"/></Output>
    <Segmentation multipleModelMethod="modelChain">
    <Segment id="trees"><True/>)" +
          regression(
              R"(functionName="regression")",
              R"(<RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable>)",
              R"(<Output><OutputField name="margin" feature="predictedValue" dataType="double"/><OutputField name="shifted" feature="transformedValue" dataType="double"><Apply function="-"><FieldRef field="margin"/><Constant>1</Constant></Apply></OutputField></Output>)") +
          R"(</Segment><Segment id="link"><True/><RegressionModel functionName="classification" normalizationMethod="logit"><MiningSchema><MiningField name="shifted"/><MiningField name="y" usageType="target"/></MiningSchema>
    <RegressionTable targetCategory="1" intercept="0"><NumericPredictor name="shifted" coefficient="1"/></RegressionTable><RegressionTable targetCategory="0" intercept="0"/></RegressionModel></Segment></Segmentation></MiningModel>)",
      {"0", "1"});
  const Predictor p = parsed(text);
  EXPECT_EQ(ask(p, {{"x", 0.5}}, "raw"), "2");
  EXPECT_EQ(ask(p, {{"x", 0.5}}, "bad"), "0.731058579");
  EXPECT_EQ(ask(p, {{"x", 0.5}}), "1");
  EXPECT_EQ(ask(p, {{"x", -0.5}}), "0");
}

TEST(PmmlMining, ASegmentsSchemaTreatsWhatTheOuterOneLetThrough) {
  const Predictor p = parsed(document("<MiningModel functionName=\"regression\">" + std::string(kFields) +
                                      R"(<Segmentation multipleModelMethod="sum">
    <Segment><True/><RegressionModel functionName="regression"><MiningSchema><MiningField name="x" missingValueReplacement="5"/></MiningSchema><RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel></Segment>
    <Segment><True/><RegressionModel functionName="regression"><MiningSchema><MiningField name="x" missingValueReplacement="7" outliers="asExtremeValues" highValue="50"/></MiningSchema><RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel></Segment>
    </Segmentation></MiningModel>)"));
  EXPECT_EQ(ask(p, {}), "12");
  EXPECT_EQ(ask(p, {{"x", 80.0}}), "130");
}

std::string verified(std::string_view expected,
                     std::string_view field = R"(<VerificationField field="y" column="data:y"/>)") {
  std::string model =
      regression(R"(functionName="regression")",
                 R"(<RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable>)");
  const std::string rows =
      "<ModelVerification recordCount=\"2\"><VerificationFields><VerificationField field=\"x\" column=\"x\"/>" +
      std::string(field) +
      "</VerificationFields><InlineTable><row><x>1</x><data:y>3</data:y></row><row><x>2</x><data:y>" +
      std::string(expected) + "</data:y></row></InlineTable></ModelVerification>";
  return document(model.insert(model.find("</RegressionModel>"), rows));
}

TEST(PmmlVerification, AModelThatDoesNotRepeatItsOwnRowsIsRefused) {
  EXPECT_EQ(refusal(verified("5")), "");
  EXPECT_EQ(refusal(verified("5.000001")), "");
  const std::string failed = refusal(verified("5.1"));
  EXPECT_EQ(failed, "invalid: ModelVerification, record 2, field 'y': expected '5.1', got '5'");
  EXPECT_EQ(refusal(verified("5.1", R"(<VerificationField field="y" column="data:y" precision="0.1"/>)")), "");
  EXPECT_NE(refusal(verified("")).find("expected '', got '5'"), std::string::npos);
}

TEST(PmmlFile, HostileXmlAndForeignVersionsAreRefused) {
  const std::string good = verified("5");
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    return refusal(text.replace(text.find(from), from.size(), to));
  };
  EXPECT_NE(refusal("<!DOCTYPE PMML [<!ENTITY a \"aaaa\">]>" + good).find("entities are refused"), std::string::npos);
  EXPECT_NE(refusal("<PMML version=\"4.4\"><Header>").find("expected well-formed XML"), std::string::npos);
  EXPECT_NE(with("version=\"4.4\"", "version=\"3.2\"").find("expected version 4.0 to 4.4, came '3.2'"),
            std::string::npos);
  EXPECT_NE(with("PMML-4_4", "PMML-4_2").find("expected the namespace http://www.dmg.org/PMML-4_4"), std::string::npos);
  std::string deep = "<PMML version=\"4.4\">";
  for (int i = 0; i < 600; ++i) deep += "<a>";
  for (int i = 0; i < 600; ++i) deep += "</a>";
  EXPECT_NE(refusal(deep + "</PMML>").find("exhausted"), std::string::npos);
  EXPECT_NE(refusal("<html/>").find("expected a PMML file"), std::string::npos);
  EXPECT_NE(with("intercept=\"1\"", "intercept=\"NaN\"").find("expected a finite number in 'intercept'"),
            std::string::npos);
  EXPECT_NE(with("RegressionModel functionName", "NeuralNetwork functionName").size(), 0u);
}

TEST(PmmlFile, SeveralModelsAreChosenByName) {
  std::string text =
      document(regression(R"(functionName="regression" modelName="one")", R"(<RegressionTable intercept="1"/>)") +
               regression(R"(functionName="regression" modelName="two")", R"(<RegressionTable intercept="2"/>)"));
  EXPECT_EQ(ask(parsed(text), {}), "1");
  const auto second = Predictor::parse(text, "two");
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(ask(*second, {}), "2");
  EXPECT_EQ(second->model_names(), (std::vector<std::string>{"one", "two"}));
  EXPECT_NE(Predictor::parse(text, "three").error().text().find("no model named 'three'; it has: one, two"),
            std::string::npos);
}

}  // namespace
}  // namespace puhui::models
