#include "ground/base/cpu_account.h"

#include <pthread.h>

#include <algorithm>
#include <ctime>

#include "ground/base/check.h"
#include "ground/base/clock.h"

namespace puhui {

namespace {

int64_t read_clock(clockid_t clock) {
  timespec now{};
  CHECK(clock_gettime(clock, &now) == 0, "a CPU clock can be read");
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

int64_t thread_cpu_ns() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
int64_t process_cpu_ns() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

// Threads that have opened a scope here. A thread leaves when it ends, whoever of the two ends first.
struct CpuAccount::Threads {
  std::mutex mutex;  // before a slice's
  std::vector<Slice*> slices;
};

// Written by its thread; settled by others under its mutex. `account` changes on its own thread only, which may
// therefore read it without.
class CpuAccount::Slice {
 public:
  Slice() { CHECK(pthread_getcpuclockid(pthread_self(), &clock_) == 0, "a thread has a CPU clock"); }
  ~Slice() {
    for (const auto& threads : known_to_) {
      const std::lock_guard lock(threads->mutex);
      std::erase(threads->slices, this);
    }
  }

  static Slice& of_this_thread() {
    thread_local Slice slice;
    return slice;
  }

  CpuAccount* account() const { return account_; }

  void change_to(CpuAccount* account) {
    if (account == account_) return;
    if (account && account->threads_) be_known_to(account->threads_);
    const int64_t now_ns = thread_cpu_ns();
    const std::lock_guard lock(mutex_);
    if (account_) account_->add_cpu_ns(std::max<int64_t>(0, now_ns - since_ns_));
    account_ = account;
    since_ns_ = std::max(since_ns_, now_ns);
  }

  // From another thread, which keeps this one from ending by the list's lock.
  void settle(const std::shared_ptr<Threads>& whose) {
    const std::lock_guard lock(mutex_);
    if (!account_ || account_->threads_ != whose) return;
    const int64_t now_ns = std::max(since_ns_, read_clock(clock_));
    account_->add_cpu_ns(now_ns - since_ns_);
    since_ns_ = now_ns;
  }

 private:
  void be_known_to(const std::shared_ptr<Threads>& threads) {
    if (std::find(known_to_.begin(), known_to_.end(), threads) != known_to_.end()) return;
    known_to_.push_back(threads);
    const std::lock_guard lock(threads->mutex);
    threads->slices.push_back(this);
  }

  std::mutex mutex_;
  CpuAccount* account_ = nullptr;
  int64_t since_ns_ = 0;
  clockid_t clock_{};
  std::vector<std::shared_ptr<Threads>> known_to_;
};

void CpuAccount::add_call(int64_t latency_ns) {
  calls_.add();
  latency_.record(static_cast<uint64_t>(std::max<int64_t>(0, latency_ns)));
}

CpuAccounts::CpuAccounts() : threads_(std::make_shared<CpuAccount::Threads>()) {}
CpuAccounts::~CpuAccounts() = default;

CpuAccount& CpuAccounts::account(std::string_view name, std::string_view version) {
  const std::lock_guard lock(mutex_);
  std::pair<std::string, std::string> key(name, version);
  if (const auto found = by_name_.find(key); found != by_name_.end()) return *found->second;
  // The last place is kept for the account that all further ones share.
  const bool full = accounts_.size() + 1 >= kCpuAccountsMax;
  if (full) key = {std::string(kActivityPrefix) + "other", ""};
  if (const auto found = by_name_.find(key); found != by_name_.end()) return *found->second;
  CpuAccount& made = accounts_.emplace_back(key.first, key.second);
  made.accounts_ = this;
  made.threads_ = threads_;
  by_name_.emplace(std::move(key), &made);
  return made;
}

CpuAccount& CpuAccounts::activity(std::string_view name) {
  return account(std::string(kActivityPrefix) + std::string(name));
}

void CpuAccounts::before(CpuAccount& account, int64_t nanoseconds) {
  since_ns_ -= nanoseconds;
  account.add_cpu_ns(nanoseconds);
}

CpuAccount* CpuAccounts::current() { return CpuAccount::Slice::of_this_thread().account(); }

std::vector<const CpuAccount*> CpuAccounts::settled() {
  {
    const std::lock_guard lock(threads_->mutex);
    for (CpuAccount::Slice* slice : threads_->slices) slice->settle(threads_);
  }
  const std::lock_guard lock(mutex_);
  std::vector<const CpuAccount*> out;
  for (const CpuAccount& account : accounts_) out.push_back(&account);
  return out;
}

int64_t CpuAccounts::settled_cpu_ns() {
  int64_t sum_ns = 0;
  for (const CpuAccount* account : settled()) sum_ns += account->cpu_ns();
  return sum_ns;
}

CpuScope::~CpuScope() { CpuAccount::Slice::of_this_thread().change_to(before_); }

void CpuScope::to(CpuAccount* account) { CpuAccount::Slice::of_this_thread().change_to(account ? account : before_); }

CpuCall::CpuCall(CpuAccount* account) : account_(account), scope_(account) {
  if (account_) start_ns_ = monotonic_ns();
}

CpuCall::~CpuCall() {
  if (!account_) return;
  account_->add_call(monotonic_ns() - start_ns_);
  if (!done_) account_->add_error();
}

CpuRestScope::CpuRestScope() : account_(CpuAccounts::current()) {
  if (account_ && !account_->accounts_) account_ = nullptr;
  if (account_) before_ns_ = rest_ns();
}

CpuRestScope::~CpuRestScope() {
  if (account_) account_->add_cpu_ns(std::max<int64_t>(0, rest_ns() - before_ns_));
}

// The accounts first: a slice that runs meanwhile makes the rest look larger at both ends, never negative.
int64_t CpuRestScope::rest_ns() const {
  const int64_t charged_ns = account_->accounts_->settled_cpu_ns();
  return process_cpu_ns() - charged_ns;
}

}  // namespace puhui
