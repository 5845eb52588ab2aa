#include "infrastructure/features/aggregate_value.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ground/base/random.h"
#include "infrastructure/feel/decimal.h"

namespace puhui::features {
namespace {

using feel::Decimal;

Decimal decimal(const evidence::Number& number) { return Decimal::scaled(number.coefficient, -number.places); }

Inside inside_of(std::span<const int64_t> values) {
  Inside out;
  for (const int64_t v : values) out.sum += v, out.squares += Int128{v} * v, ++out.events;
  return out;
}

FeatureValue value_of(Aggregate aggregate, const Inside& inside, int places) {
  return aggregate_value({.aggregate = aggregate, .places = places}, inside).value;
}

std::vector<int64_t> drawn(RandomStream& random) {
  std::vector<int64_t> out(2 + random.below(30));
  const uint64_t bound = uint64_t{1} << (1 + random.below(32));  // ten digits and eight decimals fit
  for (int64_t& v : out) v = static_cast<int64_t>(random.below(bound)) - static_cast<int64_t>(bound / 4);
  return out;
}

// FEEL's 34 digits, which nothing here shares, say what half to even at so many places is.
TEST(AggregateValue, rounds_means_and_deviations_as_decimals_do) {
  RandomStream random(Random(5), 1, 1);
  for (int i = 0; i < 3'000; ++i) {
    const auto values = drawn(random);
    const Inside inside = inside_of(values);
    const Decimal n(static_cast<int64_t>(values.size())), sum(static_cast<int64_t>(inside.sum));
    const Decimal mean = *divide(sum, n);
    const FeatureValue came = value_of(Aggregate::mean, inside, 0);
    ASSERT_TRUE(came.present);
    EXPECT_EQ(decimal(came.number), *round_to(mean, kMeanPlaces, feel::RoundingMode::half_even)) << "draw " << i;

    Decimal squares(0);  // of v · n − sum: whole numbers
    for (const int64_t v : values) {
      const Decimal from_mean = *subtract(*multiply(Decimal(v), n), sum);
      squares = *add(squares, *multiply(from_mean, from_mean));
    }
    const Decimal pairs = *multiply(*multiply(n, n), *subtract(n, Decimal(1)));
    const Decimal spread = *square_root(*divide(squares, pairs));
    const FeatureValue deviation = value_of(Aggregate::stddev, inside, 2);
    ASSERT_TRUE(deviation.present);
    const auto expected = *divide(*round_to(spread, kMeanPlaces, feel::RoundingMode::half_even), Decimal(100));
    EXPECT_EQ(decimal(deviation.number), expected) << "draw " << i;
  }
}

TEST(AggregateValue, rounds_a_half_to_the_even_neighbour) {
  // 1 / 2^9 has nine decimals, the last a five.
  EXPECT_EQ(quotient(1, 512, 0)->text(), "0.00195312");
  EXPECT_EQ(quotient(3, 512, 0)->text(), "0.00585938");
  EXPECT_EQ(quotient(-1, 512, 0)->text(), "-0.00195312");
  EXPECT_EQ(quotient(1, 512, 2)->text(), "0.0000195312");
}

TEST(AggregateValue, gives_up_decimals_before_digits_and_then_says_nothing) {
  EXPECT_EQ(quotient(Int128{1'000'000'000'000} * 3 + 1, 3, 0)->text(), "1000000000000.33333");
  EXPECT_EQ(quotient(Int128{2'999'999'999'999'999'999}, 3, 0), std::nullopt);
  EXPECT_EQ(exact_number(999'999'999'999'999'999, 2)->text(), "9999999999999999.99");
  EXPECT_EQ(exact_number(Int128{1'000'000'000'000'000'000}, 2), std::nullopt);
  const int64_t far[] = {kValueMax, -kValueMax};
  EXPECT_EQ(value_of(Aggregate::stddev, inside_of(far), 0).number.text(), "1414213562373.09505");
  Inside many = inside_of(far);
  many.events = 400'000'000, many.squares *= 200'000'000;
  EXPECT_TRUE(aggregate_value({.aggregate = Aggregate::stddev}, many).overflowed);
}

TEST(AggregateValue, halves_a_weight_in_a_half_life) {
  constexpr uint64_t kOne = uint64_t{1} << 40;
  EXPECT_EQ(ewma_weight(0, 1, 1), kOne);
  for (int64_t age = 1; age <= 40; ++age) EXPECT_EQ(ewma_weight(age * 6, 10, 60), kOne >> age) << age;
  EXPECT_EQ(ewma_weight(41, 1, 1), 0u);
  for (int64_t age = 1; age < 3'000; age += 7) {
    const double expected = std::ldexp(std::exp2(-static_cast<double>(age) / 100.0), 40);
    EXPECT_NEAR(static_cast<double>(ewma_weight(age, 10, 1'000)), expected, 0.5 + expected * 2.4e-10) << age;
  }
}

TEST(DistinctSketch, is_within_its_error_and_does_not_hang_on_the_order) {
  for (const uint64_t values : {257, 1'000, 2'500, 2'700, 10'000, 60'000}) {
    double squares = 0;
    constexpr int kDraws = 10;
    for (int draw = 0; draw < kDraws; ++draw) {
      DistinctSketch forwards, backwards;
      const auto hash = [&](uint64_t i) { return value_hash(std::to_string(draw) + "/" + std::to_string(i)); };
      for (uint64_t i = 0; i < values; ++i) forwards.add(hash(i)), backwards.add(hash(values - 1 - i));
      EXPECT_EQ(forwards.estimate(), backwards.estimate());
      const double off = static_cast<double>(forwards.estimate()) / static_cast<double>(values) - 1;
      squares += off * off;
    }
    EXPECT_LT(std::sqrt(squares / kDraws), 0.05) << values;
  }
}

}  // namespace
}  // namespace puhui::features
