// CPU accounts: whose work this process's CPU did. A scope charges its thread's CPU to a named account until it ends;
// what no scope covers is found by holding the sum against the process's own clock (see governance/heatmap).
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ground/base/metric.h"

namespace puhui {

// CPU nanoseconds that this thread, and that all threads of this process so far, have used.
int64_t thread_cpu_ns();
int64_t process_cpu_ns();

// Names of the bank's own work begin so; any other name is a use case, "lending.approval/person_revolving".
inline constexpr std::string_view kActivityPrefix = "activity:";
// Accounts beyond it, which a program that names them by what comes from outside would make, share "activity:other".
inline constexpr size_t kCpuAccountsMax = 4096;

class CpuAccounts;

// One account. Counting is one relaxed atomic add; safe from every thread.
class CpuAccount {
 public:
  CpuAccount(std::string name, std::string version) : name_(std::move(name)), version_(std::move(version)) {}
  const std::string& name() const { return name_; }        // "lending.approval/person_revolving", "activity:day-end"
  const std::string& version() const { return version_; }  // the permit's digest in hex, of a use case; or empty

  void add_call(int64_t latency_ns);  // one call and how long it took by the wall clock
  void add_error() { errors_.add(); }
  void add_cpu_ns(int64_t nanoseconds) { cpu_ns_.fetch_add(nanoseconds, std::memory_order_relaxed); }
  void add_tokens(uint64_t tokens) { tokens_.add(tokens); }

  uint64_t calls() const { return calls_.value(); }
  uint64_t errors() const { return errors_.value(); }
  uint64_t tokens() const { return tokens_.value(); }
  int64_t cpu_ns() const { return cpu_ns_.load(std::memory_order_relaxed); }
  const Histogram& latency() const { return latency_; }

 private:
  friend class CpuScope;
  friend class CpuAccounts;
  friend class CpuRestScope;
  struct Threads;  // those that may have a slice running on an account of one CpuAccounts
  class Slice;     // what one thread is charging now

  const std::string name_, version_;
  CpuAccounts* accounts_ = nullptr;   // those it belongs to; none: an account of its own, nobody's sum
  std::shared_ptr<Threads> threads_;  // theirs
  Counter calls_, errors_, tokens_;
  std::atomic<int64_t> cpu_ns_{0};
  Histogram latency_;
};

// All accounts of one process. Outlives every scope that charges one of them.
class CpuAccounts {
 public:
  CpuAccounts();
  ~CpuAccounts();
  CpuAccounts(const CpuAccounts&) = delete;
  CpuAccounts& operator=(const CpuAccounts&) = delete;

  // The same name and version give the same account again. References live as long as this.
  CpuAccount& account(std::string_view name, std::string_view version = "");
  CpuAccount& activity(std::string_view name);  // account("activity:" + name)

  // What this thread charges now, for a queue or a new thread to carry on; null where no scope is open.
  static CpuAccount* current();

  // Charges what every thread's running slice has used so far, so that the accounts' cpu_ns is up to this moment
  // also while a scope runs for hours. Then each account, in the order of its first use.
  std::vector<const CpuAccount*> settled();
  int64_t settled_cpu_ns();  // their sum

  // The process's CPU since these accounts were made, with what `before` added: what their sum is held against.
  int64_t process_ns() const { return process_cpu_ns() - since_ns_; }
  // CPU that the process used before these accounts were made, a program's loading: charged and counted.
  void before(CpuAccount& account, int64_t nanoseconds);

 private:
  int64_t since_ns_ = process_cpu_ns();
  std::shared_ptr<CpuAccount::Threads> threads_;
  mutable std::mutex mutex_;
  std::deque<CpuAccount> accounts_;
  std::map<std::pair<std::string, std::string>, CpuAccount*> by_name_;
};

// Charges this thread's CPU to `account` until it ends or moves on; an inner scope has its own, the outer the rest.
// One clock read (about .3 µs) at each change of account: none when the account is null or already the current one.
class CpuScope {
 public:
  explicit CpuScope(CpuAccount* account) : before_(CpuAccounts::current()) { to(account); }
  explicit CpuScope(CpuAccount& account) : CpuScope(&account) {}
  // Of accounts that may be missing: nothing is charged then, and nothing costs.
  CpuScope(CpuAccounts* accounts, std::string_view name) : CpuScope(accounts ? &accounts->account(name) : nullptr) {}
  ~CpuScope();
  CpuScope(const CpuScope&) = delete;
  CpuScope& operator=(const CpuScope&) = delete;

  // From here on `account` is charged; null: as it was.
  void to(CpuAccount* account);

 private:
  CpuAccount* before_;
};

// One call of an account: its CPU on this thread, its latency, and an error unless done() was said.
class CpuCall {
 public:
  explicit CpuCall(CpuAccount* account);
  ~CpuCall();
  CpuCall(const CpuCall&) = delete;
  CpuCall& operator=(const CpuCall&) = delete;
  void done() { done_ = true; }

 private:
  CpuAccount* account_;
  CpuScope scope_;
  int64_t start_ns_ = 0;
  bool done_ = false;
};

// Charges the current account with the CPU that threads without a scope used while it lived: the worker threads of
// a library (OpenMP) during one synchronous call. Two at once share what they took without counting it twice.
class CpuRestScope {
 public:
  CpuRestScope();
  ~CpuRestScope();
  CpuRestScope(const CpuRestScope&) = delete;
  CpuRestScope& operator=(const CpuRestScope&) = delete;

 private:
  int64_t rest_ns() const;
  CpuAccount* account_;
  int64_t before_ns_ = 0;
};

}  // namespace puhui
