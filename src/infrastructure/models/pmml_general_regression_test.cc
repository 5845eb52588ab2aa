// GeneralRegressionModel by hand: factors, covariates and their products, links, categories against a reference.
#include "infrastructure/models/pmml_for_test.h"

namespace puhui::models {
namespace {

using std::string_view_literals::operator""sv;

// Parameters: intercept, x, x² · (job = clerk), job = pilot.
std::string general(std::string_view attributes, std::string_view cells,
                    const std::vector<std::string>& categories = {}) {
  std::string model = "<GeneralRegressionModel " + std::string(attributes) + R"(>
    <MiningSchema><MiningField name="x"/><MiningField name="job"/><MiningField name="off"/><MiningField name="y" usageType="target"/></MiningSchema>
    <ParameterList><Parameter name="p0"/><Parameter name="p1"/><Parameter name="p2"/><Parameter name="p3"/></ParameterList>
    <FactorList><Predictor name="job"/></FactorList><CovariateList><Predictor name="x"/></CovariateList>
    <PPMatrix><PPCell value="1" predictorName="x" parameterName="p1"/><PPCell value="2" predictorName="x" parameterName="p2"/>
    <PPCell value="clerk" predictorName="job" parameterName="p2"/><PPCell value="pilot" predictorName="job" parameterName="p3"/></PPMatrix>
    <ParamMatrix>)" + std::string(cells) +
                      "</ParamMatrix></GeneralRegressionModel>";
  return pmml_document(number_field("x") + text_field("job") + number_field("off") +
                           (categories.empty() ? number_field("y") : text_field("y", categories)),
                       model);
}
constexpr std::string_view kCells =
    R"(<PCell parameterName="p0" beta="1"/><PCell parameterName="p1" beta="2"/><PCell parameterName="p2" beta="10"/><PCell parameterName="p3" beta="-5"/>)";

TEST(PmmlGeneralRegression, ParametersAreProductsOfFactorsAndPowers) {
  const Predictor p = parsed(general(R"(functionName="regression" modelType="generalLinear")", kCells));
  EXPECT_EQ(ask(p, {{"x", 3.0}, {"job", "clerk"sv}}), "97");  // 1 + 6 + 10·9
  EXPECT_EQ(ask(p, {{"x", 3.0}, {"job", "pilot"sv}}), "2");   // 1 + 6 - 5
  EXPECT_EQ(ask(p, {{"x", 3.0}, {"job", "other"sv}}), "7");
  EXPECT_EQ(ask(p, {{"x", 3.0}}), "missing");
}

TEST(PmmlGeneralRegression, ADerivedCovariateIsComputedWhileTheSumStands) {
  std::string text = general(R"(functionName="regression" modelType="generalLinear")", kCells);
  const auto replace = [&](std::string_view from, std::string_view to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace(R"(<PPCell value="1" predictorName="x")", R"(<PPCell value="1" predictorName="z")");
  replace(R"(<Predictor name="x"/>)", R"(<Predictor name="x"/><Predictor name="z"/>)");
  replace(
      "<ParameterList>",
      R"(<LocalTransformations><DerivedField name="z" optype="continuous" dataType="double"><Apply function="max"><FieldRef field="x"/><Constant>50</Constant><Constant>7</Constant></Apply></DerivedField></LocalTransformations><ParameterList>)");
  EXPECT_EQ(ask(parsed(text), {{"x", 3.0}, {"job", "other"sv}}), "101");  // 1 + 2·50
}

TEST(PmmlGeneralRegression, LinksAndOffsets) {
  const auto at = [](std::string_view link) {
    return ask(
        parsed(general(
            "functionName=\"regression\" modelType=\"generalizedLinear\" offsetVariable=\"off\" linkFunction=\"" +
                std::string(link) + "\"",
            R"(<PCell parameterName="p0" beta="-1"/>)")),
        {{"x", 0.0}, {"job", ""sv}, {"off", 2.0}});
  };
  EXPECT_EQ(at("identity"), "1");
  EXPECT_EQ(at("logit"), "0.731058579");
  EXPECT_EQ(at("log"), "2.718281828");
  EXPECT_EQ(at("probit"), "0.841344746");
  EXPECT_EQ(at("cauchit"), "0.75");
  EXPECT_NE(at("logit"), at("cloglog"));
}

TEST(PmmlGeneralRegression, TwoCategoriesAgainstAReference) {
  const Predictor p = parsed(general(
      R"(functionName="classification" modelType="generalizedLinear" linkFunction="logit" targetReferenceCategory="good")",
      R"(<PCell parameterName="p0" beta="-1" targetCategory="bad"/><PCell parameterName="p1" beta="1" targetCategory="bad"/>)",
      {"good", "bad"}));
  EXPECT_EQ(ask(p, {{"x", 2.0}, {"job", "a"sv}}, "probability(bad)"), "0.731058579");
  EXPECT_EQ(ask(p, {{"x", 2.0}, {"job", "a"sv}}), "bad");
  EXPECT_EQ(ask(p, {{"x", 0.0}, {"job", "a"sv}}), "good");
}

TEST(PmmlGeneralRegression, APredictorThatIsNoNumberIsAFault) {
  // x² overflows, and infinity times a factor that does not hold is no number.
  const Predictor p =
      parsed(general(R"(functionName="regression" modelType="generalizedLinear" linkFunction="logit")", kCells));
  EXPECT_NE(ask(p, {{"x", -1e300}, {"job", "other"sv}}).find("no finite number"), std::string::npos);
}

TEST(PmmlGeneralRegression, MultinomialAndOrdinal) {
  const Predictor many = parsed(general(
      R"(functionName="classification" modelType="multinomialLogistic" targetReferenceCategory="c")",
      R"(<PCell parameterName="p0" beta="1" targetCategory="a"/><PCell parameterName="p1" beta="1" targetCategory="b"/>)",
      {"a", "b", "c"}));
  // e, e², 1 of their sum
  EXPECT_EQ(ask(many, {{"x", 2.0}, {"job", "a"sv}}, "probability(b)"), "0.665240956");
  EXPECT_EQ(ask(many, {{"x", 2.0}, {"job", "a"sv}}, "probability(c)"), "0.090030573");
  const Predictor ordered = parsed(general(
      R"(functionName="classification" modelType="ordinalMultinomial" cumulativeLink="logit")",
      R"(<PCell parameterName="p0" beta="0" targetCategory="low"/><PCell parameterName="p0" beta="1" targetCategory="middle"/>)",
      {"low", "middle", "high"}));
  EXPECT_EQ(ask(ordered, {{"x", 0.0}, {"job", "a"sv}}, "probability(low)"), "0.5");
  EXPECT_EQ(ask(ordered, {{"x", 0.0}, {"job", "a"sv}}, "probability(middle)"), "0.231058579");
  EXPECT_EQ(ask(ordered, {{"x", 0.0}, {"job", "a"sv}}, "probability(high)"), "0.268941421");
}

TEST(PmmlGeneralRegression, ACategoryThatOnlyTargetsNamesHasNoPredictorOfItsOwn) {
  std::string text =
      general(R"(functionName="classification" modelType="multinomialLogistic" targetReferenceCategory="b")",
              R"(<PCell parameterName="p0" beta="1" targetCategory="a"/>)", {"a", "b"});
  text.insert(text.find("<ParameterList>"),
              R"(<Targets><Target field="y"><TargetValue value="z" displayValue="Z"/></Target></Targets>)");
  EXPECT_EQ(ask(parsed(text), {{"x", 0.0}, {"job", "a"sv}}), "a");
}

TEST(PmmlGeneralRegression, CategoriesThatCannotBeReadAreFaultsAndNothingWorse) {
  std::string text =
      general(R"(functionName="classification" modelType="multinomialLogistic" targetReferenceCategory="b")",
              R"(<PCell parameterName="p0" beta="1" targetCategory="a"/>)", {"a", "b"});
  const std::string_view type = "name=\"y\" optype=\"categorical\" dataType=\"string\"";
  text.replace(text.find(type), type.size(), "name=\"y\" optype=\"categorical\" dataType=\"strange\"");
  EXPECT_NE(refusal(text).find("expected a data type of PMML"), std::string::npos);
}

TEST(PmmlGeneralRegression, WhatDoesNotFitIsRefused) {
  EXPECT_NE(refusal(general(R"(functionName="regression" modelType="CoxRegression")", kCells))
                .find("expected 'modelType' to be one of"),
            std::string::npos);
  EXPECT_NE(
      refusal(general(R"(functionName="regression" modelType="regression")", R"(<PCell parameterName="p9" beta="1"/>)"))
          .find("in the ParameterList"),
      std::string::npos);
  EXPECT_NE(refusal(general(R"(functionName="classification" modelType="multinomialLogistic")", kCells, {"a", "b"}))
                .find("targetReferenceCategory"),
            std::string::npos);
}

}  // namespace
}  // namespace puhui::models
