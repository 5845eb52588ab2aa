#include <gtest/gtest.h>

#include <thread>

#include "infrastructure/channel/house_for_test.h"

namespace puhui::channel {
namespace {

constexpr uint16_t kKind = 301;

std::string frame(uint64_t sequence, std::string_view payload, uint16_t flags = kLastFlag) {
  std::string out;
  append_header(out,
                {.kind = kKind, .flags = flags, .sequence = sequence, .length = static_cast<uint32_t>(payload.size())});
  return out += payload;
}

TEST(TlsConnection, CarriesMessagesOfEverySizeBothWays) {
  Houses houses;
  Pair pair = houses.talk();
  EXPECT_EQ(pair.first->peer(), "bank-b");
  EXPECT_EQ(pair.first->peer_fingerprint(), houses.b.certificate().fingerprint);
  EXPECT_EQ(pair.second->peer(), "bank-a");
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{50'000}, kChunkBytesMax, kChunkBytesMax + 1, size_t{3'000'000}}) {
    const std::string sent = noise(size, size);
    ASSERT_TRUE(pair.first->send(kKind, sent));
    ASSERT_TRUE(pair.second->send(kKind, sent));
    EXPECT_TRUE(pair.second->receive(kKind).value() == sent) << size;
    EXPECT_TRUE(pair.first->receive(kKind).value() == sent) << size;
  }
}

TEST(TlsConnection, ManySmallMessagesKeepTheirOrder) {
  Houses houses;
  Pair pair = houses.talk();
  std::thread sender([&] {
    for (int i = 0; i < 5'000; ++i) EXPECT_TRUE(pair.first->send(kKind, std::to_string(i)));
  });
  for (int i = 0; i < 5'000; ++i) ASSERT_EQ(pair.second->receive(kKind).value(), std::to_string(i));
  sender.join();
}

// Sends `total` bytes as one message from a buffer of 1 MB.
Result<void> stream(Connection& to, size_t total, const std::string& buffer) {
  TRY(to.begin(kKind));
  for (size_t sent = 0; sent < total; sent += buffer.size()) TRY(to.piece(buffer));
  return to.end();
}

size_t drink(Connection& from, const std::string& buffer) {
  size_t came = 0;
  bool same = true;
  EXPECT_TRUE(from.receive(kKind, [&](std::string_view piece) -> Result<void> {
    for (size_t done = 0; done < piece.size();) {
      const size_t at = (came + done) % buffer.size();
      const size_t part = std::min(piece.size() - done, buffer.size() - at);
      same &= piece.substr(done, part) == std::string_view(buffer).substr(at, part);
      done += part;
    }
    came += piece.size();
    return {};
  }));
  EXPECT_TRUE(same);
  return came;
}

TEST(TlsConnection, StreamsHundredMegabytesBothWaysAtOnceInBoundedMemory) {
  constexpr size_t kTotal = 100'000'000, kWaiting = 2 << 20;
  const ConnectionOptions options{.waiting_bytes_max = kWaiting, .key_bytes_max = 1 << 20};
  Houses houses(options);
  Pair pair = houses.talk(options);
  const std::string buffer = noise(1'000'000, 9);
  std::thread first([&] { EXPECT_TRUE(stream(*pair.first, kTotal, buffer)); });
  std::thread second([&] { EXPECT_TRUE(stream(*pair.second, kTotal, buffer)); });
  std::thread drinker([&] { EXPECT_EQ(drink(*pair.second, buffer), kTotal); });
  EXPECT_EQ(drink(*pair.first, buffer), kTotal);
  for (std::thread* thread : {&first, &second, &drinker}) thread->join();
  for (const Connection* end : {pair.first.get(), pair.second.get()}) {
    const Traffic traffic = end->traffic();
    EXPECT_LE(traffic.waiting_sent_peak, kWaiting);
    EXPECT_LE(traffic.waiting_received_peak, kWaiting);
    EXPECT_GE(traffic.bytes_sent, kTotal);
    EXPECT_GE(traffic.bytes_received, kTotal);
    EXPECT_GE(traffic.keys_renewed, 50);
  }
}

TEST(TlsConnection, AReceiverThatTakesNothingStopsTheSender) {
  const ConnectionOptions options{.waiting_bytes_max = kWaitingBytesMin};
  Houses houses(options);
  Pair pair = houses.talk(options);
  const std::string buffer = noise(1'000'000, 2);
  Result<void> done;
  std::thread sender([&] { done = stream(*pair.second, 100'000'000, buffer); });
  // More than the two mailboxes and the system's buffers hold is never taken: only the interruption ends it.
  while (pair.second->traffic().waiting_sent_peak + kChunkBytesMax + 1000 < kWaitingBytesMin) std::this_thread::yield();
  pair.second->interrupt();
  sender.join();
  ASSERT_FALSE(done);
  EXPECT_TRUE(has(reason_of(done), "this side interrupted")) << reason_of(done);
  EXPECT_LT(pair.second->traffic().bytes_sent, 100'000'000);
  EXPECT_LE(pair.first->traffic().waiting_received_peak, kWaitingBytesMin);
  pair.first->interrupt();
}

TEST(TlsConnection, BothSendingAndNeitherReceivingIsNoticed) {
  const ConnectionOptions options{.goodbye_max_ms = 50, .stuck_max_ms = 100, .waiting_bytes_max = kWaitingBytesMin};
  Houses houses(options);
  Pair pair = houses.talk(options);
  const std::string buffer = noise(1'000'000, 3);
  Result<void> first, second;
  std::thread other([&] { second = stream(*pair.second, 100'000'000, buffer); });
  first = stream(*pair.first, 100'000'000, buffer);
  other.join();
  ASSERT_FALSE(first);
  ASSERT_FALSE(second);
  // The other end hears it as a goodbye, or finds the same, or sees the connection close.
  EXPECT_TRUE(has(reason_of(first) + reason_of(second), "both parties send and neither receives"));
}

TEST(TlsConnection, GoodbyeComesAfterWhatWasSentBefore) {
  Houses houses;
  Pair pair = houses.talk();
  const std::string last = noise(2'000'000, 4);
  ASSERT_TRUE(pair.first->send(kKind, last));
  std::thread reader([&] {
    EXPECT_TRUE(pair.second->receive(kKind).value() == last);
    const Result<std::string> none = pair.second->receive(kKind);
    EXPECT_EQ(reason_of(none), "unavailable: party bank-a: said goodbye: the job is done");
    EXPECT_EQ(reason_of(pair.second->send(kKind, "x")), reason_of(none));
  });
  pair.first->goodbye("the job is done");
  reader.join();
  EXPECT_TRUE(has(reason_of(pair.first->receive(kKind)), "this side said goodbye: the job is done"));
}

TEST(TlsConnection, BothMaySayGoodbyeAtOnce) {
  Houses houses;
  Pair pair = houses.talk();
  std::thread other([&] { pair.second->goodbye("two"); });
  pair.first->goodbye("one");
  other.join();
  EXPECT_FALSE(pair.first->send(kKind, "x"));
  EXPECT_FALSE(pair.second->send(kKind, "x"));
}

TEST(TlsConnection, InterruptWakesAReceiverAndLeavesTheGoodbyeToBeSaid) {
  Houses houses;
  Pair pair = houses.talk();
  std::thread stopper([&] { pair.first->interrupt(); });
  EXPECT_TRUE(has(reason_of(pair.first->receive(kKind)), "this side interrupted"));
  stopper.join();
  pair.first->goodbye("cancelled by the operator");
  EXPECT_TRUE(has(reason_of(pair.second->receive(kKind)), "said goodbye: cancelled by the operator"));
}

TEST(TlsConnection, AWrongStepIsToldToBothSides) {
  Houses houses;
  Pair pair = houses.talk();
  pair.first->agree({1, 2}, 1);
  pair.second->agree({1, 2}, 1);
  ASSERT_TRUE(pair.first->send(400, "x"));
  EXPECT_TRUE(has(reason_of(pair.second->receive(401)), "expected a message of kind 401, came kind 400"));
  EXPECT_TRUE(
      has(reason_of(pair.first->receive(401)), "said goodbye: corrupt: message: expected a message of kind 401"));
}

TEST(TlsConnection, APeerThatDiesLeavesWhatItSentAndAReason) {
  Houses houses;
  auto peer = std::make_unique<RawPeer>(houses);
  const std::unique_ptr<Connection> connection = houses.arrivals.take("bank-b", kTestWaitMs).value();
  EXPECT_TRUE(peer->write(frame(0, "whole") + frame(1, "half of it").substr(0, 47)));
  peer.reset();
  EXPECT_EQ(connection->receive(kKind).value(), "whole");
  const Result<std::string> gone = connection->receive(kKind);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(has(reason_of(gone), "closed it without a word")) << reason_of(gone);
  EXPECT_TRUE(has(reason_of(gone), "ended within a frame")) << reason_of(gone);
  EXPECT_FALSE(connection->send(kKind, "x"));
}

TEST(TlsConnection, ASilentPeerIsGoneAndIsTold) {
  Houses houses({.silence_max_ms = 200});
  RawPeer peer(houses);
  const std::unique_ptr<Connection> connection = houses.arrivals.take("bank-b", kTestWaitMs).value();
  const Result<std::string> gone = connection->receive(kKind);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(has(reason_of(gone), "silent for 200 ms")) << reason_of(gone);
  EXPECT_TRUE(has(peer.goodbye(), "silent for 200 ms"));
}

TEST(TlsConnection, SendsHeartbeatsWhileItsOwnerDoesNothing) {
  Houses houses({.heartbeat_ms = 20, .goodbye_max_ms = 50});
  RawPeer peer(houses);
  const std::unique_ptr<Connection> connection = houses.arrivals.take("bank-b", kTestWaitMs).value();
  const std::vector<Frame> frames =
      peer.read_until([](const std::vector<Frame>& so_far) { return so_far.size() >= 4; });
  ASSERT_GE(frames.size(), 4);
  for (const Frame& one : frames) EXPECT_TRUE(one.header.has(kHeartbeatFlag));
}

TEST(TlsConnection, WhoIsNotListenedToIsNotCalledSilent) {
  Houses houses({.silence_max_ms = 100, .goodbye_max_ms = 50, .waiting_bytes_max = kWaitingBytesMin});
  RawPeer peer(houses);
  const std::unique_ptr<Connection> connection = houses.arrivals.take("bank-b", kTestWaitMs).value();
  const std::string chunk = noise(kChunkBytesMax, 6);
  constexpr uint64_t kFrames = 40;
  std::thread writer([&] {
    for (uint64_t i = 0; i < kFrames; ++i) EXPECT_TRUE(peer.write(frame(i, chunk)));
  });
  // Full, and nobody takes: longer than the peer may be silent.
  while (connection->traffic().waiting_received_peak < kWaitingBytesMin / 3) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  for (uint64_t i = 0; i < kFrames; ++i) ASSERT_TRUE(connection->receive(kKind)) << i;
  writer.join();
}

struct BadBytes {
  std::string name, bytes, reason;
};

TEST(TlsConnection, BytesThatAreNoFramesAreToldToBothSides) {
  std::string version = frame(0, "x"), flags = frame(0, "x"), length = frame(0, "x"), behind = frame(0, "x");
  version[4] = 2;
  flags[8] = 0x11;
  behind[10] = 1;
  length.replace(40, 4, "\xff\xff\xff\x7f");
  const std::vector<BadBytes> bad{
      {"magic", "HTTP/1.1 200 OK" + std::string(60, ' '), "expected a frame to begin with 50485549, came 48545450"},
      {"version", version, "expected version 1 of the channel, came 2"},
      {"flags", flags, "expected flags 1, 2, 4, 8"},
      {"behind", behind, "expected flags 1, 2, 4, 8"},
      {"length", length, "came a length of 2147483647"},
      {"gap", frame(0, "x") + frame(2, "x"), "expected number 1, came 2"},
      {"endless", frame(0, "", 0), "expected content in a frame"},
      {"compressed", frame(0, "no zstd", kLastFlag | kCompressedFlag), "expected content that zstd expands"},
  };
  Houses houses;
  for (const BadBytes& one : bad) {
    auto peer = std::make_unique<RawPeer>(houses);
    const std::unique_ptr<Connection> connection = houses.arrivals.take("bank-b", kTestWaitMs).value();
    EXPECT_TRUE(peer->write(one.bytes));
    std::thread reader([&] {
      Result<std::string> came = connection->receive(kKind);
      if (came) came = connection->receive(kKind);
      EXPECT_TRUE(has(reason_of(came), one.reason)) << one.name << ": " << reason_of(came);
    });
    const std::string told = peer->goodbye();
    peer.reset();
    EXPECT_TRUE(has(told, one.reason)) << one.name << ": " << told;
    reader.join();
  }
}

TEST(TlsConnection, AReplayedFrameIsDroppedAndCounted) {
  Houses houses({.goodbye_max_ms = 50});
  RawPeer peer(houses);
  const std::unique_ptr<Connection> connection = houses.arrivals.take("bank-b", kTestWaitMs).value();
  EXPECT_TRUE(peer.write(frame(0, "a") + frame(0, "a") + frame(1, "b") + frame(0, "a") + frame(2, "c")));
  for (const char* text : {"a", "b", "c"}) EXPECT_EQ(connection->receive(kKind).value(), text);
  EXPECT_EQ(connection->traffic().repeats_dropped, 2);
}

TEST(TlsConnection, AGoodbyeFromOutsideIsPrintedSafely) {
  Houses houses;
  RawPeer peer(houses);
  const std::unique_ptr<Connection> connection = houses.arrivals.take("bank-b", kTestWaitMs).value();
  std::string said;
  append_header(said, {.flags = kGoodbyeFlag, .sequence = 7, .length = 6});
  EXPECT_TRUE(peer.write(said + "\x1b[2J\xff!"));
  EXPECT_EQ(reason_of(connection->receive(kKind)), "unavailable: party bank-b: said goodbye:  [2J?!");
}

}  // namespace
}  // namespace puhui::channel
