#include "ground/base/random.h"

#include <gtest/gtest.h>

namespace puhui {
namespace {

using Counter = std::array<uint32_t, 4>;

// The known answers that come with Random123 (kat_vectors, philox4x32 with 10 rounds).
TEST(Random, PhiloxGivesItsKnownAnswers) {
  EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}), (Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32_10({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}), (Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, ADrawDependsOnNothingButItsPlace) {
  const Random random(42);
  const uint64_t here = random.draw(1, 2, 3);
  EXPECT_EQ(here, Random(42).draw(1, 2, 3));
  for (const uint64_t other : {random.draw(2, 2, 3), random.draw(1, 3, 3), random.draw(1, 2, 4),
                               Random(43).draw(1, 2, 3), random.draw(1, 2 | uint64_t{1} << 32, 3)}) {
    EXPECT_NE(here, other);
  }
  RandomStream stream(random, 1, 2);
  for (int i = 0; i < 3; ++i) stream.next();
  EXPECT_EQ(stream.next(), here) << "a stream's fourth draw is step 3";
}

TEST(Random, UniformFillsItsRangeEvenly) {
  RandomStream stream(Random(7), 0, 0);
  constexpr int kDraws = 100'000, kCells = 100;
  std::array<int, kCells> cells{};
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = stream.uniform();
    ASSERT_TRUE(u >= 0 && u < 1);
    ++cells[static_cast<size_t>(u * kCells)];
    sum += u;
  }
  double chi_square = 0;
  for (const int count : cells) chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  EXPECT_LT(chi_square, 149) << "99 degrees of freedom: above it once in a thousand";
  EXPECT_NEAR(sum / kDraws, 0.5, 0.004);
}

TEST(Random, BelowIsWithoutBiasAlsoNearTheTop) {
  RandomStream stream(Random(8), 0, 0);
  std::array<int, 7> cells{};
  for (int i = 0; i < 70'000; ++i) ++cells[stream.below(7)];
  for (const int count : cells) EXPECT_NEAR(count, 10'000, 400);
  const uint64_t bound = 3ull << 62;  // a plain remainder would give the lower third twice as often
  int lower_third = 0;
  for (int i = 0; i < 30'000; ++i) lower_third += stream.below(bound) < (1ull << 62);
  EXPECT_NEAR(lower_third, 10'000, 400);
  EXPECT_EQ(stream.below(1), 0u);
}

TEST(Random, NormalHasItsMomentsAndTails) {
  RandomStream stream(Random(9), 0, 0);
  constexpr int kDraws = 100'000;
  double sum = 0, squares = 0, beyond_two = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = stream.normal();
    ASSERT_TRUE(std::isfinite(x));
    sum += x, squares += x * x, beyond_two += std::fabs(x) > 2;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.015);
  EXPECT_NEAR(squares / kDraws, 1, 0.02);
  EXPECT_NEAR(beyond_two / kDraws, 0.0455, 0.003);
}

}  // namespace
}  // namespace puhui
