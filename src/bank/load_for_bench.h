// What the benches of the door share: a bank of their own in a folder, and keep-alive connections that post to it and wait
// for each answer.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "bank/bank.h"
#include "doors/http/server.h"
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

struct BenchSettings {
  int64_t rows = 0;
  double seconds = 5;
  std::filesystem::path folder;  // made anew
};

// Of --rows N --seconds N --folder FOLDER what is given.
inline BenchSettings settings_of(int argc, char** argv, BenchSettings settings) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--rows") settings.rows = std::atoll(argv[i + 1]);
    if (name == "--seconds") settings.seconds = std::atof(argv[i + 1]);
    if (name == "--folder") settings.folder = argv[i + 1];
  }
  return settings;
}

// Gone with its folder when the bench ends.
class BenchBank {
 public:
  explicit BenchBank(const BenchSettings& settings) : settings_(settings) {
    std::filesystem::remove_all(settings_.folder);
    std::filesystem::create_directories(settings_.folder);
    auto opened = Bank::open((settings_.folder / "store").string(), {clock_, files_, log_, metrics, sha256("bench")});
    CHECK(opened.has_value(), opened ? "" : opened.error().text().c_str());
    bank_ = *std::move(opened);
  }
  ~BenchBank() {
    bank_.reset();
    std::filesystem::remove_all(settings_.folder);
  }
  BenchBank(const BenchBank&) = delete;
  BenchBank& operator=(const BenchBank&) = delete;

  Json run(std::string_view permission, const Json& input) {
    static const Caller caller{"bench", {"*"}};
    class Unwatched : public Progress {
      void step(std::string_view, uint64_t, uint64_t) override {}
    } progress;
    for (const Verb& verb : bank_->verbs()) {
      if (verb.permission() != permission) continue;
      auto answer = verb.run({caller, progress, &files_}, input);
      CHECK(answer.has_value(), answer ? "" : (verb.permission() + ": " + answer.error().text()).c_str());
      return *std::move(answer);
    }
    CHECK(false, "the bench asks for verbs that are there");
  }

  struct Loads {
    Load flat_out, paced;  // at 1,000 a second
  };
  // `body(key, i)` is the i-th request, under a key of its own.
  Loads load_door(const std::string& path, const std::function<std::string(const std::string&, size_t)>& body) {
    http::Options options;
    options.listen = "127.0.0.1:0";
    options.workers = kConnections;
    options.keyless = Caller{"bench", {"*"}};
    const http::KeyShelf keys;
    http::Server server({bank_->verbs(), keys, log_, metrics, clock_, Random(1), {}, {}}, options);
    CHECK(server.start().has_value(), "the server starts");
    const auto under = [&](const char* run_name) {
      return [&body, run_name](int connection, int64_t i) {
        const std::string key = std::string(run_name) + "-" + std::to_string(connection) + "-" + std::to_string(i);
        return body(key, static_cast<size_t>(i * kConnections + connection));
      };
    };
    const Load flat_out = load(server.port(), path, under("flat-out"), settings_.seconds, 0);
    const Load paced = load(server.port(), path, under("paced"), settings_.seconds, 1000);
    server.stop();
    return {flat_out, paced};
  }

  Metrics metrics;

 private:
  BenchSettings settings_;
  SystemClock clock_;
  DiskFiles files_;
  Log log_{clock_, stderr, Log::Level::error};
  std::unique_ptr<Bank> bank_;
};

}  // namespace puhui
