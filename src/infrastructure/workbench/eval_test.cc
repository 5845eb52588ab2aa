#include "infrastructure/workbench/eval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infrastructure/workbench/workbench_for_test.h"

namespace puhui::workbench {
namespace {

using testing::HasSubstr;

EvalRequest asking(const std::string& input) {
  EvalRequest request;
  request.source.text = graded();
  request.input = *parse_json(input);
  return request;
}

Result<EvalAnswer> answer_of(const EvalRequest& request, int64_t now_microseconds = 0) {
  Desk desk;
  return evaluate(desk.far, request, Timestamp{now_microseconds});
}

TEST(Eval, answers_every_decision_or_those_asked_for) {
  EvalRequest request = asking(R"({"score": 640, "income": 2000})");
  EXPECT_EQ(print_json(answer_of(request)->outputs), R"({"Grade":"A","Outcome":"approve"})");
  request.decision = {"Outcome"};
  EXPECT_EQ(print_json(answer_of(request)->outputs), R"({"Outcome":"approve"})");
}

TEST(Eval, tells_the_way_there_in_words) {
  EvalRequest request = asking(R"({"score": 590.5, "income": 2000})");
  request.decision = {"Outcome"};
  request.explain = true;
  EXPECT_EQ(tell(*answer_of(request)),
            "Grade = \"B\"\n"
            "    rule 2 (low): score < 600 -> \"B\"\n"
            "Outcome = \"refuse\"\n");
}

TEST(Eval, a_null_says_why) {
  EvalRequest request = asking(R"({"income": 2000})");
  request.explain = true;
  EXPECT_THAT(tell(*answer_of(request)), HasSubstr("Grade = null\n    null, because no rule matched at t_grade"));
}

TEST(Eval, names_every_fault_of_what_it_was_given) {
  const auto wrong = answer_of(asking(R"({"score": "high", "incme": 3})"));
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().text(), HasSubstr("input: score: expected number, came string"));
  EXPECT_THAT(wrong.error().text(), HasSubstr("input: incme: "));
  EvalRequest request = asking("{}");
  request.decision = {"Outcom", "Grade"};
  EXPECT_THAT(answer_of(request).error().text(),
              HasSubstr("not_found: decision: there is no decision 'Outcom'; did you mean 'Outcome'?"));
}

TEST(Eval, now_is_the_moment_it_was_given) {
  EvalRequest request;
  request.source.text = definitions("m",
                                    "<decision id=\"d\" name=\"D\"><variable name=\"D\"/><literalExpression>"
                                    "<text>string(now())</text></literalExpression></decision>");
  EXPECT_EQ(print_json(answer_of(request, -1'500'000)->outputs), R"({"D":"1969-12-31T23:59:58.5Z"})");
  request.at = Timestamp{1'000'000};
  EXPECT_EQ(print_json(answer_of(request, -1'500'000)->outputs), R"({"D":"1970-01-01T00:00:01Z"})");
}

}  // namespace
}  // namespace puhui::workbench
