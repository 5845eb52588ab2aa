#include "bank/housekeeping.h"

#include <algorithm>

namespace puhui {

namespace {

constexpr int64_t kNsPerMs = 1'000'000;

// Nobody watches; but a bank that is told to stop does not wait for the end of a long chore.
class Unwatched : public Progress {
 public:
  explicit Unwatched(const std::atomic<bool>& stopping) : stopping_(stopping) {}
  void step(std::string_view, uint64_t, uint64_t) override {}
  bool stop_requested() const override { return stopping_; }

 private:
  const std::atomic<bool>& stopping_;
};

}  // namespace

Housekeeping::Housekeeping(HousekeepingNeeds needs, std::vector<Chore> chores) : needs_(needs) {
  for (Chore& chore : chores) {
    CpuAccount& account = needs_.cpu.activity(chore.name);
    const int64_t first_ns = chore.first_ms == 0 ? 0 : monotonic_ns() + chore.first_ms * kNsPerMs;
    chores_.push_back({std::move(chore), &account, first_ns});
  }
  thread_ = std::thread([this] { keep(); });
}

void Housekeeping::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Housekeeping::keep() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && !chores_.empty()) {
    Due& due = *std::ranges::min_element(chores_, {}, &Due::next_ns);
    const int64_t wait_ns = due.next_ns - monotonic_ns();
    if (wait_ns > 0) {
      wake_.wait_for(lock, std::chrono::nanoseconds(wait_ns));
      continue;
    }
    lock.unlock();
    run(due);
    lock.lock();
  }
}

void Housekeeping::run(Due& due) {
  const int64_t started_ns = monotonic_ns();
  const CpuScope charged(*due.account);
  Unwatched progress(stopping_);
  const auto done = due.chore.run(progress);
  due.next_ns = started_ns + due.chore.every_ms * kNsPerMs;
  if (!done && !due.failing) {
    needs_.log.error("chore_failed", {{"chore", due.chore.name}, {"why", done.error().text()}});
    needs_.metrics.counter("puhui_chores_failed_total", "Chores that failed.", "chore=\"" + due.chore.name + "\"")
        .add();
  }
  if (done && due.failing) needs_.log.info("chore_works_again", {{"chore", due.chore.name}});
  due.failing = !done;
}

}  // namespace puhui
