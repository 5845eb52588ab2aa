#include "infrastructure/channel/socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "ground/base/check.h"
#include "ground/base/clock.h"
#include "ground/base/text.h"
#include "infrastructure/channel/openssl_handles.h"

namespace puhui::channel {

namespace {

constexpr int kBacklog = 128;
constexpr size_t kAddressBytesMax = 300;

std::string reason(int error) { return std::string(std::strerror(error)); }

using Addresses = std::unique_ptr<addrinfo, FreeWith<freeaddrinfo>>;

Result<Addresses> resolve(const HostPort& at, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(at.host.c_str(), std::to_string(at.port).c_str(), &hints, &found);
  if (code != 0)
    return fail(ErrorCode::unavailable, "address",
                "expected a host name that is known here, came \"" + at.host + "\": " + gai_strerror(code) +
                    ". Check its spelling and this machine's name service");
  return Addresses(found);
}

Socket open_socket(const addrinfo& address) {
  return Socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
}

// 0, or why not.
int connect_one(const Socket& socket, const addrinfo& address, int64_t wait_max_ms) {
  if (::connect(socket.fd(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!wait_for(socket.fd(), POLLOUT, now_ms() + wait_max_ms, nullptr)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

int bind_one(const Socket& socket, const addrinfo& address) {
  const int on = 1, off = 0;
  setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // a killed party starts again at once
  if (address.ai_family == AF_INET6) setsockopt(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(socket.fd(), address.ai_addr, address.ai_addrlen) != 0) return errno;
  if (::listen(socket.fd(), kBacklog) != 0) return errno;
  return 0;
}

std::unexpected<Error> cannot_listen(const HostPort& at, int error) {
  const std::string where = "address " + at.host + ":" + std::to_string(at.port);
  if (error == EADDRINUSE)
    return fail(ErrorCode::conflict, where,
                "the port is in use: another program, or another Puhui, listens there. Stop it or take another port");
  if (error == EACCES)
    return fail(ErrorCode::forbidden, where, "ports below 1024 need a privilege: take one from 1024 to 65535");
  return fail(ErrorCode::invalid, where, "cannot listen: " + reason(error));
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Socket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Signal::Signal() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  CHECK(event_.is_open(), "the system gives an event descriptor");
}

void Signal::raise() const {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(fd(), &one, sizeof one);  // full: raised already
}

void Signal::clear() const {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t read = ::read(fd(), &count, sizeof count);
}

Result<HostPort> parse_address(std::string_view text) {
  const auto refuse = [&] {
    return fail(ErrorCode::invalid, "address",
                "expected host:port or [address]:port with a port from 0 to 65535, came \"" +
                    std::string(cut_utf8(text, 100)) + "\"");
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.size() > kAddressBytesMax) return refuse();
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return refuse();
  const auto port = parse_int64(digits);
  if (!port || digits.starts_with('-') || *port > 65'535 || host.find('\0') != std::string_view::npos) return refuse();
  return HostPort{std::string(host), static_cast<uint16_t>(*port)};
}

int64_t now_ms() { return monotonic_ns() / 1'000'000; }

bool wait_for(int fd, short events, int64_t deadline_ms, const Signal* stop) {
  std::array<pollfd, 2> polled{{{fd, events, 0}, {stop != nullptr ? stop->fd() : -1, POLLIN, 0}}};
  while (true) {
    const int64_t left_ms = deadline_ms - now_ms();
    if (left_ms <= 0) return false;
    const int ready = ::poll(polled.data(), polled.size(), static_cast<int>(std::min<int64_t>(left_ms, 60'000)));
    if (ready > 0 && polled[1].revents != 0) return false;
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

Result<Socket> connect_to(const HostPort& to, int64_t wait_max_ms) {
  if (to.host.empty() || to.port == 0)
    return fail(ErrorCode::invalid, "address", "expected a host and a port to call, came none");
  const Addresses addresses = TRY(resolve(to, 0));
  int error = 0;
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    Socket socket = open_socket(*one);
    error = socket.is_open() ? connect_one(socket, *one, wait_max_ms) : errno;
    if (error != 0) continue;
    const int on = 1;
    setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
  }
  return fail(ErrorCode::unavailable, "address " + to.host + ":" + std::to_string(to.port),
              error == ECONNREFUSED ? "nobody listens there: is the party's program running, and is this its port?"
              : error == ETIMEDOUT  ? "no answer within " + std::to_string(wait_max_ms) +
                                         " ms: is the machine up, and does a firewall lie between?"
                                   : "cannot connect: " + reason(error));
}

Result<Socket> listen_on(const HostPort& at) {
  // All addresses: version 6 takes the version 4 callers in, where the machine has it.
  const std::vector<std::string> hosts =
      at.host.empty() ? std::vector<std::string>{"::", "0.0.0.0"} : std::vector{at.host};
  int error = 0;
  for (const std::string& host : hosts) {
    const Addresses addresses = TRY(resolve({host, at.port}, AI_PASSIVE));
    for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
      Socket socket = open_socket(*one);
      error = socket.is_open() ? bind_one(socket, *one) : errno;
      if (error == 0) return socket;
      if (error == EADDRINUSE) return cannot_listen(at, error);
    }
  }
  return cannot_listen(at, error);
}

uint16_t port_of(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  std::array<char, NI_MAXSERV> port{};
  getnameinfo(reinterpret_cast<sockaddr*>(&address), size, nullptr, 0, port.data(), port.size(), NI_NUMERICSERV);
  return static_cast<uint16_t>(parse_int64(port.data()).value_or(0));
}

void linger(const Socket& socket, int64_t wait_max_ms, const Signal* stop) {
  ::shutdown(socket.fd(), SHUT_WR);
  const int64_t deadline_ms = now_ms() + wait_max_ms;
  std::array<char, 16 << 10> dropped;
  while (wait_for(socket.fd(), POLLIN, deadline_ms, stop)) {
    const ssize_t came = ::recv(socket.fd(), dropped.data(), dropped.size(), 0);
    if (came == 0 || (came < 0 && errno != EAGAIN && errno != EINTR)) return;
  }
}

}  // namespace puhui::channel
