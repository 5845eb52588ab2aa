#include "infrastructure/compute/run.h"

namespace puhui::compute {

Run::Run(JobRow row, int64_t chosen_tier, const Clock& clock, std::function<void()> changed)
    : use_case_(row.view.use_case),
      job_(row.view.job),
      clock_(clock),
      changed_(std::move(changed)),
      row_(std::move(row)),
      chosen_tier_(chosen_tier) {}

void Run::start(const Verb& verb, CpuAccount& account) {
  const std::lock_guard lock(mutex_);
  thread_ = std::thread([this, &verb, &account] { work(verb, account); });
}

void Run::wait() {
  if (thread_.joinable()) thread_.join();
}

void Run::work(const Verb& verb, CpuAccount& account) {
  const int64_t before_ns = account.cpu_ns();
  auto answer = [&] {
    const CpuScope charged(account);
    return answer_of(verb);
  }();
  {
    const std::lock_guard lock(mutex_);
    JobView& view = row_.view;
    view.cpu_ns += account.cpu_ns() - before_ns;
    view.ended_at = clock_.now();
    view.waits_for.clear();
    if (stop_ == Why::cancel) {
      view.state = JobState::cancelled;
    } else if (answer) {
      view.state = JobState::done;
      view.answer = *std::move(answer);
    } else if (stop_ == Why::requeue) {
      view.state = JobState::waiting;
      view.ended_at.reset();
    } else {
      view.state = JobState::failed;
      view.error = answer.error().text();
    }
    phase_ = Phase::ended;
  }
  changed_();
}

// The wall for what a library throws inside a verb.
Result<Json> Run::answer_of(const Verb& verb) {
  Json input = TRY(parse_json(row_.input));
  if (!verb.repeat_key.empty() && input.find(verb.repeat_key) == nullptr) {
    input.set(verb.repeat_key, "job/" + std::to_string(job_));  // begun again, it is a repeat
  }
  const Caller caller{row_.view.caller, {verb.permission()}};
  try {
    auto answer = TRY(verb.run({caller, *this}, input));
    if (print_json(answer).size() > kJobAnswerBytesMax) {
      return fail(ErrorCode::exhausted, "answer",
                  "expected at most " + std::to_string(kJobAnswerBytesMax) + " bytes; ask for less");
    }
    return answer;
  } catch (const std::exception& e) {
    return fail(ErrorCode::internal, std::string("a defect of ours, thrown: ") + e.what());
  }
}

void Run::ask_to_park(std::string waits_for) {
  const std::lock_guard lock(mutex_);
  if (phase_ != Phase::running) return;
  phase_ = Phase::asked;
  row_.view.waits_for = std::move(waits_for);
}

void Run::resume(int64_t chosen_tier) {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ == Phase::ended) return;
    phase_ = Phase::running;
    chosen_tier_ = chosen_tier;
    row_.view.state = JobState::running;
    row_.view.waits_for.clear();
  }
  go_on_.notify_all();
}

void Run::ask_to_stop(Why why) {
  {
    const std::lock_guard lock(mutex_);
    stop_ = std::max(stop_, why);
  }
  go_on_.notify_all();
}

// Only on the verb's own thread: a helper of it, or the store's writer, would hold up more than this job.
void Run::step(std::string_view what, uint64_t done, uint64_t total) {
  std::unique_lock lock(mutex_);
  row_.view.step = what;
  row_.view.done = static_cast<int64_t>(done);
  row_.view.total = static_cast<int64_t>(total);
  if (phase_ != Phase::asked || stop_ != Why::none || std::this_thread::get_id() != thread_.get_id()) return;
  phase_ = Phase::parked;
  row_.view.state = JobState::paused;
  ++row_.view.pauses;
  waits_since_ = clock_.now();
  lock.unlock();
  changed_();
  lock.lock();
  go_on_.wait(lock, [&] { return phase_ != Phase::parked || stop_ != Why::none; });
  if (phase_ == Phase::parked) phase_ = Phase::running;
}

bool Run::stop_requested() const {
  const std::lock_guard lock(mutex_);
  return stop_ != Why::none;
}

Run::Phase Run::phase() const {
  const std::lock_guard lock(mutex_);
  return phase_;
}

JobView Run::view() const {
  const std::lock_guard lock(mutex_);
  return row_.view;
}

int64_t Run::chosen_tier() const {
  const std::lock_guard lock(mutex_);
  return chosen_tier_;
}

Timestamp Run::waits_since() const {
  const std::lock_guard lock(mutex_);
  return waits_since_;
}

JobRow Run::result() const {
  const std::lock_guard lock(mutex_);
  return row_;
}

}  // namespace puhui::compute
