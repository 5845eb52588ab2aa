// Jobs: verbs that run later, in turn, within their use case's quota. The queue lies in the store, so a restart loses
// nothing: what had begun begins again. One dispatcher gives slots; a better tier makes a running job park at its next
// checkpoint.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "ground/base/cpu_use.h"
#include "ground/base/log.h"
#include "infrastructure/compute/order.h"
#include "infrastructure/compute/quota.h"
#include "infrastructure/compute/run.h"
#include "infrastructure/evidence/evidence_log.h"
#include "infrastructure/evidence/use_case.h"

namespace puhui::compute {

inline constexpr int64_t kAttemptsMax = 3;  // a job that ended the program so often is not begun again
inline constexpr size_t kParkedMax = 2;     // more than that hold too much memory: they stop and wait in the queue

struct JobsNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  CpuAccounts& cpu;
  const std::vector<evidence::UseCase>& use_cases;  // those that may have quotas and jobs
  const Clock& clock;
  Log& log;
};

class Jobs {
 public:
  explicit Jobs(JobsNeeds needs);
  ~Jobs() { stop(); }

  // What may be run; before submit() and start(). The verbs outlive this.
  void offer(const std::vector<Verb>& verbs) { verbs_ = &verbs; }

  // not_found: no such verb or use case; forbidden: not the caller's to run, or a better tier than the use case's;
  // invalid: the verb refuses the input, or cannot run as a job.
  Result<JobView> submit(const Caller& caller, const SubmitRequest& request);
  // A waiting one is out of the queue; a running one is asked to stop, and its answer is dropped if it does not.
  Result<JobView> cancel(int64_t job);
  Result<JobsAnswer> list(const JobsRequest& request);

  Result<QuotaView> set_quota(const Caller& caller, const QuotaRequest& request);
  Result<QuotasAnswer> quotas(const QuotasRequest& request);
  // Adds what use cases used since the last call to today's. Once a minute at least, and before the process ends.
  Result<void> count_use();

  // Begins to run jobs, `slots` at once; those a former process left unfinished first go back to the queue.
  Result<void> start(size_t slots = 1);
  // Asks what runs to stop, waits for it, and leaves it in the queue. Safe to call twice.
  void stop();

 private:
  const Verb* find(std::string_view permission) const;
  Result<void> check(const Caller& caller, const SubmitRequest& request, const Verb* verb) const;
  Result<void> check_use_case(std::string_view use_case, int64_t& tier) const;
  Result<void> requeue_unfinished();
  void dispatch();
  void changed();

  // One round of the dispatcher (dispatch.cc). With the lock: those that say so.
  struct Round;
  void round();
  void settle_ended();
  void begin(Run& run);
  bool save(const JobView& view);
  void hold_over_quota(Round& round);                           // with the lock
  void fill_slots(Round& round);                                // with the lock
  void make_room(Round& round);                                 // with the lock
  void make_park(Run& run, std::string_view waits_for);         // with the lock
  std::vector<Candidate> candidates(const Round& round) const;  // with the lock
  size_t active() const;                                        // with the lock

  JobsNeeds needs_;
  const std::vector<Verb>* verbs_ = nullptr;
  std::mutex use_mutex_;
  CpuUseReader uses_;  // under use_mutex_

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool something_changed_ = false, stopping_ = false;
  size_t slots_ = 0;
  struct Waiting {
    JobRow row;
    Timestamp since;
  };
  std::map<int64_t, Waiting> queue_;
  std::map<int64_t, std::unique_ptr<Run>> runs_;
  std::thread dispatcher_;
};

}  // namespace puhui::compute
