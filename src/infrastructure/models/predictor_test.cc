#include "infrastructure/models/predictor.h"

#include <cmath>

#include "infrastructure/models/pmml_for_test.h"

namespace puhui::models {
namespace {

using std::string_view_literals::operator""sv;

TEST(ModelNumber, RoundsHalfToEvenAtTheNinthDecimalAndPrintsPlainDigits) {
  const auto text = [](double value) { return ModelNumber::from_double(value)->text(); };
  EXPECT_EQ(text(0), "0");
  EXPECT_EQ(text(-0.25), "-0.25");
  EXPECT_EQ(text(0.1 + 0.2), "0.3");
  EXPECT_EQ(text(-1e-10), "0");
  EXPECT_EQ(text(1.0 / 3), "0.333333333");
  EXPECT_EQ(text(std::ldexp(1, -31)), "0");  // 0.4657 billionths
  EXPECT_EQ(text(123456789012.5), "123456789012.5");
  EXPECT_EQ(text(1e23), "99999999999999991611392");
  EXPECT_EQ(text(1.0 / 1024), "0.000976562");  // exactly half way: 0.0009765625
  EXPECT_EQ(text(-3.0 / 1024), "-0.002929688");
  for (const double none : {double{NAN}, double{INFINITY}, -double{INFINITY}, 1e24, -1e300}) {
    EXPECT_FALSE(ModelNumber::from_double(none).has_value());
  }
}

TEST(Predictor, BytesOfNoKnownFormatAreRefused) {
  for (const std::string& bytes :
       {std::string(), std::string("hello"), std::string("binf\0\0", 6), std::string("\x00\x01")}) {
    EXPECT_NE(refusal(bytes), "");
  }
}

TEST(Predictor, ATextBeyondTheLimitIsRefusedWithItsField) {
  const Predictor p =
      parsed(pmml_document(number_field("x") + text_field("t"), R"(<RegressionModel functionName="regression">
    <MiningSchema><MiningField name="x"/><MiningField name="t"/></MiningSchema><RegressionTable intercept="1"/></RegressionModel>)"));
  const std::string longest(kPredictorTextMax, 'a'), longer = longest + "a";
  EXPECT_EQ(ask(p, {{"t", std::string_view(longest)}}), "1");
  EXPECT_EQ(ask(p, {{"t", std::string_view(longer)}}), "exhausted: t: expected a text of at most 4096 bytes");
}

TEST(Predictor, AReusedPredictionKeepsNothingOfTheRowBefore) {
  const Predictor p = parsed(pmml_document(text_field("t"), R"(<RegressionModel functionName="regression">
    <MiningSchema><MiningField name="t"/></MiningSchema>
    <Output><OutputField name="t twice" feature="transformedValue" dataType="string"><Apply function="concat"><FieldRef field="t"/><FieldRef field="t"/></Apply></OutputField></Output>
    <RegressionTable intercept="1"/></RegressionModel>)"));
  Prediction out;
  for (const auto& [given, expected] :
       {std::pair{"abcdefghijklmnop"sv, "abcdefghijklmnopabcdefghijklmnop"sv}, {"x"sv, "xx"sv}, {""sv, ""sv}}) {
    const PredictorValue in[] = {given};
    ASSERT_TRUE(p.predict(in, out).has_value());
    EXPECT_EQ(std::get<std::string_view>(out.values[1]), expected);
  }
  const PredictorValue none[] = {std::monostate()};
  ASSERT_TRUE(p.predict(none, out).has_value());
  EXPECT_TRUE(std::holds_alternative<std::monostate>(out.values[1]));
}

}  // namespace
}  // namespace puhui::models
