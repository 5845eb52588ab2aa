#include "ground/base/cpu_use.h"

#include <gtest/gtest.h>

namespace puhui {
namespace {

constexpr int64_t kMs = 1'000'000;

TEST(CpuUse, IsWhatCameSinceTheLastKeptReading) {
  CpuAccounts accounts;
  CpuAccount& account = accounts.account("lending.approval", "permit");
  CpuUseReader reader(accounts);
  account.add_cpu_ns(5 * kMs);
  account.add_call(100'000);
  EXPECT_EQ(reader.read().uses.at(0).cpu_ns, 5 * kMs);
  account.add_cpu_ns(2 * kMs);
  EXPECT_EQ(reader.read().uses.at(0).cpu_ns, 7 * kMs) << "not kept, so read again";
  reader.keep();
  EXPECT_TRUE(reader.read().uses.empty());
  account.add_call(9 * kMs);
  account.add_error();
  const CpuUse use = reader.read().uses.at(0);
  EXPECT_EQ(use.calls, 1);
  EXPECT_EQ(use.errors, 1);
  EXPECT_EQ(use.cpu_ns, 0);
  EXPECT_NEAR(static_cast<double>(use.latency_p50_ns), 9.0 * kMs, 9.0 * kMs / 16) << "of this call alone";
}

// To the nanosecond: what the readings of the process's clock say together is what its clock says.
TEST(CpuUse, ReadingsOfTheProcessAddUpToItsClock) {
  CpuAccounts accounts;
  CpuUseReader reader(accounts);
  int64_t sum_ns = 0;
  const int64_t before_ns = accounts.process_ns();
  for (int i = 0; i < 5; ++i) {
    const int64_t end_ns = thread_cpu_ns() + kMs;
    while (thread_cpu_ns() < end_ns) {
    }
    sum_ns += reader.read().process_ns;
    reader.keep();
  }
  EXPECT_GE(sum_ns, before_ns + 5 * kMs);
  EXPECT_LE(sum_ns, accounts.process_ns());
}

}  // namespace
}  // namespace puhui
