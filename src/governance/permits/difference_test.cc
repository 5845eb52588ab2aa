#include "governance/permits/difference.h"

#include <gmock/gmock.h>

#include "ground/base/check.h"

namespace puhui::permits {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

struct TestRow {
  std::string id, test, answer;
};

// A decision "Rate" that is one table over the score.
std::string policy_of(const std::vector<TestRow>& rows, const std::string& hit_policy = "FIRST") {
  std::string xml =
      R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="p" namespace="urn:p" id="p">
      <inputData id="i" name="score"><variable name="score" typeRef="number"/></inputData>
      <decision id="d" name="Rate"><variable name="Rate"/><informationRequirement><requiredInput href="#i"/>
      </informationRequirement><decisionTable id="t" hitPolicy=")" +
      hit_policy + R"("><input><inputExpression typeRef="number"><text>score</text></inputExpression></input>
      <output name="Rate"/>)";
  for (const TestRow& row : rows) {
    xml += "<rule" + (row.id.empty() ? "" : " id='" + row.id + "'") + "><inputEntry><text><![CDATA[" + row.test +
           "]]></text></inputEntry><outputEntry><text>" + row.answer + "</text></outputEntry></rule>";
  }
  return xml + "</decisionTable></decision></definitions>";
}

Difference between(const std::string& before, const std::string& after) {
  static const dmn::NoFunctions none;
  const auto then = dmn::Policy::compile(before, none), now = dmn::Policy::compile(after, none);
  CHECK(then.has_value(), then ? "" : then.error().text().c_str());
  CHECK(now.has_value(), now ? "" : now.error().text().c_str());
  Difference out;
  add_policy_difference(*then, *now, out);
  return out;
}

const std::vector<TestRow> kRows{{"", "< 500", "0.24"}, {"", "[500..600)", "0.18"}, {"", ">= 600", "0.12"}};

TEST(DifferenceTest, the_same_policy_differs_in_nothing) {
  EXPECT_TRUE(between(policy_of(kRows), policy_of(kRows)).none());
}

TEST(DifferenceTest, a_row_more_and_a_row_less_are_told_as_such) {
  auto more = kRows;
  more.insert(more.begin() + 1, {"", "null", "0.30"});
  const Difference added = between(policy_of(kRows), policy_of(more));
  ASSERT_EQ(added.tables.size(), 1u);
  ASSERT_EQ(added.tables[0].rows_added.size(), 1u);
  EXPECT_EQ(added.tables[0].rows_added[0].number, 2);
  EXPECT_TRUE(added.tables[0].rows_changed.empty());
  const Difference removed = between(policy_of(more), policy_of(kRows));
  ASSERT_EQ(removed.tables[0].rows_removed.size(), 1u);
  EXPECT_TRUE(removed.tables[0].rows_added.empty());
}

TEST(DifferenceTest, a_row_with_another_answer_is_one_change) {
  auto other = kRows;
  other[1].answer = "0.19";
  const Difference difference = between(policy_of(kRows), policy_of(other));
  ASSERT_EQ(difference.tables.size(), 1u);
  ASSERT_EQ(difference.tables[0].rows_changed.size(), 1u);
  EXPECT_EQ(difference.tables[0].rows_changed[0].number_then, 2);
  EXPECT_THAT(difference.tables[0].rows_changed[0].then, HasSubstr("0.18"));
  EXPECT_THAT(difference.tables[0].rows_changed[0].now, HasSubstr("0.19"));
  EXPECT_FALSE(difference.tables[0].reordered);
}

TEST(DifferenceTest, a_row_known_by_its_id_is_changed_though_both_halves_are_another) {
  const Difference difference = between(policy_of({{"r1", "< 500", "0.24"}}), policy_of({{"r1", "< 520", "0.25"}}));
  EXPECT_EQ(difference.tables[0].rows_changed.size(), 1u);
  const Difference unknown = between(policy_of({{"", "< 500", "0.24"}}), policy_of({{"", "< 520", "0.25"}}));
  EXPECT_EQ(unknown.tables[0].rows_removed.size(), 1u);
  EXPECT_EQ(unknown.tables[0].rows_added.size(), 1u);
}

TEST(DifferenceTest, another_order_is_told_because_the_first_hit_counts) {
  const Difference difference = between(policy_of(kRows), policy_of({kRows[1], kRows[0], kRows[2]}));
  ASSERT_EQ(difference.tables.size(), 1u);
  EXPECT_TRUE(difference.tables[0].reordered);
  EXPECT_TRUE(difference.tables[0].rows_added.empty());
}

TEST(DifferenceTest, another_hit_policy_is_told) {
  const Difference difference = between(policy_of(kRows), policy_of(kRows, "UNIQUE"));
  ASSERT_EQ(difference.other.size(), 1u);
  EXPECT_THAT(difference.other[0].en, HasSubstr("FIRST → UNIQUE"));
}

TEST(DifferenceTest, another_file_that_decides_the_same_says_so) {
  std::string other = policy_of(kRows);
  other.insert(other.find("<decision "), "<!-- a note -->");
  const Difference difference = between(policy_of(kRows), other);
  ASSERT_EQ(difference.other.size(), 1u);
  EXPECT_THAT(difference.other[0].en, HasSubstr("are the same"));
}

}  // namespace
}  // namespace puhui::permits
