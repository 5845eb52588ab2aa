#include "infrastructure/models/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "ground/base/hash.h"

namespace puhui::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<std::vector<CsvRow>> rows_of(std::string text, std::vector<std::vector<std::string>>* fields,
                                    CsvLimits limits = {}) {
  auto reader = TRY(CsvReader::open(from_text(std::move(text)), limits));
  std::vector<CsvRow> out;
  CsvRow row;
  while (TRY(reader.next(row))) {
    fields->emplace_back(row.fields.begin(), row.fields.end());
    out.push_back(row);
    out.back().fields.clear();
  }
  return out;
}

std::vector<std::vector<std::string>> fields_of(std::string text) {
  std::vector<std::vector<std::string>> fields;
  const auto rows = rows_of(std::move(text), &fields);
  EXPECT_TRUE(rows.has_value()) << rows.error().text();
  return fields;
}

TEST(Csv, LineEndsOfBothKindsAndAByteOrderMarkAndBlankLinesGiveTheSameRows) {
  const std::vector<std::vector<std::string>> expected = {{"1", "x"}, {"2", ""}};
  EXPECT_EQ(fields_of("a,b\n1,x\n2,\n"), expected);
  EXPECT_EQ(fields_of("a,b\r\n1,x\r\n2,"), expected);
  EXPECT_EQ(fields_of("\xEF\xBB\xBF"
                      "a,b\n\n1,x\n\r\n2,\n\n"),
            expected);
}

TEST(Csv, QuotedFieldsKeepCommasQuotesAndLineFeeds) {
  const auto fields = fields_of("a,b\n\"x, \"\"y\"\"\",\"two\nlines\"\n\"\",z\n");
  EXPECT_EQ(fields, (std::vector<std::vector<std::string>>{{"x, \"y\"", "two\nlines"}, {"", "z"}}));
}

TEST(Csv, ABadRowIsHandedOverWithItsPlaceAndReadingGoesOn) {
  std::vector<std::vector<std::string>> fields;
  const auto rows = *rows_of("a,b\n1,2,3\n\"x\"y,2\nx\"\"z,2\n\xFF,2\n5,6\n", &fields);
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].fault->where, "row 1 (line 2)");
  EXPECT_THAT(rows[0].fault->message, HasSubstr("expected 2 fields as in the header, came 3"));
  EXPECT_THAT(rows[1].fault->message, HasSubstr("field 1: expected a comma after the closing quote"));
  EXPECT_THAT(rows[2].fault->message, HasSubstr("put the field in quotes"));
  EXPECT_THAT(rows[3].fault->message, HasSubstr("UTF-8"));
  EXPECT_FALSE(rows[4].fault.has_value());
  EXPECT_THAT(fields[4], ElementsAre("5", "6"));
}

TEST(Csv, LinesAreCountedThroughQuotedLineFeeds) {
  std::vector<std::vector<std::string>> fields;
  const auto rows = *rows_of("a,b\n\"1\n\n\",2\nx\n", &fields);
  EXPECT_EQ(rows[1].place(), "row 2 (line 5)");
}

TEST(Csv, TheHeaderMustNameEveryColumnOnce) {
  const auto empty = CsvReader::open(from_text(""));
  EXPECT_THAT(empty.error().text(), HasSubstr("expected a header"));
  const auto bad = CsvReader::open(from_text("a,,a\n"));
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().faults.size(), 2u);
  const auto reader = CsvReader::open(from_text("LIMIT_BAL,AGE\n"));
  EXPECT_THAT(reader->column("LIMIT_BALL").error().text(), HasSubstr("did you mean 'LIMIT_BAL'"));
}

TEST(Csv, AQuoteNeverClosedAndRowsTooLongSpoilTheFile) {
  std::vector<std::vector<std::string>> fields;
  EXPECT_EQ(rows_of("a\n\"never\nclosed\n", &fields).error().code, ErrorCode::invalid);
  EXPECT_EQ(rows_of("a\n" + std::string(200, 'x') + "\n", &fields, {.row_bytes_max = 100}).error().code,
            ErrorCode::exhausted);
  EXPECT_EQ(rows_of("a\n1\n2\n", &fields, {.bytes_max = 3}).error().code, ErrorCode::exhausted);
  EXPECT_FALSE(CsvReader::open(from_text("a,b,c\n"), {.columns_max = 2}).has_value());
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

Result<std::string> read_all(std::string bytes) {
  auto source = TRY(decompressed(from_text(std::move(bytes))));
  std::string out, chunk(777, '\0');
  for (;;) {
    const size_t got = TRY(source->read(chunk));
    if (got == 0) return out;
    out.append(chunk, 0, got);
  }
}

TEST(ByteSource, CompressedFilesReadLikePlainOnesAlsoWhenJoined) {
  std::string text = "a,b\n";
  for (int i = 0; i < 30'000; ++i) text += std::to_string(i * 7919 % 10'007) + ",x\n";
  EXPECT_EQ(*read_all(text), text);
  EXPECT_EQ(*read_all(gzip(text)), text);
  EXPECT_EQ(*read_all(gzip(text) + gzip(text)), text + text);
  EXPECT_EQ(*read_all(zstd(text)), text);
  EXPECT_EQ(*read_all(zstd(text) + zstd(text)), text + text);
  EXPECT_EQ(*read_all(zstd("")), "");
  EXPECT_EQ(*read_all(""), "");
}

TEST(ByteSource, DamagedAndCutCompressionIsCorruptAtEveryLength) {
  const std::string text(1000, 'y');
  for (const std::string& whole : {gzip(text), zstd(text)}) {
    for (size_t length = 4; length < whole.size(); ++length) {
      const auto read = read_all(whole.substr(0, length));
      ASSERT_FALSE(read.has_value()) << length << " of " << whole.size();
      EXPECT_EQ(read.error().code, ErrorCode::corrupt);
    }
  }
  std::string damaged = gzip(text);
  damaged[damaged.size() - 6] ^= 1;  // its check sum
  EXPECT_EQ(read_all(damaged).error().code, ErrorCode::corrupt);
}

TEST(Csv, TheShareOfARowDependsOnlyOnItsTextAndTheSeed) {
  size_t inside = 0, moved = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string row = std::to_string(i) + ",x";
    inside += in_share(row, 0.7, 1) ? 1 : 0;
    moved += in_share(row, 0.7, 1) != in_share(row, 0.7, 2) ? 1 : 0;
    EXPECT_EQ(in_share(row, 0.7, 1), in_share(row_hash(row), 0.7, 1));
  }
  EXPECT_NEAR(static_cast<double>(inside), 7000, 200);
  EXPECT_NEAR(static_cast<double>(moved), 4200, 300);  // 2 · .7 · .3
  EXPECT_EQ(row_hash("1,x"), hash64("1,x"));
}

}  // namespace
}  // namespace puhui::models
