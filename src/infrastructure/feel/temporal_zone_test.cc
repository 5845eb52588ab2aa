#include <gtest/gtest.h>

#include "infrastructure/feel/eval_for_test.h"
#include "infrastructure/feel/temporal_math.h"

namespace puhui::feel {
namespace {

int32_t hours(std::string_view zone, std::string_view local) {
  return offset_at(*Zone::named(zone), parse_date_time(local)->second) / 3600;
}

TEST(Zone, OffsetsFollowTheRulesOfTheDay) {
  EXPECT_EQ(hours("Europe/Paris", "2021-01-15T12:00:00"), 1);
  EXPECT_EQ(hours("Europe/Paris", "2021-07-15T12:00:00"), 2);
  EXPECT_EQ(hours("Australia/Melbourne", "2021-01-15T12:00:00"), 11);
  EXPECT_EQ(hours("Australia/Melbourne", "2021-07-15T12:00:00"), 10);
  EXPECT_EQ(hours("Asia/Shanghai", "1988-07-01T12:00:00"), 9);  // the years of summer time
  EXPECT_EQ(hours("Asia/Shanghai", "2024-07-01T12:00:00"), 8);
}

TEST(Zone, RulesHoldInYearsFarBeyondEveryTable) {
  EXPECT_EQ(hours("Europe/Paris", "2399-07-15T12:00:00"), 2);
  EXPECT_EQ(hours("Europe/Paris", "999999999-07-15T12:00:00"), 2);
  EXPECT_EQ(hours("Europe/Paris", "999999999-12-31T23:59:59"), 1);
  // Before any rule: the sun over Paris, 9 minutes 21 seconds ahead of Greenwich.
  EXPECT_EQ(offset_at(*Zone::named("Europe/Paris"), parse_date_time("-999999999-01-01T00:00:00")->second), 561);
}

// The same place in the calendar, 400 years on, has the same offset: the far years fold onto near ones rightly.
TEST(Zone, FarYearsRepeatNearOnes) {
  const Zone zone = *Zone::named("America/New_York");
  constexpr int64_t kEra = 146'097 * kSecondsPerDay;
  const int64_t start = parse_date_time("2401-01-01T00:00:00")->second;
  for (int64_t hour = 0; hour < 366 * 24; hour += 7) {
    const int64_t at = start + hour * 3600;
    EXPECT_EQ(offset_at(zone, at), offset_at(zone, at + kEra * 1000)) << hour;
  }
}

TEST(Zone, WallTimesThatComeTwiceOrNever) {
  EXPECT_EQ(eval("@\"2021-10-31T02:30:00@Europe/Paris\" = @\"2021-10-31T02:30:00+02:00\""), "true");
  EXPECT_EQ(eval("@\"2021-03-28T02:30:00@Europe/Paris\" = @\"2021-03-28T02:30:00+01:00\""), "true");
}

TEST(Zone, ADurationIsTimeThatPasses) {
  EXPECT_EQ(eval("@\"2021-03-27T12:00:00@Europe/Paris\" + @\"P1D\""), "2021-03-28T13:00:00@Europe/Paris");
  EXPECT_EQ(eval("@\"2021-03-27T12:00:00@Europe/Paris\" + @\"P1M\""), "2021-04-27T12:00:00@Europe/Paris");
  EXPECT_EQ(eval("@\"2021-03-28T12:00:00@Europe/Paris\" - @\"2021-03-27T12:00:00@Europe/Paris\""), "PT23H");
  EXPECT_EQ(eval("@\"2021-01-02T10:10:10@Europe/Paris\" - @\"2021-01-01T10:10:10@Asia/Dhaka\""), "P1DT5H");
}

TEST(Zone, NamesAreThoseOfTheTableAndPrintAsWritten) {
  EXPECT_EQ(eval("time(\"00:01:00@Etc/UTC\")"), "00:01:00@Etc/UTC");
  EXPECT_EQ(eval("time(\"00:01:00@Europe/Paris\").timezone"), "\"Europe/Paris\"");
  EXPECT_EQ(eval("time(\"00:01:00+01:00\").timezone"), "null");
  EXPECT_EQ(eval("date and time(\"2021-07-01T00:01:00@Europe/Paris\").time offset"), "PT2H");
  EXPECT_EQ(eval("is(@\"23:00:50@Etc/GMT\", @\"23:00:50Z\")"), "false");
  for (const char* name : {"Foo/Bar", "", "europe/paris", "BST", "GMT+5", "Etc/Unknown", "+01:00"}) {
    EXPECT_FALSE(Zone::named(name).has_value()) << name;
  }
}

TEST(Zone, TheTableHasAVersion) {
  EXPECT_EQ(zone_data_version().substr(0, 2), "20");
  EXPECT_EQ(zone_data_version().size(), 5u);
}

}  // namespace
}  // namespace puhui::feel
