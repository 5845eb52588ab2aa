// Jobs: long verbs that their caller does not wait for. A job is its caller's alone: nobody else sees that it is there.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "doors/http/message.h"
#include "doors/http/server.h"
#include "doors/http/worker_pool.h"
#include "ground/base/id.h"

namespace puhui::http {

class Jobs {
 public:
  Jobs(const Clock& clock, Random random, JobLimits limits, CpuAccount* account);
  ~Jobs() { stop(); }

  // Does the work; its response, of whatever status, is kept for the caller.
  using Task = std::move_only_function<Response(Progress&)>;
  // exhausted: the caller has too many; unavailable: all callers together have.
  Result<Id128> start(const Caller& caller, Task task);
  // {job, state, what, done, total, answer|problem}; nullopt: no such job of this caller.
  std::optional<std::string> view(const Id128& job, const Caller& caller);
  // A job that runs goes on to its end, its answer is dropped. False: no such job of this caller.
  bool forget(const Id128& job, const Caller& caller);
  // Those that wait are dropped, those that run are waited for.
  void stop() { pool_.stop(); }

 private:
  struct Job;
  class Told;
  std::shared_ptr<Job> find(const Id128& id, const Caller& caller);
  void drop_old();  // needs mutex_
  void run(Job& job);

  const Clock& clock_;
  const JobLimits limits_;
  std::mutex mutex_;
  IdSource ids_;
  std::map<Id128, std::shared_ptr<Job>> jobs_;
  WorkerPool pool_;  // last: its threads use the rest
};

}  // namespace puhui::http
