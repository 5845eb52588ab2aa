#include "ground/store/group_commit.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ranges>

#include "ground/base/check.h"

namespace puhui {
namespace {

constexpr int kRetriesMax = 8;      // of a batch, after serialisation failures or a lost connection
constexpr int kReconnectsMax = 30;  // to learn whether a commit of a lost connection is durable
constexpr int kBackOffMs = 1;       // doubled with each retry
constexpr int kReconnectWaitMs = 1000;

// A caller sleeps on a word of its own, so that waking 256 of them takes no lock and herds nobody.
void sleep_while_zero(std::atomic<uint32_t>& word) {
  while (word.load(std::memory_order_acquire) == 0) {
    syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  }
}

// The caller may return, and its word be gone, between the store and the wake: waking an address nobody
// waits on is harmless.
void set_and_wake(std::atomic<uint32_t>& word) {
  auto* address = reinterpret_cast<uint32_t*>(&word);
  word.store(1, std::memory_order_release);
  syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

// The wall for exceptions of other people's code inside closures.
template <class Call>
Result<void> guarded(Call&& call) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::exhausted, "out of memory inside a store closure");
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, std::string("a store closure threw: ") + error.what());
  }
}

}  // namespace

GroupCommit::GroupCommit(Engine& engine, std::unique_ptr<Connection> connection, Lease lease, StoreNeeds needs,
                         StoreOptions options)
    : engine_(engine),
      connection_(std::move(connection)),
      lease_(lease),
      faults_(needs.faults),
      options_(options),
      store_account_(needs.cpu ? &needs.cpu->activity("store") : nullptr) {
  CHECK(options_.closures_per_commit_max > 0 && options_.queued_closures_max > 0, "room for a closure");
  thread_ = std::thread([this] { run(); });
}

GroupCommit::~GroupCommit() { close(); }

void GroupCommit::join(Participant& participant) {
  const std::lock_guard lock(mutex_);
  joining_.push_back(&participant);
}

Result<void> GroupCommit::write(Store::Closure closure) {
  CHECK(std::this_thread::get_id() != writer_.load(), "a closure does not wait for another closure");
  Job job{.closure = std::move(closure), .result = {}, .done = {}, .account = CpuAccounts::current()};
  TRY(enqueue(job, true));
  sleep_while_zero(job.finished);
  return std::move(job.result);
}

void GroupCommit::write_later(Store::Closure closure, Store::Done done) {
  auto job = std::make_unique<Job>();
  job->closure = std::move(closure);
  job->done = std::move(done);
  if (auto queued = enqueue(*job, false); !queued) {
    job->result = std::move(queued);
    finish(*job.release());
    return;
  }
  (void)job.release();  // the writer's now
}

Result<void> GroupCommit::enqueue(Job& job, bool wait_for_room) {
  std::unique_lock lock(mutex_);
  if (queue_.size() >= options_.queued_closures_max && !closing_) {
    if (!wait_for_room) {
      return fail(
          ErrorCode::exhausted, engine_.location(),
          "expected fewer than " + std::to_string(options_.queued_closures_max) + " writes waiting: try again later");
    }
    ++waiting_for_room_;
    room_.wait(lock, [&] { return queue_.size() < options_.queued_closures_max || closing_; });
    --waiting_for_room_;
  }
  if (closing_) return fail(ErrorCode::unavailable, engine_.location(), "the store is closed");
  queue_.push_back(&job);
  if (std::exchange(writer_asleep_, false)) work_.notify_one();
  return {};
}

// The oldest waiting jobs; false when closed and nothing waits.
bool GroupCommit::take(std::vector<Job*>& batch) {
  batch.clear();
  std::unique_lock lock(mutex_);
  while (queue_.empty()) {
    if (closing_) return false;
    writer_asleep_ = true;
    work_.wait(lock, [&] { return !writer_asleep_; });
  }
  participants_.insert(participants_.end(), joining_.begin(), joining_.end());
  joining_.clear();
  if (queue_.size() <= options_.closures_per_commit_max) {
    batch.swap(queue_);
  } else {
    const auto end = queue_.begin() + static_cast<ptrdiff_t>(options_.closures_per_commit_max);
    batch.assign(queue_.begin(), end);
    queue_.erase(queue_.begin(), end);
  }
  if (waiting_for_room_ > 0) room_.notify_all();
  return true;
}

void GroupCommit::close() {
  const std::lock_guard once(close_mutex_);
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    writer_asleep_ = false;
  }
  work_.notify_one();
  room_.notify_all();
  thread_.join();
}

void GroupCommit::run() {
  writer_ = std::this_thread::get_id();
  CpuScope turn(store_account_);
  if (store_account_) turn_ = &turn;
  std::vector<Job*> batch;
  while (take(batch)) {
    note_accounts(batch);
    run_batch(batch);
    share_out();
  }
}

// Who is in the batch; their jobs are gone when it is answered.
void GroupCommit::note_accounts(Jobs jobs) {
  if (!turn_) return;
  batch_accounts_.clear();
  for (const Job* job : jobs) batch_accounts_.push_back(job->account ? job->account : store_account_);
  turn_->to(&pot_);
}

void GroupCommit::share_out() {
  if (!turn_) return;
  turn_->to(store_account_);
  const int64_t whole_ns = pot_.cpu_ns() - std::exchange(shared_out_ns_, pot_.cpu_ns());
  const auto closures = static_cast<int64_t>(batch_accounts_.size());
  for (CpuAccount* account : batch_accounts_) account->add_cpu_ns(whole_ns / closures);
  batch_accounts_.front()->add_cpu_ns(whole_ns % closures);
}

void GroupCommit::run_batch(Jobs jobs) {
  auto savepoints = engine_.first_try();
  for (int retries = 0;;) {
    switch (attempt(jobs, savepoints)) {
      case Verdict::answered: return acknowledge(jobs);
      case Verdict::with_savepoints: savepoints = Connection::Savepoints::use; break;
      case Verdict::one_by_one:
        for (Job* const& job : jobs) run_batch({&job, 1});
        return;
      case Verdict::again:
        if (retries >= kRetriesMax) return acknowledge(jobs);
        std::this_thread::sleep_for(std::chrono::milliseconds(kBackOffMs << retries++));
    }
  }
}

// Runs the jobs in one transaction. Each job's `result` is set, also when the verdict is to run them again.
GroupCommit::Verdict GroupCommit::attempt(Jobs jobs, Connection::Savepoints savepoints) {
  if (auto started = start(); !started) return give_up(jobs, started.error());
  size_t kept = 0;
  for (Job* job : jobs) {
    if (turn_) turn_->to(job->account ? job->account : store_account_);
    connection_->open_closure(savepoints);
    const bool alone = run_closure(*job);
    if (job->result) ++kept;
    if (alone) continue;
    // The failed closure took the transaction with it.
    const Damage damage = connection_->damage();
    if (jobs.size() == 1 && damage != Damage::retry && damage != Damage::lost) {
      abandon();
      return Verdict::answered;
    }
    if (damage <= Damage::statement && savepoints == Connection::Savepoints::spare) {
      abandon();
      return Verdict::with_savepoints;
    }
    const Error error = job->result.error();
    const Verdict verdict = give_up(jobs, error);
    return verdict == Verdict::again ? verdict : Verdict::one_by_one;
  }
  if (turn_) turn_->to(&pot_);
  if (kept == 0) {
    abandon();
    return Verdict::answered;
  }
  connection_->open_closure(Connection::Savepoints::spare);
  if (auto flushed = flush(); !flushed) return give_up(jobs, flushed.error());
  if (auto committed = commit(); !committed) return give_up(jobs, committed.error());
  for (Participant* participant : participants_) participant->committed();
  return Verdict::answered;
}

Result<void> GroupCommit::start() {
  if (broken_) return fail(*broken_);
  if (connection_->damage() == Damage::lost) {
    TRY(connection_->reconnect());
    if (!TRY(engine_.exclude_others(*connection_))) {
      return fail(ErrorCode::unavailable, engine_.location(),
                  "the connection was lost and " + lease_holder(*connection_) + " took the store: stop this node");
    }
  }
  TRY(fault(StoreFaults::Step::begin));
  TRY(connection_->begin(Access::write));
  ++lease_.commits;
  return spend_lease(*connection_, lease_, engine_.location());
}

// False when a failed closure's changes could not be taken back alone.
bool GroupCommit::run_closure(Job& job) {
  for (Participant* participant : participants_) participant->begin_closure();
  job.result = fault(StoreFaults::Step::closure);
  if (job.result) job.result = guarded([&] { return job.closure(*connection_); });
  // Ignoring a failed statement would keep half of what was meant; PostgreSQL refuses it anyway.
  if (job.result && connection_->failure()) job.result = fail(*connection_->failure());
  if (job.result) job.result = connection_->keep_closure();
  if (job.result) return true;
  for (Participant* participant : std::views::reverse(participants_)) participant->undo_closure();
  return connection_->undo_closure();
}

Result<void> GroupCommit::flush() {
  TRY(fault(StoreFaults::Step::flush));
  for (Participant* participant : participants_) {
    TRY(guarded([&] { return participant->flush(*connection_); }));
  }
  if (connection_->failure()) return fail(*connection_->failure());
  return {};
}

Result<void> GroupCommit::commit() {
  TRY(fault(StoreFaults::Step::commit));
  auto done = connection_->commit();
  if (done || connection_->damage() != Damage::lost) return done;
  const auto durable = was_committed();
  if (!durable) {
    broken_ = durable.error();
    return fail(*broken_);
  }
  if (*durable) return {};
  return done;
}

// The connection went away under a COMMIT: only the store can say whether it is durable.
Result<bool> GroupCommit::was_committed() {
  Result<void> back;
  for (int i = 0; i < kReconnectsMax; ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(kReconnectWaitMs));
    back = connection_->reconnect();
    if (!back) continue;
    if (!TRY(engine_.exclude_others(*connection_))) break;
    return TRY(durable_commits(*connection_, lease_, engine_.location())) == lease_.commits;
  }
  return fail(ErrorCode::unavailable, engine_.location(),
              "the connection was lost during a commit and its outcome is unknown: start this node anew, "
              "then send again with the same idempotency keys" +
                  (back ? "" : "; " + back.error().text()));
}

// Nothing of this attempt stays; the jobs that were well so far get `error`.
GroupCommit::Verdict GroupCommit::give_up(Jobs jobs, const Error& error) {
  const Damage damage = connection_->damage();
  for (Job* job : jobs) {
    if (job->result) job->result = fail(error);
  }
  abandon();
  if (broken_) return Verdict::answered;
  return damage == Damage::retry || damage == Damage::lost ? Verdict::again : Verdict::answered;
}

void GroupCommit::abandon() {
  connection_->rollback();
  for (Participant* participant : participants_) participant->aborted();
}

void GroupCommit::acknowledge(Jobs jobs) {
  if (auto fine = fault(StoreFaults::Step::acknowledge); !fine) {
    for (Job* job : jobs) {
      if (job->result) job->result = fine;
    }
  }
  for (Job* job : jobs) finish(*job);
}

void GroupCommit::finish(Job& job) {
  if (!job.done) return set_and_wake(job.finished);
  const std::unique_ptr<Job> owned(&job);
  (void)guarded([&]() -> Result<void> {
    owned->done(std::move(owned->result));
    return {};
  });
}

Result<void> GroupCommit::fault(StoreFaults::Step step) {
  if (faults_ == nullptr) return {};
  return faults_->before(step);
}

}  // namespace puhui
