// What the benches of the door send: keep-alive connections that post and wait for each answer.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "ground/base/check.h"
#include "ground/base/clock.h"
#include "ground/base/metric.h"
#include "ground/base/text.h"

namespace puhui {

// One keep-alive connection that posts and waits for each answer.
class Client {
 public:
  explicit Client(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    CHECK(connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0, "the server takes the connection");
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // The status; 0 when the connection broke.
  int post(const std::string& path, const std::string& body) {
    const std::string request = "POST " + path +
                                " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body;
    for (size_t sent = 0; sent < request.size();) {
      const ssize_t n = ::send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return 0;
      sent += static_cast<size_t>(n);
    }
    return read_answer();
  }

 private:
  int read_answer() {
    std::string in;
    size_t end = std::string::npos, length = 0;
    for (;;) {
      char buffer[16384];
      const ssize_t n = ::recv(socket_, buffer, sizeof buffer, 0);
      if (n <= 0) return 0;
      in.append(buffer, static_cast<size_t>(n));
      if (end == std::string::npos) {
        end = in.find("\r\n\r\n");
        if (end == std::string::npos) continue;
        const auto header = to_lower_ascii(in.substr(0, end));
        const auto at = header.find("content-length: ");
        CHECK(at != std::string::npos, "answers say their length");
        length = static_cast<size_t>(std::atoll(header.c_str() + at + 16));
      }
      if (in.size() >= end + 4 + length) return std::atoi(in.c_str() + 9);
    }
  }
  int socket_;
};

inline constexpr int kConnections = 64;

struct Load {
  double per_second = 0;
  double p50_ms = 0, p99_ms = 0;
  uint64_t failed = 0;
};

// 64 connections, each sending as its last answer came; or, with a pace, on a fixed timetable, where a late answer
// counts from when its request was due.
// `body(connection, i)` is the i-th request of that connection.
inline Load load(uint16_t port, const std::string& path, const std::function<std::string(int, int64_t)>& body,
                 double seconds, double pace_per_second) {
  Histogram latency;
  std::atomic<uint64_t> done{0}, failed{0};
  const int64_t start_ns = monotonic_ns(), end_ns = start_ns + static_cast<int64_t>(seconds * 1e9);
  {
    std::vector<std::jthread> threads;
    for (int c = 0; c < kConnections; ++c) {
      threads.emplace_back([&, c] {
        Client client(port);
        const double interval_ns = pace_per_second > 0 ? 1e9 * kConnections / pace_per_second : 0;
        for (int64_t i = 0;; ++i) {
          int64_t due_ns = monotonic_ns();
          if (pace_per_second > 0) {
            due_ns = start_ns + static_cast<int64_t>(interval_ns * (static_cast<double>(i) + c / double{kConnections}));
            while (monotonic_ns() < due_ns)
              std::this_thread::sleep_for(std::chrono::nanoseconds(due_ns - monotonic_ns()));
          }
          if (due_ns >= end_ns) return;
          const int status = client.post(path, body(c, i));
          latency.record(static_cast<uint64_t>(monotonic_ns() - due_ns));
          ++(status == 200 ? done : failed);
          if (status == 0) return;
        }
      });
    }
  }
  const double elapsed = static_cast<double>(monotonic_ns() - start_ns) / 1e9;
  return {static_cast<double>(done) / elapsed, static_cast<double>(latency.quantile_ns(0.5)) / 1e6,
          static_cast<double>(latency.quantile_ns(0.99)) / 1e6, failed};
}

}  // namespace puhui
