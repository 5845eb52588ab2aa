#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <random>

#include "bank/bank.h"
#include "bank/serve.h"
#include "doors/cli/cli.h"

namespace puhui {

namespace {

// From the system's generator: unpredictable, and another in every process.
uint64_t system_random() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

Digest random_secret() {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += std::to_string(system_random()) + ",";
  return sha256(bytes);
}

std::string store_of_environment() {
  const char* store = std::getenv("PUHUI_STORE");
  return store && *store ? store : "./puhui-store";
}

std::string keys_file_of(const std::string& store) {
  return store.find("://") == std::string::npos ? store + "/keys.json" : "puhui-keys.json";
}

// Installed (bin/puhui beside share/puhui/console), and as it is built (build/KIND/bin/puhui beside console/dist).
std::vector<std::string> console_folders() {
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (unknown) return {};
  const auto folder = program.parent_path();
  return {folder.parent_path() / "share/puhui/console",
          folder.parent_path().parent_path().parent_path() / "console/dist"};
}

// What a running program stands on, in the order it comes down.
struct Program {
  SystemClock clock;
  DiskFiles files;
  Log log{clock, stderr, Log::Level::warning};
  Metrics metrics;
  std::unique_ptr<Bank> bank;
  std::optional<ServeNeeds> serve;
  std::optional<Housekeeping> metering;  // of every command: a long one's minutes are its minutes

  Result<std::vector<Verb>> open(const cli::GlobalOptions& options) {
    bank = TRY(Bank::open(options.store, {clock, files, log, metrics, random_secret(), nullptr, process_cpu_ns()}));
    serve.emplace(ServeNeeds{*bank, files, log, metrics, clock, Random(system_random()), keys_file_of(options.store),
                             console_folders()});
    constexpr int64_t kMinuteMs = 60'000;
    metering.emplace(
        HousekeepingNeeds{log, metrics, bank->cpu()},
        std::vector<Chore>{{"metering", kMinuteMs, [this](Progress&) { return bank->count_use(); }, kMinuteMs}});
    std::vector<Verb> verbs = bank->verbs();
    std::vector<Verb> serving = serve_verbs(&*serve);
    charge_to(bank->cpu(), serving);
    for (Verb& verb : serving) verbs.push_back(std::move(verb));
    return verbs;
  }
};

int run(int argc, const char* const* argv) {
  Program program;
  cli::Needs needs{program.files};
  needs.about = "Puhui decides, lends and keeps the evidence: a bank engine for inclusive finance.";
  needs.version = kBuild;
  needs.store = store_of_environment();
  needs.described = Bank::described(program.clock);
  for (Verb& verb : serve_verbs(nullptr)) needs.described.push_back(std::move(verb));
  needs.open = [&program](const cli::GlobalOptions& options) { return program.open(options); };
  needs.err_is_terminal = isatty(STDERR_FILENO) == 1;
  return cli::Cli(std::move(needs)).run(argc, argv);
}

}  // namespace

}  // namespace puhui

int main(int argc, char** argv) { return puhui::run(argc, argv); }
