#include "infrastructure/workbench/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infrastructure/workbench/workbench_for_test.h"

namespace puhui::workbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A table of one number column, of any hit policy, by the tests of its rules.
std::string table_of(const std::string& hit_policy, const std::vector<std::string>& tests) {
  std::string rules;
  for (const std::string& test : tests) {
    rules += "<rule><inputEntry><text>" + test + "</text></inputEntry><outputEntry><text>" +
             std::to_string(rules.size()) + "</text></outputEntry></rule>";
  }
  return definitions("m", input_data("x", "number") +
                              "<decision id=\"d\" name=\"D\"><variable name=\"D\"/><informationRequirement>"
                              "<requiredInput href=\"#i_x\"/></informationRequirement><decisionTable hitPolicy=\"" +
                              hit_policy +
                              "\"><input><inputExpression><text>x</text></inputExpression></input><output/>" + rules +
                              "</decisionTable></decision>");
}

Result<CheckAnswer> checked(const std::string& text, bool strict = false) {
  Desk desk;
  CheckRequest request;
  request.source.text = text;
  request.strict = strict;
  return check(desk.far, request);
}

TEST(Check, a_policy_without_fault_tells_what_it_is) {
  const auto answer = checked(graded());
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->name, "graded");
  ASSERT_EQ(answer->tables.size(), 1u);
  EXPECT_THAT(answer->tables[0].faults, IsEmpty());
  EXPECT_THAT(answer->tables[0].notices, IsEmpty());
  EXPECT_THAT(tell(*answer), HasSubstr("table Grade (UNIQUE, 2 rules, "));
  EXPECT_THAT(tell(*answer), HasSubstr("no gap, no overlap"));
}

TEST(Check, every_fault_is_told_with_element_line_and_column) {
  const auto broken = checked(
      definitions("m",
                  "<decision id=\"d\" name=\"D\"><variable name=\"D\"/>\n<literalExpression id=\"one\"><text>1 +</text>"
                  "</literalExpression></decision>\n<decision id=\"e\" name=\"E\"><variable name=\"E\"/>\n"
                  "<literalExpression id=\"two\"><text>nobody</text></literalExpression></decision>"));
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().text(), HasSubstr("element one, line 2, column "));
  EXPECT_THAT(broken.error().text(), HasSubstr("element two, line 4, column "));
}

TEST(Check, gaps_and_dead_rules_are_told) {
  const auto answer = checked(table_of("FIRST", {"&lt; 5", "[7..9]", "8"}));
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_THAT(answer->tables[0].notices, testing::Contains(HasSubstr("no rule for x: [5..7)")));
  EXPECT_THAT(answer->tables[0].notices,
              testing::Contains(HasSubstr("rule 3 (d) never decides: rule 2 (d) always answers before it")));
}

TEST(Check, where_all_matches_are_collected_none_is_no_gap) {
  EXPECT_THAT(checked(table_of("COLLECT", {"&lt; 5", "&lt; 3"}))->tables[0].notices, IsEmpty());
}

TEST(Check, overlaps_that_the_hit_policy_forbids_are_faults_when_strict) {
  const std::string text = table_of("UNIQUE", {"&lt;= 5", "&gt;= 5"});
  const auto told = checked(text);
  ASSERT_TRUE(told) << told.error().text();
  EXPECT_THAT(told->tables[0].faults, ElementsAre(HasSubstr("x = 5")));
  EXPECT_THAT(tell(*told), HasSubstr("m: compiles, faults in its tables"));
  const auto refused = checked(text, true);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("table D: overlap: "));
}

}  // namespace
}  // namespace puhui::workbench
