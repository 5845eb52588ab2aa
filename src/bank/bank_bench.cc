// The whole application's speed, durable on SQLite with synchronous=FULL: in process through a replay, and over HTTP with
// 64 connections, flat out and at 1,000 a second. Its bars are absolute, so it prints the machine's own disk flush too.
//   bank_bench [--rows N] [--seconds N] [--folder FOLDER]
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <thread>

#include "bank/load_for_bench.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui {
namespace {

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

void bench(const BenchSettings& settings) {
  BenchBank bank(settings);
  const auto table = settings.folder / "people.csv";
  std::printf("a 4 kB append and flush          %10.0f /s on this disk\n", flushes_per_second(settings.folder));
  Json simulate;
  simulate.set("out", table.string());
  simulate.set("rows", settings.rows);
  bank.run("lending.simulate", simulate);
  Json replay;
  replay.set("applications", table.string());
  replay.set("mapping", "policies/person_revolving/mapping.json");
  replay.set("train_share", "0.2");
  const Json report = bank.run("lending.replay", replay);
  const Histogram& overhead = bank.metrics.histogram("puhui_decision_overhead_seconds", "");
  std::printf("whole application, in process    %10.0f /s   bar 5,000   (p50 %.1f ms, p99 %.1f ms under that load)\n",
              number(report, "decisions_per_second"), number(report, "p50_us") / 1e3, number(report, "p99_us") / 1e3);
  std::printf("kernel and evidence beside them  %10.1f us  bar 25      (p50; p99 %.1f us)\n",
              static_cast<double>(overhead.quantile_ns(0.5)) / 1e3,
              static_cast<double>(overhead.quantile_ns(0.99)) / 1e3);

  Json facts_request;
  facts_request.set("product", "person_revolving");
  const auto facts = recorded_facts(table, bank.run("lending.facts", facts_request));
  const auto [flat_out, paced] = bank.load_door("/v1/lending/apply", [&facts](const std::string& key, size_t i) {
    return "{\"application\":\"" + key + "\",\"product\":\"person_revolving\",\"borrower\":\"" + key +
           "\",\"facts\":" + facts[i % facts.size()] + "}";
  });
  std::printf("over HTTP, 64 connections        %10.0f /s   bar 3,000   (p50 %.1f ms, p99 %.1f ms, %llu failed)\n",
              flat_out.per_second, flat_out.p50_ms, flat_out.p99_ms, static_cast<unsigned long long>(flat_out.failed));
  std::printf("over HTTP at 1,000 a second, p99 %10.1f ms  bar 50      (p50 %.1f ms, %.0f /s came back, %llu failed)\n",
              paced.p99_ms, paced.p50_ms, paced.per_second, static_cast<unsigned long long>(paced.failed));
}

}  // namespace
}  // namespace puhui

int main(int argc, char** argv) {
  const auto folder = std::filesystem::temp_directory_path() / "puhui_bank_bench";
  puhui::bench(puhui::settings_of(argc, argv, {100'000, 5, folder}));
}
