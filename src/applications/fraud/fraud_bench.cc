// Payments a second through the shipped scheme (features, 29 rules, seven typologies, model, evidence, payment row), durable on SQLite,
// against 20,000/s and a p99 of 5 ms; and the handbook's protocol against its bars when PUHUI_DATA has the file.
// --payments FILE, --rows N of simulated ones without it, --in-flight N, --decide all|test, --folder F (made anew), --no-compare.
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "applications/fraud/population.h"
#include "applications/fraud/replay.h"
#include "ground/base/text.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::fraud {
namespace {

struct Settings {
  std::string payments;
  std::string folder = (std::filesystem::temp_directory_path() / "puhui_fraud_bench").string();
  uint64_t rows = 300'000;
  ReplayRequest request;
  bool keep = false;  // goes on in the folder's store
};

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) stop(result.error().text());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Shown : public Progress {
  void step(std::string_view what, uint64_t done, uint64_t total) override {
    const int64_t now_ns = monotonic_ns();
    if (now_ns - told_ns_ < 5'000'000'000) return;
    told_ns_ = now_ns;
    std::fprintf(stderr, "%.*s: %llu of %llu\n", static_cast<int>(what.size()), what.data(),
                 static_cast<unsigned long long>(done), static_cast<unsigned long long>(total));
  }
  int64_t told_ns_ = 0;
};

// A bank with nothing but a fraud desk.
struct Guarded {
  SystemClock clock;
  std::FILE* nowhere = std::fopen("/dev/null", "w");
  Log log{clock, nowhere};
  Metrics metrics;
  DiskFiles files;
  std::unique_ptr<Store> store;
  std::unique_ptr<evidence::EvidenceLog> evidence;
  std::unique_ptr<kernel::Kernel> kernel;
  std::unique_ptr<cases::Office> office;
  std::unique_ptr<Desk> desk;

  explicit Guarded(const std::string& folder) {
    std::vector<Migration> all = evidence::migrations();
    for (auto& more : {kernel::migrations(), features::migrations(), cases::migrations(), fraud::migrations(),
                       replay_migrations()}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    store = must(open_store(folder, std::move(all), {clock, nullptr}));
    evidence = must(evidence::EvidenceLog::open(*store));
    kernel = must(kernel::Kernel::open({*store, *evidence, clock, log, metrics, "bench", sha256("salt")}, use_cases()));
    office = std::make_unique<cases::Office>(cases::OfficeNeeds{*store, *evidence, clock});
    desk = must(Desk::open({*store, *evidence, *kernel, *office, clock, log}));
  }
  ~Guarded() {
    store->close();
    std::fclose(nowhere);
  }
};

void simulate(const std::string& path, uint64_t rows) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  Population population;
  population.rows = rows;
  must(write_population(population, [&](std::string_view text) -> Result<void> {
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    return {};
  }));
}

std::string handbook() {
  const char* folder = std::getenv("PUHUI_DATA");
  const std::string path =
      std::string(folder ? folder : "../shared/data") + "/fraud/card_transactions_2018-04-01_08-14.csv.zst";
  return std::filesystem::exists(path) ? path : "";
}

void show(const char* what, double value, double bar, bool at_least) {
  const bool reached = at_least ? value >= bar : value <= bar;
  std::printf("%-28s %12.4f   bar %s %.4f   %s\n", what, value, at_least ? ">=" : "<=", bar,
              reached ? "reached" : "MISSED");
}

int run(Settings settings) {
  if (!settings.keep) std::filesystem::remove_all(settings.folder);
  std::filesystem::create_directories(settings.folder);
  if (settings.payments.empty()) settings.payments = handbook();
  const bool is_handbook = settings.payments == handbook() && !settings.payments.empty();
  if (settings.payments.empty()) {
    settings.payments = settings.folder + "/simulated.csv";
    simulate(settings.payments, settings.rows);
    std::printf("handbook's protocol: skipped, no data\n");
  }
  settings.request.payments = settings.payments;
  Guarded bank(settings.folder + "/store");
  Shown progress;
  const double cpu = cpu_seconds();
  const auto report = must(replay({*bank.store, *bank.evidence, *bank.kernel, *bank.desk, bank.files, bank.clock},
                                  settings.request, "bench", progress));
  std::printf("%s", tell(report).c_str());
  std::printf("processor time %.1f s, %.1f us a payment\n", cpu_seconds() - cpu,
              (cpu_seconds() - cpu) * 1e6 / static_cast<double>(report.payments));
  if (is_handbook) {
    show("AUC", report.auc, 0.88, true);
    show("average precision", report.average_precision, 0.68, true);
    show("card precision at 100", report.card_precision_100, 0.30, true);
  }
  show("payments a second", report.events_per_second, 20'000, true);
  show("p99, ms", static_cast<double>(report.p99_us) / 1000, 5, false);
  return 0;
}

}  // namespace
}  // namespace puhui::fraud

int main(int argc, char** argv) {
  puhui::fraud::Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (word == "--payments")
      settings.payments = value, ++i;
    else if (word == "--rows")
      settings.rows = std::stoull(value), ++i;
    else if (word == "--in-flight")
      settings.request.in_flight = std::stoll(value), ++i;
    else if (word == "--decide")
      settings.request.decide = value == "test" ? puhui::fraud::Decide::test : puhui::fraud::Decide::all, ++i;
    else if (word == "--seed")
      settings.request.seed = std::stoll(value), ++i;
    else if (word == "--folder")
      settings.folder = value, ++i;
    else if (word == "--no-compare")
      settings.request.compare = false;
    else if (word == "--keep")
      settings.keep = true;
    else
      puhui::fraud::stop("unknown: " + word);
  }
  return puhui::fraud::run(std::move(settings));
}
