#include "ground/base/id.h"

#include <gtest/gtest.h>

namespace puhui {
namespace {

TEST(Id, TextAndBytesReadBack) {
  const RandomStream seed(Random(11), 0, 0);
  RandomStream random = seed;
  for (int i = 0; i < 1'000; ++i) {
    const Id128 id{random.next(), random.next()};
    EXPECT_EQ(Id128::parse(id.text()), id);
    EXPECT_EQ(Id128::from_bytes(id.bytes()), id);
  }
  EXPECT_EQ((Id128{0x0193A5C27B1E7C3D, 0x8F005A1B2C3D4E5F}.text()), "0193a5c2-7b1e-7c3d-8f00-5a1b2c3d4e5f");
  EXPECT_EQ(Id128::parse("0193A5C27B1E7C3D8F005A1B2C3D4E5F"), (Id128{0x0193A5C27B1E7C3D, 0x8F005A1B2C3D4E5F}));
}

TEST(Id, RefusesWhatIsNoId) {
  for (const char* wrong :
       {"", "0193a5c2", "0193a5c2-7b1e-7c3d-8f00-5a1b2c3d4e5", "0193a5c2-7b1e-7c3d-8f00-5a1b2c3d4e5g",
        "0193a5c27-b1e-7c3d-8f00-5a1b2c3d4e5f", "0193a5c2-7b1e-7c3d-8f00-5a1b2c3d4e5f0"}) {
    EXPECT_FALSE(Id128::parse(wrong)) << wrong;
  }
  EXPECT_FALSE(Id128::from_bytes("short"));
}

TEST(Id, ByteOrderIsValueOrder) {
  RandomStream random(Random(12), 0, 0);
  for (int i = 0; i < 1'000; ++i) {
    const Id128 a{random.next(), random.next()}, b{random.chance(0.5) ? a.high : random.next(), random.next()};
    EXPECT_EQ(a < b, a.bytes() < b.bytes());
    EXPECT_EQ(a < b, a.text() < b.text());
  }
}

TEST(IdSource, IdsCarryTheirTimeAndTheFormOfVersionSeven) {
  ManualClock clock({1'700'000'000'123'456});
  IdSource source(clock, Random(1));
  const Id128 id = source.next();
  EXPECT_EQ(made_at(id).microseconds, 1'700'000'000'123'000);
  EXPECT_EQ(id.high >> 12 & 0xF, 7u);
  EXPECT_EQ(id.low >> 62, 2u);
}

TEST(IdSource, StrictlyIncreasesHoweverTheClockSteps) {
  ManualClock clock({1'700'000'000'000'000});
  IdSource source(clock, Random(2));
  RandomStream steps(Random(3), 0, 0);
  Id128 last;
  for (int i = 0; i < 100'000; ++i) {
    if (steps.chance(0.01)) clock.advance_us(static_cast<int64_t>(steps.below(20'000)) - 10'000);
    const Id128 id = source.next();
    ASSERT_LT(last, id) << "draw " << i;
    ASSERT_EQ(id.high >> 12 & 0xF, 7u);
    ASSERT_EQ(id.low >> 62, 2u);
    last = id;
  }
}

TEST(IdSource, AClockBefore1970IsTakenAs1970) {
  ManualClock clock({-5'000'000});
  IdSource source(clock, Random(4));
  EXPECT_EQ(made_at(source.next()).microseconds, 0);
}

TEST(IdSource, TheSameSeedGivesTheSameIds) {
  ManualClock clock({1'700'000'000'000'000});
  IdSource a(clock, Random(5)), b(clock, Random(5)), c(clock, Random(6));
  const Id128 first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(IdHash, SpreadsIdsThatDifferInOneBit) {
  std::set<size_t> low_bits;
  for (int bit = 0; bit < 64; ++bit) {
    low_bits.insert(IdHash{}({uint64_t{1} << bit, 0}) & 0xFFFF);
    low_bits.insert(IdHash{}({0, uint64_t{1} << bit}) & 0xFFFF);
  }
  EXPECT_GE(low_bits.size(), 100u) << "of 128";
}

}  // namespace
}  // namespace puhui
