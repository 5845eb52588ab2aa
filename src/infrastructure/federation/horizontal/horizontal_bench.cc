// Rounds of secure summing by clients × words: core seconds of all parties together and bytes of one client, beside adding up in the
// clear; then trainings on PUHUI_DATA, where it is there: AUC on rows that no client saw, federated and in one house.
//   horizontal_bench [clients] [columns] [rounds]
#include <chrono>
#include <cstdio>

#include "ground/base/cpu_account.h"
#include "infrastructure/federation/horizontal/horizontal_boosting.h"
#include "infrastructure/federation/horizontal/horizontal_for_test.h"
#include "infrastructure/federation/horizontal/horizontal_logistic.h"

namespace puhui::federation {
namespace {

constexpr size_t kNodesBins = 8 * 33 * 3;  // words a column of a level of depth 3 with 32 bins
constexpr double kBytesAWordMax = 8.5;     // of a client's message with 100 columns: 8 are the word itself
constexpr double kAucLossMax = 0.01;

double cpu_seconds() { return static_cast<double>(process_cpu_ns()) / 1e9; }

struct BenchSize {
  size_t clients = 4, columns = 100, rounds = 3;
};

int bench_rounds(BenchSize size) {
  const size_t words = size.columns * kNodesBins;
  const SecureSumParties all(size.clients, words);
  size_t bytes = 0;
  SecureSumTampering count;
  count.said = [&](SecureSumPhase, size_t party, std::string& said) {
    if (party == 1) bytes += said.size();
    return true;
  };
  const double begin = cpu_seconds();
  for (size_t round = 0; round < size.rounds; ++round) {
    const auto sum = relay(all, count);
    if (!sum) return std::printf("%s\n", sum.error().text().c_str()), 1;
  }
  const double seconds = (cpu_seconds() - begin) / static_cast<double>(size.rounds);
  const double bytes_a_word = static_cast<double>(bytes) / static_cast<double>(size.rounds * words);
  std::printf(
      "%2zu clients x %6zu columns (%8zu words): %7.3f core seconds a round, %9zu bytes of a client (%.2f a word, bar "
      "%.1f)\n",
      size.clients, size.columns, words, seconds, bytes / size.rounds, bytes_a_word, kBytesAWordMax);
  return size.columns >= 100 && bytes_a_word > kBytesAWordMax ? 1 : 0;
}

struct BenchFiles {
  std::vector<std::string> clients;
  std::string test;
  size_t columns;
};

int bench_quality(const BenchFiles& files, HorizontalMaker maker, const char* what, double epsilon) {
  std::vector<std::string> columns;
  for (size_t i = 0; i < files.columns; ++i) columns.push_back("x" + std::to_string(i));
  HorizontalCase of{horizontal_job(JobKind::horizontal_logistic, 3, columns), {}};
  of.job.boosting.trees = 20;
  for (const std::string& file : files.clients) {
    auto rows = real_rows(file, of.job);
    if (!rows) return std::printf("%s: skipped: no data\n", file.c_str()), 0;
    if (files.clients.size() == 1) {
      for (size_t i = 0; i < 3; ++i) of.data.push_back(every_third(*rows, i));
    } else {
      of.data.push_back(*std::move(rows));
    }
  }
  const auto test = real_rows(files.test, of.job);
  if (!test) return std::printf("%s: skipped: no data\n", files.test.c_str()), 0;
  const auto pooled = in_the_clear(of.pooled(), maker);
  of.job.privacy.epsilon = epsilon;
  const double begin = cpu_seconds();
  const auto apart = in_the_clear(of, maker);
  if (!pooled || !apart) return std::printf("%s\n", (apart ? pooled : apart).error().text().c_str()), 1;
  const double one = auc_by_predictor((*pooled)[0].model_part, *test);
  const double all = auc_by_predictor((*apart)[0].model_part, *test);
  std::printf("%-36s %-9s epsilon %4.1f: AUC %.4f by three clients, %.4f in one house (%.1f core seconds)\n",
              files.test.c_str(), what, epsilon, all, one, cpu_seconds() - begin);
  return epsilon == 0 && all < one - kAucLossMax ? 1 : 0;
}

}  // namespace
}  // namespace puhui::federation

int main(int count, char** values) {
  using namespace puhui::federation;
  BenchSize size;
  if (count > 1) size.clients = static_cast<size_t>(std::atoi(values[1]));
  if (count > 2) size.columns = static_cast<size_t>(std::atoi(values[2]));
  if (count > 3) size.rounds = static_cast<size_t>(std::atoi(values[3]));
  int wrong = bench_rounds(size);
  if (count > 1) return wrong;
  wrong += bench_rounds({.clients = 8, .columns = 100, .rounds = 2});
  wrong += bench_rounds({.clients = 4, .columns = 10, .rounds = 2});
  const BenchFiles breast{{"breast_homo_guest.csv"}, "breast_homo_test.csv", 30};
  const BenchFiles credit{
      {"default_credit_homo_guest.csv.gz", "default_credit_homo_host_1.csv.gz", "default_credit_homo_host_2.csv.gz"},
      "default_credit_homo_test.csv.gz",
      23};
  for (const BenchFiles& files : {breast, credit}) {
    for (const double epsilon : {0.0, 8.0}) {
      wrong += bench_quality(files, make_horizontal_logistic, "logistic", epsilon);
      wrong += bench_quality(files, make_horizontal_boosting, "boosting", epsilon);
    }
  }
  return wrong;
}
