// Bank: the only place that knows everything. It opens the store, raises the floors on it in order, and hands the
// verbs of all modules to a door.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bank/housekeeping.h"
#include "ground/base/clock.h"
#include "ground/base/files.h"
#include "ground/base/log.h"
#include "ground/base/metric.h"
#include "ground/base/verb.h"
#include "ground/store/store.h"

namespace puhui {

namespace http {
class Sessions;
}

inline constexpr std::string_view kBuild = "puhui 0.1.0";  // permits are for one build

struct BankNeeds {
  const Clock& clock;
  Files& files;
  Log& log;
  Metrics& metrics;
  Digest salt_secret;             // random in production, fixed in a simulation
  StoreFaults* faults = nullptr;  // where a simulation makes the store fail
  int64_t loading_cpu_ns = 0;     // what the program used before: it counts too
};

class Bank {
 public:
  // `store`: a folder or postgresql://…. What was committed is there again, whatever ended the last run.
  static Result<std::unique_ptr<Bank>> open(const std::string& store, BankNeeds needs);
  ~Bank();  // stops jobs, snapshots the ledger, counts the last use and closes the store

  const std::vector<Verb>& verbs() const;
  std::vector<Chore> chores() const;          // what it does by itself while it serves; it outlives them
  http::Sessions& sessions();                 // of browsers, for the HTTP door
  bool is_user(std::string_view name) const;  // whose name no API key may have
  Json summary() const;                       // for a start page: what is in the store
  Result<void> ready() const;
  CpuAccounts& cpu() const;   // whose work this process does
  Result<void> count_use();   // writes it down; once a minute
  Result<void> start_jobs();  // those that wait run from now on, until the bank closes

  // All verbs, for help and schemas; only the storeless ones can run. The clock outlives them.
  static std::vector<Verb> described(const Clock& clock);

 private:
  struct House;
  explicit Bank(std::unique_ptr<House> house);
  std::unique_ptr<House> house_;
};

}  // namespace puhui
