// GroupCommit: the one writer. Callers queue closures from any thread; its thread packs what has gathered
// into one durable commit and answers all of them. Invariant: participants and tables agree after each batch.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "ground/store/engine.h"
#include "ground/store/schema.h"

namespace puhui {

class GroupCommit {
 public:
  GroupCommit(Engine& engine, std::unique_ptr<Connection> connection, Lease lease, StoreNeeds needs,
              StoreOptions options);
  ~GroupCommit();
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  void join(Participant& participant);
  Result<void> write(Store::Closure closure);
  void write_later(Store::Closure closure, Store::Done done);
  void close();

 private:
  // One caller's closure and where its answer goes. A waiting caller owns its job; a job with `done` owns
  // itself.
  struct Job {
    Store::Closure closure;
    Result<void> result;
    Store::Done done;
    CpuAccount* account = CpuAccounts::current();  // of who queued it
    std::atomic<uint32_t> finished = 0;            // the waiting caller sleeps on it
  };
  using Jobs = std::span<Job* const>;
  // How one attempt at a batch ended.
  enum class Verdict { answered, again, with_savepoints, one_by_one };

  Result<void> enqueue(Job& job, bool wait_for_room);
  bool take(std::vector<Job*>& batch);
  void run();
  void run_batch(Jobs jobs);
  Verdict attempt(Jobs jobs, Connection::Savepoints savepoints);
  Result<void> start();
  bool run_closure(Job& job);
  Result<void> flush();
  Result<void> commit();
  Result<bool> was_committed();
  Verdict give_up(Jobs jobs, const Error& error);
  void abandon();
  void acknowledge(Jobs jobs);
  static void finish(Job& job);
  Result<void> fault(StoreFaults::Step step);
  void note_accounts(Jobs jobs);
  void share_out();

  Engine& engine_;
  std::unique_ptr<Connection> connection_;  // the writer thread's, from run() on
  Lease lease_;
  StoreFaults* faults_;
  const StoreOptions options_;
  std::vector<Participant*> participants_;  // the writer thread's
  std::optional<Error> broken_;             // a commit of unknown outcome: memory and tables may differ

  // Of the writer thread. What it does for a whole batch gathers in the pot and is shared out over its closures.
  CpuAccount* const store_account_;  // of waiting, and of closures nobody is charged for; null: nothing is counted
  CpuAccount pot_{"", ""};
  int64_t shared_out_ns_ = 0;
  std::vector<CpuAccount*> batch_accounts_;
  CpuScope* turn_ = nullptr;

  std::mutex mutex_;  // guards what follows
  std::condition_variable work_, room_;
  std::vector<Job*> queue_;
  std::vector<Participant*> joining_;  // from the next batch on
  bool closing_ = false;
  bool writer_asleep_ = false;
  size_t waiting_for_room_ = 0;

  std::atomic<std::thread::id> writer_;
  std::mutex close_mutex_;
  std::thread thread_;  // last: it sees all of the above
};

}  // namespace puhui
