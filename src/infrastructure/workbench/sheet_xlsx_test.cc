// The xlsx files that other programs write, and the ones that mean harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infrastructure/workbench/sheet_cells.h"
#include "infrastructure/workbench/sheet_xlsx_value.h"
#include "infrastructure/workbench/sheet_zip.h"

namespace puhui::workbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A workbook of two sheets as parts to change; "Notes" comes first.
struct Book {
  std::string sheet_data;  // of the sheet "Grade"
  std::string after_data;
  std::string shared;
  std::string formats;
  std::string workbook_properties;
  std::vector<ZipPart> more;

  std::string bytes() const {
    std::vector<ZipPart> parts = {
        {"_rels/.rels",
         R"(<Relationships><Relationship Id="r" Type="x/officeDocument" Target="/xl/book.xml"/></Relationships>)"},
        {"xl/book.xml",
         "<workbook xmlns:r=\"r\">" + workbook_properties +
             R"(<sheets><sheet name="Notes" sheetId="1" r:id="a"/><sheet name="grade" sheetId="7" r:id="b"/></sheets></workbook>)"},
        {"xl/_rels/book.xml.rels",
         R"(<Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/one.xml"/>)"
         R"(<Relationship Id="b" Type="x/worksheet" Target="../xl/worksheets/two.xml"/>)"
         R"(<Relationship Id="c" Type="x/sharedStrings" Target="texts.xml"/>)"
         R"(<Relationship Id="d" Type="x/styles" Target="styles.xml"/></Relationships>)"},
        {"xl/worksheets/one.xml",
         R"(<worksheet><sheetData><row><c t="str"><v>a note</v></c></row></sheetData></worksheet>)"},
        {"xl/worksheets/two.xml", "<worksheet><sheetData>" + sheet_data + "</sheetData>" + after_data + "</worksheet>"},
        {"xl/texts.xml", "<sst>" + shared + "</sst>"},
        {"xl/styles.xml", "<styleSheet>" + formats + "</styleSheet>"}};
    parts.insert(parts.end(), more.begin(), more.end());
    return zip_of(parts);
  }
  Result<SheetCells> read(const SheetLimits& limits = {}) const { return cells_of_xlsx(bytes(), "Grade", limits); }
};

std::string fault_of(const Result<SheetCells>& read) { return read ? "" : read.error().text(); }

TEST(SheetXlsx, TheSheetOfTheNameIsReadAndElseTheFirst) {
  const Book book{.sheet_data = R"(<row><c><v>1</v></c></row>)"};
  EXPECT_EQ(book.read()->at(0, 0), "1");
  EXPECT_EQ(book.read()->name, "grade");
  EXPECT_EQ(cells_of_xlsx(book.bytes(), "Other", {})->at(0, 0), "a note");
}

TEST(SheetXlsx, TextsAreReadInEveryFormTheyAreStoredIn) {
  const Book book{
      .sheet_data = R"(<row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2" t="s"><v> 1 </v></c>)"
                    R"(<c r="E2" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve"> line</t></r></is></c>)"
                    R"(<c t="str"><f>A1&amp;"x"</f><v>made_x000A_up</v></c></row>)"
                    R"(<row><c t="s"><v>2</v></c></row>)",
      .shared = R"(<si><t xml:space="preserve"> plain </t></si>)"
                R"(<si><r><rPr><b/></rPr><t>bold</t></r><r><t> and not</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>)"
                R"(<si><t> </t></si>)"};
  const auto read = book.read();
  ASSERT_TRUE(read) << fault_of(read);
  EXPECT_THAT(read->rows,
              ElementsAre(ElementsAre(), ElementsAre("", " plain ", "bold and not", "", "in line", "made\nup"),
                          ElementsAre(" ")));
}

TEST(SheetXlsx, NumbersTruthValuesAndDatesAreReadAsTheirFeel) {
  const Book book{
      .sheet_data =
          R"(<row><c><v>12</v></c><c><v>0.30000000000000004</v></c><c><v>1E21</v></c><c t="n"><v>-5.0E-3</v></c>)"
          R"(<c t="b"><v>1</v></c><c t="b"><v>0</v></c><c s="1"><v>46053</v></c><c s="2"><v>46053.520833333336</v></c>)"
          R"(<c s="1"><v>0.75</v></c><c s="3"><v>0.05</v></c><c t="d"><v>2026-01-31</v></c><c s="4"><v>46053</v></c></row>)",
      .formats =
          R"(<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;y&quot;mm"/><numFmt numFmtId="165" formatCode="0.00&quot;days&quot;"/></numFmts>)"
          R"(<cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="165"/><xf numFmtId="164"/></cellXfs>)"};
  const auto read = book.read();
  ASSERT_TRUE(read) << fault_of(read);
  EXPECT_THAT(read->rows[0], ElementsAre("12", "0.3", "1000000000000000000000", "-0.005", "true", "false",
                                         "date(\"2026-01-31\")", "date and time(\"2026-01-31T12:30:00\")",
                                         "time(\"18:00:00\")", "0.05", "date(\"2026-01-31\")", "date(\"2026-01-31\")"));
}

TEST(SheetXlsx, DatesCountFrom1900Or1904AndSkipTheDayThatNeverWas) {
  EXPECT_EQ(moment_text(1, false), "date(\"1900-01-01\")");
  EXPECT_EQ(moment_text(59, false), "date(\"1900-02-28\")");
  EXPECT_EQ(moment_text(60, false), std::nullopt);
  EXPECT_EQ(moment_text(61, false), "date(\"1900-03-01\")");
  EXPECT_EQ(moment_text(0, true), "date(\"1904-01-01\")");
  EXPECT_EQ(moment_text(2958465, false), "date(\"9999-12-31\")");
  EXPECT_EQ(moment_text(2958466, false), std::nullopt);
  EXPECT_EQ(moment_text(0.999999999, false), "date(\"1900-01-01\")");
  const Book book{.sheet_data = R"(<row><c s="1"><v>44591</v></c></row>)",
                  .formats = R"(<cellXfs><xf/><xf numFmtId="31"/></cellXfs>)",
                  .workbook_properties = R"(<workbookPr date1904="true"/>)"};
  EXPECT_EQ(book.read()->at(0, 0), "date(\"2026-01-31\")");
}

TEST(SheetXlsx, NumbersAreShownWithFifteenDigitsAndNoExponent) {
  EXPECT_EQ(number_text(0.1 + 0.2), "0.3");
  EXPECT_EQ(number_text(-0.0), "0");
  EXPECT_EQ(number_text(123456789012345), "123456789012345");
  EXPECT_EQ(number_text(1e-7), "0.0000001");
  EXPECT_EQ(number_text(99.95), "99.95");
  EXPECT_EQ(number_text(-1234.5), "-1234.5");
}

TEST(SheetXlsx, MergedRangesHaveTheirValueInEveryCell) {
  const Book book{.sheet_data = R"(<row><c t="str"><v>x</v></c></row><row><c r="C2"><v>1</v></c></row>)",
                  .after_data = R"(<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="C2:C1048576"/></mergeCells>)"};
  const auto read = book.read();
  ASSERT_TRUE(read) << fault_of(read);
  EXPECT_THAT(read->rows, ElementsAre(ElementsAre("x", "x"), ElementsAre("x", "x", "1")));
}

TEST(SheetXlsx, EveryCellThatCannotBeReadIsTold) {
  const Book book{.sheet_data = R"(<row r="7"><c r="B7"><f>A1+1</f></c><c t="e"><v>#REF!</v></c><c t="s"><v>9</v></c>)"
                                R"(<c><v>many</v></c><c s="1"><v>1.5</v></c><c s="2"><v>60</v></c></row>)",
                  .formats = R"(<cellXfs><xf/><xf numFmtId="46"/><xf numFmtId="14"/></cellXfs>)"};
  const std::string fault = fault_of(book.read());
  for (const char* told :
       {"Sheet \"grade\", cell B7: expected a text or a number, came a formula without its value",
        "cell C7: expected a text or a number, came the error #REF!",
        "cell D7: expected one of the file's 0 shared texts", "cell E7: expected a number, came 'many'",
        "cell F7: expected a number, a date or a text, came a span of hours", "cell G7: expected a date"}) {
    EXPECT_THAT(fault, HasSubstr(told));
  }
}

TEST(SheetXlsx, EveryLimitIsKept) {
  const Book small{.sheet_data = R"(<row><c t="s"><v>0</v></c><c><v>2</v></c></row>)",
                   .shared = "<si><t>abcdef</t></si>"};
  ASSERT_TRUE(small.read());
  const auto refused = [&](SheetLimits limits) { return fault_of(small.read(limits)); };
  EXPECT_THAT(refused({.bytes_max = 100}), HasSubstr("expected at most 100 bytes"));
  EXPECT_THAT(refused({.zip_entries_max = 3}), HasSubstr("expected at most 3 files"));
  EXPECT_THAT(refused({.unpacked_bytes_max = 300}), HasSubstr("unpacks to more"));
  EXPECT_THAT(refused({.xml_depth_max = 2}), HasSubstr("expected a depth of at most 2"));
  EXPECT_THAT(refused({.columns_max = 1}), HasSubstr("cell B1: expected at most"));
  EXPECT_THAT(refused({.cells_max = 1}), HasSubstr("expected at most 1 cells"));
  EXPECT_THAT(refused({.cell_bytes_max = 5}), HasSubstr("cell A1: expected at most 5 bytes"));
  EXPECT_THAT(refused({.text_bytes_max = 5}), HasSubstr("and 5 bytes"));
  const Book far{.sheet_data = R"(<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>)"};
  EXPECT_THAT(fault_of(far.read()), HasSubstr("cell XFD1048576: expected at most"));
}

TEST(SheetXlsx, ABombIsNotUnpacked) {
  const Book bomb{.sheet_data = std::string(8 << 20, ' ')};
  EXPECT_LT(bomb.bytes().size(), size_t{1} << 16);
  EXPECT_THAT(fault_of(bomb.read({.unpacked_bytes_max = 4 << 20})), HasSubstr("unpacks to more"));
  const Book merged{.sheet_data = R"(<row><c t="s"><v>0</v></c></row><row r="90000"><c><v>1</v></c></row>)",
                    .after_data = R"(<mergeCells><mergeCell ref="A1:SR90000"/></mergeCells>)",
                    .shared = "<si><t>" + std::string(60'000, 'x') + "</t></si>"};
  EXPECT_THAT(fault_of(merged.read({.text_bytes_max = 4 << 20})), HasSubstr("bytes in all of them"));
}

TEST(SheetXlsx, EntitiesAndDeepNestingAreRefused) {
  const auto with_sheet = [](const std::string& xml) {
    return cells_of_xlsx(
        zip_of({{"_rels/.rels", R"(<R><Relationship Id="r" Type="/officeDocument" Target="b.xml"/></R>)"},
                {"b.xml", R"(<w><sheets><sheet name="Grade" id="a"/></sheets></w>)"},
                {"_rels/b.xml.rels", R"(<R><Relationship Id="a" Type="/worksheet" Target="s.xml"/></R>)"},
                {"s.xml", xml}}),
        "", {});
  };
  EXPECT_TRUE(with_sheet("<worksheet/>"));
  EXPECT_THAT(fault_of(with_sheet("<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet/>")), HasSubstr("document type"));
  std::string deep;
  for (int at = 0; at < 200'000; ++at) deep += "<a>";
  EXPECT_FALSE(with_sheet(deep));
  for (int at = 0; at < 200'000; ++at) deep += "</a>";
  EXPECT_THAT(fault_of(with_sheet(deep)), HasSubstr("depth"));
  EXPECT_THAT(fault_of(with_sheet("<worksheet>")), HasSubstr("well-formed"));
}

TEST(SheetXlsx, DamagedFilesAreRefusedWhereverTheyAreCut) {
  const std::string whole = Book{.sheet_data = R"(<row><c><v>1</v></c></row>)"}.bytes();
  for (size_t length = 0; length < whole.size(); length += 7) {
    EXPECT_FALSE(cells_of_xlsx(std::string_view(whole).substr(0, length), "", {})) << length;
  }
  EXPECT_FALSE(cells_of_xlsx("Table,Grade\n", "", {}));
  EXPECT_FALSE(cells_of_xlsx("", "", {}));
  // A changed byte is seen by the check sum, or changes nothing that is read.
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    const auto read = cells_of_xlsx(changed, "Grade", {});
    if (!read || read->name != "grade") continue;
    EXPECT_EQ(read->at(0, 0), "1") << at;
  }
}

TEST(SheetXlsx, OurOwnFilesAreTheSameBytesAndReadBack) {
  const SheetCells cells{.name = "A & B", .rows = {{"a", "", "=1+1"}, {}, {"", "\r\n\x02_x0041_"}}, .header_rows = 1};
  const auto bytes = xlsx_of(cells);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes, xlsx_of(cells));
  const auto read = cells_of_xlsx(*bytes, "A & B", {});
  ASSERT_TRUE(read) << fault_of(read);
  EXPECT_EQ(read->name, "A & B");
  EXPECT_EQ(read->rows, cells.rows);
  const SheetCells long_text{.name = "x", .rows = {{std::string(32'768, 'a')}}};
  EXPECT_EQ(xlsx_of(long_text).error().code, ErrorCode::exhausted);
}

TEST(SheetCsv, ProgramsOfOtherCountriesAreUnderstood) {
  const std::vector<std::vector<std::string>> rows = {{"Table", "Grade; small"}, {"Kind", "a,b"}, {"1", "true"}};
  for (const char* text :
       {"Table;\"Grade; small\"\r\nKind;a,b\r\n1;TRUE\r\n", "\xEF\xBB\xBFTable\tGrade; small\nKind\ta,b\n1\t'true",
        "sep=;\r\nTable;\"Grade; small\"\nKind;a,b\n1;TRUE", "\"Table\",Grade; small\nKind,\"a,b\"\n1,'true\n"}) {
    const auto read = cells_of_csv(text, {});
    ASSERT_TRUE(read) << fault_of(read);
    EXPECT_EQ(read->rows, rows) << text;
  }
}

TEST(SheetCsv, NothingWeWriteBeginsAFormula) {
  const std::vector<std::string> texts = {"=1",
                                          "+1",
                                          "-1",
                                          "@a",
                                          "\t=1",
                                          "\r=1",
                                          " =1",
                                          "'=1",
                                          "=cmd|' /C calc'!A0",
                                          "\xEF\xBC\x9D"
                                          "1"};
  const SheetCells cells{.rows = {texts}};
  const std::string csv = csv_of(cells);
  EXPECT_EQ(cells_of_csv(csv, {})->rows, cells.rows);
  for (const std::string& text : texts) {
    EXPECT_THAT(csv, testing::AnyOf(HasSubstr("'" + text), HasSubstr("\"'" + text + "\"")));
  }
}

TEST(SheetCsv, FaultsNameTheirCell) {
  EXPECT_THAT(fault_of(cells_of_csv("a,b\nc,\"d\"e\n", {})), HasSubstr("cell B2: expected a separator"));
  EXPECT_THAT(fault_of(cells_of_csv("a,\"b\nc", {})), HasSubstr("cell B1: expected a closing quotation mark"));
  EXPECT_THAT(fault_of(cells_of_csv("a,b\xFF", {})), HasSubstr("byte 3: expected UTF-8"));
  EXPECT_THAT(fault_of(cells_of_csv("a\nb\nc\n", {.rows_max = 2})), HasSubstr("at most 2 rows"));
  EXPECT_THAT(fault_of(cells_of_csv("a,b,c\n", {.columns_max = 2})), HasSubstr("cell C1: expected at most 2 columns"));
  EXPECT_THAT(fault_of(cells_of_csv("a,bcd\n", {.cell_bytes_max = 2})), HasSubstr("cell B1: expected at most 2 bytes"));
}

}  // namespace
}  // namespace puhui::workbench
