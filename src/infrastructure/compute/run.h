// Run: one job while its verb runs, on a thread of its own. Each step of the verb's progress is a checkpoint, where it
// parks while it is asked to make room, and hears that it should stop. Its thread and the dispatcher share it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "ground/base/clock.h"
#include "ground/base/verb.h"
#include "infrastructure/compute/job_table.h"

namespace puhui::compute {

class Run : public Progress {
 public:
  // `changed` is called, without a lock held, when it parks, goes on or ends.
  Run(JobRow row, int64_t chosen_tier, const Clock& clock, std::function<void()> changed);
  ~Run() override { wait(); }

  // Runs the verb on its thread, charged to `account`; the caller has only this verb's permission.
  void start(const Verb& verb, CpuAccount& account);
  void wait();  // until the thread has ended

  void ask_to_park(std::string waits_for);
  void resume(int64_t chosen_tier);
  enum class Why : uint8_t { none, requeue, cancel };
  void ask_to_stop(Why why);  // a parked one goes on to its end

  void step(std::string_view what, uint64_t done, uint64_t total) override;
  bool stop_requested() const override;

  enum class Phase : uint8_t { running, asked, parked, ended };
  Phase phase() const;
  JobView view() const;
  int64_t chosen_tier() const;    // the tier, aged, at which it got its slot
  Timestamp waits_since() const;  // of a parked one
  const std::string& use_case() const { return use_case_; }
  int64_t job() const { return job_; }

  // After the end: the view as it is to be kept. Waiting again when it was asked to be requeued and gave up.
  JobRow result() const;

 private:
  void work(const Verb& verb, CpuAccount& account);
  Result<Json> answer_of(const Verb& verb);

  const std::string use_case_;
  const int64_t job_;
  const Clock& clock_;
  const std::function<void()> changed_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable go_on_;
  JobRow row_;
  Phase phase_ = Phase::running;
  Why stop_ = Why::none;
  int64_t chosen_tier_;
  Timestamp waits_since_;
  std::thread thread_;
};

}  // namespace puhui::compute
