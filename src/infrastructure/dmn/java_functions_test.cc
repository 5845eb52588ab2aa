#include "infrastructure/dmn/java_functions.h"

#include <gtest/gtest.h>

#include "infrastructure/dmn/java_format.h"
#include "infrastructure/dmn/policy.h"
#include "infrastructure/feel/run.h"

namespace puhui::dmn {
namespace {

using feel::Decimal;
using feel::Value;

Value number(const char* text) { return Value::number(*Decimal::parse(text)); }
Value text(const char* of) { return Value::string(of); }

// What the method answers, or why it has no answer, or why there is no such method.
std::string call(std::string_view of, std::string_view signature, std::vector<Value> args) {
  const auto function = java_function(of, signature, args.size());
  if (!function) return "fault: " + function.error().text();
  feel::Arena arena;
  feel::Run run(arena);
  run.begin({});
  const Value answer = (*function)->call(run, args, {});
  return answer.is_null() ? explain(answer.cause()) : text_of(answer);
}

TEST(JavaFunctions, AnswerAsTheMethodsDo) {
  const char* math = "java.lang.Math";
  EXPECT_EQ(call(math, "max(double, double)", {number("123.45"), number("456.78")}), "456.78");
  EXPECT_EQ(call(math, "max(float,float)", {number("123.46"), number("456.78")}), "456.78");
  EXPECT_EQ(call(math, "min(int,int)", {number("3"), number("-4")}), "-4");
  EXPECT_EQ(call(math, "cos(double)", {number("0")}), "1");
  EXPECT_EQ(call(math, "abs(long)", {number("-9007199254740993")}), "9007199254740993");
  EXPECT_EQ(call(math, "round(double)", {number("-2.5")}), "-2");
  EXPECT_EQ(call(math, "rint(double)", {number("2.5")}), "2");
  EXPECT_EQ(call(math, "floorMod(int,int)", {number("-7"), number("3")}), "2");
  EXPECT_EQ(call("java.lang.Integer", "valueOf(java.lang.String)", {text("-123")}), "-123");
  EXPECT_EQ(call("java.lang.Double", "valueOf( java.lang.String )", {text(" 1.5e3 ")}), "1500");
  EXPECT_EQ(call("java.lang.Boolean", "valueOf(java.lang.String)", {text("TRUE")}), "true");
  EXPECT_EQ(call("java.lang.String", "valueOf(char)", {text("惠")}), "\"惠\"");
}

TEST(JavaFunctions, ThatWouldThrowAnswerNullAndSayWhy) {
  EXPECT_EQ(call("java.lang.Integer", "valueOf(java.lang.String)", {text("1.5")}),
            "wrong argument: expected the text of a number in range, came \"1.5\"");
  EXPECT_EQ(call("java.lang.Byte", "valueOf(byte)", {number("128")}),
            "wrong type: java.lang.Byte.valueOf expects byte, came 128");
  EXPECT_EQ(call("java.lang.Math", "max(int,int)", {number("1"), text("2")}),
            "wrong type: java.lang.Math.max expects int, came \"2\"");
  EXPECT_EQ(call("java.lang.Math", "log(double)", {number("-1")}), "arithmetic: the result is no number in range");
  EXPECT_EQ(call("java.lang.Math", "pow(double,double)", {number("1e300"), number("2")}),
            "arithmetic: the result is no number in range");
  EXPECT_EQ(call("java.lang.String", "valueOf(char)", {text("ab")}),
            "wrong type: java.lang.String.valueOf expects char, came \"ab\"");
}

TEST(JavaFunctions, OutsideTheTableAreRefused) {
  for (const auto& [of, signature] :
       std::vector<std::pair<const char*, const char*>>{{"java.lang.Math", "foo(double)"},
                                                        {"java.lang.Foo", "valueOf(double)"},
                                                        {"java.lang.Math", "max(java.lang.String, java.lang.String)"},
                                                        {"java.lang.Runtime", "exec(java.lang.String)"},
                                                        {"java.lang.Math", "max(double"},
                                                        {"java.lang.Math", ""}}) {
    EXPECT_TRUE(call(of, signature, {number("1")}).starts_with("fault: invalid: expected a method")) << signature;
  }
  EXPECT_EQ(call("java.lang.Math", "max(int,int)", {number("1")}),
            "fault: invalid: expected 2 parameters for max(int,int), came 1");
}

std::string format(const char* pattern, std::vector<Value> args) {
  const auto out = java_format(pattern, args);
  return out ? *out : "!";
}

TEST(JavaFormat, TakesWhatTextsForPeopleNeed) {
  EXPECT_EQ(format("foo %s", {text("bar")}), "foo bar");
  EXPECT_EQ(format("%d%% of %s", {number("5"), number("7.50")}), "5% of 7.5");
  EXPECT_EQ(format("[%5d|%-5d|%05d|%+d]", {number("42"), number("42"), number("-42"), number("42")}),
            "[   42|42   |-0042|+42]");
  EXPECT_EQ(format("%,.2f", {number("1234567.005")}), "1,234,567.01");
  EXPECT_EQ(format("%f", {number("1.5")}), "1.500000");
  EXPECT_EQ(format("%2$s %1$s", {text("a"), text("b")}), "b a");
  EXPECT_EQ(format("%b%n", {Value::boolean(true)}), "true\n");
  EXPECT_EQ(format("%.3s", {text("abcdef")}), "abc");
}

TEST(JavaFormat, RefusesWhatItDoesNotTake) {
  EXPECT_EQ(format("%d", {number("1.5")}), "!");
  EXPECT_EQ(format("%d", {text("1")}), "!");
  EXPECT_EQ(format("%s %s", {text("a")}), "!");
  EXPECT_EQ(format("%x", {number("10")}), "!");
  EXPECT_EQ(format("%", {}), "!");
  EXPECT_EQ(format("%999999999s", {text("a")}), "!");
}

std::string model_with(std::string_view expression) {
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">)"
         R"(<decision id="d" name="D"><literalExpression id="e"><text>)" +
         std::string(expression) + "</text></literalExpression></decision></definitions>";
}

TEST(JavaFunctions, OfAModelAreBoundWhenItLoads) {
  const NoFunctions host;
  const auto good = Policy::compile(
      model_with("{f: function(a, b) external {java: {class: \"java.lang.Math\", method signature: \"max(int,int)\"}},"
                 " r: f(2, 3)}.r"),
      host);
  ASSERT_TRUE(good.has_value()) << good.error().text();
  Scratch scratch;
  EXPECT_EQ(text_of(good->evaluate({}, scratch)[0]), "3");
  const auto bad = Policy::compile(
      model_with("function(a) external {java: {class: \"java.lang.Runtime\", method signature: \"exec(int)\"}}"), host);
  ASSERT_FALSE(bad.has_value());
  EXPECT_NE(bad.error().text().find("element e, line 1, column "), std::string::npos) << bad.error().text();
  EXPECT_NE(bad.error().text().find("there is no Java machine here"), std::string::npos);
}

}  // namespace
}  // namespace puhui::dmn
