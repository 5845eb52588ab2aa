// Transformations and built-in functions, each by a derived field worked out by hand.
#include "infrastructure/models/pmml_for_test.h"

namespace puhui::models {
namespace {

using std::string_view_literals::operator""sv;

// A model whose output `out` is the expression over x, y (numbers), t (text) and d (a date).
std::string with_expression(std::string_view expression, std::string_view type = "double",
                            std::string_view functions = "") {
  const std::string optype = type == "double" || type == "integer" ? "continuous" : "categorical";
  return pmml_document(
      number_field("x") + number_field("y") + text_field("t") +
          R"(<DataField name="d" optype="categorical" dataType="dateTime"/>)",
      R"(<RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/><MiningField name="y"/><MiningField name="t"/><MiningField name="d"/></MiningSchema>
<Output><OutputField name="out" feature="transformedValue" dataType=")" +
          std::string(type) + R"("><FieldRef field="derived"/></OutputField></Output>
<LocalTransformations><DerivedField name="derived" optype=")" +
          optype + R"(" dataType=")" + std::string(type) + "\">" + std::string(expression) +
          R"(</DerivedField></LocalTransformations><RegressionTable intercept="0"/></RegressionModel>)",
      functions);
}

std::string valued(std::string_view expression, const Given& given, std::string_view type = "double") {
  return ask(parsed(with_expression(expression, type)), given, "out");
}
// `name` applied to arguments: x, y, t, d are fields, all else constants.
std::string call(std::string_view name, const std::vector<std::string>& arguments, std::string_view attributes = "") {
  std::string out = "<Apply function=\"" + std::string(name) + "\" " + std::string(attributes) + ">";
  for (const auto& argument : arguments) {
    const bool is_field = argument == "x" || argument == "y" || argument == "t" || argument == "d";
    out += argument.starts_with("<") ? argument
           : is_field                ? "<FieldRef field=\"" + argument + "\"/>"
                                     : "<Constant>" + argument + "</Constant>";
  }
  return out + "</Apply>";
}

TEST(PmmlExpression, NormContinuousIsLinearBetweenItsPointsAndTreatsOutliers) {
  const auto norm = [](std::string_view attributes) {
    return "<NormContinuous field=\"x\" " + std::string(attributes) +
           "><LinearNorm orig=\"0\" norm=\"0\"/><LinearNorm orig=\"10\" norm=\"1\"/><LinearNorm orig=\"20\" "
           "norm=\"5\"/></NormContinuous>";
  };
  EXPECT_EQ(valued(norm(""), {{"x", 5.0}}), "0.5");
  EXPECT_EQ(valued(norm(""), {{"x", 10.0}}), "1");
  EXPECT_EQ(valued(norm(""), {{"x", 15.0}}), "3");
  EXPECT_EQ(valued(norm(""), {{"x", -10.0}}), "-1");
  EXPECT_EQ(valued(norm(""), {{"x", 25.0}}), "7");
  EXPECT_EQ(valued(norm(R"(outliers="asExtremeValues")"), {{"x", 25.0}}), "5");
  EXPECT_EQ(valued(norm(R"(outliers="asMissingValues")"), {{"x", 25.0}}), "missing");
  EXPECT_EQ(valued(norm(R"(outliers="asMissingValues" mapMissingTo="9")"), {{"x", -1.0}}), "9");
  EXPECT_EQ(valued(norm(R"(mapMissingTo="0.25")"), {}), "0.25");
}

TEST(PmmlExpression, NormDiscreteIsOneForItsValue) {
  const auto norm = R"(<NormDiscrete field="t" value="red"/>)";
  EXPECT_EQ(valued(norm, {{"t", "red"sv}}), "1");
  EXPECT_EQ(valued(norm, {{"t", "blue"sv}}), "0");
  EXPECT_EQ(valued(norm, {}), "missing");
  EXPECT_EQ(valued(R"(<NormDiscrete field="t" value="red" mapMissingTo="0.5"/>)", {}), "0.5");
}

TEST(PmmlExpression, DiscretizeGivesTheBinThatHoldsTheNumber) {
  const auto bins = R"(<Discretize field="x" mapMissingTo="none" defaultValue="high">
    <DiscretizeBin binValue="negative"><Interval closure="openOpen" rightMargin="0"/></DiscretizeBin>
    <DiscretizeBin binValue="low"><Interval closure="closedClosed" leftMargin="0" rightMargin="10"/></DiscretizeBin></Discretize>)";
  EXPECT_EQ(valued(bins, {{"x", -0.5}}, "string"), "negative");
  EXPECT_EQ(valued(bins, {{"x", 0.0}}, "string"), "low");
  EXPECT_EQ(valued(bins, {{"x", 10.0}}, "string"), "low");
  EXPECT_EQ(valued(bins, {{"x", 10.5}}, "string"), "high");
  EXPECT_EQ(valued(bins, {}, "string"), "none");
}

TEST(PmmlExpression, MapValuesFindsTheRowOfAllItsFields) {
  const auto table =
      R"(<MapValues outputColumn="out" defaultValue="-1" mapMissingTo="-2"><FieldColumnPair field="t" column="job"/><FieldColumnPair field="x" column="grade"/>
    <InlineTable><row><job>clerk</job><grade>1</grade><out>10</out></row><row><job>clerk</job><grade>2.0</grade><out>20</out></row><row><job>pilot</job><grade>1</grade><out>30</out></row><row><job>pilot</job><grade>1</grade><out>99</out></row></InlineTable></MapValues>)";
  EXPECT_EQ(valued(table, {{"t", "clerk"sv}, {"x", 2.0}}), "20");
  EXPECT_EQ(valued(table, {{"t", "pilot"sv}, {"x", 1.0}}), "30");
  EXPECT_EQ(valued(table, {{"t", "pilot"sv}, {"x", 2.0}}), "-1");
  EXPECT_EQ(valued(table, {{"t", "pilot"sv}}), "-2");
}

TEST(PmmlExpression, ArithmeticAndItsEdges) {
  const Given given = {{"x", 7.0}, {"y", -2.0}};
  EXPECT_EQ(valued(call("+", {"x", "y"}), given), "5");
  EXPECT_EQ(valued(call("-", {"x", "y"}), given), "9");
  EXPECT_EQ(valued(call("*", {"x", "y"}), given), "-14");
  EXPECT_EQ(valued(call("/", {"x", "y"}), given), "-3.5");
  EXPECT_EQ(valued(call("modulo", {"x", "y"}), given), "-1");
  EXPECT_EQ(valued(call("pow", {"y", "3"}), given), "-8");
  EXPECT_EQ(valued(call("threshold", {"x", "7"}), given), "0");
  EXPECT_EQ(valued(call("abs", {"y"}), given), "2");
  EXPECT_EQ(valued(call("floor", {"-1.5"}), given), "-2");
  EXPECT_EQ(valued(call("ceil", {"-1.5"}), given), "-1");
  EXPECT_EQ(valued(call("round", {"2.5"}), given), "3");
  EXPECT_EQ(valued(call("rint", {"2.5"}), given), "2");
  EXPECT_EQ(valued(call("ln", {"1"}), given), "0");
  EXPECT_EQ(valued(call("log10", {"1000"}), given), "3");
  EXPECT_EQ(valued(call("exp", {"0"}), given), "1");
  EXPECT_EQ(valued(call("sqrt", {"2.25"}), given), "1.5");
  EXPECT_EQ(valued(call("stdNormalCDF", {"0"}), given), "0.5");
  EXPECT_EQ(valued(call("+", {"x", "y"}), {{"x", 1.0}}), "missing");
}

TEST(PmmlExpression, AggregatesPassOverMissingValues) {
  EXPECT_EQ(valued(call("sum", {"x", "y", "4"}), {{"x", 1.0}}), "5");
  EXPECT_EQ(valued(call("avg", {"x", "y", "4"}), {{"x", 1.0}}), "2.5");
  EXPECT_EQ(valued(call("min", {"x", "y", "4"}), {{"x", 1.0}}), "1");
  EXPECT_EQ(valued(call("max", {"x", "y", "4"}), {{"x", 1.0}}), "4");
  EXPECT_EQ(valued(call("product", {"x", "y", "4"}), {{"x", 3.0}}), "12");
  EXPECT_EQ(valued(call("median", {"x", "y", "4"}), {{"x", 1.0}, {"y", 9.0}}), "4");
  EXPECT_EQ(valued(call("sum", {"x", "y"}), {}), "missing");
}

TEST(PmmlExpression, ComparisonsLogicAndMissing) {
  const Given given = {{"x", 7.0}, {"t", "red"sv}};
  EXPECT_EQ(valued(call("equal", {"t", "red"}), given, "boolean"), "true");
  EXPECT_EQ(valued(call("notEqual", {"x", "7"}), given, "boolean"), "false");
  EXPECT_EQ(valued(call("lessThan", {"x", "8"}), given, "boolean"), "true");
  EXPECT_EQ(valued(call("greaterOrEqual", {"x", "8"}), given, "boolean"), "false");
  EXPECT_EQ(valued(call("greaterThan", {"y", "8"}), given, "boolean"), "missing");
  EXPECT_EQ(valued(call("isMissing", {"y"}), given, "boolean"), "true");
  EXPECT_EQ(valued(call("isNotMissing", {"y"}), given, "boolean"), "false");
  EXPECT_EQ(valued(call("isIn", {"t", "blue", "red"}), given, "boolean"), "true");
  EXPECT_EQ(valued(call("isNotIn", {"t", "blue", "red"}), given, "boolean"), "false");
  const std::string unknown = call("greaterThan", {"y", "8"}), no = call("lessThan", {"x", "1"}),
                    yes = call("lessThan", {"x", "9"});
  EXPECT_EQ(valued(call("and", {unknown, no}), given, "boolean"), "false");
  EXPECT_EQ(valued(call("and", {unknown, yes}), given, "boolean"), "missing");
  EXPECT_EQ(valued(call("or", {unknown, yes}), given, "boolean"), "true");
  EXPECT_EQ(valued(call("or", {unknown, no}), given, "boolean"), "missing");
  EXPECT_EQ(valued(call("not", {no}), given, "boolean"), "true");
  EXPECT_EQ(valued(call("if", {yes, "1", "2"}), given), "1");
  EXPECT_EQ(valued(call("if", {no, "1", "2"}), given), "2");
  EXPECT_EQ(valued(call("if", {no, "1"}), given), "missing");
  EXPECT_EQ(valued(call("if", {unknown, "1", "2"}), given), "missing");
  // The branch not taken is not computed.
  EXPECT_EQ(valued(call("if", {yes, "1", call("/", {"1", "0"})}), given), "1");
}

TEST(PmmlExpression, TextsAndDates) {
  const Given given = {{"x", 7.0}, {"t", " Größe "sv}, {"d", "1960-03-02T01:02:03"sv}};
  EXPECT_EQ(valued(call("trimBlanks", {"t"}), given, "string"), "Größe");
  EXPECT_EQ(valued(call("trimBlanks", {"t"}), {{"t", std::string_view()}}, "string"), "");
  EXPECT_EQ(valued(call("uppercase", {"abC"}), given, "string"), "ABC");
  EXPECT_EQ(valued(call("lowercase", {"abC"}), given, "string"), "abc");
  EXPECT_EQ(valued(call("substring", {"t", "4", "2"}), given, "string"), "öß");
  EXPECT_EQ(valued(call("stringLength", {"t"}), given), "7");
  EXPECT_EQ(valued(call("concat", {"x", "-", "ab"}), given, "string"), "7-ab");
  EXPECT_EQ(valued(call("formatNumber", {"x", "%05.1f kg"}), given, "string"), "007.0 kg");
  EXPECT_EQ(valued(call("formatNumber", {"x", "%3d"}), given, "string"), "  7");
  EXPECT_EQ(valued(call("formatDatetime", {"d", "%d/%m/%y %H"}), given, "string"), "02/03/60 01");
  EXPECT_EQ(valued(call("dateDaysSinceYear", {"d", "1960"}), given), "61");
  EXPECT_EQ(valued(call("dateSecondsSinceYear", {"d", "1960"}), given), "5274123");
  EXPECT_EQ(valued(call("dateSecondsSinceMidnight", {"d"}), given), "3723");
}

TEST(PmmlExpression, MapMissingToDefaultValueAndInvalidResults) {
  EXPECT_EQ(valued(call("+", {"x", "y"}, R"(mapMissingTo="5")"), {{"x", 1.0}}), "5");
  EXPECT_EQ(valued(call("if", {call("lessThan", {"x", "0"}), "1"}, R"(defaultValue="8")"), {{"x", 1.0}}), "8");
  const std::string refused = valued(call("/", {"x", "0"}), {{"x", 1.0}});
  EXPECT_EQ(refused.starts_with("invalid: element Apply '/', line"), true) << refused;
  EXPECT_EQ(valued(call("/", {"x", "0"}, R"(invalidValueTreatment="asMissing")"), {{"x", 1.0}}), "missing");
  EXPECT_EQ(valued(call("/", {"x", "0"}, R"(invalidValueTreatment="asMissing" defaultValue="3")"), {{"x", 1.0}}), "3");
}

constexpr std::string_view kFunctions = R"(
  <DefineFunction name="twice" optype="continuous" dataType="double"><ParameterField name="a" dataType="double"/><Apply function="*"><FieldRef field="a"/><Constant>2</Constant></Apply></DefineFunction>
  <DefineFunction name="between" optype="continuous" dataType="double"><ParameterField name="a" dataType="double"/><ParameterField name="b" dataType="double"/><Apply function="-"><Apply function="twice"><FieldRef field="b"/></Apply><FieldRef field="a"/></Apply></DefineFunction>)";

TEST(PmmlExpression, DefinedFunctionsSeeTheirParametersAlone) {
  EXPECT_EQ(
      ask(parsed(with_expression(call("between", {"x", "y"}), "double", kFunctions)), {{"x", 3.0}, {"y", 5.0}}, "out"),
      "7");
  EXPECT_EQ(ask(parsed(with_expression(call("between", {call("twice", {"x"}), "y"}), "double", kFunctions)),
                {{"x", 3.0}, {"y", 5.0}}, "out"),
            "4");
  const auto faults = refusal(with_expression(
      call("outer", {"x"}), "double",
      R"(<DefineFunction name="outer" optype="continuous" dataType="double"><ParameterField name="a" dataType="double"/><FieldRef field="x"/></DefineFunction>)"));
  EXPECT_NE(faults.find("the function has no parameter 'x'"), std::string::npos) << faults;
}

TEST(PmmlExpression, WhatIsNotRunIsRefusedByName) {
  for (const auto& [expression, part] :
       {std::pair<std::string, const char*>{call("matches", {"t", "a+"}), "regular expressions are not run"},
        {R"(<Aggregate field="x" function="sum"/>)", "looks beyond one row"},
        {R"(<TextIndex textField="t"><Constant>a</Constant></TextIndex>)", "looks beyond one row"},
        {R"(<Lag field="x"/>)", "looks beyond one row"},
        {call("mystery", {"x"}), "neither a built-in function"},
        {call("+", {"x"}), "expected 2 arguments, came 1"}}) {
    const std::string faults = refusal(with_expression(expression));
    EXPECT_NE(faults.find(part), std::string::npos) << faults;
  }
}

TEST(PmmlExpression, CyclesOfFieldsAndFunctionsAreRefused) {
  const std::string fields = refusal(with_expression(R"(<FieldRef field="derived"/>)"));
  EXPECT_NE(fields.find("element DerivedField 'derived', line"), std::string::npos) << fields;
  EXPECT_NE(fields.find("depends on itself"), std::string::npos) << fields;
  const std::string functions = refusal(with_expression(
      call("f", {"x"}), "double",
      R"(<DefineFunction name="f" optype="continuous" dataType="double"><ParameterField name="a" dataType="double"/><Apply function="f"><FieldRef field="a"/></Apply></DefineFunction>)"));
  EXPECT_NE(functions.find("calls itself"), std::string::npos) << functions;
}

TEST(PmmlExpression, FunctionsOfFunctionsWithoutEndStopAtTheStepsLimit) {
  std::string functions =
      R"(<DefineFunction name="f0" optype="continuous" dataType="double"><ParameterField name="a" dataType="double"/><FieldRef field="a"/></DefineFunction>)";
  for (int i = 1; i < 40; ++i) {
    const std::string below = "<Apply function=\"f" + std::to_string(i - 1) + "\"><FieldRef field=\"a\"/></Apply>";
    functions +=
        "<DefineFunction name=\"f" + std::to_string(i) +
        R"(" optype="continuous" dataType="double"><ParameterField name="a" dataType="double"/><Apply function="+">)" +
        below + below + "</Apply></DefineFunction>";
  }
  const Predictor p = parsed(with_expression(call("f39", {"x"}), "double", functions));
  EXPECT_NE(ask(p, {{"x", 1.0}}, "out").find("exhausted"), std::string::npos);
}

}  // namespace
}  // namespace puhui::models
