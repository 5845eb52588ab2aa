#include "infrastructure/models/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace puhui::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<TableRead> read(std::string text, const TableOptions& options = {}) {
  return read_table(from_text(std::move(text)), options);
}

TEST(Table, TypesAreInferredAndCategoriesSortedByBytesWhateverTheRowOrder) {
  const auto one = read("x,c\n1,b\n,a\n 2.5 ,NA\n");
  ASSERT_TRUE(one.has_value()) << one.error().text();
  const auto& columns = one->table.columns();
  EXPECT_EQ(columns[0].type, ColumnType::numeric);
  EXPECT_EQ(columns[0].values[0], 1);
  EXPECT_TRUE(std::isnan(columns[0].values[1]));
  EXPECT_EQ(columns[0].values[2], 2.5);
  EXPECT_EQ(columns[1].type, ColumnType::categorical);
  EXPECT_THAT(columns[1].categories, ElementsAre("a", "b"));
  EXPECT_EQ(columns[1].values[0], 1);
  EXPECT_TRUE(std::isnan(columns[1].values[2]));
  EXPECT_EQ(read("x,c\n,a\n1,b\n")->table.find("c")->categories, columns[1].categories);
}

TEST(Table, DeclaredTypesHoldAndEveryBadCellIsReportedWithRowAndColumn) {
  const auto bad =
      read("x,y\n1,2\nabc,3\n4\nnan,1e999\n", {.types = {{"x", ColumnType::numeric}, {"y", ColumnType::numeric}}});
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, ErrorCode::invalid);
  ASSERT_EQ(bad.error().faults.size(), 4u);
  EXPECT_EQ(bad.error().faults[0].where, "row 2 (line 3), column x");
  EXPECT_THAT(bad.error().faults[0].message, HasSubstr("expected a number, came 'abc'"));
  EXPECT_EQ(bad.error().faults[1].where, "row 3 (line 4)");
  EXPECT_EQ(bad.error().faults[2].where, "row 4 (line 5), column x");
  EXPECT_EQ(bad.error().faults[3].where, "row 4 (line 5), column y");
}

TEST(Table, NotANumberNeverMakesAColumnCategorical) {
  for (const char* text : {"NaN", "-inf", "Infinity"}) {
    const auto bad = read("x\n1\n" + std::string(text) + "\n");
    ASSERT_FALSE(bad.has_value()) << text;
    EXPECT_THAT(bad.error().text(), HasSubstr("column x"));
  }
}

TEST(Table, BadRowsAreSkippedAndListedOnlyWhenAsked) {
  const auto read_with_skip = read("x,c\n1,a\nfoo,onlyhere,extra\nNaN,onlyhere\n2,b\n", {.bad_rows = BadRows::skip});
  ASSERT_TRUE(read_with_skip.has_value());
  EXPECT_EQ(read_with_skip->table.row_count(), 2u);
  EXPECT_EQ(read_with_skip->skipped_count, 2u);
  EXPECT_EQ(read_with_skip->skipped.size(), 2u);
  EXPECT_THAT(read_with_skip->table.find("c")->categories, ElementsAre("a", "b"));
}

TEST(Table, AfterTheInferenceRowsANumericColumnStaysNumeric) {
  const auto bad = read("x\n1\n2\nabc\n", {.limits = {.inference_rows_max = 2}});
  EXPECT_THAT(bad.error().text(), HasSubstr("declare the column categorical"));
}

TEST(Table, LimitsOnRowsAndCategoriesHold) {
  EXPECT_EQ(read("x\n1\n2\n", {.limits = {.rows_max = 1}}).error().code, ErrorCode::exhausted);
  EXPECT_EQ(read("x\n1\n2\n", {.limits = {.cells_max = 1}}).error().code, ErrorCode::exhausted);
  EXPECT_THAT(read("x\na\nb\n", {.limits = {.categories_max = 1}}).error().text(), HasSubstr("at most 1 categories"));
  EXPECT_EQ(read("x\n1\n", {.types = {{"y", ColumnType::numeric}}}).error().code, ErrorCode::invalid);
}

TEST(Table, TheContentNamesHeaderAndRowsAndTheSplitFollowsTheRows) {
  EXPECT_EQ(read("x,y\n1,2\n")->table.content(), read("x,y\r\n1,2")->table.content());
  EXPECT_NE(read("x,y\n1,2\n")->table.content(), read("y,x\n1,2\n")->table.content());
  std::string forwards = "x\n", backwards = "x\n";
  for (int i = 0; i < 100; ++i) forwards += std::to_string(i) + "\n", backwards += std::to_string(99 - i) + "\n";
  const auto a = read(forwards)->table.split(0.7, 3), b = read(backwards)->table.split(0.7, 3);
  ASSERT_EQ(a.train.size(), b.train.size());
  for (size_t i = 0; i < a.train.size(); ++i) EXPECT_EQ(a.train[i], 99 - b.train[b.train.size() - 1 - i]);
}

}  // namespace
}  // namespace puhui::models
