// Housekeeping: what a bank that serves does by itself, on one thread of its own: follow the evidence, close the minute's
// metering, look at promotions, prove and measure at night. A chore that fails is logged and comes again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ground/base/clock.h"
#include "ground/base/cpu_account.h"
#include "ground/base/log.h"
#include "ground/base/metric.h"
#include "ground/base/verb.h"

namespace puhui {

struct Chore {
  std::string name;
  int64_t every_ms = 1000;  // from one start to the next; a chore that takes longer starts again at once
  std::function<Result<void>(Progress&)> run;
  int64_t first_ms = 0;  // from the start to the first
};

struct HousekeepingNeeds {
  Log& log;
  Metrics& metrics;
  CpuAccounts& cpu;
};

class Housekeeping {
 public:
  Housekeeping(HousekeepingNeeds needs, std::vector<Chore> chores);
  ~Housekeeping() { stop(); }
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

  // Asks the chore that runs to end early, waits for it, then ends. Safe to call twice.
  void stop();

 private:
  struct Due {
    Chore chore;
    CpuAccount* account;
    int64_t next_ns = 0;
    bool failing = false;  // said once, not every second
  };
  void keep();
  void run(Due& due);

  HousekeepingNeeds needs_;
  std::vector<Due> chores_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // last: it sees all of the above
};

}  // namespace puhui
