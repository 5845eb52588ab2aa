// One epoch of vertical logistic regression by two parties, a thread each, with real ciphers: seconds on the wall, core seconds of both
// together (obfuscators included: none are made ahead), and beside it the same epoch in the clear. How the cost grows with rows.
//   logistic_bench [rows] [columns of each party]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "ground/base/cpu_account.h"
#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/logistic/in_the_clear.h"
#include "infrastructure/federation/logistic/logistic_for_test.h"
#include "infrastructure/federation/logistic/vertical_logistic.h"

namespace puhui::federation {
namespace {

constexpr double kEpochSecondsMax = 5, kGrowthMax = 2.2;
constexpr size_t kRows = 350'000, kColumns = 6;

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double cpu_seconds() { return static_cast<double>(process_cpu_ns()) / 1e9; }

// From when both have met (keys made) to the last batch of the party that reports.
class Watch final : public Progress {
 public:
  void step(std::string_view, uint64_t done, uint64_t total) override {
    const std::scoped_lock lock(mutex_);
    if (done == 0) begin_wall_ = wall_seconds(), begin_cpu_ = cpu_seconds();
    if (done == total) wall_ = wall_seconds() - begin_wall_, cpu_ = cpu_seconds() - begin_cpu_;
  }
  double wall() const { return wall_; }
  double cpu() const { return cpu_; }

 private:
  std::mutex mutex_;
  double begin_wall_ = 0, begin_cpu_ = 0, wall_ = 0, cpu_ = 0;
};

// Core seconds of one party for the obfuscators of so many rows, which may be made before the job.
double obfuscator_seconds(size_t rows) {
  constexpr size_t kSample = 8192;
  auto kernel = cipher::chosen_kernel();
  if (!kernel) return 0;
  auto key = cipher::SecretKey::make(cipher::Scheme::okamoto_uchiyama, 2048, *kernel);
  if (!key) return 0;
  const double begin = cpu_seconds();
  key->prepare(kSample);
  return (cpu_seconds() - begin) / kSample * static_cast<double>(rows);
}

struct Terms {
  const char *scheme, *sigmoid;
};

// Core seconds of a party, which are seconds on the wall where each has a core; below 0 when it failed.
double one_epoch(LogisticPair pair, Terms terms) {
  pair.job.cipher.scheme = terms.scheme;
  pair.job.logistic.sigmoid = terms.sigmoid;
  pair.job.logistic.epochs = 1;
  MemoryFiles files;
  Watch watch;
  std::vector<LeakageBook> leakage;
  const auto results = run_together({pair.job, {&pair.guest, &pair.host}, files, "work", std::nullopt},
                                    make_vertical_logistic, leakage, watch);
  if (!results) return std::printf("%s\n", results.error().text().c_str()), -1;
  const double begin = cpu_seconds();
  const auto clear = logistic_in_the_clear(pair.job, pair.guest, pair.host);
  const double clear_seconds = cpu_seconds() - begin;
  const bool equal = clear && clear->guest == (*results)[0].model_part && clear->host == (*results)[1].model_part;
  const size_t rows = pair.guest.row_count();
  std::printf(
      "%-17s %-6s %7zu x %zu rows  %6.2f s wall  %6.2f core-s of both (%5.2f us a row and party)  in the clear %5.2f "
      "core-s  %s\n",
      terms.scheme, terms.sigmoid, rows, pair.job.parties[0].columns.size() + pair.job.parties[1].columns.size(),
      watch.wall(), watch.cpu(), watch.cpu() / 2 * 1e6 / static_cast<double>(rows), clear_seconds,
      equal ? "same bytes as in the clear" : "OTHER BYTES THAN IN THE CLEAR");
  return equal ? watch.cpu() / 2 : -1;
}

int run(size_t rows, size_t columns) {
  const LogisticPair half = simulated_pair({.rows = rows / 2, .guest_columns = columns, .host_columns = columns});
  const LogisticPair whole = simulated_pair({.rows = rows, .guest_columns = columns, .host_columns = columns});
  const double small = one_epoch(half, {"okamoto_uchiyama", "cubic"});
  const double cubic = one_epoch(whole, {"okamoto_uchiyama", "cubic"});
  const double linear = one_epoch(whole, {"okamoto_uchiyama", "linear"});
  const double paillier = one_epoch(half, {"paillier", "cubic"});
  if (small < 0 || cubic < 0 || linear < 0 || paillier < 0) return 1;
  const double ahead = obfuscator_seconds(rows);
  const bool fast = rows != kRows || columns != kColumns || cubic - ahead <= kEpochSecondsMax;
  const bool grows = cubic / small <= kGrowthMax;
  std::printf(
      "one epoch, Okamoto-Uchiyama 2048, cubic, a core each: %.2f s, of which obfuscators %.2f s; made ahead: %.2f s "
      "(bar: %.1f s at %zu x %zu) %s\n",
      cubic, ahead, cubic - ahead, kEpochSecondsMax, kRows, 2 * kColumns, fast ? "ok" : "MISSED");
  std::printf("rows x 2: time x %.2f (bar: %.1f) %s\n", cubic / small, kGrowthMax, grows ? "ok" : "MISSED");
  return fast && grows ? 0 : 1;
}

}  // namespace
}  // namespace puhui::federation

int main(int argc, char** argv) {
  const size_t rows = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : puhui::federation::kRows;
  const size_t columns = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : puhui::federation::kColumns;
  if (rows < 2 || columns < 1)
    return std::printf("expected rows and columns of each party, came less than 2 or 1\n"), 1;
  return puhui::federation::run(rows, columns);
}
