// Payments over HTTP, durable on SQLite with synchronous=FULL: the shipped card scheme (29 rules, seven typologies, features, model)
// after a replay of simulated payments has trained it; 64 connections, flat out and at 1,000 a second.
//   guard_bench [--rows N] [--seconds N] [--folder FOLDER]
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "bank/load_for_bench.h"

namespace puhui {
namespace {

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

void bench(const BenchSettings& settings) {
  BenchBank bank(settings);
  const auto table = settings.folder / "payments.csv";
  Json simulate;
  simulate.set("scheme", "card_payment");
  simulate.set("rows", settings.rows);
  simulate.set("out", table.string());
  bank.run("fraud.simulate", simulate);
  Json replay;
  replay.set("payments", table.string());
  const Json report = bank.run("fraud.replay", replay);
  std::printf("payments replayed beforehand %lld, online = offline: %s\n",
              static_cast<long long>(report.find("payments")->as_double().value_or(0)),
              print_json(*report.find("online_equals_offline")).c_str());

  const auto payments = payments_of(table);
  const auto [flat_out, paced] = bank.load_door("/v1/fraud/judge", [&payments](const std::string& key, size_t i) {
    return "{\"scheme\":\"card_payment\",\"key\":\"" + key + "\",\"fields\":" + payments[i % payments.size()] + "}";
  });
  std::printf("payments over HTTP, 64 connections   %10.0f /s   bar 5,000   (p50 %.1f ms, p99 %.1f ms, %llu failed)\n",
              flat_out.per_second, flat_out.p50_ms, flat_out.p99_ms, static_cast<unsigned long long>(flat_out.failed));
  std::printf("payments over HTTP at 1,000 a second %10.1f ms p99   (p50 %.1f ms, %.0f /s came back, %llu failed)\n",
              paced.p99_ms, paced.p50_ms, paced.per_second, static_cast<unsigned long long>(paced.failed));
}

}  // namespace
}  // namespace puhui

int main(int argc, char** argv) {
  const auto folder = std::filesystem::temp_directory_path() / "puhui_guard_bench";
  puhui::bench(puhui::settings_of(argc, argv, {60'000, 5, folder}));
}
