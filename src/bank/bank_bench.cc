// The whole application's speed, durable on SQLite with synchronous=FULL: in process through a replay, and over HTTP with
// 64 connections, flat out and at 1,000 a second. Its bars are absolute, so it prints the machine's own disk flush too.
//   bank_bench [--rows N] [--seconds N] [--folder FOLDER]
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <thread>

#include "bank/bank.h"
#include "doors/http/server.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui {
namespace {

struct Settings {
  int64_t rows = 100'000;
  double seconds = 5;
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "puhui_bank_bench";
};

class NoProgress : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

Json must(Result<Json> result, const char* what) {
  CHECK(result.has_value(), (std::string(what) + ": " + (result ? "" : result.error().text())).c_str());
  return *std::move(result);
}

Json run(const std::vector<Verb>& verbs, std::string_view permission, const Json& input) {
  static const Caller caller{"bench", {"*"}};
  NoProgress progress;
  for (const Verb& verb : verbs) {
    if (verb.permission() == permission) return must(verb.run({caller, progress}, input), permission.data());
  }
  CHECK(false, "the bench asks for verbs that are there");
}

double number(const Json& from, std::string_view name) { return from.find(name)->as_double().value_or(0); }

// What a durable write costs here at least: 4 kB appended and synced, one after another.
double flushes_per_second(const std::filesystem::path& folder) {
  const int file = ::open((folder / "flush").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const std::string block(4096, 'x');
  const int64_t start_ns = monotonic_ns();
  int count = 0;
  for (; monotonic_ns() - start_ns < 1'000'000'000; ++count) {
    CHECK(write(file, block.data(), block.size()) == 4096 && fdatasync(file) == 0, "the disk takes a block");
  }
  ::close(file);
  return count;
}

// One keep-alive connection that posts applications and waits for each answer.
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
  int post(const std::string& body) {
    const std::string request =
        "POST /v1/lending/apply HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
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

struct Load {
  double per_second = 0;
  double p50_ms = 0, p99_ms = 0;
  uint64_t failed = 0;
};

// 64 connections, each sending as its last answer came; or, with a pace, on a fixed timetable, where a late answer
// counts from when its request was due.
Load load(uint16_t port, const std::vector<std::string>& facts, double seconds, double pace_per_second,
          const std::string& run_name) {
  constexpr int kConnections = 64;
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
          const std::string key = run_name + "-" + std::to_string(c) + "-" + std::to_string(i);
          const int status =
              client.post("{\"application\":\"" + key + "\",\"product\":\"person_revolving\",\"borrower\":\"" + key +
                          "\",\"facts\":" + facts[static_cast<size_t>(i * kConnections + c) % facts.size()] + "}");
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

// Facts of recorded decisions, as JSON objects to send again under new keys.
std::vector<std::string> recorded_facts(const std::filesystem::path& table, const Json& schema) {
  std::vector<std::string> out;
  std::FILE* file = std::fopen(table.c_str(), "r");
  CHECK(file != nullptr, "the simulated table is there");
  std::vector<std::string> header;
  char line[8192];
  while (out.size() < 2000 && std::fgets(line, sizeof line, file)) {
    std::vector<std::string> cells;
    for (const std::string_view cell : split(trim(line), ',')) cells.emplace_back(cell);
    if (header.empty()) {
      header = cells;
      continue;
    }
    Json facts{Json::Object{}};
    for (const Json& spec : *schema.find("facts")->list()) {
      const auto at = std::find(header.begin(), header.end(), *spec.find("name")->text());
      if (at == header.end()) continue;  // no applicant brings it: the kernel fills it
      const std::string& cell = cells[static_cast<size_t>(at - header.begin())];
      const std::string& type = *spec.find("type")->text();
      if (cell.empty()) continue;
      facts.set(*at, type == "number"    ? Json(Json::Number{cell})
                     : type == "boolean" ? Json(cell == "true")
                                         : Json(cell));
    }
    out.push_back(print_json(facts));
  }
  std::fclose(file);
  return out;
}

void bench(const Settings& settings) {
  std::filesystem::remove_all(settings.folder);
  std::filesystem::create_directories(settings.folder);
  const auto table = settings.folder / "people.csv";
  SystemClock clock;
  DiskFiles files;
  Log log(clock, stderr, Log::Level::error);
  Metrics metrics;
  auto opened = Bank::open((settings.folder / "store").string(), {clock, files, log, metrics, sha256("bench")});
  CHECK(opened.has_value(), opened ? "" : opened.error().text().c_str());
  const auto& bank = *opened;

  std::printf("a 4 kB append and flush          %10.0f /s on this disk\n", flushes_per_second(settings.folder));
  Json simulate;
  simulate.set("out", table.string());
  simulate.set("rows", settings.rows);
  run(bank->verbs(), "lending.simulate", simulate);
  Json replay;
  replay.set("applications", table.string());
  replay.set("mapping", "policies/person_revolving/mapping.json");
  replay.set("train_share", "0.2");
  const Json report = run(bank->verbs(), "lending.replay", replay);
  const Histogram& overhead = metrics.histogram("puhui_decision_overhead_seconds", "");
  std::printf("whole application, in process    %10.0f /s   bar 5,000   (p50 %.1f ms, p99 %.1f ms under that load)\n",
              number(report, "decisions_per_second"), number(report, "p50_us") / 1e3, number(report, "p99_us") / 1e3);
  std::printf("kernel and evidence beside them  %10.1f us  bar 25      (p50; p99 %.1f us)\n",
              static_cast<double>(overhead.quantile_ns(0.5)) / 1e3,
              static_cast<double>(overhead.quantile_ns(0.99)) / 1e3);

  Json facts_request;
  facts_request.set("product", "person_revolving");
  const auto facts = recorded_facts(table, run(bank->verbs(), "lending.facts", facts_request));
  http::Options options;
  options.listen = "127.0.0.1:0";
  options.workers = 64;
  options.keyless = Caller{"bench", {"*"}};
  const http::KeyShelf keys;
  http::Server server({bank->verbs(), keys, log, metrics, clock, Random(1), {}, {}}, options);
  CHECK(server.start().has_value(), "the server starts");
  const Load flat_out = load(server.port(), facts, settings.seconds, 0, "flat-out");
  const Load paced = load(server.port(), facts, settings.seconds, 1000, "paced");
  std::printf("over HTTP, 64 connections        %10.0f /s   bar 3,000   (p50 %.1f ms, p99 %.1f ms, %llu failed)\n",
              flat_out.per_second, flat_out.p50_ms, flat_out.p99_ms, static_cast<unsigned long long>(flat_out.failed));
  std::printf("over HTTP at 1,000 a second, p99 %10.1f ms  bar 50      (p50 %.1f ms, %.0f /s came back, %llu failed)\n",
              paced.p99_ms, paced.p50_ms, paced.per_second, static_cast<unsigned long long>(paced.failed));
  server.stop();
}

}  // namespace
}  // namespace puhui

int main(int argc, char** argv) {
  puhui::Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--rows") settings.rows = std::atoll(argv[i + 1]);
    if (name == "--seconds") settings.seconds = std::atof(argv[i + 1]);
    if (name == "--folder") settings.folder = argv[i + 1];
  }
  puhui::bench(settings);
  std::filesystem::remove_all(settings.folder);
}
