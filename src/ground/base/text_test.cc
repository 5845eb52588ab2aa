#include "ground/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ground/base/random.h"

namespace puhui {
namespace {

using testing::ElementsAre;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min(), kMax = std::numeric_limits<int64_t>::max();

TEST(Text, HexReadsBack) {
  EXPECT_EQ(to_hex(std::string("\0\x7f\xff", 3)), "007fff");
  EXPECT_EQ(from_hex("007FfF"), std::string("\0\x7f\xff", 3));
  for (const char* wrong : {"0", "0g", "0x", " 0"}) EXPECT_FALSE(from_hex(wrong)) << wrong;
}

TEST(Text, SplitsTrimsAndJoins) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
  EXPECT_EQ(to_lower_ascii("PAY_0 É"), "pay_0 É");
}

TEST(Text, WholeNumbersAreTheWholeText) {
  EXPECT_EQ(parse_int64("-9223372036854775808"), kMin);
  EXPECT_EQ(parse_int64("9223372036854775807"), kMax);
  for (const char* wrong : {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "9223372036854775808"})
    EXPECT_FALSE(parse_int64(wrong)) << wrong;
}

TEST(Text, DoublesAreFiniteAndTheWholeText) {
  EXPECT_EQ(parse_double("+1.5e3"), 1500.0);
  EXPECT_EQ(parse_double("1e-400"), 0.0) << "too small is nearest to nothing";
  EXPECT_EQ(parse_double("4.9406564584124654e-324"), std::numeric_limits<double>::denorm_min());
  for (const char* wrong : {"", "nan", "inf", "-infinity", "1e400", "-1e400", "1.5 ", "0x1p3", "+-5", "1,5", "1e"}) {
    EXPECT_FALSE(parse_double(wrong)) << wrong;
  }
}

TEST(Text, DoublesPrintToWhatReadsBackEqual) {
  RandomStream random(Random(41), 0, 0);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::bit_cast<double>(random.next());
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(parse_double(format_double(value)), value);
  }
  EXPECT_EQ(format_double(0.1), "0.1");
}

TEST(Text, FixedPointKeepsEveryDigitToTheEnds) {
  EXPECT_EQ(parse_fixed("12.3", 2), 1230);
  EXPECT_EQ(parse_fixed("-0.05", 2), -5);
  EXPECT_EQ(parse_fixed("-92233720368547758.08", 2), kMin);
  EXPECT_EQ(parse_fixed("-9223372036854775808", 0), kMin);
  EXPECT_EQ(parse_fixed("92233720368547758.07", 2), kMax);
  EXPECT_EQ(parse_fixed("000.10", 2), 10);
  for (const char* wrong : {"", "-", ".", "1.", ".5", "1.234", "1..2", "--1", "+1", "1e2", " 1", "92233720368547758.08",
                            "-92233720368547758.09", "92233720368547759"}) {
    EXPECT_FALSE(parse_fixed(wrong, 2)) << wrong;
  }
  RandomStream random(Random(42), 0, 0);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<int64_t>(random.next()) >> random.below(64);
    const int places = static_cast<int>(random.below(12));
    ASSERT_EQ(parse_fixed(format_fixed(value, places), places), value) << value << " with " << places;
  }
}

TEST(Text, ThousandsAreSetApartForPeople) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(-999), "-999");
  EXPECT_EQ(with_thousands(1'000), "1,000");
  EXPECT_EQ(with_thousands(-1'234'567), "-1,234,567");
  EXPECT_EQ(with_thousands(kMin), "-9,223,372,036,854,775,808");
}

TEST(Utf8, FindsTheFirstByteThatIsNot) {
  EXPECT_FALSE(first_invalid_utf8("a é 普惠 𝄞 \U0010FFFF"));
  const std::pair<std::string, size_t> wrong[] = {
      {"ab\x80", 2},            // a continuation without a lead
      {"a\xC3", 1},             // cut short
      {"\xC0\xAF", 0},          // '/' overlong in two
      {"\xE0\x80\xAF", 0},      // and in three
      {"\xF0\x80\x80\xAF", 0},  // and in four
      {"x\xED\xA0\x80", 1},     // a surrogate
      {"\xF4\x90\x80\x80", 0},  // beyond U+10FFFF
      {"\xFF", 0},              // never a byte of UTF-8
      {"普\xE6\x99", 3},        // a character begun
  };
  for (const auto& [text, at] : wrong) EXPECT_EQ(first_invalid_utf8(text), at) << to_hex(text);
}

TEST(Utf8, CutsBetweenCharacters) {
  EXPECT_EQ(cut_utf8("普惠", 6), "普惠");
  EXPECT_EQ(cut_utf8("普惠", 5), "普");
  EXPECT_EQ(cut_utf8("普惠", 2), "");
  EXPECT_EQ(cut_utf8("abc", 2), "ab");
}

TEST(Nearest, SuggestsASlipAndNothingFarAway) {
  const std::vector<std::string> names = {"amount", "account", "rate"};
  EXPECT_EQ(nearest("amuont", names), "amount");
  EXPECT_EQ(nearest("rte", names), "rate");
  EXPECT_EQ(nearest("birthday", names), "");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest(std::string(10'000, 'a'), names), "");
}

TEST(Text, a_chinese_character_takes_two_columns) {
  EXPECT_EQ(columns_of(""), 0u);
  EXPECT_EQ(columns_of("rate"), 4u);
  EXPECT_EQ(columns_of("\u666e\u60e0 bank"), 9u);
  EXPECT_EQ(columns_of("caf\u00e9"), 4u);
}

}  // namespace
}  // namespace puhui
