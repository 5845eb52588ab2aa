// Who is let in and who is not, and what both sides are told.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "infrastructure/channel/house_for_test.h"

namespace puhui::channel {
namespace {

constexpr uint16_t kKind = 301;
constexpr int64_t kYearUs = 365 * 86'400'000'000;

Identity identity(std::string_view party) { return Identity::make(party, kTestNow).value(); }

Socket plain_caller(const Houses& houses) {
  return connect_to(parse_address(houses.address()).value(), kTestWaitMs).value();
}

void send_plain(const Socket& socket, std::string_view text) {
  EXPECT_EQ(::send(socket.fd(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

// One that answers once with what it was told to, whoever calls.
class PlainAnswer {
 public:
  explicit PlainAnswer(std::string text) : socket_(listen_on({"127.0.0.1", 0}).value()) {
    thread_ = std::thread([this, text = std::move(text)] {
      if (!wait_for(socket_.fd(), POLLIN, now_ms() + kTestWaitMs, nullptr)) return;
      const Socket caller(::accept(socket_.fd(), nullptr, nullptr));
      send_plain(caller, text);
      linger(caller, kTestWaitMs, nullptr);
    });
  }
  ~PlainAnswer() { thread_.join(); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_of(socket_)); }

 private:
  Socket socket_;
  std::thread thread_;
};

TEST(Handshake, ACallerWhoIsNotPinnedIsRefusedAndBothSay) {
  Houses houses;
  const Identity stranger = identity("bank-b");
  const auto called = houses.call(stranger, pinned(houses.a));
  ASSERT_FALSE(called);
  EXPECT_EQ(called.error().code, ErrorCode::forbidden);
  EXPECT_TRUE(has(reason_of(called),
                  "the other side refused this house's certificate " + stranger.certificate().fingerprint.hex()))
      << reason_of(called);
  EXPECT_TRUE(has(reason_of(called), "calling bank-a at 127.0.0.1:"));
  const std::string told = houses.refusal();
  EXPECT_TRUE(has(told, "forbidden: certificate: expected the certificate of bank-b " +
                            houses.b.certificate().fingerprint.short_hex()))
      << told;
  EXPECT_TRUE(has(told, "came " + stranger.certificate().fingerprint.hex() + ", which calls itself \"bank-b\""))
      << told;
  EXPECT_TRUE(has(told, "compare fingerprints"));
}

TEST(Handshake, AListenerWhoIsNotPinnedIsRefusedAndBothSay) {
  Houses houses;
  const auto called = houses.call(houses.b, pinned(identity("bank-a")));
  ASSERT_FALSE(called);
  EXPECT_EQ(called.error().code, ErrorCode::forbidden);
  EXPECT_TRUE(has(reason_of(called), "came " + houses.a.certificate().fingerprint.hex())) << reason_of(called);
  const std::string told = houses.refusal();
  EXPECT_TRUE(has(told, "refused this house's certificate " + houses.a.certificate().fingerprint.hex())) << told;
}

TEST(Handshake, ACertificateOutOfDateIsRefusedAndBothSay) {
  Houses houses;
  const Timestamp then{kTestNow.microseconds - 11 * kYearUs};
  const Identity old = Identity::make("bank-b", then).value();
  // In date by its own clock, which stands eleven years back; the listener's certificate is not, yet.
  houses.listener->pin({pinned(old)});
  const ManualClock clock_back(then);
  const DialOptions options{.address = houses.address(), .peer = pinned(houses.a)};
  EXPECT_TRUE(has(reason_of(dial(old, clock_back, options)), "expected the certificate of bank-a to be in date"));
  const auto own = houses.call(old, pinned(houses.a));
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().code, ErrorCode::invalid);
  EXPECT_TRUE(has(reason_of(own), "this house's own certificate")) << reason_of(own);
  // In date at the caller, not at the listener.
  const Identity shortly = Identity::make("bank-b", {kTestNow.microseconds - 3'651 * 86'400'000'000}).value();
  houses.listener->pin({pinned(shortly)});
  const ManualClock clock(kTestNow);
  houses.clock.advance_us(2 * 86'400'000'000);
  const auto late = dial(shortly, clock, options);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::forbidden);
  EXPECT_TRUE(has(reason_of(late), "out of date")) << reason_of(late);
  EXPECT_TRUE(has(houses.refusal(1), "expected the certificate of bank-b to be in date")) << houses.refusal(1);
}

TEST(Handshake, BothSidesKnowWhatTheCallIsFor) {
  Houses houses({}, kTestWaitMs, {"jobs/1", "questions/1"});
  const auto called =
      dial(houses.b, houses.clock, {.address = houses.address(), .peer = pinned(houses.a), .purpose = "questions/1"});
  ASSERT_TRUE(called) << reason_of(called);
  EXPECT_EQ((*called)->purpose(), "questions/1");
  EXPECT_EQ(houses.arrivals.take("bank-b", kTestWaitMs).value()->purpose(), "questions/1");
  const auto other =
      dial(houses.b, houses.clock, {.address = houses.address(), .peer = pinned(houses.a), .purpose = "chess/1"});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::forbidden);
  EXPECT_TRUE(has(reason_of(other), "do not agree on what the call is for")) << reason_of(other);
  EXPECT_TRUE(has(houses.refusal(), "do not agree on what the call is for")) << houses.refusal();
}

TEST(Handshake, APlainTextCallerIsRefused) {
  Houses houses;
  const Socket caller = plain_caller(houses);
  send_plain(caller, "GET / HTTP/1.1\r\nHost: bank-a\r\n\r\n");
  EXPECT_TRUE(has(houses.refusal(), "expected TLS 1.3, the other side speaks something else")) << houses.refusal();
}

TEST(Handshake, AListenerThatSpeaksNoTlsIsNamed) {
  Houses houses;
  const PlainAnswer answer("SSH-2.0-OpenSSH_9.2\r\n");
  const auto called = dial(houses.b, houses.clock, {.address = answer.address(), .peer = pinned(houses.a)});
  ASSERT_FALSE(called);
  EXPECT_EQ(called.error().code, ErrorCode::forbidden);
  EXPECT_TRUE(has(reason_of(called), "the other side speaks something else")) << reason_of(called);
}

TEST(Handshake, OlderTlsIsRefused) {
  Houses houses;
  const SslContext context = tls_context(houses.b, Side::caller, kTestNow).value();
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  const auto called = TlsSocket::greet(
      plain_caller(houses), context.get(),
      {.side = Side::caller, .peers = {pinned(houses.a)}, .now = kTestNow, .wait_max_ms = kTestWaitMs});
  ASSERT_FALSE(called);
  EXPECT_TRUE(has(reason_of(called), "expected TLS 1.3")) << reason_of(called);
  EXPECT_TRUE(has(houses.refusal(), "expected TLS 1.3")) << houses.refusal();
}

TEST(Handshake, ACallerWithoutACertificateIsRefused) {
  Houses houses;
  const SslContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  const SslHandle ssl(SSL_new(context.get()));
  const Socket caller = plain_caller(houses);
  SSL_set_fd(ssl.get(), caller.fd());
  while (SSL_connect(ssl.get()) < 0 && wait_for(caller.fd(), POLLIN, now_ms() + kTestWaitMs, nullptr)) {
    if (SSL_is_init_finished(ssl.get()) != 0) break;
  }
  EXPECT_TRUE(has(houses.refusal(), "expected a partner's certificate, the caller showed none")) << houses.refusal();
}

TEST(Handshake, ACallerThatStallsIsLetGo) {
  Houses houses({}, 50);
  const Socket caller = plain_caller(houses);
  EXPECT_TRUE(has(houses.refusal(), "expected it to be done within 50 ms, the other side stalled")) << houses.refusal();
}

TEST(Handshake, ACallerThatHangsUpIsNamed) {
  Houses houses;
  plain_caller(houses).close();
  EXPECT_TRUE(has(houses.refusal(), "closed it without a word")) << houses.refusal();
}

TEST(Handshake, AListenerThatStallsIsLetGo) {
  const Socket silent = listen_on({"127.0.0.1", 0}).value();  // the system accepts, nobody answers
  Houses houses;
  const auto called = dial(
      houses.b, houses.clock,
      {.address = "127.0.0.1:" + std::to_string(port_of(silent)), .peer = pinned(houses.a), .handshake_max_ms = 50});
  ASSERT_FALSE(called);
  EXPECT_EQ(called.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(has(reason_of(called), "within 50 ms")) << reason_of(called);
}

TEST(Dial, SaysWhenNobodyListens) {
  Houses houses;
  const std::string address = houses.address();
  houses.listener->stop();
  const auto called = dial(houses.b, houses.clock, {.address = address, .peer = pinned(houses.a)});
  ASSERT_FALSE(called);
  EXPECT_EQ(called.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(has(reason_of(called), "nobody listens there")) << reason_of(called);
}

TEST(Dial, SaysWhatIsNoAddress) {
  Houses houses;
  for (const char* address : {"", "bank", "bank:", "bank:x", "bank:70000", "::1:5", ":5", "bank:-1", "bank:0"}) {
    const auto called = dial(houses.b, houses.clock, {.address = address, .peer = pinned(houses.a)});
    ASSERT_FALSE(called);
    EXPECT_EQ(called.error().code, ErrorCode::invalid) << address;
  }
}

// A name longer than names may be: no name service is asked.
TEST(Dial, SaysWhichHostIsNotKnown) {
  Houses houses;
  const std::string host(80, 'x');
  const auto called = dial(houses.b, houses.clock, {.address = host + ":9443", .peer = pinned(houses.a)});
  ASSERT_FALSE(called);
  EXPECT_EQ(called.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(has(reason_of(called), "expected a host name that is known here, came \"" + host)) << reason_of(called);
}

TEST(Address, IsAHostAndAPort) {
  EXPECT_EQ(parse_address("bank-a.example:9443")->host, "bank-a.example");
  EXPECT_EQ(parse_address("[2001:db8::1]:9443")->host, "2001:db8::1");
  EXPECT_EQ(parse_address(":9443")->host, "");
  EXPECT_EQ(parse_address("10.0.0.1:9443")->port, 9443);
}

TEST(Listener, SaysThatItsPortIsInUse) {
  Houses houses;
  const auto second =
      Listener::start(houses.b, {.address = houses.address(), .peers = {}},
                      {.clock = houses.clock, .arrived = [](auto) {}, .refused = [](const Refusal&) {}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_TRUE(has(reason_of(second), "the port is in use")) << reason_of(second);
}

TEST(Listener, GreetsSoManyAtOnceAndStopsWhileTheyStall) {
  Houses houses;
  std::vector<Socket> callers;
  for (size_t i = 0; i <= kHandshakesMax; ++i) callers.push_back(plain_caller(houses));
  EXPECT_TRUE(has(houses.refusal(), "exhausted: handshakes: expected at most 16 at once")) << houses.refusal();
  houses.listener->stop();
  const ListenerCounts counts = houses.listener->counts();
  EXPECT_EQ(counts.callers, kHandshakesMax + 1);
  EXPECT_EQ(counts.refusals, kHandshakesMax + 1);
  EXPECT_EQ(counts.connections, 0);
}

TEST(Listener, CountsTheConnectionsThatStand) {
  Houses houses;
  {
    const Pair pair = houses.talk();
    EXPECT_EQ(houses.listener->counts().open, 1);
    EXPECT_EQ(houses.listener->counts().connections, 1);
  }
  EXPECT_EQ(houses.listener->counts().open, 0);
  EXPECT_EQ(houses.listener->counts().refusals, 0);
}

TEST(Listener, ConnectionsLiveOnWhenItStops) {
  Houses houses;
  const Pair pair = houses.talk();
  houses.listener->stop();
  ASSERT_TRUE(pair.first->send(kKind, "still here"));
  EXPECT_EQ(pair.second->receive(kKind).value(), "still here");
}

TEST(Listener, TakesNewPartnersInWhileItRuns) {
  Houses houses;
  const Identity other = identity("bank-c");
  EXPECT_FALSE(houses.call(other, pinned(houses.a)));
  houses.listener->pin({pinned(houses.b), pinned(other)});
  EXPECT_TRUE(houses.call(other, pinned(houses.a)));
  EXPECT_TRUE(houses.arrivals.take("bank-c", kTestWaitMs));
}

TEST(Arrivals, TheNewerOfOnePartyCounts) {
  Arrivals arrivals;
  Pair one = connected_pair({.first = "a", .second = "b"}), two = connected_pair({.first = "a", .second = "b"});
  arrivals.put(std::move(one.first));
  arrivals.put(std::move(two.first));
  EXPECT_TRUE(has(reason_of(one.second->receive(kKind)), "the party called again"));
  const auto taken = arrivals.take("b", kTestWaitMs);
  ASSERT_TRUE(taken);
  ASSERT_TRUE((*taken)->send(kKind, "x"));
  EXPECT_EQ(two.second->receive(kKind).value(), "x");
}

TEST(Arrivals, WhoDoesNotComeIsNamedAndACloseWakesWhoWaits) {
  Arrivals arrivals;
  EXPECT_TRUE(has(reason_of(arrivals.take("b", 1)), "party b: has not called within 1 ms"));
  std::thread closer([&] { arrivals.close("the program stops"); });
  EXPECT_TRUE(has(reason_of(arrivals.take("b", kTestWaitMs)), "the program stops"));
  closer.join();
  Pair late = connected_pair({.first = "a", .second = "b"});
  arrivals.put(std::move(late.first));
  EXPECT_TRUE(has(reason_of(late.second->receive(kKind)), "the program stops"));
}

}  // namespace
}  // namespace puhui::channel
