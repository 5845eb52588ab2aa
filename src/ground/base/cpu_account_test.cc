#include "ground/base/cpu_account.h"

#include <gtest/gtest.h>

#include <thread>

namespace puhui {
namespace {

// Works until this thread has used that much CPU, so that no test leans on the machine's speed.
void burn(int64_t nanoseconds) {
  const int64_t end_ns = thread_cpu_ns() + nanoseconds;
  while (thread_cpu_ns() < end_ns) {
  }
}
constexpr int64_t kMs = 1'000'000;

// What one thread did is charged between its first and last clock read, so accounts sum to what its clock says.
TEST(CpuScope, InnerHasItsOwnAndOuterTheRest) {
  CpuAccounts accounts;
  CpuAccount &outer = accounts.account("lending.approval"), &inner = accounts.activity("store");
  const int64_t start_ns = thread_cpu_ns();
  {
    const CpuScope whole(outer);
    burn(3 * kMs);
    {
      const CpuScope part(inner);
      burn(5 * kMs);
    }
    burn(2 * kMs);
  }
  const int64_t used_ns = thread_cpu_ns() - start_ns;
  EXPECT_GE(inner.cpu_ns(), 5 * kMs);
  EXPECT_GE(outer.cpu_ns(), 5 * kMs);
  EXPECT_LE(outer.cpu_ns() + inner.cpu_ns(), used_ns);
  EXPECT_GE(outer.cpu_ns() + inner.cpu_ns(), used_ns - kMs);
  EXPECT_EQ(CpuAccounts::current(), nullptr);
}

TEST(CpuScope, OfNoAccountLeavesTheOneBefore) {
  CpuAccounts accounts;
  CpuAccount& outer = accounts.activity("day-end");
  const CpuScope whole(outer);
  {
    const CpuScope none(nullptr, "lending.approval");
    EXPECT_EQ(CpuAccounts::current(), &outer);
  }
  EXPECT_EQ(CpuAccounts::current(), &outer);
}

// What a writer does for many at once is gathered so, and shared out afterwards.
TEST(CpuScope, OfAnAccountOfItsOwnAddsToNoSum) {
  CpuAccounts accounts;
  CpuAccount& store = accounts.activity("store");
  CpuAccount pot("", "");
  CpuScope scope(store);
  scope.to(&pot);
  const int64_t before_ns = accounts.settled_cpu_ns();
  burn(2 * kMs);
  EXPECT_EQ(accounts.settled_cpu_ns(), before_ns);
  scope.to(&store);
  EXPECT_GE(pot.cpu_ns(), 2 * kMs);
}

TEST(CpuCall, CountsAnErrorUnlessItWasDone) {
  CpuAccounts accounts;
  CpuAccount& account = accounts.account("lending.approval");
  {
    CpuCall call(&account);
    call.done();
  }
  { const CpuCall call(&account); }
  { const CpuCall call(nullptr); }
  EXPECT_EQ(account.calls(), 2u);
  EXPECT_EQ(account.errors(), 1u);
  EXPECT_EQ(account.latency().count(), 2u);
}

TEST(CpuAccounts, SettleWhatAnotherThreadIsStillRunning) {
  CpuAccounts accounts;
  CpuAccount& account = accounts.activity("day-end");
  std::atomic<int> step{0};
  std::thread worker([&] {
    const CpuScope scope(account);
    burn(4 * kMs);
    step = 1;
    while (step == 1) std::this_thread::yield();
  });
  while (step == 0) std::this_thread::yield();
  EXPECT_GE(accounts.settled_cpu_ns(), 4 * kMs);
  const int64_t seen_ns = account.cpu_ns();
  step = 2;
  worker.join();
  EXPECT_GE(account.cpu_ns(), seen_ns);
}

// What is read while threads switch accounts never steps back, and ends at what the threads' own clocks say.
TEST(CpuAccounts, NeverStepBackWhileThreadsSwitch) {
  CpuAccounts accounts;
  std::atomic<bool> stop{false};
  std::atomic<int64_t> used_ns{0};
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 3; ++worker) {
    workers.emplace_back([&, worker] {
      const int64_t start_ns = thread_cpu_ns();
      while (!stop) {
        const CpuScope outer(accounts.account("use case", std::to_string(worker)));
        burn(kMs / 100);
        const CpuScope inner(accounts.activity("store"));
        burn(kMs / 100);
      }
      used_ns += thread_cpu_ns() - start_ns;
    });
  }
  int64_t last_ns = 0;
  while (last_ns < 30 * kMs) {
    const int64_t now_ns = accounts.settled_cpu_ns();
    EXPECT_GE(now_ns, last_ns);
    last_ns = now_ns;
  }
  stop = true;
  for (std::thread& worker : workers) worker.join();
  EXPECT_LE(accounts.settled_cpu_ns(), used_ns.load());
}

TEST(CpuAccounts, BelongToTheirOwnListWhenTwoStandInOneProcess) {
  CpuAccounts first, second;
  const CpuScope outer(first.activity("a"));
  burn(kMs);
  const CpuScope inner(second.activity("b"));
  burn(kMs);
  EXPECT_EQ(first.settled().size(), 1u);
  const int64_t settled_ns = first.settled_cpu_ns();
  burn(kMs);
  EXPECT_EQ(first.settled_cpu_ns(), settled_ns);
  EXPECT_GE(second.settled_cpu_ns(), 2 * kMs);
}

TEST(CpuAccounts, BeyondTheLimitShareOne) {
  CpuAccounts accounts;
  for (size_t i = 0; i < kCpuAccountsMax + 10; ++i) accounts.account("use case " + std::to_string(i));
  EXPECT_EQ(accounts.settled().size(), kCpuAccountsMax);
  EXPECT_EQ(accounts.account("one more").name(), "activity:other");
  EXPECT_EQ(accounts.account("use case 7").name(), "use case 7");
}

TEST(CpuRestScope, ChargesThreadsThatHaveNoScope) {
  CpuAccounts accounts;
  CpuAccount& account = accounts.activity("training");
  constexpr int64_t kWorkMs = 60;  // far above the tick by which the process clock may lag
  {
    const CpuScope scope(account);
    const CpuRestScope rest;
    std::thread([] { burn(kWorkMs * kMs); }).join();
  }
  EXPECT_GE(account.cpu_ns(), (kWorkMs - 20) * kMs);
  EXPECT_LE(account.cpu_ns(), (kWorkMs + 20) * kMs);
}

}  // namespace
}  // namespace puhui
