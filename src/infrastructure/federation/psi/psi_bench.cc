// What an intersection costs: guest and host as two processes over a socket, half of the ids common, the answer compared with the truth.
//   psi_bench            2^20 ids each side, with its bars, and 2^19 for the growth
//   psi_bench BITS       2^BITS ids each side
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "ground/base/check.h"
#include "infrastructure/cipher/kernel.h"
#include "infrastructure/federation/psi/psi.h"

namespace puhui::federation {
namespace {

// Frames on a socket that is not blocking: whoever waits to send takes in meanwhile, as a connection's own thread would.
class SocketConversation final : public Conversation {
 public:
  SocketConversation(int socket, size_t self) : socket_(socket), self_(self) {
    CHECK(fcntl(socket, F_SETFL, O_NONBLOCK) == 0, "a socket may be set");
  }
  size_t self() const override { return self_; }
  size_t parties() const override { return 2; }
  bool is_present(size_t) const override { return true; }

  Result<void> send(size_t, uint16_t kind, std::initializer_list<std::string_view> parts) override {
    uint64_t length = 0;
    for (const std::string_view part : parts) length += part.size();
    const uint64_t head[] = {kind, length};
    TRY(push({reinterpret_cast<const char*>(head), sizeof head}));
    for (const std::string_view part : parts) TRY(push(part));
    return {};
  }

  Result<std::string> receive(size_t, uint16_t kind) override {
    uint64_t head[2];
    const std::string header = TRY(pull(sizeof head));
    std::memcpy(head, header.data(), sizeof head);
    if (head[0] != kind) return fail(ErrorCode::corrupt, "another kind came");
    return pull(head[1]);
  }
  Result<void> receive(size_t from, uint16_t kind, const std::function<Result<void>(std::string_view)>& take) override {
    return take(TRY(receive(from, kind)));
  }
  uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  Result<void> push(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t wrote = ::write(socket_, bytes.data(), bytes.size());
      if (wrote > 0) {
        bytes.remove_prefix(static_cast<size_t>(wrote));
        bytes_sent_ += static_cast<uint64_t>(wrote);
        continue;
      }
      if (errno != EAGAIN) return fail(ErrorCode::unavailable, std::strerror(errno));
      TRY(wait(POLLIN | POLLOUT));
    }
    return {};
  }
  Result<std::string> pull(size_t bytes) {
    while (taken_.size() - begin_ < bytes) TRY(wait(POLLIN));
    std::string out = taken_.substr(begin_, bytes);
    begin_ += bytes;
    if (begin_ > (size_t{4} << 20)) taken_.erase(0, begin_), begin_ = 0;
    return out;
  }
  Result<void> wait(short events) {
    pollfd one{socket_, events, 0};
    poll(&one, 1, -1);
    if ((one.revents & (POLLIN | POLLHUP)) == 0) return {};
    char buffer[1 << 16];
    const ssize_t got = ::read(socket_, buffer, sizeof buffer);
    if (got == 0) return fail(ErrorCode::unavailable, "the other side ended");
    if (got > 0) taken_.append(buffer, static_cast<size_t>(got));
    return {};
  }

  int socket_;
  size_t self_;
  std::string taken_;
  size_t begin_ = 0;
  uint64_t bytes_sent_ = 0;
};

struct Cost {
  double cpu_seconds = 0, wall_seconds = 0, peak_mb = 0, sent_mb = 0;
  int64_t found = -1;  // -1: not what is true
};

class NoProgress final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

std::string id_of(uint64_t number) {
  return "CN-91310000-" + std::to_string(100'000'000 + number * 7'654'321 % 899'999'963);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// The guest has ids 0 to n - 1, the host n/2 to 3n/2 - 1.
Cost run_party(size_t self, int socket, uint64_t n, const std::string& folder) {
  Job job;
  job.name = "bench";
  job.kind = JobKind::intersection;
  job.parties = {{.name = "guest", .role = Role::guest}, {.name = "host", .role = Role::host}};
  PartyData data;
  const uint64_t begin = self == 0 ? 0 : n / 2;
  data.ids.reserve(n);
  for (uint64_t i = 0; i < n; ++i) data.ids.push_back(id_of(begin + i));
  DiskFiles files;
  CHECK(files.make_folder(folder), "a folder can be made");
  LeakageBook leakage;
  NoProgress progress;
  SocketConversation with(socket, self);
  const auto start = std::chrono::steady_clock::now();
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  auto stage = make_ecdh_stage({job, data, self, files, folder, leakage, progress});
  CHECK(stage, "the stage is made");
  while (!(*stage)->finished()) {
    const auto stepped = (*stage)->step(with);
    if (!stepped) std::fprintf(stderr, "%s\n", stepped.error().text().c_str()), std::exit(1);
  }
  const auto result = (*stage)->result();
  CHECK(result, "a finished stage has its result");
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  Cost cost;
  cost.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  cost.cpu_seconds =
      seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) - seconds(before.ru_stime);
  cost.peak_mb = static_cast<double>(after.ru_maxrss) / 1000;
  cost.sent_mb = static_cast<double>(with.bytes_sent()) / 1e6;
  std::vector<std::string> expected;
  for (uint64_t i = n / 2; i < n; ++i) expected.push_back(id_of(i));
  std::ranges::sort(expected);
  if (rows_of(data, result->rows).ids == expected) cost.found = static_cast<int64_t>(expected.size());
  return cost;
}

std::pair<Cost, Cost> run(uint64_t n) {
  int sockets[2], results[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0 && pipe(results) == 0, "sockets can be had");
  const std::string folder = std::filesystem::temp_directory_path() / ("psi_bench." + std::to_string(getpid()));
  for (size_t self = 0; self < 2; ++self) {
    if (fork() != 0) continue;
    close(sockets[1 - self]);
    const std::pair<size_t, Cost> out{self, run_party(self, sockets[self], n, folder + "/" + std::to_string(self))};
    CHECK(::write(results[1], &out, sizeof out) == sizeof out, "a pipe takes a cost");
    std::_Exit(0);
  }
  close(sockets[0]), close(sockets[1]), close(results[1]);
  Cost costs[2];
  std::pair<size_t, Cost> one;
  while (::read(results[0], &one, sizeof one) == sizeof one) costs[one.first] = one.second;
  while (wait(nullptr) > 0) {
  }
  close(results[0]);
  std::filesystem::remove_all(folder);
  return {costs[0], costs[1]};
}

double print(uint64_t n, const std::pair<Cost, Cost>& cost) {
  const auto& [guest, host] = cost;
  const double together = guest.cpu_seconds + host.cpu_seconds;
  std::printf("%9lu x %9lu ids: %6.2f core-seconds of both (guest %.2f, host %.2f), %.2f s by the wall\n", n, n,
              together, guest.cpu_seconds, host.cpu_seconds, std::max(guest.wall_seconds, host.wall_seconds));
  std::printf("    peak resident: guest %.0f MB, host %.0f MB (ids included); sent: guest %.1f MB, host %.1f MB\n",
              guest.peak_mb, host.peak_mb, guest.sent_mb, host.sent_mb);
  const bool exact = guest.found == static_cast<int64_t>(n / 2) && host.found == guest.found;
  std::printf("    common: %ld at the guest, %ld at the host: %s\n", guest.found, host.found,
              exact ? "exact" : "WRONG");
  return exact ? together : -1;
}

}  // namespace
}  // namespace puhui::federation

int main(int argc, char** argv) {
  using namespace puhui::federation;
  const auto kernel = puhui::cipher::chosen_kernel();
  if (!kernel) return std::fprintf(stderr, "%s\n", kernel.error().text().c_str()), 1;
  std::printf("intersection by masked points, kernel %s\n",
              std::string(names_of(&*kernel)[static_cast<size_t>(*kernel)]).c_str());
  if (argc > 1) {
    const uint64_t n = uint64_t{1} << std::clamp(std::atoi(argv[1]), 1, 26);
    return print(n, run(n)) >= 0 ? 0 : 1;
  }
  const double half = print(1 << 19, run(1 << 19));
  const auto whole = run(1 << 20);
  const double full = print(1 << 20, whole);
  const double peak = std::max(whole.first.peak_mb, whole.second.peak_mb);
  std::printf("core-seconds of 2^20 x 2^20: %.1f (bar: at most 45)\n", full);
  std::printf("peak resident of a party: %.0f MB (bar: at most 500)\n", peak);
  std::printf("rows x 2: time x %.2f (bar: at most 2.2)\n", full / half);
  return full > 0 && half > 0 && full <= 45 && peak <= 500 && full / half <= 2.2 ? 0 : 1;
}
