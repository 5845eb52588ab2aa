#include "ground/base/date.h"

#include <gtest/gtest.h>

#include "ground/base/random.h"

namespace puhui {
namespace {

Date day(const char* text) { return Date::parse(text).value(); }

TEST(Date, EveryDayOf1900To2100ReadsBackAndFollowsTheDayBefore) {
  // Counted by hand-written calendar rules, a day at a time.
  int year = 1900, month = 1, dom = 1;
  constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (Date at = *Date::from_civil(1900, 1, 1); year <= 2100; at = at.plus_days(1)) {
    ASSERT_EQ(at.year(), year);
    ASSERT_EQ(at.month(), month);
    ASSERT_EQ(at.day(), dom);
    ASSERT_EQ(Date::parse(at.text()).value(), at);
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    ASSERT_EQ(is_leap_year(year), leap);
    const int length = kLengths[month - 1] + (month == 2 && leap ? 1 : 0);
    ASSERT_EQ(at.end_of_month().day(), length);
    if (++dom > length) dom = 1, ++month;
    if (month > 12) month = 1, ++year;
  }
  EXPECT_EQ(day("1970-01-01").days, 0);
  EXPECT_EQ(day("2000-03-01").days, 11'017);
}

TEST(Date, RefusesDaysThatAreNot) {
  for (const char* wrong : {"", "2023-02-29", "2100-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31",
                            "0000-01-01", "24-01-01", "2024-1-1", "2024/01/01", "2024-01-01 ", "-024-01-01"}) {
    EXPECT_FALSE(Date::parse(wrong)) << wrong;
  }
  EXPECT_FALSE(Date::from_civil(2024, 257, 1)) << "no month wraps round";
  EXPECT_FALSE(Date::from_civil(2024, 1, 257));
  EXPECT_FALSE(Date::from_civil(10'000, 1, 1));
}

TEST(Date, MonthsClampToTheLastDay) {
  EXPECT_EQ(day("2024-01-31").plus_months(1), day("2024-02-29"));
  EXPECT_EQ(day("2023-01-31").plus_months(1), day("2023-02-28"));
  EXPECT_EQ(day("2024-01-31").plus_months(2), day("2024-03-31")) << "counted from the anchor, its day is kept";
  EXPECT_EQ(day("2024-03-31").plus_months(-1), day("2024-02-29"));
  EXPECT_EQ(day("2023-11-15").plus_months(14), day("2025-01-15"));
  EXPECT_EQ(day("2024-01-15").plus_months(-1), day("2023-12-15"));
}

TEST(Timestamp, TextReadsBackToTheMicrosecond) {
  RandomStream random(Random(31), 0, 0);
  const int64_t from = start_of(day("0001-01-01")).microseconds, to = start_of(day("9999-12-31")).microseconds;
  for (int i = 0; i < 2'000; ++i) {
    const Timestamp at{from + static_cast<int64_t>(random.below(static_cast<uint64_t>(to - from)))};
    ASSERT_EQ(parse_timestamp(text_of(at)).value(), at) << text_of(at);
    ASSERT_EQ(start_of(date_of(at)).microseconds + (at.microseconds - start_of(date_of(at)).microseconds),
              at.microseconds);
  }
  EXPECT_EQ(text_of({-1}), "1969-12-31T23:59:59.999999Z");
}

TEST(Timestamp, ReadsOffsetsAndFractions) {
  EXPECT_EQ(parse_timestamp("2026-11-22T11:48:29+08:00").value(), parse_timestamp("2026-11-22T03:48:29Z").value());
  EXPECT_EQ(parse_timestamp("2026-11-21T22:18:29-05:30").value(), parse_timestamp("2026-11-22T03:48:29Z").value());
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00.5Z").value().microseconds, 500'000);
  for (const char* wrong :
       {"", "2026-11-22", "2026-11-22T03:48:29", "2026-11-22T24:00:00Z", "2026-11-22T03:60:00Z", "2026-11-22T03:48:60Z",
        "2026-11-22T03:48:29.Z", "2026-11-22T03:48:29.1234567Z", "2026-11-22 03:48:29Z", "2026-11-22T03:48:29+8:00",
        "2026-02-30T03:48:29Z", "2026-11-22T03:48:29.5"}) {
    EXPECT_FALSE(parse_timestamp(wrong)) << wrong;
  }
}

TEST(Timestamp, ADayStartsAtItsOwnMidnight) {
  const Timestamp at = parse_timestamp("2026-11-21T16:30:00Z").value();
  EXPECT_EQ(date_of(at), day("2026-11-21"));
  EXPECT_EQ(date_of(at, 8 * 60), day("2026-11-22"));
  EXPECT_EQ(text_of(start_of(day("2026-11-22"), 8 * 60)), "2026-11-21T16:00:00.000000Z");
  EXPECT_EQ(date_of({-1}), day("1969-12-31"));
}

struct ThirtyCase {
  const char* from;
  const char* to;
  int64_t bond, eurobond;
};

// ISDA's published table of 30/360 worked examples (2006 Definitions, §4.16(f) and (g)).
constexpr ThirtyCase kThirty[] = {
    {"2007-01-15", "2007-01-30", 15, 15},   {"2007-01-15", "2007-02-15", 30, 30},
    {"2007-01-15", "2007-07-15", 180, 180}, {"2007-09-30", "2008-03-31", 180, 180},
    {"2007-09-30", "2007-10-31", 30, 30},   {"2007-09-30", "2008-09-30", 360, 360},
    {"2007-01-15", "2007-01-31", 16, 15},   {"2007-01-31", "2007-02-28", 28, 28},
    {"2007-02-28", "2007-03-31", 33, 32},   {"2006-08-31", "2007-02-28", 178, 178},
    {"2007-02-28", "2007-08-31", 183, 182}, {"2007-02-14", "2007-02-28", 14, 14},
    {"2007-02-26", "2008-02-29", 363, 363}, {"2008-02-29", "2009-02-28", 359, 359},
    {"2008-02-29", "2008-03-30", 31, 31},   {"2008-02-29", "2008-03-31", 32, 31},
};

TEST(DayCount, ThirtyDayMonthsAsIsdaPublishes) {
  for (const ThirtyCase& c : kThirty) {
    EXPECT_EQ(year_fraction(DayCount::thirty_360, day(c.from), day(c.to)).numerator, c.bond)
        << c.from << " to " << c.to;
    EXPECT_EQ(year_fraction(DayCount::thirty_e_360, day(c.from), day(c.to)).numerator, c.eurobond)
        << c.from << " to " << c.to;
  }
}

struct ActualCase {
  const char* from;
  const char* to;
  int64_t common_days, leap_days;
  double share;
};

// ISDA's memorandum on ACT/ACT ("EMU and Market Conventions: Recent Developments", 1998), the ISDA method's rows.
constexpr ActualCase kActual[] = {
    {"2003-11-01", "2004-05-01", 61, 121, 0.497724380567},  {"1999-02-01", "1999-07-01", 150, 0, 0.410958904110},
    {"1999-07-01", "2000-07-01", 184, 182, 1.001377348604}, {"2002-08-15", "2003-07-15", 334, 0, 0.915068493151},
    {"2003-07-15", "2004-01-15", 170, 14, 0.504004790778},  {"1999-07-30", "2000-01-30", 155, 29, 0.503892506924},
    {"2000-01-30", "2000-06-30", 0, 152, 0.415300546448},
};

TEST(DayCount, LeapAndCommonDaysApartAsIsdaPublishes) {
  for (const ActualCase& c : kActual) {
    const YearFraction share = year_fraction(DayCount::actual_actual, day(c.from), day(c.to));
    EXPECT_EQ(share.numerator * 366 * 365, (c.common_days * 366 + c.leap_days * 365) * share.denominator) << c.from;
    EXPECT_NEAR(static_cast<double>(share.numerator) / static_cast<double>(share.denominator), c.share, 5e-13)
        << c.from;
  }
}

// The plain way: a day at a time.
TEST(DayCount, ActualActualAgreesWithCountingDayByDay) {
  RandomStream random(Random(32), 0, 0);
  for (int i = 0; i < 50; ++i) {
    const Date from = day("1890-01-01").plus_days(static_cast<int>(random.below(80'000)));
    const Date to = from.plus_days(static_cast<int>(random.below(4'000)));
    int64_t leap = 0, common = 0;
    for (Date at = from; at < to; at = at.plus_days(1)) ++(is_leap_year(at.year()) ? leap : common);
    const YearFraction share = year_fraction(DayCount::actual_actual, from, to);
    ASSERT_EQ(share.numerator, leap * 365 + common * 366) << from.text() << " to " << to.text();
  }
  EXPECT_EQ(year_fraction(DayCount::actual_actual, day("9999-01-01"), day("9999-12-31")).numerator, 364 * 366);
}

TEST(DayCount, FixedYearsDivideTheDays) {
  const Date from = day("2024-01-31"), to = day("2024-07-31");
  EXPECT_EQ(year_fraction(DayCount::actual_365_fixed, from, to).numerator, 182);
  EXPECT_EQ(year_fraction(DayCount::actual_365_fixed, from, to).denominator, 365);
  EXPECT_EQ(year_fraction(DayCount::actual_360, from, to).denominator, 360);
}

TEST(DayCount, BackwardsIsTheNegativeOfForwards) {
  for (const DayCount convention : {DayCount::actual_365_fixed, DayCount::actual_360, DayCount::thirty_360,
                                    DayCount::thirty_e_360, DayCount::actual_actual}) {
    const Date a = day("2023-08-31"), b = day("2024-02-29");
    EXPECT_EQ(year_fraction(convention, b, a).numerator, -year_fraction(convention, a, b).numerator);
    EXPECT_EQ(year_fraction(convention, a, a).numerator, 0);
  }
}

}  // namespace
}  // namespace puhui
