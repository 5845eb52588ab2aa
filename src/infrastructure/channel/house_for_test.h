// Two houses on the loopback for the channel's tests: bank-a listens, bank-b calls; and a RawPeer that speaks TLS but no frames.
#pragma once

#include <poll.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "infrastructure/channel/arrivals.h"
#include "infrastructure/channel/channel_for_test.h"
#include "infrastructure/channel/dial.h"
#include "infrastructure/channel/frame.h"
#include "infrastructure/channel/listener.h"
#include "infrastructure/channel/pair.h"
#include "infrastructure/channel/tls_socket.h"

namespace puhui::channel {

inline constexpr Timestamp kTestNow{1'800'000'000'000'000};
inline constexpr int64_t kTestWaitMs = 30'000;  // far more than needed: only a failure waits so long

inline Pinned pinned(const Identity& identity) {
  return {identity.certificate().party, identity.certificate().fingerprint};
}

struct Houses {
  ManualClock clock{kTestNow};
  Identity a = Identity::make("bank-a", kTestNow).value();
  Identity b = Identity::make("bank-b", kTestNow).value();
  Arrivals arrivals;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Refusal> refusals;
  std::unique_ptr<Listener> listener;
  ConnectionOptions at_a;

  explicit Houses(ConnectionOptions connection_at_a = {}, int64_t handshake_max_ms = kTestWaitMs,
                  const std::vector<std::string>& purposes = {std::string(kAnyPurpose)})
      : at_a(connection_at_a) {
    listener = Listener::start(a,
                               {.address = "127.0.0.1:0",
                                .peers = {pinned(b)},
                                .purposes = purposes,
                                .handshake_max_ms = handshake_max_ms,
                                .connection = connection_at_a},
                               {.clock = clock,
                                .arrived = [this](std::unique_ptr<Connection> one) { arrivals.put(std::move(one)); },
                                .refused =
                                    [this](const Refusal& refusal) {
                                      const std::lock_guard lock(mutex);
                                      refusals.push_back(refusal);
                                      changed.notify_all();
                                    }})
                   .value();
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(listener->port()); }

  Result<std::unique_ptr<Connection>> call(const Identity& own, const Pinned& peer, ConnectionOptions connection = {}) {
    return dial(own, clock, {.address = address(), .peer = peer, .connection = connection});
  }

  // bank-a's end and bank-b's.
  Pair talk(ConnectionOptions at_b = {}) {
    Pair pair;
    pair.second = call(b, pinned(a), at_b).value();
    pair.first = arrivals.take("bank-b", kTestWaitMs).value();
    return pair;
  }

  // The text of the listener's refusal number `index`, once there are so many.
  std::string refusal(size_t index = 0) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::milliseconds(kTestWaitMs), [&] { return refusals.size() > index; });
    return refusals.size() > index ? refusals[index].error.text() : "none";
  }
};

// bank-b's certificate, TLS, and then whatever the test writes.
class RawPeer {
 public:
  explicit RawPeer(Houses& houses) {
    const SslContext context = tls_context(houses.b, Side::caller, kTestNow).value();
    Socket socket = connect_to(parse_address(houses.address()).value(), kTestWaitMs).value();
    socket_ = TlsSocket::greet(std::move(socket), context.get(),
                               {.side = Side::caller,
                                .peers = {pinned(houses.a)},
                                .own = "bank-b",
                                .now = kTestNow,
                                .wait_max_ms = kTestWaitMs})
                  .value();
  }

  // False when the other end closed.
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const TlsSocket::Step step = socket_->write(bytes);
      if (step.outcome == TlsSocket::Outcome::some)
        bytes.remove_prefix(step.bytes);
      else if (step.outcome != TlsSocket::Outcome::blocked || socket_->wanted_events() == 0 || !wait())
        return false;
    }
    while (socket_->flush().outcome != TlsSocket::Outcome::some)
      if (socket_->wanted_events() == 0 || !wait()) return false;
    return true;
  }

  // Reads until `enough` or the end.
  std::vector<Frame> read_until(const std::function<bool(const std::vector<Frame>&)>& enough) {
    std::vector<Frame> frames;
    FrameReader reader;
    std::array<char, 4096> bytes{};
    while (!enough(frames)) {
      const TlsSocket::Step step = socket_->read(bytes);
      if (step.outcome == TlsSocket::Outcome::blocked && wait()) continue;
      if (step.outcome != TlsSocket::Outcome::some) break;
      if (!reader.add({bytes.data(), step.bytes}, frames)) break;
    }
    return frames;
  }

  // The reason of the goodbye that comes; "none" when none does.
  std::string goodbye() {
    const auto said = [](const std::vector<Frame>& frames) {
      return !frames.empty() && frames.back().header.has(kGoodbyeFlag);
    };
    const std::vector<Frame> frames = read_until(said);
    return said(frames) ? frames.back().payload : "none";
  }

 private:
  bool wait() { return wait_for(socket_->fd(), socket_->wanted_events(), now_ms() + kTestWaitMs, nullptr); }
  std::unique_ptr<TlsSocket> socket_;
};

}  // namespace puhui::channel
