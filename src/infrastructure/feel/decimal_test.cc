#include "infrastructure/feel/decimal.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "ground/base/random.h"

namespace puhui::feel {
namespace {

using boost::multiprecision::cpp_int;

Decimal d(std::string_view text) {
  const auto parsed = Decimal::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(Decimal());
}

// The naive reference: an integer of any size and a power of ten, rounded digit by digit from its text.
struct Reference {
  cpp_int coefficient;
  int exponent = 0;

  static Reference of(const Decimal& a) {
    cpp_int c = (cpp_int(static_cast<uint64_t>(a.coefficient() >> 64)) << 64) | static_cast<uint64_t>(a.coefficient());
    return {a.is_negative() ? cpp_int(-c) : c, a.exponent()};
  }
  // Rounded half-even to 34 digits, by looking at the printed digits.
  std::string rounded() const {
    if (coefficient == 0) return "0";
    std::string digits = cpp_int(abs(coefficient)).str();
    int e = exponent;
    if (digits.size() > 34) {
      const std::string rest = digits.substr(34);
      e += static_cast<int>(rest.size());
      cpp_int kept(digits.substr(0, 34));
      const size_t first = rest.find_first_not_of('0');  // a leading zero would make it octal
      const cpp_int tail(first == std::string::npos ? "0" : rest.substr(first));
      const cpp_int half = 5 * pow(cpp_int(10), static_cast<unsigned>(rest.size() - 1));
      if (tail > half || (tail == half && kept % 2 != 0)) ++kept;
      digits = kept.str();
    }
    while (digits.size() > 1 && digits.back() == '0') digits.pop_back(), ++e;
    return (coefficient < 0 ? "-" : "") + digits + "E" + std::to_string(e);
  }
};

std::string exact(const std::optional<Decimal>& a) {
  if (!a) return "none";
  return a->is_zero() ? "0" : Reference::of(a->normalized()).rounded();
}

Reference aligned(Reference a, int exponent) {
  a.coefficient *= pow(cpp_int(10), static_cast<unsigned>(a.exponent - exponent));
  a.exponent = exponent;
  return a;
}

// Numbers of 1 to 34 digits, often close to powers of ten and ties, exponents mostly near each other.
Decimal random_decimal(RandomStream& random) {
  const auto digits = static_cast<size_t>(1 + random.below(34));
  std::string text = random.below(2) == 0 ? "-" : "";
  const uint64_t style = random.below(4);
  for (size_t i = 0; i < digits; ++i) {
    const uint64_t digit = style == 0 ? 9 : style == 1 ? (i == 0 ? 1 : 0) : random.below(10);
    text += static_cast<char>('0' + digit);
  }
  const int spread = random.below(8) == 0 ? 120 : 24;
  text += "E" + std::to_string(static_cast<int>(random.below(static_cast<uint64_t>(spread))) - spread / 2);
  return d(text);
}

TEST(Decimal, PrintsPlainDigitsWithoutTrailingZeros) {
  EXPECT_EQ(d("1.10").text(), "1.1");
  EXPECT_EQ(d("100").text(), "100");
  EXPECT_EQ(d("-.50").text(), "-0.5");
  EXPECT_EQ(d("1e3").text(), "1000");
  EXPECT_EQ(d("0.00").text(), "0");
  EXPECT_EQ(d("-0").text(), "0");
  EXPECT_EQ(d("1E40").text(), "1E+40");
  EXPECT_EQ(d("1.5E-7").text(), "0.00000015");
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "-", ".", "1.", "1e", "1 2", "0x1", "NaN", "1e9999999", "1e6145"}) {
    EXPECT_FALSE(Decimal::parse(text).has_value()) << text;
  }
}

TEST(Decimal, KeepsThirtyFourDigitsAndRoundsHalfEvenBeyond) {
  EXPECT_EQ(d("1234567890123456789012345678901234").text(), "1234567890123456789012345678901234");
  EXPECT_EQ(exact(Decimal::parse("10000000000000000000000000000000005")), "1E34");
  EXPECT_EQ(exact(Decimal::parse("10000000000000000000000000000000015")), "1000000000000000000000000000000002E1");
  EXPECT_EQ(exact(divide(d("1"), d("3"))), "3333333333333333333333333333333333E-34");
  EXPECT_EQ(exact(divide(d("2"), d("3"))), "6666666666666666666666666666666667E-34");
  EXPECT_EQ(divide(d("10"), d("4"))->text(), "2.5");
}

TEST(Decimal, AdditionAndMultiplicationEqualBigIntegersRoundedOnce) {
  RandomStream random(Random(1), 1, 1);
  for (int i = 0; i < 60'000; ++i) {
    const Decimal a = random_decimal(random);
    const Decimal b = random_decimal(random);
    const Reference x = Reference::of(a);
    const Reference y = Reference::of(b);
    const int exponent = std::min(x.exponent, y.exponent);
    const Reference sum{aligned(x, exponent).coefficient + aligned(y, exponent).coefficient, exponent};
    const Reference difference{aligned(x, exponent).coefficient - aligned(y, exponent).coefficient, exponent};
    const Reference product{x.coefficient * y.coefficient, x.exponent + y.exponent};
    ASSERT_EQ(exact(add(a, b)), sum.rounded()) << a.text() << " + " << b.text();
    ASSERT_EQ(exact(subtract(a, b)), difference.rounded()) << a.text() << " - " << b.text();
    ASSERT_EQ(exact(multiply(a, b)), product.rounded()) << a.text() << " * " << b.text();
    ASSERT_EQ(a <=> b, difference.coefficient.sign() <=> 0) << a.text() << " <=> " << b.text();
  }
}

TEST(Decimal, DivisionEqualsBigIntegersRoundedOnce) {
  RandomStream random(Random(2), 1, 1);
  for (int i = 0; i < 40'000; ++i) {
    const Decimal a = random_decimal(random);
    const Decimal b = random_decimal(random);
    if (b.is_zero()) continue;
    Reference x = Reference::of(a);
    const Reference y = Reference::of(b);
    // 120 more digits, and a last one that says whether anything followed.
    x.coefficient *= pow(cpp_int(10), 120);
    cpp_int quotient = x.coefficient / y.coefficient;
    const bool inexact = quotient * y.coefficient != x.coefficient;
    quotient = quotient * 10 + (inexact ? (x.coefficient.sign() * y.coefficient.sign()) : 0);
    ASSERT_EQ(exact(divide(a, b)), (Reference{quotient, x.exponent - y.exponent - 121}.rounded()))
        << a.text() << " / " << b.text();
  }
}

TEST(Decimal, RoundsByEveryRule) {
  // The table of java.math.RoundingMode, which DMN's rounding functions follow.
  const std::map<RoundingMode, std::vector<const char*>> expected{
      {RoundingMode::up, {"6", "3", "2", "2", "1", "-1", "-2", "-2", "-3", "-6"}},
      {RoundingMode::down, {"5", "2", "1", "1", "1", "-1", "-1", "-1", "-2", "-5"}},
      {RoundingMode::ceiling, {"6", "3", "2", "2", "1", "-1", "-1", "-1", "-2", "-5"}},
      {RoundingMode::floor, {"5", "2", "1", "1", "1", "-1", "-2", "-2", "-3", "-6"}},
      {RoundingMode::half_up, {"6", "3", "2", "1", "1", "-1", "-1", "-2", "-3", "-6"}},
      {RoundingMode::half_down, {"5", "2", "2", "1", "1", "-1", "-1", "-2", "-2", "-5"}},
      {RoundingMode::half_even, {"6", "2", "2", "1", "1", "-1", "-1", "-2", "-2", "-6"}},
  };
  const std::vector<const char*> inputs{"5.5", "2.5", "1.6", "1.1", "1.0", "-1.0", "-1.1", "-1.6", "-2.5", "-5.5"};
  for (const auto& [mode, results] : expected) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      EXPECT_EQ(round_to(d(inputs[i]), 0, mode)->text(), results[i]) << inputs[i] << " mode " << static_cast<int>(mode);
    }
  }
  EXPECT_EQ(round_to(d("1234.5678"), 2, RoundingMode::half_even)->text(), "1234.57");
  EXPECT_EQ(round_to(d("1250"), -2, RoundingMode::half_even)->text(), "1200");
  EXPECT_EQ(round_to(d("1E-6000"), 2, RoundingMode::up)->text(), "0.01");
}

TEST(Decimal, ModuloTakesTheDivisorsSign) {
  EXPECT_EQ(modulo(d("12"), d("5"))->text(), "2");
  EXPECT_EQ(modulo(d("-12"), d("5"))->text(), "3");
  EXPECT_EQ(modulo(d("12"), d("-5"))->text(), "-3");
  EXPECT_EQ(modulo(d("-10.1"), d("4.5"))->text(), "3.4");
  EXPECT_EQ(modulo(d("1E6000"), d("7"))->text(), "1");
  EXPECT_FALSE(modulo(d("1"), d("0")).has_value());
}

TEST(Decimal, ConvertsExactlyOrNotAtAll) {
  EXPECT_EQ(d("9223372036854775807").as_int64(), INT64_MAX);
  EXPECT_EQ(d("-9223372036854775808").as_int64(), INT64_MIN);
  EXPECT_EQ(d("9223372036854775808").as_int64(), std::nullopt);
  EXPECT_EQ(d("1.50").as_int64(), std::nullopt);
  EXPECT_EQ(d("12.00").as_int64(), 12);
  EXPECT_EQ(Decimal(INT64_MIN).text(), "-9223372036854775808");
  EXPECT_EQ(d("0.24").as_rate(), Rate::from_percent(24));
  EXPECT_EQ(Decimal::from_rate(Rate::from_bp(1)).text(), "0.0001");
  EXPECT_EQ(Decimal::from_double(0.1)->text(), "0.1");
  EXPECT_EQ(d("0.1").as_double(), 0.1);
  EXPECT_EQ(d("1E300").as_double(), 1e300);
  EXPECT_FALSE(Decimal::from_double(std::numeric_limits<double>::infinity()).has_value());
  EXPECT_EQ(d("2.5").rounded_int64(RoundingMode::half_even), 2);
}

TEST(Decimal, ARoundedQuotientIsTheQuotientRounded) {
  const Random seed(31);
  int answered = 0;
  for (uint64_t row = 0; row < 200'000; ++row) {
    RandomStream random(seed, 0, row);
    const auto few = [&](uint64_t digits) {
      uint64_t end = 1;
      for (uint64_t i = random.below(digits) + 1; i > 0; --i) end *= 10;
      return static_cast<int64_t>(random.below(end)) * (random.below(4) == 0 ? -1 : 1);
    };
    Decimal a = Decimal::scaled(few(18), -static_cast<int>(random.below(8)));
    const Decimal b = Decimal::scaled(few(13), -static_cast<int>(random.below(8)));
    const int places = static_cast<int>(random.below(7));
    // Half of them a hair beside a tie, or upon it.
    if (random.below(2) == 0) a = *multiply(*add(a, Decimal::scaled(5, -places - 1)), b);
    const auto rounded = rounded_quotient(a, b, places);
    if (!rounded) continue;
    ++answered;
    ASSERT_EQ(rounded->text(), round_to(*divide(a, b), places, RoundingMode::half_even)->text())
        << a.text() << " / " << b.text() << " to " << places;
  }
  EXPECT_GT(answered, 50'000);
}

TEST(Decimal, OrdersAsTheDifferenceSays) {
  const Random seed(32);
  for (uint64_t row = 0; row < 100'000; ++row) {
    RandomStream random(seed, 0, row);
    const auto some = [&] {
      const auto coefficient =
          static_cast<int64_t>(random.next() >> random.below(63)) * (random.below(2) == 0 ? 1 : -1);
      return Decimal::scaled(coefficient, static_cast<int>(random.below(30)) - 15);
    };
    const Decimal a = some();
    const Decimal b = random.below(4) == 0 ? a.normalized() : some();
    EXPECT_EQ((a <=> b) < 0, subtract(a, b)->sign() < 0) << a.text() << " and " << b.text();
    EXPECT_EQ(a == b, subtract(a, b)->is_zero()) << a.text() << " and " << b.text();
  }
}

TEST(Decimal, OverflowHasNoAnswerAndUnderflowIsZero) {
  EXPECT_FALSE(multiply(d("1E6000"), d("1E6000")).has_value());
  EXPECT_TRUE(multiply(d("1E-6000"), d("1E-6000"))->is_zero());
  EXPECT_FALSE(divide(d("1"), d("0")).has_value());
}

TEST(Decimal, TranscendentalFunctionsMatchPublishedDigits) {
  EXPECT_EQ(exponential(d("1"))->text(), "2.718281828459045235360287471352662");
  EXPECT_EQ(natural_logarithm(d("2"))->text(), "0.6931471805599453094172321214581766");
  EXPECT_EQ(square_root(d("2"))->text(), "1.414213562373095048801688724209698");
  EXPECT_EQ(square_root(d("16"))->text(), "4");
  EXPECT_EQ(power(d("2"), d("100"))->text(), "1267650600228229401496703205376");
  EXPECT_EQ(power(d("4"), d("0.5"))->text(), "2");
  EXPECT_EQ(power(d("5"), d("-2"))->text(), "0.04");
  EXPECT_FALSE(power(d("-8"), d("0.5")).has_value());
  EXPECT_FALSE(natural_logarithm(d("0")).has_value());
}

}  // namespace
}  // namespace puhui::feel
