#include "infrastructure/feel/expression.h"

#include <gtest/gtest.h>

#include "infrastructure/feel/eval_for_test.h"

namespace puhui::feel {
namespace {

std::string why(std::string_view text) {
  const auto expression = Expression::compile(text);
  if (!expression) return "fault: " + expression.error().text();
  Arena arena;
  const Value value = expression->evaluate(arena);
  return value.is_null() ? explain(value.cause()) : "not null: " + text_of(value);
}

struct Case {
  const char* text;
  const char* expected;
};

void expect_all(std::initializer_list<Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(eval(c.text), c.expected) << c.text;
}

TEST(Feel, ArithmeticFollowsPrecedence) {
  expect_all({{"1 + 2 * 3", "7"},
              {"(1 + 2) * 3", "9"},
              {"10 / 4", "2.5"},
              {"2 ** 3 ** 2", "64"},
              {"-3 ** 2", "9"},
              {"5 - 3 - 1", "1"},
              {"0.1 + 0.2", "0.3"},
              {"1 - -1", "2"},
              {".5 + 1", "1.5"},
              {"10 / 0", "null"},
              {"\"a\" + \"b\"", "\"ab\""},
              {"\"a\" + 1", "null"},
              {"1 / 3 * 3", "0.9999999999999999999999999999999999"}});
}

// DMN 1.5, table 50.
TEST(Feel, LogicIsThreeValued) {
  expect_all({{"true and true", "true"},
              {"true and false", "false"},
              {"true and null", "null"},
              {"false and null", "false"},
              {"null and false", "false"},
              {"null and null", "null"},
              {"true or null", "true"},
              {"null or true", "true"},
              {"false or null", "null"},
              {"false or false", "false"},
              {"true and \"x\"", "null"},
              {"not(true)", "false"},
              {"not(null)", "null"}});
}

TEST(Feel, ComparisonAcrossTypesHasNoAnswer) {
  expect_all({{"1 = 1.0", "true"},
              {"1 = \"1\"", "null"},
              {"1 < \"1\"", "null"},
              {"null = null", "true"},
              {"1 = null", "false"},
              {"1 != null", "true"},
              {"\"a\" < \"b\"", "true"},
              {"[1,2] = [1,2]", "true"},
              {"{a: 1} = {a: 1}", "true"},
              {"2 between 1 and 3", "true"},
              {"2 between null and 3", "null"}});
}

TEST(Feel, MembershipTakesRangesListsAndTests) {
  expect_all({{"5 in (1..5]", "true"},
              {"1 in (1..5]", "false"},
              {"5 in ]1..5[", "false"},
              {"3 in (1, 2, 3)", "true"},
              {"3 in [1, 2, 3]", "true"},
              {"5 in <10", "true"},
              {"5 in (<3, >4)", "true"},
              {"5 in (> 5)", "false"},
              {"\"b\" in [\"a\"..\"c\"]", "true"},
              {"5 in not(5)", "false"}});
}

TEST(Feel, ControlFlow) {
  expect_all({{"if 1 > 2 then \"a\" else \"b\"", "\"b\""},
              {"if null then 1 else 2", "2"},
              {"for x in [1,2,3] return x * 2", "[2, 4, 6]"},
              {"for x in 1..3, y in [10, 20] return x + y", "[11, 21, 12, 22, 13, 23]"},
              {"for x in 3..1 return x", "[3, 2, 1]"},
              {"for x in 0..4 return if x = 0 then 1 else x * partial[-1]", "[1, 1, 2, 6, 24]"},
              {"some x in [1,2,3] satisfies x > 2", "true"},
              {"every x in [1,2,3] satisfies x > 1", "false"},
              {"every x in [] satisfies x > 1", "true"}});
}

TEST(Feel, FiltersKnowTheItemAndItsEntries) {
  expect_all({{"[1,2,3,4][item > 2]", "[3, 4]"},
              {"[1,2,3][2]", "2"},
              {"[1,2,3][-1]", "3"},
              {"[1,2,3][4]", "null"},
              {"[{a: 1, b: 2}, {a: 3, b: 4}][a > 1]", "[{a: 3, b: 4}]"},
              {"[{first name: \"x\"}, {first name: \"y\"}][first name = \"y\"].first name", "[\"y\"]"},
              {"{people: [{age: 3}, {age: 9}]}.people[age > 5].age", "[9]"},
              {"[{x: 1}, {x: null}][x < 2]", "[{x: 1}]"}});
}

TEST(Feel, NamesMayHoldSpacesAndOperators) {
  const std::vector<std::string> names{"monthly income", "a-b", "a", "b", "date of birth", "income's share"};
  const auto expression = Expression::compile("monthly  income + a-b + b - a + income's share", names);
  ASSERT_TRUE(expression.has_value()) << expression.error().text();
  Arena arena;
  const std::vector<Value> values{Value::number(100), Value::number(50), Value::number(7),
                                  Value::number(3),   Value::missing(),  Value::number(1)};
  EXPECT_EQ(text_of(expression->evaluate(arena, values)), "147");  // 100 + 50 + 3 - 7 + 1
}

TEST(Feel, FunctionsCloseOverNamesAndMayRecurse) {
  expect_all({{"(function(x, y) x + y)(2, 3)", "5"},
              {"{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(20)}.r", "2432902008176640000"},
              {"{k: 3, f: function(x) function(y) x * y + k, r: f(2)(5)}.r", "13"},
              {"{f: function(a: number, b: number) a - b, r: f(b: 1, a: 5)}.r", "4"},
              {"sort([3,1,2], function(x, y) x > y)", "[3, 2, 1]"},
              {"{f: floor, r: f(2.7)}.r", "2"}});
}

TEST(Feel, BuiltInFunctionsOnNumbers) {
  expect_all({{"decimal(1/3, 2)", "0.33"},
              {"decimal(2.5, 0)", "2"},
              {"floor(-1.5)", "-2"},
              {"ceiling(1.01)", "2"},
              {"round half up(5.5, 0)", "6"},
              {"round half down(5.5, 0)", "5"},
              {"round up(-1.126, 2)", "-1.13"},
              {"round down(1.126, 2)", "1.12"},
              {"abs(-3)", "3"},
              {"modulo(-12, 5)", "3"},
              {"sqrt(16)", "4"},
              {"odd(5)", "true"},
              {"even(2)", "true"},
              {"number(\"1 000,0\", \" \", \",\")", "1000"},
              {"min(3, 1, 2)", "1"},
              {"max([1, 5, 3])", "5"},
              {"sum([1, 2, 3])", "6"},
              {"sum([])", "null"},
              {"mean(1, 2, 6)", "3"},
              {"count([1, null])", "2"},
              {"median(8, 2, 5, 3, 4)", "4"},
              {"stddev(2, 4, 7, 5)", "2.081665999466132735282297706979931"},
              {"mode(6, 3, 9, 6, 6)", "[6]"},
              {"product(2, 3, 4)", "24"},
              {"log(10)", "2.302585092994045684017991454684364"}});
}

TEST(Feel, BuiltInFunctionsOnStringsAndLists) {
  expect_all({{"substring(\"foobar\", 3)", "\"obar\""},
              {"substring(\"foobar\", -2, 1)", "\"a\""},
              {"string length(\"普惠\")", "2"},
              {"upper case(\"abé\")", "\"ABÉ\""},
              {"substring before(\"foobar\", \"bar\")", "\"foo\""},
              {"contains(\"foobar\", \"of\")", "false"},
              {"starts with(\"foobar\", \"fo\")", "true"},
              {"string join([\"a\", null, \"b\"], \"-\")", "\"a-b\""},
              {"string(1.10)", "\"1.1\""},
              {"list contains([1, 2], 2)", "true"},
              {"append([1], 2, 3)", "[1, 2, 3]"},
              {"concatenate([1], [2, 3])", "[1, 2, 3]"},
              {"distinct values([1, 2, 1])", "[1, 2]"},
              {"flatten([[1, [2]], 3])", "[1, 2, 3]"},
              {"insert before([1, 3], 2, 2)", "[1, 2, 3]"},
              {"remove([1, 2, 3], 2)", "[1, 3]"},
              {"reverse([1, 2])", "[2, 1]"},
              {"index of([1, 2, 1], 1)", "[1, 3]"},
              {"union([1, 2], [2, 3])", "[1, 2, 3]"},
              {"sublist([1, 2, 3], 2)", "[2, 3]"},
              {"all([true, null])", "null"},
              {"any([false, true])", "true"},
              {"get value({a: 1}, \"a\")", "1"},
              {"context put({a: 1}, \"b\", 2)", "{a: 1, b: 2}"}});
}

TEST(Feel, DatesAndDurations) {
  expect_all({{"@\"2024-02-29\" + @\"P1Y\"", "2025-02-28"},
              {"date(\"2024-03-01\") - date(\"2024-02-01\")", "P29D"},
              {"date and time(\"2024-01-01T23:30:00\") + duration(\"PT1H\")", "2024-01-02T00:30:00"},
              {"years and months duration(date(\"2022-11-30\"), date(\"2024-02-29\"))", "P1Y2M"},
              {"duration(\"P1D\") / duration(\"PT6H\")", "4"},
              {"date(\"2024-02-30\")", "null"},
              {"@\"2024-02-29\".weekday", "4"},
              {"day of week(@\"2019-09-17\")", "\"Tuesday\""},
              {"week of year(date(2005, 1, 1))", "53"},
              {"@\"999999999-12-31\"", "999999999-12-31"},
              {"time(\"10:00:00+02:00\") < time(\"09:00:00Z\")", "true"}});
}

TEST(Feel, EveryNullSaysWhy) {
  EXPECT_EQ(why("1 + \"x\""), "wrong type at 1:3: '+' has no answer for number and string");
  EXPECT_EQ(why("1 / 0"), "arithmetic at 1:3: division by zero");
  EXPECT_EQ(why("{a: 1}.b"), "missing at 1:7: the context has no entry 'b'");
  EXPECT_EQ(why("{a: 1}.b + 1"),
            "wrong type at 1:10: '+' has no answer for null and number; because missing at 1:7: the context has no "
            "entry 'b'");
  EXPECT_EQ(why("null"), "literal null at 1:1");
  EXPECT_EQ(why("abs()"), "wrong argument at 1:4: abs does not take 0 arguments");
}

// With the numbers that came, so that a reader need not run it again.
TEST(Feel, NullsSayWhatWasThere) {
  EXPECT_EQ(why("sublist([1, 2], 3)"),
            "wrong argument at 1:8: sublist expects a position from 1 to 2 (or from the end, from -1 to -2), came 3");
  EXPECT_EQ(why("sublist([1, 2], 2, 5)"),
            "wrong argument at 1:8: sublist expects a length of 1 to 1 from there, came 5");
  EXPECT_EQ(why("date(2023, 2, 29)"), "wrong argument at 1:5: there is no day 29 of month 2 in year 2023");
  EXPECT_EQ(why("time(24, 0, 0)"), "wrong argument at 1:5: there is no time of 24 hours, 0 minutes and 0 seconds");
  EXPECT_EQ(why("(<5).start"), "missing at 1:5: the range has no start: it is open there");
  EXPECT_EQ(why("@\"10:00:00\".timezone"), "missing at 1:12: this time has no timezone");
  EXPECT_EQ(why("@\"10:00:00\".time offset"), "missing at 1:12: this time has no time offset");
  EXPECT_EQ(why("before(null, 1)"),
            "wrong type at 1:7: before expects a value for 'point1', came null; because literal null at 1:8");
  EXPECT_EQ(why("(function(x) x)(1, 2)"), "wrong argument at 1:16: the function expects 1 arguments, came 2");
}

TEST(Feel, FaultsSayLineAndColumn) {
  EXPECT_EQ(eval("1 +"), "fault: invalid: line 1, column 4: expected a value, came the end of the expression");
  EXPECT_EQ(eval("1 +\n  )"), "fault: invalid: line 2, column 3: expected a value, came ')'");
  EXPECT_EQ(eval("incom + 1"), "fault: invalid: line 1, column 1: expected a known name, came 'incom'");
  EXPECT_EQ(eval("if true then 1"), "fault: invalid: line 1, column 15: expected 'else'");
  EXPECT_EQ(eval("\"open"), "fault: invalid: line 1, column 1: this text has no closing '\"'");
}

TEST(Feel, EveryGrowthHasALimit) {
  const std::string deep(5000, '(');
  EXPECT_NE(eval(deep).find("inside each other"), std::string::npos);
  std::string chain = "1";
  for (int i = 0; i < 5000; ++i) chain += "+1";
  EXPECT_NE(eval(chain).find("inside each other"), std::string::npos);
  EXPECT_NE(why("{f: function(n) f(n + 1), r: f(1)}.r").find("the limit of calls inside calls"), std::string::npos);
  EXPECT_NE(why("for a in 1..1000, b in 1..1000, c in 1..1000 return 1").find("the limit of "), std::string::npos);
  EXPECT_NE(
      why("{f: function(s, n) if n = 0 then s else f(s + s, n - 1), r: f(\"abcdefgh\", 60)}.r").find("the limit of "),
      std::string::npos);
}

TEST(Feel, CommentsAndSpacesDoNotCount) { expect_all({{"1 /* one */ + // two\n 2", "3"}, {"\t[ 1 ,\n2 ]", "[1, 2]"}}); }

}  // namespace
}  // namespace puhui::feel
