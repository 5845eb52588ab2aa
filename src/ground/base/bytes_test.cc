#include "ground/base/bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ground/base/random.h"
#include "ground/base/text.h"

namespace puhui {
namespace {

struct Record {
  uint8_t kind;
  uint32_t small;
  uint64_t large;
  uint64_t varint;
  int64_t signed_varint;
  double real;
  std::string text;
  Id128 id;
  Digest digest;
  bool operator==(const Record&) const = default;
};

std::string written(const Record& r) {
  ByteWriter w;
  w.u8(r.kind), w.u32(r.small), w.u64(r.large), w.unsigned_varint(r.varint), w.signed_varint(r.signed_varint);
  w.real(r.real), w.text(r.text), w.id(r.id), w.digest(r.digest);
  return w.take();
}

Result<Record> read(std::string_view bytes) {
  ByteReader r(bytes);
  // In braces the order of evaluation is the order of writing.
  Record record{r.u8(), r.u32(),   r.u64(), r.unsigned_varint(), r.signed_varint(), r.real(), std::string(r.text()),
                r.id(), r.digest()};
  TRY(r.finish("the record"));
  return record;
}

Record random_record(uint64_t row) {
  RandomStream random(Random(51), 0, row);
  const auto any_size = [&] { return random.next() >> random.below(64); };
  return {static_cast<uint8_t>(random.next()),
          static_cast<uint32_t>(random.next()),
          random.next(),
          any_size(),
          static_cast<int64_t>(any_size()) * (random.chance(0.5) ? -1 : 1),
          random.normal(),
          std::string(random.below(200), static_cast<char>(random.next())),
          {random.next(), random.next()},
          sha256(std::to_string(row))};
}

TEST(Bytes, WhatIsWrittenReadsBack) {
  for (uint64_t row = 0; row < 2'000; ++row) {
    const Record record = random_record(row);
    ASSERT_EQ(read(written(record)).value(), record) << "row " << row;
  }
}

TEST(Bytes, AnyTruncationAndAnyExtraByteIsCorrupt) {
  const std::string whole = written(random_record(7));
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto cut = read(std::string_view(whole).substr(0, size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::corrupt);
  }
  EXPECT_THAT(read(whole + "x").error().text(), testing::HasSubstr("the record: expected its end, came 1 more bytes"));
}

TEST(Bytes, AnyFlippedBitReadsOrRefusesAndNeverCrashes) {
  const std::string whole = written(random_record(8));
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto record = read(flipped);
    EXPECT_TRUE(!record || written(*record) == flipped) << "one value has one form; bit " << bit;
  }
}

TEST(Bytes, EndsOfTheVarintsReadBack) {
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{1} << 63, ~uint64_t{0}}) {
    ByteWriter w;
    w.unsigned_varint(value), w.signed_varint(static_cast<int64_t>(value));
    ByteReader r(w.bytes());
    EXPECT_EQ(r.unsigned_varint(), value);
    EXPECT_EQ(r.signed_varint(), static_cast<int64_t>(value));
    EXPECT_TRUE(r.finish("it"));
  }
}

TEST(Bytes, OneNumberHasOneForm) {
  for (const std::string& wrong : {std::string("\x80\x00", 2), std::string("\xFF\x80\x00", 3),
                                   std::string(9, '\xFF') + "\x02", std::string(10, '\xFF')}) {
    ByteReader r(wrong);
    EXPECT_EQ(r.unsigned_varint(), 0u);
    EXPECT_FALSE(r.ok());
  }
}

TEST(Bytes, AfterAFailureEverythingIsZero) {
  ByteReader r(
      "\x05"
      "abc");
  EXPECT_EQ(r.text(), "");
  EXPECT_FALSE(r.ok());
  EXPECT_EQ(r.u8(), 0);
  EXPECT_EQ(r.u64(), 0u);
  EXPECT_EQ(r.id(), Id128{});
  EXPECT_EQ(r.digest(), Digest{});
  EXPECT_EQ(r.remaining(), 0u);
}

TEST(Bytes, ACountCannotPromiseMoreThanTheBytesHold) {
  ByteWriter w;
  w.unsigned_varint(3), w.raw("123456");
  ByteReader fits(w.bytes()), too_many(w.bytes());
  EXPECT_EQ(fits.count(2), 3u);
  EXPECT_EQ(too_many.count(3), 0u);
  EXPECT_FALSE(too_many.ok());
}

TEST(Bytes, TheFormIsFixed) {
  ByteWriter w;
  w.u32(1), w.signed_varint(-1), w.unsigned_varint(300), w.text("普"), w.real(1.0);
  EXPECT_EQ(to_hex(w.bytes()),
            "01000000"
            "01"
            "ac02"
            "03e699ae"
            "000000000000f03f");
}

}  // namespace
}  // namespace puhui
