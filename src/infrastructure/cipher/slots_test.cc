#include <gtest/gtest.h>

#include <random>

#include "infrastructure/cipher/additive.h"
#include "infrastructure/cipher/words.h"

namespace puhui::cipher {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max(), kMin = std::numeric_limits<int64_t>::min();

// The largest size that fits below 2^(width - 1).
int64_t largest(size_t width_bits) { return width_bits >= 64 ? kMax : (int64_t{1} << (width_bits - 1)) - 1; }

Integers sum_of(const Integers& a, const Integers& b) {
  Integers out = a;
  for (size_t i = 0; i < out.count(); ++i) add_words(out.at(i), b.at(i));
  return out;
}

TEST(SlotsTest, numbers_of_every_width_and_count_come_back) {
  std::mt19937_64 draws(1);
  for (const size_t width : {2, 3, 8, 17, 31, 32, 33, 63, 64, 65, 80, 128, 150}) {
    for (const size_t count : {1, 2, 3, 7, 8, 14}) {
      const Slots slots{width, count};
      std::vector<int64_t> values(5 * count);
      for (int64_t& value : values) {
        const auto drawn = static_cast<int64_t>(draws());
        value = largest(width) == kMax ? std::max(drawn, -kMax) : drawn % (largest(width) + 1);
      }
      const auto back = unpack(pack(values, slots), slots);
      ASSERT_TRUE(back.has_value()) << back.error().text() << " width " << width << " count " << count;
      EXPECT_EQ(*back, values) << "width " << width << " count " << count;
    }
  }
}

TEST(SlotsTest, the_largest_and_the_smallest_beside_each_other_come_back) {
  for (const size_t width : {2, 16, 64, 70}) {
    const int64_t most = largest(width);
    const std::vector<std::vector<int64_t>> rows = {
        {most, most, most}, {-most, -most, -most}, {most, -most, most}, {-most, most, -most}, {0, -1, 0}, {-1, 0, 0},
        {0, 0, -1},         {-1, -1, -1},          {0, 0, 0},           {-1, 0, -1},          {1, -1, 1}};
    for (const auto& row : rows) {
      const Slots slots{width, 3};
      EXPECT_EQ(unpack(pack(row, slots), slots), row) << "width " << width;
    }
  }
}

TEST(SlotsTest, a_slot_below_zero_borrows_from_the_next) {
  const Slots slots{8, 2};
  const Integers packed = pack(std::vector<int64_t>{-1, 1}, slots);
  EXPECT_EQ(packed.at(0)[0], 255u);  // 1 · 256 - 1
  EXPECT_EQ(unpack(packed, slots), (std::vector<int64_t>{-1, 1}));
}

TEST(SlotsTest, sums_of_packed_numbers_are_packed_sums) {
  std::mt19937_64 draws(2);
  const Slots slots{45, 13};
  std::vector<int64_t> totals(slots.count);
  Integers sum(1, slots.words());
  for (size_t row = 0; row < 1000; ++row) {
    std::vector<int64_t> values(slots.count);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<int64_t>(draws() % (1ull << 34)) - (1ll << 33);
      totals[i] += values[i];
    }
    sum = sum_of(sum, pack(values, slots));
  }
  EXPECT_EQ(unpack(sum, slots), totals);
}

TEST(SlotsTest, wide_slots_keep_all_their_words) {
  const Slots slots{100, 3};
  const int64_t value = int64_t{1} << 62;
  Integers sum(1, slots.words());
  for (int i = 0; i < 8; ++i) sum = sum_of(sum, pack(std::vector<int64_t>{value, -value, -1}, slots));
  const auto wide = unpack_wide(sum, slots, 2);
  ASSERT_TRUE(wide.has_value());
  EXPECT_EQ(wide->at(0)[0], 0u);
  EXPECT_EQ(wide->at(0)[1], 2u);
  EXPECT_EQ(wide->at(1)[0], 0u);
  EXPECT_EQ(wide->at(1)[1], ~uint64_t{1});
  EXPECT_EQ(wide->at(2)[0], ~uint64_t{7});
  EXPECT_EQ(wide->at(2)[1], ~uint64_t{0});
  const auto narrow = unpack(sum, slots);
  ASSERT_FALSE(narrow.has_value());
  EXPECT_EQ(narrow.error().code, ErrorCode::corrupt);
}

TEST(SlotsTest, more_than_the_slots_hold_is_corrupt) {
  const Slots slots{8, 2};
  Integers packed(2, 1);
  packed.at(1)[0] = 1u << 16;
  const auto back = unpack(packed, slots);
  ASSERT_FALSE(back.has_value());
  EXPECT_EQ(back.error().code, ErrorCode::corrupt);
  EXPECT_NE(back.error().text().find("packed number 1"), std::string::npos) << back.error().text();
  packed.at(1)[0] = 0x7FFF;  // -1 and then 128
  EXPECT_FALSE(unpack(packed, slots).has_value());
  packed.at(1)[0] = ~uint64_t{0} << 16;
  EXPECT_FALSE(unpack(packed, slots).has_value());
  packed.at(1)[0] = ~uint64_t{0} << 15;  // the smallest
  EXPECT_EQ(unpack(packed, slots), (std::vector<int64_t>{0, 0, 0, -128}));
}

TEST(SlotsTest, fewer_words_than_slots_go_on_with_the_sign) {
  Integers packed(1, 1);
  packed.at(0)[0] = static_cast<uint64_t>(int64_t{-5});
  EXPECT_EQ(unpack(packed, Slots{48, 4}), (std::vector<int64_t>{-5, 0, 0, 0}));
  packed.at(0)[0] = static_cast<uint64_t>(kMin);
  EXPECT_EQ(unpack(packed, Slots{80, 1}), (std::vector<int64_t>{kMin}));
}

TEST(SlotsDeathTest, what_does_not_fit_a_slot_is_never_packed) {
  EXPECT_DEATH(pack(std::vector<int64_t>{128}, Slots{8, 1}), "must fit its slot");
  EXPECT_DEATH(pack(std::vector<int64_t>{-128}, Slots{8, 1}), "must fit its slot");
  EXPECT_DEATH(pack(std::vector<int64_t>{kMin}, Slots{64, 1}), "must fit its slot");
  EXPECT_DEATH(pack(std::vector<int64_t>{1, 2, 3}, Slots{8, 2}), "as many numbers");
}

}  // namespace
}  // namespace puhui::cipher
