// What grows without end stops at a named limit, in time and in memory: each case once ran for hours or fell.
#include <gtest/gtest.h>

#include "infrastructure/feel/expression.h"

namespace puhui::feel {
namespace {

std::string why(const std::string& text, const RunLimits& limits = {}) {
  const auto expression = Expression::compile(text);
  if (!expression) return "fault: " + expression.error().text();
  Arena arena;
  const Value value = expression->evaluate(arena, {}, limits);
  return value.is_null() ? explain(value.cause()) : "not null: " + text_of(value).substr(0, 100);
}

void expect_limit(const std::string& text, std::string_view limit, const RunLimits& limits = {}) {
  const std::string said = why(text, limits);
  EXPECT_NE(said.find("the limit of " + std::string(limit)), std::string::npos) << text.substr(0, 100) << "\n" << said;
  EXPECT_EQ(said.find("not null"), std::string::npos);
}

// Lists share their items: 60 doublings fit in a page and would print for ever.
TEST(Limits, AValueHoldsSoManyPartsHoweverTheyAreShared) {
  const std::string doubling = "{f: function(l, n) if n = 0 then l else f([l, l], n - 1), a: f([1], 60)";
  expect_limit(doubling + "}.a", "values inside one value");
  expect_limit(doubling + ", r: string(a)}.r", "values inside one value");
  expect_limit(doubling + ", r: a = a}.r", "values inside one value");
  expect_limit("{f: function(c, n) if n = 0 then c else f({a: c, b: c}, n - 1), r: f(1, 60)}.r",
               "values inside one value");
  expect_limit("{f: function(l, n) if n = 0 then l else f(append(l, l), n - 1), r: f([1], 60)}.r",
               "values inside one value");
  expect_limit("{s: string join(for i in 1..100000 return \"aaaaaaaaaa\", \"\"), r: for j in 1..1000000 return s}.r",
               "values inside one value");
  std::string chain = "{a0: 1";
  for (int i = 1; i < 60; ++i) {
    const std::string before = std::to_string(i - 1);
    chain += ", a" + std::to_string(i) + ": [a" + before + ", a" + before + "]";
  }
  expect_limit(chain + "}", "values inside one value");
}

TEST(Limits, AValueLiesSoDeep) {
  expect_limit("for i in 1..100000 return [partial[-1]]", "lists inside lists");
  expect_limit("for i in 1..100000 return {a: partial[-1]}", "lists inside lists");
}

TEST(Limits, WorkOnLongListsAndTextsCountsByTheirLength) {
  const RunLimits few{.steps_max = 500'000};
  const std::string list = "{l: for i in 1..90000 return i, ";
  const std::string million = "for j in 1..1000000 return ";
  expect_limit(list + "r: " + million + "list contains(l, 0)}.r", "steps", few);
  expect_limit(list + "r: " + million + "l = l}.r", "steps", few);
  expect_limit(list + "r: " + million + "0 in l}.r", "steps", few);
  expect_limit(list + "r: " + million + "l instance of list<number>}.r", "steps", few);
  expect_limit(list + "f: function(x: list<number>) 1, r: " + million + "f(l)}.r", "steps", few);
  expect_limit(
      "{s: string join(for i in 1..90000 return \"aaaaaaaaaa\", \"\"), r: " + million + "matches(s, \"b$\")}.r",
      "steps", few);
}

TEST(Limits, ATurnOfALoopCountsByWhatItDoes) {
  std::string sum = "a";
  for (int i = 0; i < 190; ++i) sum += "+a";
  std::string sums = "(" + sum + ")";
  for (int i = 0; i < 190; ++i) sums += "+(" + sum + ")";
  expect_limit("for a in 1..10000000 return if a > 0 then null else " + sums, "steps");
  expect_limit("some a in 1..1000000000000 satisfies false", "steps");
}

TEST(Limits, RegularExpressionsCountAmongTheSteps) {
  const std::string slow = "matches(\"aaaaaaaaaaaaaaaaaaaa!\", \"(a+)+$\" + s)";
  EXPECT_NE(why("{s: \"\", r: for i in 1..1000 return " + slow + "}.r").find("the limit of "), std::string::npos);
  expect_limit("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"(a+)+$\")", "steps of a regular expression");
  EXPECT_NE(why("matches(\"a\", \"((((a{1000}){1000}){1000}){1000})\")").find("the pattern is too large"),
            std::string::npos);
}

// Once a limit is reached the whole evaluation says so, not what an inner function made of the null.
TEST(Limits, AreTheAnswerOfTheWholeEvaluation) {
  EXPECT_TRUE(why("count(for a in 1..100000, b in 1..100000 return 1)").starts_with("limit reached"));
  EXPECT_TRUE(why("[for a in 1..100000, b in 1..100000 return 1]").starts_with("limit reached"));
}

TEST(Limits, TextsAreReadInOnePass) {
  std::string tests = "1";
  for (int i = 0; i < 150; ++i) tests = "1 in (" + tests + ")";
  EXPECT_NE(why(tests).find("'in' has no answer for number and boolean"), std::string::npos);
  std::string items = "[1";
  for (int i = 0; i < 100'000; ++i) items += ",1";
  EXPECT_EQ(why("count(" + items + "])"), "not null: 100001");
  std::string comments;
  for (int i = 0; i < 100'000; ++i) comments += "/**/";
  EXPECT_EQ(why(comments + "1"), "not null: 1");
}

TEST(Limits, NestingInTheTextIsRefusedWithItsPlace) {
  for (const auto& [open, close] : std::vector<std::pair<std::string, std::string>>{{"(", ")"},
                                                                                    {"[", "]"},
                                                                                    {"{a:", "}"},
                                                                                    {"if true then ", " else 1"},
                                                                                    {"function(x) ", ""},
                                                                                    {"for i in [1] return ", ""},
                                                                                    {"-", ""},
                                                                                    {"abs(", ")"}}) {
    std::string text;
    for (int i = 0; i < 3000; ++i) text += open;
    text += "1";
    for (int i = 0; i < 3000; ++i) text += close;
    const std::string said = why(text);
    EXPECT_NE(said.find("inside each other"), std::string::npos) << open << said.substr(0, 200);
    EXPECT_NE(said.find("line 1, column "), std::string::npos) << open;
  }
  std::string type = "1 instance of ";
  for (int i = 0; i < 3000; ++i) type += "list<";
  EXPECT_NE(why(type).find("inside each other"), std::string::npos);
}

}  // namespace
}  // namespace puhui::feel
