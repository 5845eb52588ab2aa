#include "ground/base/money.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "ground/base/random.h"
#include "ground/base/rate.h"

namespace puhui {
namespace {

using boost::multiprecision::cpp_int;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min(), kMax = std::numeric_limits<int64_t>::max();

Money cny(int64_t minor) { return {minor, *Currency::parse("CNY")}; }

TEST(Money, TextReadsBackInEveryCurrencyAlsoAtTheEnds) {
  for (const char* code : {"CNY", "JPY", "KWD"}) {
    const Currency currency = *Currency::parse(code);
    for (const int64_t minor :
         {kMin, kMin + 1, int64_t{-1230}, int64_t{-5}, int64_t{0}, int64_t{7}, int64_t{100}, kMax}) {
      const Money money{minor, currency};
      EXPECT_EQ(Money::parse(money.text()).value(), money) << money.text();
    }
  }
  EXPECT_EQ(cny(-5).text(), "-0.05 CNY");
  EXPECT_EQ(Money::parse("-0.05 CNY").value(), cny(-5));
  EXPECT_EQ(Money::parse("1200 CNY").value(), cny(120'000));
  EXPECT_EQ((Money{1234, *Currency::parse("KWD")}.text()), "1.234 KWD");
  EXPECT_EQ((Money{1234, *Currency::parse("JPY")}.text()), "1234 JPY");
}

TEST(Money, RefusesWhatIsNoAmountOfItsCurrency) {
  for (const char* wrong :
       {"", "CNY", "12.30", "12.30 XYZ", "12.345 CNY", "1.5 JPY", "12. CNY", ".5 CNY", "1,200.00 CNY", "NaN CNY",
        "--1 CNY", "+1 CNY", "1e3 CNY", "12.30  CNY", "92233720368547758.08 CNY", "-92233720368547758.09 CNY"}) {
    EXPECT_FALSE(Money::parse(wrong)) << wrong;
  }
}

TEST(Money, SumsOnlyWithinOneCurrencyAndWithinInt64) {
  EXPECT_EQ(sum(cny(3), cny(-5)).value(), cny(-2));
  EXPECT_EQ(sum(cny(3), Money{5, *Currency::parse("USD")}).error().code, ErrorCode::conflict);
  EXPECT_EQ(sum(cny(kMax), cny(1)).error().code, ErrorCode::exhausted);
  EXPECT_EQ(sum(cny(kMin), cny(-1)).error().code, ErrorCode::exhausted);
}

// Rounds by looking at twice the rest, in whole numbers of any size.
cpp_int rounded(const cpp_int& numerator, const cpp_int& denominator, Rounding rounding) {
  const cpp_int magnitude = abs(numerator), twice = 2 * (magnitude % denominator);
  cpp_int quotient = magnitude / denominator;
  const bool odd = quotient % 2 != 0;
  switch (rounding) {
    case Rounding::half_even: quotient += twice > denominator || (twice == denominator && odd); break;
    case Rounding::half_up: quotient += twice >= denominator; break;
    case Rounding::down: break;
    case Rounding::up: quotient += twice != 0; break;
  }
  return numerator < 0 ? cpp_int(-quotient) : quotient;
}

TEST(Rounding, AgreesWithNumbersOfAnySize) {
  RandomStream random(Random(21), 0, 0);
  int compared = 0;
  for (int i = 0; i < 40'000; ++i) {
    const auto draw = [&] { return static_cast<int64_t>(random.next()) >> random.below(63); };
    const int64_t a = draw(), b = draw(), c = (draw() & kMax) | 1;
    for (const int64_t divisor : {c, int64_t{2}, int64_t{365}, int64_t{1'000'000'000}}) {
      for (const Rounding rule : {Rounding::half_even, Rounding::half_up, Rounding::down, Rounding::up}) {
        const cpp_int expected = rounded(cpp_int(a) * b, divisor, rule);
        if (expected < kMin || expected > kMax) continue;
        ASSERT_EQ(cpp_int(multiply_divide(a, b, divisor, rule)), expected) << a << " * " << b << " / " << divisor;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 100'000);
}

TEST(Rounding, TiesFollowTheirRule) {
  const auto divided = [](int64_t numerator, Rounding rule) { return divide(numerator, 2, rule); };
  EXPECT_EQ(divided(5, Rounding::half_even), 2);
  EXPECT_EQ(divided(7, Rounding::half_even), 4);
  EXPECT_EQ(divided(-5, Rounding::half_even), -2);
  EXPECT_EQ(divided(5, Rounding::half_up), 3);
  EXPECT_EQ(divided(-5, Rounding::half_up), -3);
  EXPECT_EQ(divided(-5, Rounding::down), -2);
  EXPECT_EQ(divided(-5, Rounding::up), -3);
  EXPECT_EQ(divide(kMin, 1, Rounding::down), kMin) << "the least amount is an amount";
}

TEST(RoundingDeathTest, StopsRatherThanWraps) {
  EXPECT_DEATH(multiply_divide(kMax, 2, 1, Rounding::down), "an amount fits 64 bits");
  EXPECT_DEATH(multiply_divide(1, 1, 0, Rounding::down), "division by a positive number");
}

TEST(Currency, NumbersAndCodesAgree) {
  const Currency yen = *Currency::parse("JPY");
  EXPECT_EQ(Currency::from_number(yen.number()), yen);
  EXPECT_EQ(yen.minor_digits(), 0);
  EXPECT_EQ(Currency().code(), "CNY");
  EXPECT_FALSE(Currency::parse("cny"));
  EXPECT_FALSE(Currency::is_known(0));
}

TEST(Rate, TextReadsBackAndPercentIsForPeople) {
  for (const int64_t ppb :
       {kMin, int64_t{-1}, int64_t{0}, int64_t{1}, int64_t{240'000'000}, int64_t{1'000'000'000}, kMax}) {
    EXPECT_EQ(Rate::parse(Rate{ppb}.text()).value(), Rate{ppb});
  }
  EXPECT_EQ(Rate::from_percent(24).text(), "0.24");
  EXPECT_EQ(Rate::from_bp(5).text(), "0.0005");
  EXPECT_EQ(Rate::parse("24%").value(), Rate::from_percent(24));
  EXPECT_EQ(Rate::parse("4.35%").value(), Rate::from_bp(435));
  EXPECT_EQ(Rate::from_bp(435).percent(), "4.35%");
  EXPECT_EQ((Rate{123'455'000}.percent()), "12.35%") << "a tie in the third decimal: 12.3455 is above 12.345";
  EXPECT_EQ((Rate{123'450'000}.percent(1)), "12.3%");
  EXPECT_EQ((Rate{-5}.percent(7)), "-0.0000005%");
  for (const char* wrong : {"", "%", "24 %", "0.1234567891", "NaN", "1e-2", "9223372036.854775808"})
    EXPECT_FALSE(Rate::parse(wrong)) << wrong;
}

TEST(Rate, FromDoubleRoundsToTheNearestPart) {
  EXPECT_EQ(Rate::from_double(0.1 + 0.2).ppb, 300'000'000);
  EXPECT_EQ(Rate::from_double(0.5e-9).ppb, 0) << "ties to the even";
  EXPECT_EQ(Rate::from_double(-1.6e-9).ppb, -2);
  EXPECT_DEATH(Rate::from_double(std::numeric_limits<double>::quiet_NaN()), "finite");
}

}  // namespace
}  // namespace puhui
