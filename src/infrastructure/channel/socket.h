// Socket and address: TCP without blocking for good. Every wait has an end and can be called off by a Signal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ground/base/result.h"

namespace puhui::channel {

// A file descriptor with an owner.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

// Wakes whoever polls its descriptor.
class Signal {
 public:
  Signal();
  int fd() const { return event_.fd(); }
  void raise() const;
  void clear() const;

 private:
  Socket event_;
};

struct HostPort {
  std::string host;  // empty: all addresses of this machine
  uint16_t port = 0;
};
// host:port, [v6 address]:port or :port.
Result<HostPort> parse_address(std::string_view text);

// Monotonic milliseconds.
int64_t now_ms();

// Waits for events of poll(2) on `fd`; false when the time is over or `stop` was raised (stop may be null).
bool wait_for(int fd, short events, int64_t deadline_ms, const Signal* stop);

// Tries every address the name has. Waits so long for each answer, not for the name service, which has limits of its own.
Result<Socket> connect_to(const HostPort& to, int64_t wait_max_ms);
// `conflict` when the port is in use.
Result<Socket> listen_on(const HostPort& at);
uint16_t port_of(const Socket& socket);

// Lets what was sent arrive before a close: ends our direction, then drops what comes until the other end closes.
void linger(const Socket& socket, int64_t wait_max_ms, const Signal* stop);

}  // namespace puhui::channel
