// Payments over HTTP, durable on SQLite with synchronous=FULL: the shipped card scheme (29 rules, seven typologies, features, model)
// after a replay of simulated payments has trained it; 64 connections, flat out and at 1,000 a second.
//   guard_bench [--rows N] [--seconds N] [--folder FOLDER]
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "bank/bank.h"
#include "bank/load_for_bench.h"
#include "doors/http/server.h"

namespace puhui {
namespace {

struct Settings {
  int64_t rows = 60'000;
  double seconds = 5;
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "puhui_guard_bench";
};

class NoProgress : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

Json run(const std::vector<Verb>& verbs, std::string_view permission, const Json& input, Files& files) {
  static const Caller caller{"bench", {"*"}};
  NoProgress progress;
  for (const Verb& verb : verbs) {
    if (verb.permission() != permission) continue;
    auto answer = verb.run({caller, progress, &files}, input);
    CHECK(answer.has_value(), answer ? "" : answer.error().text().c_str());
    return *std::move(answer);
  }
  CHECK(false, "the bench asks for verbs that are there");
}

// The fields of simulated payments, as JSON objects to send under new keys and with the clock's time.
std::vector<std::string> payments_of(const std::filesystem::path& table) {
  constexpr size_t kPaymentsMax = 5000;
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  const std::string head = line;
  std::vector<std::string> header;
  for (const std::string_view name : split(head, ',')) header.emplace_back(name);
  std::vector<std::string> out;
  while (out.size() < kPaymentsMax && std::getline(file, line)) {
    Json fields{Json::Object{}};
    const auto cells = split(line, ',');
    for (size_t i = 0; i < header.size() && i < cells.size(); ++i) {
      const std::string& name = header[i];
      if (cells[i].empty() || name == "tx_id" || name == "t" || name == "fraud" || name == "scenario") continue;
      if (name == "amount_cents") {
        fields.set("amount_minor", Json(Json::Number{std::string(cells[i])}));
      } else {
        fields.set(name, std::string(cells[i]));
      }
    }
    out.push_back(print_json(fields));
  }
  CHECK(!out.empty(), "there are simulated payments");
  return out;
}

void bench(const Settings& settings) {
  std::filesystem::remove_all(settings.folder);
  std::filesystem::create_directories(settings.folder);
  const auto table = settings.folder / "payments.csv";
  SystemClock clock;
  DiskFiles files;
  Log log(clock, stderr, Log::Level::error);
  Metrics metrics;
  auto opened = Bank::open((settings.folder / "store").string(), {clock, files, log, metrics, sha256("bench")});
  CHECK(opened.has_value(), opened ? "" : opened.error().text().c_str());
  const auto& bank = *opened;
  Json simulate;
  simulate.set("scheme", "card_payment");
  simulate.set("rows", settings.rows);
  simulate.set("out", table.string());
  run(bank->verbs(), "fraud.simulate", simulate, files);
  Json replay;
  replay.set("payments", table.string());
  const Json report = run(bank->verbs(), "fraud.replay", replay, files);
  std::printf("payments replayed beforehand %lld, online = offline: %s\n",
              static_cast<long long>(report.find("payments")->as_double().value_or(0)),
              print_json(*report.find("online_equals_offline")).c_str());

  const auto payments = payments_of(table);
  http::Options options;
  options.listen = "127.0.0.1:0";
  options.workers = 64;
  options.keyless = Caller{"bench", {"*"}};
  const http::KeyShelf keys;
  http::Server server({bank->verbs(), keys, log, metrics, clock, Random(1), {}, {}}, options);
  CHECK(server.start().has_value(), "the server starts");
  const auto payment_of = [&payments](std::string_view run_name) {
    return [&payments, run_name](int connection, int64_t i) {
      const std::string key = std::string(run_name) + "-" + std::to_string(connection) + "-" + std::to_string(i);
      return "{\"scheme\":\"card_payment\",\"key\":\"" + key +
             "\",\"fields\":" + payments[static_cast<size_t>(i * kConnections + connection) % payments.size()] + "}";
    };
  };
  const std::string path = "/v1/fraud/judge";
  const Load flat_out = load(server.port(), path, payment_of("flat-out"), settings.seconds, 0);
  const Load paced = load(server.port(), path, payment_of("paced"), settings.seconds, 1000);
  std::printf("payments over HTTP, 64 connections   %10.0f /s   bar 5,000   (p50 %.1f ms, p99 %.1f ms, %llu failed)\n",
              flat_out.per_second, flat_out.p50_ms, flat_out.p99_ms, static_cast<unsigned long long>(flat_out.failed));
  std::printf("payments over HTTP at 1,000 a second %10.1f ms p99   (p50 %.1f ms, %.0f /s came back, %llu failed)\n",
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
