// The day-end of a million active loans, durable through SQLite, against the bar of 60 s; and of two million against
// 2.2 times that. --loans N, --folder F (made anew), --days D measured after the first.
#include <sys/resource.h>

#include <cstdio>

#include "applications/lending/loan_office.h"
#include "ground/base/text.h"

namespace puhui::lending {
namespace {

using examples::LoanOffice;

struct Settings {
  int64_t loans = 1'000'000;
  int days = 3;
  std::string folder = (std::filesystem::temp_directory_path() / "puhui_day_end_bench").string();
};

constexpr int64_t kLoansPerCommit = 10'000;

// Every loan a month or more old, half of them lines, one in ten late.
void sign_all(LoanOffice& office, int64_t loans, Date opened_from) {
  Contract term = examples::term_loan(), line = examples::line_of_credit();
  const Product products[] = {examples::product_of(term), examples::product_of(line)};
  for (const Product& product : products) LoanOffice::must(office.products->keep(*office.store, product));
  for (int64_t first = 0; first < loans; first += kLoansPerCommit) {
    LoanOffice::must(office.store->write([&](Transaction& tx) -> Result<void> {
      for (int64_t i = first; i < std::min(first + kLoansPerCommit, loans); ++i) {
        RandomStream random(Random(1), 1, static_cast<uint64_t>(i));
        Contract contract = i % 2 == 0 ? term : line;
        const Product& product = products[i % 2];
        contract.product_hash = product.hash();
        contract.loan = LoanId({static_cast<uint64_t>(1'700'000'000'000 + i) << 16, random.next()});
        contract.borrower = BorrowerId({random.next(), random.next()});
        contract.opened_on = opened_from.plus_days(static_cast<int>(i * 28 / loans));
        contract.first_due = contract.opened_on.plus_months(random.chance(0.1) ? 1 : 2);
        contract.principal_minor = 100'000 + static_cast<int64_t>(random.below(5'000'000));
        TRY(office.sign(tx, contract, product, Rate::from_bp(100 + static_cast<int64_t>(random.below(900))),
                        contract.principal_minor));
      }
      return {};
    }));
  }
}

// Of all threads: on a machine that others use too, what the work itself costs.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long resident_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

int run(const Settings& settings) {
  std::filesystem::remove_all(settings.folder);
  const Date opened = examples::day("2025-01-01");
  LoanOffice office(settings.folder);
  office.clock.set(start_of(opened));
  const int64_t started_ns = monotonic_ns();
  sign_all(office, settings.loans, opened);
  std::printf("day-end: %lld loans signed in %.1f s\n", static_cast<long long>(settings.loans),
              static_cast<double>(monotonic_ns() - started_ns) * 1e-9);
  const Date first = examples::day("2025-02-26");
  for (int i = 0; i < settings.days; ++i) {
    const Date date = first.plus_days(i);
    const double cpu_before = cpu_seconds();
    const auto done = LoanOffice::must(office.end_day(date));
    const double cpu = cpu_seconds() - cpu_before;
    const char* what = i == 0 ? "first: every expected loss" : date == date.end_of_month() ? "month's end" : "plain";
    std::printf("  %s  %-28s %6.2f s, %6.2f s of CPU, %5.2f us a loan  %s  resident %ld MB\n", date.text().c_str(),
                what, done.seconds, cpu, done.seconds * 1e6 / static_cast<double>(settings.loans),
                done.report.ties ? "ties" : "DOES NOT TIE", resident_mb());
  }
  std::printf("  asked: <= 60 s for 1,000,000 loans, and for 2,000,000 at most 2.2 times as long\n");
  office.close();
  std::filesystem::remove_all(settings.folder);
  return 0;
}

}  // namespace
}  // namespace puhui::lending

int main(int argc, char** argv) {
  puhui::lending::Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--loans") settings.loans = puhui::parse_int64(argv[i + 1]).value_or(settings.loans);
    if (name == "--days") settings.days = static_cast<int>(puhui::parse_int64(argv[i + 1]).value_or(settings.days));
    if (name == "--folder") settings.folder = argv[i + 1];
  }
  return puhui::lending::run(settings);
}
