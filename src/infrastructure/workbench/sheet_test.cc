#include "infrastructure/workbench/sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ground/base/random.h"
#include "ground/base/text.h"
#include "infrastructure/dmn/policy.h"
#include "infrastructure/workbench/sheet_for_test.h"

namespace puhui::workbench {
namespace {

using testing::HasSubstr;
using testing::Not;

// Puts the changed sheet in by both formats and expects that text.
void expect_made(const SheetCells& cells, const std::string& expected) {
  for (const SheetFormat format : kFormats) {
    const auto made = put_in(kPolicy, cells, format);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(*made, expected);
  }
}

// The byte-for-byte tests above would pass if nothing were ever written; here every rule has to be.
TEST(Sheet, ATableWhoseRulesWereLostIsBroughtBackByItsSheet) {
  const SheetCells full = cells_of(kPolicy);
  SheetCells empty = full;
  empty.rows.resize(kRule1);
  for (const SheetFormat format : kFormats) {
    const auto bare = put_in(kPolicy, empty, format);
    ASSERT_TRUE(bare) << bare.error().text();
    EXPECT_THAT(*bare, Not(HasSubstr("rule")));
    const auto back = put_in(*bare, full, format);
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(cells_of(*back).rows, full.rows);
  }
}

TEST(Sheet, AChangedCellChangesItsTextAlone) {
  SheetCells cells = cells_of(kPolicy);
  cells.rows[kRule1][kAge] = "< 21";
  expect_made(cells, replaced(kPolicy, "&lt; 18", "&lt; 21"));
  cells = cells_of(kPolicy);
  cells.rows[kRule1][kGrade] = "\"B&C\"";
  expect_made(cells, replaced(kPolicy, "<![CDATA[\"C\"]]>", "\"B&amp;C\""));
  cells = cells_of(kPolicy);
  cells.rows[kRule2][kWhy] = "all\nothers";
  expect_made(cells, replaced(kPolicy, "<dmn:text/>", "<dmn:text>all\nothers</dmn:text>"));
}

TEST(Sheet, AChangedHeaderChangesItsAttributeOrElementAlone) {
  const auto change = [](size_t row, size_t column, std::string_view text) {
    SheetCells cells = cells_of(kPolicy);
    cells.rows[row][column] = text;
    return cells;
  };
  expect_made(change(kHitPolicy, 1, "collect"), replaced(kPolicy, "'FIRST'", "'COLLECT'"));
  expect_made(change(kHitPolicy, 1, "C#"), replaced(replaced(kPolicy, "'FIRST'", "'COLLECT'"), "Rule-as-Row\"",
                                                    "Rule-as-Row\" aggregation=\"COUNT\""));
  expect_made(change(kLabel, kAge, "It's"), replaced(kPolicy, "Age &quot;now&quot;", "It&apos;s"));
  expect_made(change(kLabel, kAge, ""), replaced(kPolicy, " label='Age &quot;now&quot;'", ""));
  expect_made(change(kLabel, kGrade, "Grade"), replaced(kPolicy, "name=\"grade\" typeRef=\"string\"/>",
                                                        "name=\"grade\" typeRef=\"string\" label=\"Grade\"/>"));
  expect_made(change(kName, kAge, "age + 1"), replaced(kPolicy, "<dmn:text>age<", "<dmn:text>age + 1<"));
  expect_made(change(kName, kWhy, "because"), replaced(kPolicy, "name=\"why\"", "name=\"because\""));
  expect_made(change(kAllowed, kAge, ""),
              replaced(kPolicy, "\n        <dmn:inputValues><dmn:text>[0..150]</dmn:text></dmn:inputValues>", ""));
  expect_made(change(kDefault, kGrade, "\"C\""),
              replaced(kPolicy, "typeRef=\"string\"/>\n      <dmn:annotation",
                       "typeRef=\"string\">\n        <dmn:defaultOutputEntry><dmn:text>\"C\"</dmn:text>"
                       "</dmn:defaultOutputEntry>\n      </dmn:output>\n      <dmn:annotation"));
}

TEST(Sheet, AnAddedLineIsARuleWithAnIdOfItsOwn) {
  SheetCells cells = cells_of(kPolicy);
  cells.rows.insert(cells.rows.begin() + kRule2, {"", "[18..30)", "\"B\"", "in between", ""});
  const std::string added = R"(
      <dmn:rule id="t_rule_3">
        <dmn:inputEntry><dmn:text>[18..30)</dmn:text></dmn:inputEntry>
        <dmn:outputEntry><dmn:text>"B"</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text>in between</dmn:text></dmn:annotationEntry>
      </dmn:rule>)";
  const std::string old_ones = "\n      <!-- the old -->";
  expect_made(cells, replaced(kPolicy, old_ones, added + old_ones));
}

TEST(Sheet, ARemovedLineTakesItsRuleAndItsCommentAlong) {
  SheetCells cells = cells_of(kPolicy);
  cells.rows.erase(cells.rows.begin() + kRule1);
  const size_t begin = kPolicy.find("\n      <!-- the young -->");
  const size_t end = kPolicy.find("\n      <!-- the old -->");
  expect_made(cells, std::string(kPolicy.substr(0, begin)) + std::string(kPolicy.substr(end)));
}

TEST(Sheet, MovedLinesMoveTheirRules) {
  SheetCells cells = cells_of(kPolicy);
  std::swap(cells.rows[kRule1], cells.rows[kRule2]);
  const size_t young = kPolicy.find("\n      <!-- the young -->");
  const size_t old = kPolicy.find("\n      <!-- the old -->");
  const size_t end = kPolicy.find("\n    </dmn:decisionTable>");
  expect_made(cells, std::string(kPolicy.substr(0, young)) + std::string(kPolicy.substr(old, end - old)) +
                         std::string(kPolicy.substr(young, old - young)) + std::string(kPolicy.substr(end)));
}

TEST(Sheet, ACopiedLineIsANewRuleAndItsOriginalKeepsTheId) {
  SheetCells cells = cells_of(kPolicy);
  auto copy = cells.rows[kRule1];
  copy[kAge] = "< 10";
  cells.rows.insert(cells.rows.begin() + kRule1, copy);
  const auto made = put_in(kPolicy, cells, SheetFormat::xlsx);
  ASSERT_TRUE(made) << made.error().text();
  const SheetCells after = cells_of(*made);
  EXPECT_EQ(after.rows[kRule1], (std::vector<std::string>{"1", "< 10", "\"C\"", "too  young", "t_rule_3"}));
  EXPECT_EQ(after.rows[kRule1 + 1], (std::vector<std::string>{"2", "< 18", "\"C\"", "too  young", "r1"}));
}

TEST(Sheet, LinesWithoutAnIdColumnAreFoundByWhatTheySayAndThenByTheirOrder) {
  SheetCells cells = cells_of(kPolicy);
  for (auto& row : cells.rows) row.resize(std::min<size_t>(row.size(), kId));
  expect_made(cells, std::string(kPolicy));
  std::swap(cells.rows[kRule1], cells.rows[kRule2]);
  cells.rows[kRule1][kWhy] = "new";
  const auto made = put_in(kPolicy, cells, SheetFormat::csv);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(cells_of(*made).rows[kRule1][kId], "r2");
  EXPECT_EQ(cells_of(*made).rows[kRule2][kId], "r1");
}

TEST(Sheet, AnAddedAnnotationColumnGoesIntoEveryRuleThatSaysSomething) {
  SheetCells cells = cells_of(kPolicy);
  for (auto& row : cells.rows) row.resize(kId + 2);
  cells.rows[kKind][kId + 1] = "Annotation";
  cells.rows[kName][kId + 1] = "source";
  cells.rows[kRule1][kId + 1] = "board, 2026-01-31";
  std::string expected = replaced(kPolicy, "name=\"why\"/>", "name=\"why\"/>\n      <dmn:annotation name=\"source\"/>");
  expected = replaced(expected, "too  young</dmn:text></dmn:annotationEntry>",
                      "too  young</dmn:text></dmn:annotationEntry>\n        "
                      "<dmn:annotationEntry><dmn:text>board, 2026-01-31</dmn:text></dmn:annotationEntry>");
  expect_made(cells, expected);
}

TEST(Sheet, ColumnsAreAddedInFrontMovedAndRemoved) {
  SheetCells cells = cells_of(kPolicy);
  for (auto& row : cells.rows) row.resize(kId + 1);
  for (auto& row : cells.rows) row.insert(row.begin() + 1, "");
  cells.rows[kTable][1] = "Grade";
  cells.rows[kHitPolicy][1] = "FIRST";
  cells.rows[kKind][1] = "input";
  cells.rows[kName][1] = "city";
  cells.rows[kType][1] = "string";
  cells.rows[kRule1][1] = "\"Suzhou\"";
  cells.rows[kRule2][1] = "-";
  const auto made = put_in(kPolicy, cells, SheetFormat::xlsx);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_THAT(*made, HasSubstr(R"(Rule-as-Row">
      <dmn:input>
        <dmn:inputExpression typeRef="string"><dmn:text>city</dmn:text></dmn:inputExpression>
      </dmn:input>
      <dmn:input id="t_age")"));
  EXPECT_THAT(*made, HasSubstr(R"(<dmn:inputEntry><dmn:text>"Suzhou"</dmn:text></dmn:inputEntry>
        <dmn:inputEntry id="r1_i">)"));
  const SheetCells after = cells_of(*made);
  EXPECT_EQ(after.rows[kRule1], (std::vector<std::string>{"1", "\"Suzhou\"", "< 18", "\"C\"", "too  young", "r1"}));
  // And out again: the file is what it was.
  EXPECT_EQ(put_in(*made, cells_of(kPolicy), SheetFormat::csv), std::string(kPolicy));
}

TEST(Sheet, HeaderLinesLeftOutChangeNothing) {
  SheetCells cells = cells_of(kPolicy);
  for (const size_t row : {kDefault, kAllowed, kType, kLabel, kHitPolicy, kTable}) {
    cells.rows.erase(cells.rows.begin() + static_cast<ptrdiff_t>(row));
  }
  expect_made(cells, std::string(kPolicy));
}

TEST(Sheet, EveryFaultIsToldByItsCellAndNothingIsMade) {
  SheetCells cells = cells_of(kPolicy);
  cells.rows[kHitPolicy][1] = "LAST";
  cells.rows[kKind][kAge] = "inputs";
  cells.rows[kRule2][kWhy] = std::string("a\x01", 2);
  cells.rows[kRule2].push_back("beside the table");
  for (const SheetFormat format : kFormats) {
    const auto made = put_in(kPolicy, cells, format);
    ASSERT_FALSE(made);
    for (const char* cell : {"cell B2: expected UNIQUE", "cell B3: expected input, output", "cell D10: expected a text",
                             "cell F3: expected input, output"}) {
      EXPECT_THAT(made.error().text(), HasSubstr(cell));
    }
  }
}

TEST(Sheet, FeelThatDoesNotCompileIsToldByItsCell) {
  SheetCells cells = cells_of(kPolicy);
  cells.rows[kRule1][kAge] = "< < 18";
  cells.rows[kRule2][kGrade] = "\"A";
  cells.rows[kName][kAge] = "agee";
  const auto made = put_in(kPolicy, cells, SheetFormat::xlsx);
  ASSERT_FALSE(made);
  for (const char* cell : {"cell B9: ", "cell C10: ", "cell B5: "}) EXPECT_THAT(made.error().text(), HasSubstr(cell));
}

TEST(Sheet, FaultsThatTheFileHadBeforeDoNotForbidAnEdit) {
  const std::string faulty = replaced(kPolicy, "\"A\"<", "unknown name<");
  SheetCells cells = cells_of(faulty);
  cells.rows[kRule1][kAge] = "< 21";
  EXPECT_EQ(put_in(faulty, cells, SheetFormat::csv), replaced(faulty, "&lt; 18", "&lt; 21"));
  cells.rows[kRule1][kAge] = "< other";
  EXPECT_FALSE(put_in(faulty, cells, SheetFormat::csv));
}

TEST(Sheet, ASheetOfAnotherTableIsRefused) {
  SheetCells cells = cells_of(kPolicy);
  cells.rows[kTable][1] = "Rate";
  const auto made = put_in(kPolicy, cells, SheetFormat::csv);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::conflict);
  EXPECT_THAT(made.error().text(), HasSubstr("cell B1"));
}

TEST(Sheet, AnIdThatSomethingElseHasIsRefused) {
  for (const auto& [id, why] : {std::pair("t_out", "nothing else in the file"), std::pair("1 2", "letters, digits")}) {
    SheetCells cells = cells_of(kPolicy);
    cells.rows.push_back({"", "-", "\"B\"", "", id});
    const auto made = put_in(kPolicy, cells, SheetFormat::csv);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().text(), HasSubstr("cell E11: "));
    EXPECT_THAT(made.error().text(), HasSubstr(why));
  }
}

TEST(Sheet, TablesAreFoundByIdOwnerAndNameAndTheFaultNamesThem) {
  for (const char* name : {"", "t", "d", "Grade", " Grade "}) {
    EXPECT_TRUE(export_table(kPolicy, name, SheetFormat::csv)) << name;
  }
  const auto unknown = export_table(kPolicy, "Grades", SheetFormat::csv);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  EXPECT_THAT(unknown.error().text(), HasSubstr("did you mean 'Grade'"));
}

TEST(Sheet, TextsThatSpreadsheetsRewriteComeBackCharForChar) {
  const std::string hard[] = {"007",
                              "1e5",
                              "-",
                              "-1",
                              "=1+1",
                              "+1",
                              "@cmd",
                              "'",
                              "''",
                              "'=1",
                              "12345678901234567890",
                              "1.50",
                              "2026-01-31",
                              "1/2",
                              "01:30",
                              "true",
                              "TRUE",
                              "False",
                              "Mar 5",
                              " lead",
                              "trail ",
                              "a\nb",
                              "a\tb",
                              "\"",
                              "\"\"",
                              "a,b;c",
                              "_x000D_",
                              "_x005F_x000D_",
                              "_",
                              "\xE6\x99\xAE\xE6\x83\xA0",
                              "\xF0\x9F\x98\x80",
                              "<&>'\"",
                              "]]>",
                              "(5)",
                              "$5",
                              "5%",
                              ".5",
                              "\xEF\xBC\x9D"
                              "1",
                              "sep=;"};
  for (const SheetFormat format : kFormats) {
    SheetCells cells = cells_of(kPolicy);
    for (const std::string& text : hard) cells.rows.push_back({"", "-", "\"A\"", text, ""});
    const auto made = put_in(kPolicy, cells, format);
    ASSERT_TRUE(made) << made.error().text();
    const auto again = export_table(*made, "", format);
    ASSERT_TRUE(again) << again.error().text();
    const SheetCells after =
        (format == SheetFormat::csv ? cells_of_csv(*again, {}) : cells_of_xlsx(*again, "", {})).value();
    for (size_t at = 0; at < std::size(hard); ++at) EXPECT_EQ(after.at(kRule2 + 1 + at, kWhy), hard[at]);
    EXPECT_EQ(import_table(*made, "", *again, format), *made);
  }
}

// Any texts, in any place of a sheet that holds texts.
TEST(Sheet, RandomTextsComeBackCharForChar) {
  constexpr uint64_t kSeed = 20261122;
  const std::string_view pieces[] = {"'",
                                     "\"",
                                     ",",
                                     ";",
                                     "\t",
                                     "\n",
                                     "\r",
                                     "=",
                                     "-",
                                     "+",
                                     "@",
                                     "0",
                                     "1",
                                     "e5",
                                     ".",
                                     "_x",
                                     "000D_",
                                     "_",
                                     " ",
                                     "a",
                                     "&",
                                     "<",
                                     ">",
                                     "&#10;",
                                     "]]>",
                                     "\xC3\xA9",
                                     "\xE6\x99\xAE",
                                     "\xF0\x9F\x98\x80",
                                     "true",
                                     "FALSE",
                                     "\xEF\xBB\xBF",
                                     "/",
                                     ":",
                                     "jan"};
  for (uint64_t round = 0; round < 200; ++round) {
    RandomStream random(Random(kSeed), 0, round);
    SheetCells cells = cells_of(kPolicy);
    const auto text = [&] {
      std::string out;
      for (uint64_t left = random.below(6); left > 0; --left) out += pieces[random.below(std::size(pieces))];
      return out;
    };
    for (size_t rule = 0; rule < 8; ++rule) cells.rows.push_back({"", "-", "\"A\"", text(), ""});
    for (const SheetFormat format : kFormats) {
      const auto made = put_in(kPolicy, cells, format);
      ASSERT_TRUE(made) << "round " << round << ": " << made.error().text();
      const SheetCells after = cells_of(*made);
      for (size_t rule = 0; rule < 8; ++rule) {
        EXPECT_EQ(after.at(kRule2 + 1 + rule, kWhy), cells.at(kRule2 + 1 + rule, kWhy))
            << "seed " << kSeed << ", round " << round;
      }
      EXPECT_EQ(put_in(*made, after, format), *made) << "seed " << kSeed << ", round " << round;
    }
  }
}

TEST(Sheet, ASheetAloneBecomesAPolicyThatDecides) {
  SheetCells cells = cells_of(kPolicy);
  cells.rows[kDefault][kGrade] = "\"D\"";
  cells.rows[kRule2][kAge] = "> 60";
  for (const SheetFormat format : kFormats) {
    const std::string bytes = format == SheetFormat::csv ? csv_of(cells) : xlsx_of(cells).value();
    const auto made = dmn_of_sheet(bytes, format, "Grade of \"age\"");
    ASSERT_TRUE(made) << made.error().text();
    const dmn::NoFunctions host;
    const auto policy = dmn::Policy::compile(*made, host);
    ASSERT_TRUE(policy) << policy.error().text() << *made;
    dmn::Scratch scratch;
    for (const auto& [age, grade] : {std::pair(12, "C"), std::pair(61, "A"), std::pair(40, "D")}) {
      const std::vector<feel::Value> inputs = {feel::Value::number(age)};
      EXPECT_EQ(text_of(policy->evaluate(inputs, scratch)[0]), "\"" + std::string(grade) + "\"");
    }
    SheetCells again = cells_of(*made);
    EXPECT_EQ(again.rows[kTable][1], "Grade of \"age\"");
    again.rows[kTable][1] = "Grade";
    EXPECT_EQ(again.rows, cells.rows);
  }
}

TEST(Sheet, ASheetAloneNeedsPlainNamesAndTypes) {
  SheetCells cells = cells_of(kPolicy);
  cells.rows[kName][kAge] = "age + 1";
  cells.rows[kType][kGrade] = "tGrade";
  const auto made = dmn_of_sheet(csv_of(cells), SheetFormat::csv, "Grade");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().text(), HasSubstr("cell B5: expected the name of an input"));
  EXPECT_THAT(made.error().text(), HasSubstr("cell C6: expected a type"));
}

TEST(Sheet, FormatsAreKnownByTheFilesName) {
  EXPECT_EQ(sheet_format_of("a/Grade.XLSX"), SheetFormat::xlsx);
  EXPECT_EQ(sheet_format_of("grade.csv"), SheetFormat::csv);
  EXPECT_FALSE(sheet_format_of("grade.xls"));
}

}  // namespace
}  // namespace puhui::workbench
