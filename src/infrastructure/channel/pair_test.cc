#include "infrastructure/channel/pair.h"

#include <gtest/gtest.h>

#include <thread>

#include "infrastructure/channel/channel_for_test.h"

namespace puhui::channel {
namespace {

constexpr uint16_t kKind = 301;

TEST(Pair, CarriesMessagesOfEverySizeAroundAFrame) {
  Pair pair = connected_pair();
  for (const size_t size : {size_t{0}, size_t{1}, kChunkBytesMax - 1, kChunkBytesMax, kChunkBytesMax + 1,
                            2 * kChunkBytesMax, 2 * kChunkBytesMax + 7}) {
    const std::string sent = noise(size, size);
    ASSERT_TRUE(pair.first->send(kKind, sent));
    const Result<std::string> came = pair.second->receive(kKind);
    ASSERT_TRUE(came) << reason_of(came);
    EXPECT_EQ(*came, sent) << size;
  }
  EXPECT_EQ(pair.first->traffic().messages_sent, 7);
  EXPECT_EQ(pair.second->traffic().messages_received, 7);
  EXPECT_EQ(pair.second->traffic().bytes_received, pair.first->traffic().bytes_sent);
}

TEST(Pair, JoinsPartsAndPiecesToOneMessage) {
  Pair pair = connected_pair();
  ASSERT_TRUE(pair.first->send(kKind, {"a", "", "bc"}));
  ASSERT_TRUE(pair.first->begin(kKind));
  const std::string piece = noise(100'000, 1);
  std::string whole;
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(pair.first->piece(piece));
    whole += piece;
  }
  ASSERT_TRUE(pair.first->end());
  EXPECT_EQ(pair.second->receive(kKind).value(), "abc");
  std::string came;
  size_t pieces = 0;
  ASSERT_TRUE(pair.second->receive(kKind, [&](std::string_view part) -> Result<void> {
    EXPECT_LE(part.size(), kChunkBytesMax);
    came += part;
    ++pieces;
    return {};
  }));
  EXPECT_EQ(came, whole);
  EXPECT_EQ(pieces, 4);
}

TEST(Pair, CompressesOnlyWhatShrinks) {
  Pair pair = connected_pair();
  const std::string text(1'000'000, 'x');
  ASSERT_TRUE(pair.first->send(kKind, text));
  EXPECT_EQ(pair.second->receive(kKind).value(), text);
  EXPECT_LT(pair.first->traffic().bytes_sent, 10'000);
  EXPECT_EQ(pair.first->traffic().bytes_before_compression_sent, 1'000'000);
  const std::string random = noise(1'000'000, 5);
  ASSERT_TRUE(pair.second->send(kKind, random));
  EXPECT_EQ(pair.first->receive(kKind).value(), random);
  EXPECT_GE(pair.second->traffic().bytes_sent, 1'000'000);
  EXPECT_LT(pair.second->traffic().bytes_sent, 1'000'400);
}

TEST(Pair, RefusesAMessageOfAnotherKindAndTellsBoth) {
  Pair pair = connected_pair();
  ASSERT_TRUE(pair.first->send(302, "x"));
  const Result<std::string> came = pair.second->receive(301);
  ASSERT_FALSE(came);
  EXPECT_EQ(came.error().code, ErrorCode::corrupt);
  EXPECT_TRUE(has(reason_of(came), "expected a message of kind 301, came kind 302")) << reason_of(came);
  EXPECT_TRUE(has(reason_of(pair.first->receive(1)), "said goodbye: corrupt: message: expected a message of kind 301"));
  EXPECT_FALSE(pair.first->send(301, "y"));
}

TEST(Pair, RefusesAnotherSessionOrAttempt) {
  Pair pair = connected_pair();
  ASSERT_TRUE(pair.first->send(kKind, "hello"));
  EXPECT_EQ(pair.second->receive(kKind).value(), "hello");
  pair.first->agree({7, 8}, 2);
  pair.second->agree({7, 8}, 2);
  ASSERT_TRUE(pair.first->send(kKind, "agreed"));
  EXPECT_EQ(pair.second->receive(kKind).value(), "agreed");
  pair.second->agree({7, 8}, 3);
  ASSERT_TRUE(pair.second->send(kKind, "late"));
  const Result<std::string> came = pair.first->receive(kKind);
  ASSERT_FALSE(came);
  EXPECT_EQ(came.error().code, ErrorCode::corrupt);
  EXPECT_TRUE(has(reason_of(came), "attempt 2")) << reason_of(came);
  EXPECT_TRUE(has(reason_of(came), "attempt 3")) << reason_of(came);
}

TEST(Pair, GoodbyeLetsThePeerReadWhatWasSentBefore) {
  Pair pair = connected_pair();
  ASSERT_TRUE(pair.first->send(kKind, "last words"));
  pair.first->goodbye("the job is done\x1b[2J");
  pair.first->goodbye("another reason");
  EXPECT_EQ(pair.second->receive(kKind).value(), "last words");
  const Result<std::string> none = pair.second->receive(kKind);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::unavailable);
  EXPECT_EQ(none.error().text(), "unavailable: party first: said goodbye: the job is done [2J");
  EXPECT_TRUE(has(reason_of(pair.first->send(kKind, "x")), "this side said goodbye: the job is done"));
}

TEST(Pair, DestroyingOneEndIsAGoodbye) {
  Pair pair = connected_pair();
  pair.first.reset();
  EXPECT_TRUE(has(reason_of(pair.second->receive(kKind)), "said goodbye: no reason given"));
}

TEST(Pair, InterruptWakesWhoWaitsAndLeavesTheGoodbyeToBeSaid) {
  Pair pair = connected_pair();
  std::thread stopper([&] { pair.second->interrupt(); });
  const Result<std::string> came = pair.second->receive(kKind);
  stopper.join();
  EXPECT_TRUE(has(reason_of(came), "this side interrupted")) << reason_of(came);
  EXPECT_TRUE(has(reason_of(pair.second->send(kKind, "x")), "this side interrupted"));
  pair.second->goodbye("cancelled by the operator");
  EXPECT_TRUE(has(reason_of(pair.first->receive(kKind)), "cancelled by the operator"));
}

TEST(Pair, ASenderWaitsForASlowReceiver) {
  Pair pair = connected_pair({.connection = {.waiting_bytes_max = kWaitingBytesMin}});
  const std::string sent = noise(8'000'000, 3);
  std::thread sender([&] { EXPECT_TRUE(pair.first->send(kKind, sent)); });
  const Result<std::string> came = pair.second->receive(kKind);
  sender.join();
  EXPECT_TRUE(came && *came == sent);
  EXPECT_LE(pair.second->traffic().waiting_received_peak, kWaitingBytesMin);
  EXPECT_GE(pair.second->traffic().waiting_received_peak, kChunkBytesMax);
}

TEST(Pair, BothSendingAndNeitherReceivingIsNoticed) {
  Pair pair = connected_pair({.connection = {.stuck_max_ms = 50, .waiting_bytes_max = kWaitingBytesMin}});
  const std::string sent = noise(3'000'000, 3);
  Result<void> first, second;
  std::thread other([&] { second = pair.second->send(kKind, sent); });
  first = pair.first->send(kKind, sent);
  other.join();
  ASSERT_FALSE(first);
  ASSERT_FALSE(second);
  for (const Result<void>& one : {first, second})
    EXPECT_TRUE(has(reason_of(one), "both parties send and neither receives")) << reason_of(one);
}

TEST(Pair, AWholeMessageBeyondTheReceiversLimitIsRefused) {
  Pair pair = connected_pair();
  ASSERT_TRUE(pair.first->send(kKind, noise(1001, 1)));
  const Result<std::string> came = pair.second->receive(kKind, 1000);
  ASSERT_FALSE(came);
  EXPECT_EQ(came.error().code, ErrorCode::exhausted);
  EXPECT_FALSE(pair.first->send(kKind, "x"));
}

TEST(Pair, ATakersErrorEndsTheConnectionWithItsText) {
  Pair pair = connected_pair();
  ASSERT_TRUE(pair.first->send(kKind, "points"));
  const Result<void> taken = pair.second->receive(
      kKind, [](std::string_view) -> Result<void> { return fail(ErrorCode::corrupt, "point 3", "not on the curve"); });
  EXPECT_EQ(reason_of(taken), "corrupt: point 3: not on the curve");
  EXPECT_TRUE(has(reason_of(pair.first->receive(kKind)), "point 3: not on the curve"));
}

TEST(PairFaults, CutsAfterSoManyMessages) {
  Pair pair = connected_pair({.from_first = {.cut_after_messages = 2}});
  ASSERT_TRUE(pair.first->send(kKind, "0"));
  ASSERT_TRUE(pair.first->send(kKind, "1"));
  const Result<void> third = pair.first->send(kKind, "2");
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::unavailable);
  EXPECT_EQ(pair.second->receive(kKind).value(), "0");
  EXPECT_EQ(pair.second->receive(kKind).value(), "1");
  EXPECT_TRUE(has(reason_of(pair.second->receive(kKind)), "the connection was cut"));
}

TEST(PairFaults, ARepeatedFrameIsDroppedAndCounted) {
  Pair pair = connected_pair({.from_first = {.repeat_frame = 1}});
  for (const char* text : {"0", "1", "2"}) ASSERT_TRUE(pair.first->send(kKind, text));
  for (const char* text : {"0", "1", "2"}) EXPECT_EQ(pair.second->receive(kKind).value(), text);
  EXPECT_EQ(pair.second->traffic().repeats_dropped, 1);
}

TEST(PairFaults, ALostOrOvertakenFrameIsCorruptAtBoth) {
  for (const PairFaults& faults : {PairFaults{.lose_frame = 1}, PairFaults{.swap_frame = 1}}) {
    Pair pair = connected_pair({.from_first = faults});
    for (const char* text : {"0", "1", "2"}) ASSERT_TRUE(pair.first->send(kKind, text));
    EXPECT_EQ(pair.second->receive(kKind).value(), "0");
    const Result<std::string> gap = pair.second->receive(kKind);
    ASSERT_FALSE(gap);
    EXPECT_EQ(gap.error().code, ErrorCode::corrupt);
    EXPECT_TRUE(has(reason_of(gap), "expected number 1, came 2")) << reason_of(gap);
    EXPECT_TRUE(has(reason_of(pair.first->send(kKind, "3")), "expected number 1, came 2"));
  }
}

TEST(PairFaults, ATruncatedFrameIsNeverDelivered) {
  Pair pair = connected_pair({.from_first = {.truncate_frame = 1}});
  ASSERT_TRUE(pair.first->send(kKind, noise(kChunkBytesMax + 10, 1)));
  size_t pieces = 0;
  const Result<void> came = pair.second->receive(kKind, [&](std::string_view) -> Result<void> {
    ++pieces;
    return {};
  });
  ASSERT_FALSE(came);
  EXPECT_EQ(came.error().code, ErrorCode::unavailable);
  EXPECT_EQ(pieces, 1);
}

}  // namespace
}  // namespace puhui::channel
