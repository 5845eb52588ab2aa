#include "infrastructure/channel/frame.h"

#include <gtest/gtest.h>

#include "ground/base/text.h"
#include "infrastructure/channel/channel_for_test.h"
#include "infrastructure/channel/frame_writer.h"

namespace puhui::channel {
namespace {

// The bytes of version 1 never change once released: this is what another release, or another program, must write.
TEST(Frame, HasTheseBytes) {
  std::string bytes;
  append_header(bytes, {.kind = 0x0102,
                        .flags = kLastFlag | kCompressedFlag,
                        .attempt = 0x03040506,
                        .session = {0x1011121314151617, 0x18191a1b1c1d1e1f},
                        .sequence = 0x2021222324252627,
                        .length = 0x00010203});
  EXPECT_EQ(to_hex(bytes),
            "504855490100020103000000060504031011121314151617"
            "18191a1b1c1d1e1f272625242322212003020100");
  const FrameHeader header = parse_header(bytes).value();
  EXPECT_EQ(header.kind, 0x0102);
  EXPECT_EQ(header.attempt, 0x03040506);
  EXPECT_EQ(header.session, (Id128{0x1011121314151617, 0x18191a1b1c1d1e1f}));
  EXPECT_EQ(header.sequence, 0x2021222324252627);
  EXPECT_EQ(header.length, 0x00010203);
}

TEST(Frame, EveryFlagAndKindBeyondTheKnownIsCorrupt) {
  for (const FrameHeader& header :
       {FrameHeader{.kind = 0, .flags = kLastFlag}, FrameHeader{.kind = kKindMax + 1, .flags = kLastFlag},
        FrameHeader{.kind = 1, .flags = 16}, FrameHeader{.kind = 1, .flags = kHeartbeatFlag},
        FrameHeader{.flags = kHeartbeatFlag | kLastFlag}, FrameHeader{.flags = kHeartbeatFlag | kGoodbyeFlag},
        FrameHeader{.flags = kHeartbeatFlag, .length = 1}, FrameHeader{.flags = kGoodbyeFlag, .length = 1001},
        FrameHeader{.flags = kHeartbeatFlag, .attempt = 1}, FrameHeader{.flags = kGoodbyeFlag, .session = {0, 1}},
        FrameHeader{.kind = 1, .flags = kLastFlag, .length = kChunkBytesMax + 1}, FrameHeader{.kind = 1},
        FrameHeader{.kind = 1, .flags = kLastFlag | kCompressedFlag}}) {
    std::string bytes;
    append_header(bytes, header);
    const Result<FrameHeader> parsed = parse_header(bytes);
    ASSERT_FALSE(parsed) << to_hex(bytes);
    EXPECT_EQ(parsed.error().code, ErrorCode::corrupt);
  }
}

TEST(FrameReader, ReadsTheSameHoweverTheBytesAreCut) {
  FrameWriter writer;
  writer.agree({3, 4}, 5);
  const std::string zeros(5'000, '0'), random = noise(700, 1);
  std::string bytes = writer.frame(7, zeros, FrameWriter::Place::within);
  bytes += writer.frame(7, random, FrameWriter::Place::last);
  bytes += heartbeat_frame(2);
  bytes += writer.frame(8, {}, FrameWriter::Place::last);
  bytes += goodbye_frame(3, "done");
  for (const size_t cut : {size_t{1}, size_t{7}, size_t{44}, size_t{45}, bytes.size()}) {
    FrameReader reader;
    std::vector<Frame> frames;
    for (size_t at = 0; at < bytes.size(); at += cut)
      ASSERT_TRUE(reader.add(std::string_view(bytes).substr(at, cut), frames));
    ASSERT_EQ(frames.size(), 5);
    FrameContent content;
    EXPECT_TRUE(frames[0].header.has(kCompressedFlag));
    EXPECT_EQ(content.of(frames[0]).value(), zeros);
    EXPECT_EQ(content.of(frames[1]).value(), random);
    EXPECT_EQ(frames[1].header.session, (Id128{3, 4}));
    EXPECT_EQ(frames[4].payload, "done");
    EXPECT_TRUE(reader.between_frames());
  }
}

TEST(FrameReader, AHeartbeatTellsOfFramesThatAreMissing) {
  FrameReader reader;
  std::vector<Frame> frames;
  const Result<void> gap = reader.add(heartbeat_frame(1), frames);
  ASSERT_FALSE(gap);
  EXPECT_EQ(gap.error().code, ErrorCode::corrupt);
  EXPECT_FALSE(reader.add(heartbeat_frame(0), frames)) << "refused for good";
}

TEST(FrameReader, AGoodbyeMayOvertakeWhatWasGivenUp) {
  FrameReader reader;
  std::vector<Frame> frames;
  EXPECT_TRUE(reader.add(goodbye_frame(9, "cancelled"), frames));
}

TEST(FrameWriter, TriesCompressionAgainAfterAWhile) {
  FrameWriter writer;
  const std::string random = noise(1'000, 3), text(1'000, 't');
  const auto compressed = [&](uint16_t kind, const std::string& content) {
    return (static_cast<uint8_t>(writer.frame(kind, content, FrameWriter::Place::last)[8]) & kCompressedFlag) != 0;
  };
  EXPECT_FALSE(compressed(1, random));
  for (int i = 0; i < 15; ++i) EXPECT_FALSE(compressed(1, text)) << "not tried";
  EXPECT_TRUE(compressed(1, text));
  EXPECT_TRUE(compressed(2, text)) << "another kind is another matter";
}

TEST(FrameContent, DoesNotExpandBeyondAFrame) {
  FrameWriter writer;
  const std::string whole = writer.frame(1, std::string(kChunkBytesMax, 'a'), FrameWriter::Place::last);
  Frame frame{.header = parse_header(whole.substr(0, kFrameHeaderBytes)).value(),
              .payload = whole.substr(kFrameHeaderBytes)};
  FrameContent content;
  EXPECT_EQ(content.of(frame)->size(), kChunkBytesMax);
  frame.payload += frame.payload;  // zstd joins frames that follow one another
  const Result<std::string_view> twice = content.of(frame);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::corrupt);
}

TEST(Printable, KeepsTextAndTakesControlAway) {
  EXPECT_EQ(printable("普惠 bank"), "普惠 bank");
  EXPECT_EQ(printable("a\nb\x1b[31m"), "a b [31m");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J"),
            "  2J");
  EXPECT_EQ(printable("a\xff\xfe"), "a??");
  EXPECT_EQ(printable("普惠", 4), "普");
  EXPECT_EQ(printable(std::string(5'000, 'x')).size(), kReasonBytesMax);
}

}  // namespace
}  // namespace puhui::channel
