#include "infrastructure/channel/listener.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <list>
#include <mutex>
#include <thread>

#include "infrastructure/channel/tls_connection.h"

namespace puhui::channel {

namespace {

constexpr int64_t kForEver = int64_t{1} << 60;
constexpr int64_t kOutOfDescriptorsWaitMs = 100;

std::string address_text(const sockaddr_storage& address, socklen_t size) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host.data(), host.size(), port.data(), port.size(),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return "unknown address";
  return std::string(host.data()) + ":" + port.data();
}

class TlsListener : public Listener {
 public:
  TlsListener(const Identity& own, const ListenerOptions& options, const Needs& needs, Socket socket)
      : own_(own), options_(options), needs_(needs), socket_(std::move(socket)), peers_(options.peers) {}
  ~TlsListener() override { stop(); }

  Result<void> begin() {
    thread_ = TRY(start_thread([this] { accept_callers(); }));
    return {};
  }
  uint16_t port() const override { return port_of(socket_); }
  void pin(std::vector<Pinned> peers) override {
    const std::lock_guard lock(mutex_);
    peers_ = std::move(peers);
  }
  ListenerCounts counts() const override {
    const std::lock_guard lock(mutex_);
    ListenerCounts out = counts_;
    out.open = static_cast<uint64_t>(open_.use_count() - 1);
    return out;
  }
  void stop() override;

 private:
  struct Greeting {
    std::thread thread;
    bool done = false;
  };

  void accept_callers();
  void meet(Socket caller, const std::string& from);
  Result<void> begin_greeting(Socket& caller, const std::string& from);
  void greet(Socket caller, const std::string& from);
  Result<std::unique_ptr<Connection>> greeted(Socket caller);
  void refuse(const std::string& from, Error error);
  std::shared_ptr<void> held() const {
    const std::lock_guard lock(mutex_);
    return open_;
  }
  void reap();

  const Identity own_;
  const ListenerOptions options_;
  const Needs needs_;
  Socket socket_;
  Signal stop_;
  std::thread thread_;

  mutable std::mutex mutex_;
  std::vector<Pinned> peers_;
  std::list<Greeting> greetings_;
  ListenerCounts counts_;
  bool stopped_ = false;
  std::shared_ptr<int> open_ =
      std::make_shared<int>(0);  // shared with every connection handed over: its owners are counted
};

void TlsListener::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  stop_.raise();
  if (thread_.joinable()) thread_.join();
  // No one adds to the list any more.
  for (Greeting& greeting : greetings_) greeting.thread.join();
  greetings_.clear();
  socket_.close();
}

void TlsListener::accept_callers() {
  while (wait_for(socket_.fd(), POLLIN, kForEver, &stop_)) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    Socket caller(::accept4(socket_.fd(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (caller.is_open()) {
      meet(std::move(caller), address_text(address, size));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      // The caller waits in the queue; without a pause this would be a busy loop.
      wait_for(stop_.fd(), POLLIN, now_ms() + kOutOfDescriptorsWaitMs, nullptr);
    }
  }
}

void TlsListener::meet(Socket caller, const std::string& from) {
  reap();
  const int on = 1;
  setsockopt(caller.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (Result<void> begun = begin_greeting(caller, from); !begun) refuse(from, std::move(begun).error());
}

Result<void> TlsListener::begin_greeting(Socket& caller, const std::string& from) {
  const std::lock_guard lock(mutex_);
  ++counts_.callers;
  if (greetings_.size() >= kHandshakesMax)
    return fail(ErrorCode::exhausted, "handshakes",
                "expected at most " + std::to_string(kHandshakesMax) + " at once, another caller came");
  if (static_cast<size_t>(open_.use_count() - 1) >= kConnectionsMax)
    return fail(ErrorCode::exhausted, "connections",
                "expected at most " + std::to_string(kConnectionsMax) + " at once, another caller came");
  Greeting& greeting = greetings_.emplace_back();
  auto work = [this, &greeting, from, socket = std::make_shared<Socket>(std::move(caller))] {
    greet(std::move(*socket), from);
    const std::lock_guard done_lock(mutex_);
    greeting.done = true;
  };
  Result<std::thread> thread = start_thread(std::move(work));
  if (!thread) {
    greetings_.pop_back();
    return fail(std::move(thread).error());
  }
  greeting.thread = std::move(*thread);
  return {};
}

void TlsListener::reap() {
  std::list<Greeting> done;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = greetings_.begin(); it != greetings_.end();) {
      const auto here = it++;
      if (here->done) done.splice(done.end(), greetings_, here);
    }
  }
  for (Greeting& greeting : done) greeting.thread.join();
}

void TlsListener::greet(Socket caller, const std::string& from) {
  Result<std::unique_ptr<Connection>> connection = greeted(std::move(caller));
  if (!connection) return refuse(from, std::move(connection).error());
  {
    const std::lock_guard lock(mutex_);
    ++counts_.connections;
  }
  needs_.arrived(*std::move(connection));
}

Result<std::unique_ptr<Connection>> TlsListener::greeted(Socket caller) {
  Handshake handshake{.side = Side::listener,
                      .purposes = options_.purposes,
                      .own = own_.certificate().fingerprint.hex(),
                      .now = needs_.clock.now(),
                      .wait_max_ms = options_.handshake_max_ms,
                      .stop = &stop_};
  {
    const std::lock_guard lock(mutex_);
    handshake.peers = peers_;
  }
  // Anew for every caller: so that the day our certificate runs out is noticed.
  const SslContext context = TRY(tls_context(own_, Side::listener, handshake.now));
  std::unique_ptr<TlsSocket> tls = TRY(TlsSocket::greet(std::move(caller), context.get(), handshake));
  return TRY(TlsConnection::start(std::move(tls), options_.connection, held()));
}

void TlsListener::refuse(const std::string& from, Error error) {
  {
    const std::lock_guard lock(mutex_);
    ++counts_.refusals;
  }
  needs_.refused({from, std::move(error)});
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::start(const Identity& own, const ListenerOptions& options,
                                                  const Needs& needs) {
  TRY(tls_context(own, Side::listener, needs.clock.now()));
  Socket socket = TRY(listen_on(TRY(parse_address(options.address))));
  auto out = std::make_unique<TlsListener>(own, options, needs, std::move(socket));
  TRY(out->begin());
  return out;
}

}  // namespace puhui::channel
