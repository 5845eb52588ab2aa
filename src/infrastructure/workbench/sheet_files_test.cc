// Every table that ships and every one of the conformance kit, out into sheets and back.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "ground/base/random.h"
#include "infrastructure/workbench/sheet_for_test.h"

namespace puhui::workbench {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

void expect_same_after_a_round(const std::string& xml, const std::string& file) {
  const auto names = table_names(xml);
  ASSERT_TRUE(names) << file << ": " << names.error().text();
  for (const std::string& name : *names) {
    for (const SheetFormat format : kFormats) {
      const auto sheet = export_table(xml, name, format);
      ASSERT_TRUE(sheet) << file << ", " << name << ": " << sheet.error().text();
      EXPECT_EQ(sheet, export_table(xml, name, format));
      const auto back = import_table(xml, name, *sheet, format);
      ASSERT_TRUE(back) << file << ", " << name << ": " << back.error().text();
      EXPECT_EQ(*back, xml) << file << ", " << name;
    }
  }
}

// The rules are taken out and written anew from the sheet: what comes out must say the same in every cell.
void expect_same_when_written_anew(const std::string& xml, const std::string& file) {
  const auto names = table_names(xml);
  ASSERT_TRUE(names) << file;
  for (const std::string& name : *names) {
    const SheetCells full = cells_of(xml, name);
    SheetCells bare = full;
    bare.rows.resize(kRule1);
    const auto without = import_table(xml, name, csv_of(bare), SheetFormat::csv);
    ASSERT_TRUE(without) << file << ", " << name << ": " << without.error().text();
    const auto back = import_table(*without, name, csv_of(full), SheetFormat::csv);
    ASSERT_TRUE(back) << file << ", " << name << ": " << back.error().text();
    SheetCells again = cells_of(*back, name);
    if (full.rows[kRule1].back().empty()) {  // rules that had no id have one now
      for (size_t row = kRule1; row < again.rows.size(); ++row) again.rows[row].back().clear();
    }
    EXPECT_EQ(again.rows, full.rows) << file << ", " << name;
  }
}

TEST(SheetFiles, EveryTableThatShipsComesBackByteForByte) {
  if (!fs::exists("policies")) GTEST_SKIP() << "skipped: run from the project's folder";
  size_t tables = 0;
  for (const auto& entry : fs::recursive_directory_iterator("policies")) {
    if (entry.path().extension() != ".dmn") continue;
    const std::string xml = bytes_of(entry.path());
    expect_same_after_a_round(xml, entry.path());
    expect_same_when_written_anew(xml, entry.path());
    tables += table_names(xml).value().size();
  }
  EXPECT_GE(tables, 3u);
}

// Name and text of every file of the kit that can be read; files that are not to be read are among them.
std::vector<std::pair<std::string, std::string>> conformance_files() {
  const char* data = std::getenv("PUHUI_DATA");
  const fs::path root = fs::path(data == nullptr ? "../shared/data" : data) / "dmn-tck";
  std::vector<std::pair<std::string, std::string>> files;
  if (!fs::exists(root)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".dmn") continue;
    std::string xml = bytes_of(entry.path());
    if (table_names(xml)) files.emplace_back(entry.path(), std::move(xml));
  }
  std::ranges::sort(files);
  return files;
}

TEST(SheetFiles, EveryTableOfTheConformanceKitComesBackByteForByte) {
  const auto files = conformance_files();
  if (files.empty()) GTEST_SKIP() << "skipped: no data";
  size_t tables = 0;
  for (const auto& [file, xml] : files) {
    expect_same_after_a_round(xml, file);
    expect_same_when_written_anew(xml, file);
    tables += table_names(xml)->size();
  }
  EXPECT_GE(tables, 59u);
}

TEST(SheetFiles, FilesWithOtherLineEndsAndAByteOrderMarkKeepThem) {
  std::string other = "\xEF\xBB\xBF";
  for (const char c : kPolicy) other += c == '\n' ? "\r\n" : std::string(1, c);
  expect_same_after_a_round(other, "other line ends");
  SheetCells cells = cells_of(other);
  cells.rows.push_back({"", "[18..30)", "\"B\"", "", ""});
  const auto made = put_in(other, cells, SheetFormat::csv);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_THAT(*made, HasSubstr("</dmn:rule>\r\n      <dmn:rule id=\"t_rule_3\">\r\n        <dmn:inputEntry>"));
  cells.rows.back()[kAge] = "< <";
  EXPECT_THAT(put_in(other, cells, SheetFormat::csv).error().text(), HasSubstr("cell B11: "));
}

// Moves columns within their kind and lines, takes lines away and copies some: what the file then says is the sheet.
void expect_takes_random_edits(const std::string& xml, const std::string& name, RandomStream& random) {
  SheetCells cells = cells_of(xml, name);
  const auto shuffle = [&](size_t begin, size_t end, auto swap_two) {
    for (size_t at = begin; at + 1 < end; ++at) swap_two(at, at + random.below(end - at));
  };
  for (const char* kind : {"input", "output", "annotation"}) {
    const auto& kinds = cells.rows[kKind];
    const auto begin = static_cast<size_t>(std::ranges::find(kinds, kind) - kinds.begin());
    const size_t end = begin + static_cast<size_t>(std::ranges::count(kinds, kind));
    shuffle(begin, end, [&](size_t one, size_t other) {
      for (size_t row = kLabel; row < cells.rows.size(); ++row) {
        if (one != other) std::swap(cells.rows[row][one], cells.rows[row][other]);
      }
    });
  }
  if (cells.rows.size() > kRule2 && random.chance(.5)) cells.rows.pop_back();
  if (cells.rows.size() > kRule1) {
    cells.rows.push_back(cells.rows[kRule1 + random.below(cells.rows.size() - kRule1)]);
    cells.rows.back().back().clear();
  }
  shuffle(kRule1, cells.rows.size(), [&](size_t one, size_t other) { std::swap(cells.rows[one], cells.rows[other]); });
  const auto made = import_table(xml, name, csv_of(cells), SheetFormat::csv);
  ASSERT_TRUE(made) << made.error().text();
  SheetCells after = cells_of(*made, name);
  for (size_t row = kRule1; row < cells.rows.size(); ++row) {
    cells.rows[row][0] = std::to_string(row - kRule1 + 1);
    if (cells.rows[row].back().empty()) after.rows[row].back().clear();
  }
  EXPECT_EQ(after.rows, cells.rows);
}

TEST(SheetFiles, EveryTableOfTheConformanceKitTakesRandomEdits) {
  constexpr uint64_t kSeed = 3;
  const auto files = conformance_files();
  if (files.empty()) GTEST_SKIP() << "skipped: no data";
  uint64_t run = 0;
  for (const auto& [file, xml] : files) {
    const auto names = table_names(xml);
    for (const std::string& name : *names) {
      ++run;
      for (uint64_t round = 0; round < 5; ++round) {
        SCOPED_TRACE(file + ", " + name + ", seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
        RandomStream random(Random(kSeed), run, round);
        expect_takes_random_edits(xml, name, random);
      }
    }
  }
}

}  // namespace
}  // namespace puhui::workbench
