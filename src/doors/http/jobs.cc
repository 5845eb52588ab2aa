#include "doors/http/jobs.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui::http {

namespace {

constexpr size_t kWhatBytesMax = 200;  // of what a verb says it is at

}  // namespace

enum class JobState { waiting, running, done, failed };

struct Jobs::Job {
  Id128 id;
  std::string caller;
  bool by_session = false;  // a key and a person of one name are two callers
  Task task;                // until it runs

  std::mutex mutex;  // over the rest
  JobState state = JobState::waiting;
  std::string what;
  uint64_t done = 0, total = 0;
  std::string answer;  // the response's body
  int64_t ended_us = 0;

  bool is_of(const Caller& who) const { return caller == who.name && by_session == !who.session.empty(); }
};

class Jobs::Told : public Progress {
 public:
  explicit Told(Job& job) : job_(job) {}
  void step(std::string_view what, uint64_t done, uint64_t total) override {
    const std::lock_guard lock(job_.mutex);
    job_.what = cut_utf8(what, kWhatBytesMax);
    job_.done = done;
    job_.total = total;
  }

 private:
  Job& job_;
};

Jobs::Jobs(const Clock& clock, Random random, JobLimits limits, CpuAccount* account)
    : clock_(clock), limits_(limits), ids_(clock, random), pool_(limits.at_once, limits.kept_max, account) {}

Result<Id128> Jobs::start(const Caller& caller, Task task) {
  const std::lock_guard lock(mutex_);
  drop_old();
  const auto of_caller = std::ranges::count_if(jobs_, [&](const auto& entry) { return entry.second->is_of(caller); });
  if (static_cast<size_t>(of_caller) >= limits_.of_a_caller_max) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(limits_.of_a_caller_max) +
                                          " jobs of one caller; forget those that are done (DELETE /job?id=)");
  }
  auto job = std::make_shared<Job>();
  job->id = ids_.next();
  job->caller = caller.name;
  job->by_session = !caller.session.empty();
  job->task = std::move(task);
  WorkerPool::Job work = [this, job] { run(*job); };
  if (jobs_.size() >= limits_.kept_max || !pool_.give(work)) {
    return fail(ErrorCode::unavailable, "too many jobs are kept already");
  }
  jobs_.emplace(job->id, job);
  return job->id;
}

void Jobs::run(Job& job) {
  {
    const std::lock_guard lock(job.mutex);
    job.state = JobState::running;
  }
  Told told(job);
  Response response = job.task(told);
  job.task = nullptr;
  const std::lock_guard lock(job.mutex);
  job.state = response.status < 300 ? JobState::done : JobState::failed;
  job.answer = std::move(response.body);
  job.ended_us = clock_.now().microseconds;
}

void Jobs::drop_old() {
  const int64_t before = clock_.now().microseconds - limits_.kept_ms_max * 1000;
  std::erase_if(jobs_, [&](const auto& entry) {
    const std::lock_guard lock(entry.second->mutex);
    return entry.second->ended_us != 0 && entry.second->ended_us <= before;
  });
}

std::shared_ptr<Jobs::Job> Jobs::find(const Id128& id, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  drop_old();
  const auto found = jobs_.find(id);
  return found == jobs_.end() || !found->second->is_of(caller) ? nullptr : found->second;
}

std::optional<std::string> Jobs::view(const Id128& id, const Caller& caller) {
  const auto job = find(id, caller);
  if (!job) return std::nullopt;
  static constexpr std::string_view kStates[] = {"waiting", "running", "done", "failed"};
  const std::lock_guard lock(job->mutex);
  Json out;
  out.set("job", id.text());
  out.set("state", kStates[static_cast<size_t>(job->state)]);
  out.set("what", job->what);
  out.set("done", static_cast<int64_t>(job->done));
  out.set("total", static_cast<int64_t>(job->total));
  std::string text = print_json(out);
  if (job->state == JobState::waiting || job->state == JobState::running) return text;
  text.pop_back();  // the answer is JSON already and may be long
  return text + (job->state == JobState::done ? R"(,"answer":)" : R"(,"problem":)") + job->answer + "}";
}

bool Jobs::forget(const Id128& id, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || !found->second->is_of(caller)) return false;
  jobs_.erase(found);
  return true;
}

}  // namespace puhui::http
