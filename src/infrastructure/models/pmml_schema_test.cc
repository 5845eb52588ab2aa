// DataDictionary and MiningSchema: what is valid, and what becomes of missing, invalid and outlying values, in the
// standard's order. The model behind is y = x, so that a treated value shows itself.
#include "infrastructure/models/pmml_for_test.h"

namespace puhui::models {
namespace {

using std::string_view_literals::operator""sv;

std::string identity(std::string_view data_field, std::string_view mining_attributes) {
  return pmml_document(std::string(data_field), R"(<RegressionModel functionName="regression"><MiningSchema>
    <MiningField name="x" )" + std::string(mining_attributes) +
                                                    R"(/></MiningSchema>
    <Output><OutputField name="y" feature="predictedValue"/><OutputField name="seen" feature="transformedValue" dataType="string"><FieldRef field="x" mapMissingTo="-1"/></OutputField></Output>
    <RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel>)");
}
std::string ranged(std::string_view mining_attributes) {
  return identity(
      R"(<DataField name="x" optype="continuous" dataType="double"><Interval closure="closedOpen" leftMargin="0" rightMargin="100"/><Value value="-9" property="missing"/><Value value="7" property="invalid"/></DataField>)",
      mining_attributes);
}
std::string text_only(std::string_view data_field, std::string_view mining_attributes,
                      std::string_view seen = R"(mapMissingTo="none")") {
  return pmml_document(std::string(data_field), R"(<TreeModel functionName="classification"><MiningSchema>
    <MiningField name="x" )" + std::string(mining_attributes) +
                                                    R"(/></MiningSchema>
    <Output><OutputField name="seen" feature="transformedValue" dataType="string"><FieldRef field="x" )" +
                                                    std::string(seen) + R"(/></OutputField></Output>
    <Node score="a"><True/></Node></TreeModel>)");
}

TEST(PmmlSchema, AnInvalidValueIsRefusedByDefaultWithItsFieldAndValue) {
  const Predictor p = parsed(ranged(""));
  EXPECT_EQ(ask(p, {{"x", 0.0}}), "0");
  EXPECT_EQ(ask(p, {{"x", 99.5}}), "99.5");
  EXPECT_EQ(ask(p, {{"x", 100.0}}),
            "invalid: x: expected a value that the model's file allows for this field, came '100'");
  EXPECT_NE(ask(p, {{"x", 7.0}}).find("came '7'"), std::string::npos);
  EXPECT_NE(ask(p, {{"x", "much"sv}}).find("came 'much'"), std::string::npos);
  EXPECT_EQ(ask(p, {{"x", "12.5"sv}}), "12.5");
}

TEST(PmmlSchema, ListedMissingValuesAreMissing) {
  const Predictor p = parsed(ranged(""));
  EXPECT_EQ(ask(p, {{"x", -9.0}}), "missing");
  EXPECT_EQ(ask(p, {{"x", "-9"sv}}), "missing");
  EXPECT_EQ(ask(p, {{"x", double{NAN}}}), "missing");
  EXPECT_EQ(ask(p, {{"x", -9.0}}, "seen"), "-1");
}

TEST(PmmlSchema, InvalidValuesAsIsAsMissingAndAsValue) {
  EXPECT_EQ(ask(parsed(ranged(R"(invalidValueTreatment="asIs")")), {{"x", 150.0}}), "150");
  EXPECT_EQ(ask(parsed(ranged(R"(invalidValueTreatment="asMissing")")), {{"x", 150.0}}), "missing");
  EXPECT_EQ(ask(parsed(ranged(R"(invalidValueTreatment="asMissing" missingValueReplacement="3")")), {{"x", 150.0}}),
            "3");
  EXPECT_EQ(ask(parsed(ranged(R"(invalidValueTreatment="asValue" invalidValueReplacement="50")")), {{"x", 150.0}}),
            "50");
  EXPECT_NE(refusal(ranged(R"(invalidValueTreatment="asValue")")).find("expected invalidValueReplacement"),
            std::string::npos);
}

TEST(PmmlSchema, MissingValuesAreReplacedOrRefused) {
  const Predictor replaced = parsed(ranged(R"(missingValueReplacement="42" missingValueTreatment="asMean")"));
  EXPECT_EQ(ask(replaced, {}), "42");
  EXPECT_FALSE(replaced.inputs()[0].required);
  const Predictor refused = parsed(ranged(R"(missingValueTreatment="returnInvalid")"));
  EXPECT_TRUE(refused.inputs()[0].required);
  EXPECT_NE(ask(refused, {}).find("invalid: x: expected a value, came none"), std::string::npos);
}

TEST(PmmlSchema, OutliersBecomeMissingOrTheNearestBoundAndMissingOnesAreThenReplaced) {
  const Predictor extreme = parsed(ranged(R"(outliers="asExtremeValues" lowValue="10" highValue="20")"));
  EXPECT_EQ(ask(extreme, {{"x", 5.0}}), "10");
  EXPECT_EQ(ask(extreme, {{"x", 20.0}}), "20");
  EXPECT_EQ(ask(extreme, {{"x", 21.0}}), "20");
  const Predictor missing =
      parsed(ranged(R"(outliers="asMissingValues" lowValue="10" highValue="20" missingValueReplacement="15")"));
  EXPECT_EQ(ask(missing, {{"x", 5.0}}), "15");
  EXPECT_EQ(ask(missing, {{"x", 10.0}}), "10");
  EXPECT_NE(refusal(ranged(R"(outliers="asExtremeValues")")).find("expected lowValue or highValue"), std::string::npos);
}

TEST(PmmlSchema, IntervalsAreOpenAndClosedAsTheySay) {
  const auto within = [](std::string_view closure, double x) {
    const Predictor p =
        parsed(identity("<DataField name=\"x\" optype=\"continuous\" dataType=\"double\"><Interval closure=\"" +
                            std::string(closure) + "\" leftMargin=\"1\" rightMargin=\"2\"/></DataField>",
                        R"(invalidValueTreatment="asMissing")"));
    return ask(p, {{"x", x}}) != "missing";
  };
  EXPECT_TRUE(within("closedClosed", 1) && within("closedClosed", 2));
  EXPECT_TRUE(within("closedOpen", 1) && !within("closedOpen", 2));
  EXPECT_TRUE(!within("openClosed", 1) && within("openClosed", 2));
  EXPECT_TRUE(!within("openOpen", 1) && !within("openOpen", 2) && within("openOpen", 1.5));
}

TEST(PmmlSchema, CategoriesNotListedAreInvalidUnlessNoneIsListed) {
  const std::string listed = text_field("x", {"red", "blue"});
  EXPECT_EQ(ask(parsed(text_only(listed, "")), {{"x", "red"sv}}, "seen"), "red");
  EXPECT_NE(ask(parsed(text_only(listed, "")), {{"x", "green"sv}}, "seen").find("came 'green'"), std::string::npos);
  EXPECT_EQ(ask(parsed(text_only(listed, R"(invalidValueTreatment="asMissing")")), {{"x", "green"sv}}, "seen"), "none");
  EXPECT_EQ(ask(parsed(text_only(listed, R"(invalidValueTreatment="asIs")")), {{"x", "green"sv}}, "seen"), "green");
  EXPECT_EQ(ask(parsed(text_only(text_field("x"), "")), {{"x", "green"sv}}, "seen"), "green");
  EXPECT_EQ(ask(parsed(text_only(text_field("x"), "")), {{"x", 3.0}}, "seen"), "3");
}

TEST(PmmlSchema, DataTypesJudgeWhatIsGiven) {
  const auto typed = [](std::string_view type, std::string_view optype = "continuous") {
    return parsed(text_only(
        "<DataField name=\"x\" optype=\"" + std::string(optype) + "\" dataType=\"" + std::string(type) + "\"/>", "",
        ""));
  };
  EXPECT_EQ(ask(typed("integer"), {{"x", 3.0}}, "seen"), "3");
  EXPECT_NE(ask(typed("integer"), {{"x", 3.5}}, "seen").find("came '3.5'"), std::string::npos);
  EXPECT_EQ(ask(typed("float"), {{"x", 0.1}}, "seen"), "0.10000000149011612");
  EXPECT_EQ(ask(typed("boolean", "categorical"), {{"x", "true"sv}}, "seen"), "true");
  EXPECT_EQ(ask(typed("boolean", "categorical"), {{"x", true}}, "seen"), "true");
  EXPECT_NE(ask(typed("boolean", "categorical"), {{"x", "perhaps"sv}}, "seen").find("'perhaps'"), std::string::npos);
  EXPECT_EQ(ask(typed("dateDaysSince[1960]"), {{"x", "1960-03-01"sv}}, "seen"), "60");
  EXPECT_EQ(ask(typed("dateDaysSince[1970]"), {{"x", "1969-12-31"sv}}, "seen"), "-1");
  EXPECT_EQ(ask(typed("dateTimeSecondsSince[1970]"), {{"x", "1970-01-02T00:00:03"sv}}, "seen"), "86403");
  EXPECT_NE(ask(typed("date", "categorical"), {{"x", "1970-02-30"sv}}, "seen").find("'1970-02-30'"), std::string::npos);
  EXPECT_EQ(typed("date", "categorical").inputs()[0].type, FieldType::date);
}

TEST(PmmlSchema, EveryFaultOfADictionaryIsListed) {
  const std::string faults = refusal(pmml_document(
      R"(<DataField name="x" optype="continuous" dataType="double" taxonomy="t"/>
<DataField name="x" optype="wild" dataType="double"/>
<DataField name="z" optype="continuous" dataType="duration"/>
<DataField name="w" optype="categorical" dataType="integer"><Value value="1"/><Value value="1"/><Value value="one"/></DataField>)",
      R"(<RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/><MiningField name="x"/><MiningField name="q"/></MiningSchema><RegressionTable intercept="0"/></RegressionModel>)"));
  for (const char* part : {"taxonomies are not run", "line 5, column 1: expected 'optype' to be one of",
                           "is named twice", "expected a data type of PMML", "'1' is listed twice", "came 'one'",
                           "named twice in one MiningSchema", "the DataDictionary has no field 'q'"}) {
    EXPECT_NE(faults.find(part), std::string::npos) << part << "\n" << faults;
  }
}

}  // namespace
}  // namespace puhui::models
