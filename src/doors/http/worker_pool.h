// WorkerPool: a bounded queue and the threads that take from it. Handlers may block; the socket thread must not.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "ground/base/cpu_account.h"

namespace puhui::http {

class WorkerPool {
 public:
  using Job = std::move_only_function<void()>;
  // `account`: what the threads' CPU is charged to until a job says otherwise; may be null.
  WorkerPool(size_t threads, size_t queue_max, CpuAccount* account = nullptr);
  ~WorkerPool() { stop(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False: the queue is full or the pool stops; the job was not taken.
  bool give(Job& job);
  size_t waiting() const;
  // Drops the jobs that wait, waits for those that run.
  void stop();

 private:
  void work();
  const size_t queue_max_;
  CpuAccount* const account_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace puhui::http
