// What the channel costs between two parties on one machine, over mutual TLS 1.3 on the loopback: megabytes a second of bytes that
// do not compress, one way and both ways; small messages a second; questions with an answer a second; CPU seconds a gigabyte.
//   channel_bench [megabytes]
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "ground/base/clock.h"
#include "infrastructure/channel/house_for_test.h"

namespace {

using namespace puhui;
using namespace puhui::channel;

constexpr uint16_t kKind = 1;
constexpr double kMegabytesBar = 200, kMessagesBar = 200'000, kAnswersBar = 2'000;
constexpr int kMessages = 400'000, kAnswers = 20'000;
constexpr size_t kMegabyte = 1'000'000;

struct Spent {
  double seconds, cpu_seconds;
};

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Spent spent(const std::function<void()>& first, const std::function<void()>& second) {
  const double cpu = cpu_seconds();
  const int64_t began_ns = monotonic_ns();
  std::thread other(second);
  first();
  other.join();
  return {1e-9 * static_cast<double>(monotonic_ns() - began_ns), cpu_seconds() - cpu};
}

template <class T>
void must(const Result<T>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().text().c_str());
  std::exit(1);
}

void stream(Connection& to, size_t megabytes, const std::string& buffer) {
  must(to.begin(kKind));
  for (size_t i = 0; i < megabytes; ++i) must(to.piece(buffer));
  must(to.end());
}

void drink(Connection& from) {
  must(from.receive(kKind, [](std::string_view) -> Result<void> { return {}; }));
}

void report_stream(const char* what, const Spent& spent_here, double megabytes, double bar) {
  std::printf("%-44s %9.0f MB/s   %6.2f CPU-s a GB   bar %.0f%s\n", what, megabytes / spent_here.seconds,
              spent_here.cpu_seconds * 1000 / megabytes, bar, megabytes / spent_here.seconds < bar ? "   BELOW" : "");
}

void report_count(const char* what, const Spent& spent_here, double count, double bar) {
  std::printf("%-44s %9.0f /s     %6.2f CPU-µs each    bar %.0f%s\n", what, count / spent_here.seconds,
              spent_here.cpu_seconds * 1e6 / count, bar, count / spent_here.seconds < bar ? "   BELOW" : "");
}

void bench_streams(const Pair& pair, size_t megabytes) {
  const double total = static_cast<double>(megabytes);
  const std::string random = noise(kMegabyte, 1), text(kMegabyte, 't');
  report_stream("one way, random bytes",
                spent([&] { stream(*pair.first, megabytes, random); }, [&] { drink(*pair.second); }), total,
                kMegabytesBar);
  report_stream("one way, bytes that shrink",
                spent([&] { stream(*pair.first, megabytes, text); }, [&] { drink(*pair.second); }), total,
                kMegabytesBar);
  const auto both = [&](Connection& end) {
    std::thread drinker([&] { drink(end); });
    stream(end, megabytes, random);
    drinker.join();
  };
  report_stream("both ways at once, random bytes, sum", spent([&] { both(*pair.first); }, [&] { both(*pair.second); }),
                2 * total, kMegabytesBar);
}

void bench_messages(const Pair& pair) {
  const std::string small = noise(64, 2);
  const auto send = [&] {
    for (int i = 0; i < kMessages; ++i) must(pair.first->send(kKind, small));
  };
  const auto receive = [&] {
    for (int i = 0; i < kMessages; ++i) must(pair.second->receive(kKind));
  };
  report_count("messages of 64 bytes, one way", spent(send, receive), kMessages, kMessagesBar);
  const auto ask = [&] {
    for (int i = 0; i < kAnswers; ++i) must(pair.first->send(kKind, small)), must(pair.first->receive(kKind));
  };
  const auto answer = [&] {
    for (int i = 0; i < kAnswers; ++i) must(pair.second->receive(kKind)), must(pair.second->send(kKind, small));
  };
  report_count("a question and its answer, 64 bytes each", spent(ask, answer), kAnswers, kAnswersBar);
}

}  // namespace

int main(int argc, char** argv) {
  const size_t megabytes = argc > 1 ? static_cast<size_t>(std::strtoull(argv[1], nullptr, 10)) : 1'000;
  std::printf("in memory (frames alone)\n");
  bench_streams(connected_pair(), megabytes);
  std::printf("mutual TLS 1.3 on the loopback, both parties on this machine\n");
  Houses houses;
  const Pair pair = houses.talk();
  bench_streams(pair, megabytes);
  bench_messages(pair);
  const Traffic traffic = pair.first->traffic();
  std::printf("waiting at most: %.1f MB to be sent, %.1f MB to be taken (limit %.1f each)\n",
              static_cast<double>(traffic.waiting_sent_peak) / 1e6,
              static_cast<double>(pair.second->traffic().waiting_received_peak) / 1e6,
              static_cast<double>(kWaitingBytesMax) / 1e6);
  return 0;
}
