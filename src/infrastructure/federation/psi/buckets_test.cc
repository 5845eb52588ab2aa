#include "infrastructure/federation/psi/buckets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "infrastructure/federation/psi/blocks.h"
#include "infrastructure/federation/psi/common_rows.h"
#include "infrastructure/federation/psi/tags.h"

namespace puhui::federation {
namespace {

using testing::ElementsAre;

TEST(Buckets, AnnouncedRowsAreFewKnownNumbersAndNeverLessThanTheRows) {
  std::set<uint64_t> seen;
  for (uint64_t rows = 0; rows <= 100'000; ++rows) {
    const uint64_t announced = announced_rows(rows);
    ASSERT_GE(announced, rows);
    ASSERT_LE(announced, std::max<uint64_t>(64, rows + rows / 16 + 1));
    ASSERT_EQ(announced_rows(announced), announced) << rows;
    seen.insert(announced);
  }
  EXPECT_LT(seen.size(), 200u);
  EXPECT_EQ(announced_rows(1 << 20), 1u << 20);
}

TEST(Buckets, NoBucketNeedsMoreThanAllowedAndOneFewerWould) {
  for (const uint64_t rows : {64ULL, 1000ULL, 1ULL << 20, (1ULL << 20) + 1, 100'000'000ULL}) {
    for (const uint64_t most : {256ULL, 5000ULL, 1ULL << 20}) {
      const uint64_t buckets = buckets_for(rows, most);
      EXPECT_LE(bucket_places(rows, buckets), most) << rows << " " << most;
      if (buckets > 1) {
        EXPECT_GT(bucket_places(rows, buckets - 1), most) << rows << " " << most;
      }
    }
  }
  EXPECT_EQ(buckets_for(1 << 20, 1 << 20), 1u);
  EXPECT_EQ(buckets_for(1 << 20, 0), buckets_for(1 << 20, kBucketRowsMin));
}

TEST(Buckets, EveryRowFallsIntoOneBucketWithRoomToSpare) {
  std::vector<std::string> ids;
  for (int i = 0; i < 50'000; ++i) ids.push_back("id" + std::to_string(i));
  BucketKey key{};
  for (uint8_t seed = 0; seed < 5; ++seed) {
    key[0] = seed;
    const uint64_t buckets = buckets_for(ids.size(), 2000);
    const Spread spread(ids, key, buckets);
    std::vector<bool> seen(ids.size());
    size_t largest = 0;
    for (uint64_t b = 0; b < buckets; ++b) {
      largest = std::max(largest, spread.rows(b).size());
      for (const uint32_t row : spread.rows(b)) {
        EXPECT_FALSE(seen[row]);
        EXPECT_EQ(bucket_of(ids[row], key, buckets), b);
        seen[row] = true;
      }
    }
    EXPECT_EQ(std::ranges::count(seen, true), 50'000);
    EXPECT_LT(largest, bucket_places(ids.size(), buckets));
  }
}

TEST(Buckets, AnotherKeySpreadsOtherwise) {
  size_t same = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = std::to_string(i);
    same += bucket_of(id, BucketKey{1}, 100) == bucket_of(id, BucketKey{2}, 100) ? 1 : 0;
  }
  EXPECT_LT(same, 40u);
}

TEST(Shuffle, IsAPermutationThatItsSeedMakesAgain) {
  for (const size_t count : {0, 1, 2, 1000}) {
    const ShuffleSeed seed = ShuffleSeed::random();
    auto order = shuffled(seed, count);
    EXPECT_EQ(order, shuffled(seed, count));
    std::ranges::sort(order);
    for (size_t i = 0; i < count; ++i) EXPECT_EQ(order[i], i);
  }
  EXPECT_NE(shuffled(ShuffleSeed::random(), 1000), shuffled(ShuffleSeed::random(), 1000));
}

TEST(Shuffle, EveryPlaceIsAsLikely) {
  constexpr size_t kCount = 8, kRuns = 8000;
  std::array<std::array<int, kCount>, kCount> seen{};
  ShuffleSeed seed;
  for (size_t run = 0; run < kRuns; ++run) {
    seed.bytes[0] = static_cast<uint8_t>(run), seed.bytes[1] = static_cast<uint8_t>(run >> 8);
    const auto order = shuffled(seed, kCount);
    for (size_t place = 0; place < kCount; ++place) ++seen[place][order[place]];
  }
  double chi = 0;
  for (const auto& row : seen) {
    for (const int count : row) chi += (count - 1000.) * (count - 1000.) / 1000.;
  }
  EXPECT_LT(chi, 100);  // 49 degrees of freedom: beyond 100 in one of 30,000 seeds; these seeds are fixed
}

std::vector<uint8_t> tag_of(uint64_t number, size_t bytes) {
  std::vector<uint8_t> tag(bytes);
  for (size_t i = 0; i < 8; ++i) tag[bytes - 1 - i] = static_cast<uint8_t>(number >> 8 * i);
  return tag;
}

TEST(Tags, AreFoundByAllTheirBytes) {
  TagTable table(300, 10);  // the first bytes are all the same: they share one slot
  for (uint64_t i = 0; i < 300; ++i) EXPECT_TRUE(table.add(tag_of(i, 10)));
  for (uint64_t i = 0; i < 300; ++i) EXPECT_EQ(table.find(tag_of(i, 10)), i);
  EXPECT_EQ(table.find(tag_of(300, 10)), std::nullopt);
  EXPECT_EQ(TagTable(0, 8).find(tag_of(1, 8)), std::nullopt);
}

TEST(Tags, ARepeatIsNotAdded) {
  TagTable table(2, 8);
  EXPECT_TRUE(table.add(tag_of(7, 8)));
  EXPECT_FALSE(table.add(tag_of(7, 8)));
  EXPECT_EQ(table.count(), 1u);
}

TEST(Tags, HaveFortyBitsMoreThanComparisons) {
  EXPECT_EQ(tag_bytes_for(1 << 20, 1 << 20, 1), 10u);
  EXPECT_EQ(tag_bytes_for((1 << 20) + 1, 1 << 20, 1), 11u);
  EXPECT_EQ(tag_bytes_for(1 << 20, 1 << 20, 1000), 12u);
  EXPECT_EQ(tag_bytes_for(64, 64, 1), 8u);
}

TEST(Blocks, SmallOnesLieInTheStateAndLargeOnesInFiles) {
  MemoryFiles files;
  ASSERT_TRUE(files.make_folder("work"));
  Blocks blocks(files, "work");
  const std::string large(kInlineBytesMax + 1, 'x');
  ASSERT_TRUE(blocks.add("small"));
  ASSERT_TRUE(blocks.add(large));
  ByteWriter state;
  blocks.write(state);
  EXPECT_LT(state.bytes().size(), 100u);
  Blocks again(files, "work");
  ByteReader reader(state.bytes());
  again.read(reader);
  ASSERT_TRUE(reader.finish("blocks"));
  EXPECT_EQ(again.at(0), "small");
  EXPECT_EQ(again.at(1), large);
}

TEST(Blocks, ANewTryReplacesTheFileOfAnOldOneAndAChangedFileIsCorrupt) {
  MemoryFiles files;
  ASSERT_TRUE(files.make_folder("work"));
  for (const char fill : {'a', 'b'}) {
    Blocks blocks(files, "work");
    ASSERT_TRUE(blocks.add(std::string(kInlineBytesMax + 1, fill)));
    const auto names = files.list("work");
    ASSERT_TRUE(names);
    ASSERT_EQ(names->size(), 1u);
    EXPECT_EQ(blocks.at(0)->front(), fill);
    ASSERT_TRUE(files.write("work/" + names->front(), "changed"));
    EXPECT_EQ(blocks.at(0).error().code, ErrorCode::corrupt);
  }
}

TEST(CommonRows, NarrowToWhatEveryHostHas) {
  CommonRows all{.rows = {1, 4, 6, 9}, .places = {}};
  const std::vector<Match> first = {{1, 50}, {6, 51}, {9, 40}}, second = {{6, 7}, {9, 8}};
  const CommonRows both = narrowed(narrowed(all, first), second);
  EXPECT_THAT(both.rows, ElementsAre(6, 9));
  EXPECT_THAT(both.places[0], ElementsAre(51, 40));
  EXPECT_THAT(both.places[1], ElementsAre(7, 8));
  const auto again = read_common_rows(written(both), 2, 10);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->rows, both.rows);
  EXPECT_EQ(again->places, both.places);
  EXPECT_FALSE(read_common_rows(written(both), 2, 9));
  EXPECT_FALSE(read_common_rows(written(both), 1, 10));
}

}  // namespace
}  // namespace puhui::federation
