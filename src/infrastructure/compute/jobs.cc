#include "infrastructure/compute/jobs.h"

#include <algorithm>

#include "ground/base/check.h"

namespace puhui::compute {

namespace {

constexpr auto kLookAgain = std::chrono::seconds(1);  // quotas open with the day, and jobs age
constexpr std::string_view kWaitsForTurn = "its turn";

std::string_view without_scope(std::string_view use_case) { return use_case.substr(0, use_case.find('/')); }

// Those must not wait in their own queue.
bool may_be_a_job(const Verb& verb) {
  return !verb.local_only && !verb.storeless && verb.noun != "compute" && verb.noun != "serve";
}

}  // namespace

Jobs::Jobs(JobsNeeds needs) : needs_(std::move(needs)), uses_(needs_.cpu) {}

const Verb* Jobs::find(std::string_view permission) const {
  CHECK(verbs_ != nullptr, "verbs are offered before jobs are asked for");
  const auto found =
      std::find_if(verbs_->begin(), verbs_->end(), [&](const Verb& verb) { return verb.permission() == permission; });
  return found == verbs_->end() ? nullptr : &*found;
}

Result<void> Jobs::check_use_case(std::string_view use_case, int64_t& tier) const {
  for (const evidence::UseCase& declared : needs_.use_cases) {
    if (declared.name != without_scope(use_case)) continue;
    tier = declared.tier;
    return {};
  }
  return fail(ErrorCode::not_found, "use_case", "no application declares '" + std::string(use_case) + "'");
}

Result<void> Jobs::check(const Caller& caller, const SubmitRequest& request, const Verb* verb) const {
  if (!verb) return fail(ErrorCode::not_found, "verb", "no verb is called '" + request.verb + "'");
  if (!may_be_a_job(*verb)) {
    return fail(ErrorCode::invalid, "verb", "'" + request.verb + "' cannot be a job; run it on the command line");
  }
  if (!caller.may(request.verb)) {
    return fail(ErrorCode::forbidden, "verb", "'" + caller.name + "' has no permission '" + request.verb + "'");
  }
  int64_t tier = 3;
  TRY(check_use_case(request.use_case, tier));
  if (request.tier < tier) {
    return fail(ErrorCode::forbidden, "tier",
                "the use case is of tier " + std::to_string(tier) + "; its jobs may not go before (" +
                    std::to_string(request.tier) + ")");
  }
  if (print_json(request.input).size() > kJobInputBytesMax) {
    return fail(ErrorCode::exhausted, "input", "expected at most " + std::to_string(kJobInputBytesMax) + " bytes");
  }
  Json input = request.input;
  if (!verb->repeat_key.empty() && !input.find(verb->repeat_key)) input.set(verb->repeat_key, "job");
  JsonReader reader(input);
  verb->input(reader);
  if (auto read = std::move(reader).result(); !read) return fail(at("input", std::move(read).error()));
  return {};
}

Result<JobView> Jobs::submit(const Caller& caller, const SubmitRequest& request) {
  TRY(check(caller, request, find(request.verb)));
  JobRow row;
  row.input = print_json(request.input);
  row.view.verb = request.verb;
  row.view.use_case = request.use_case;
  row.view.caller = caller.name;
  row.view.tier = request.tier;
  row.view.submitted_at = needs_.clock.now();
  row.view.waits_for = kWaitsForTurn;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    row.view.job = TRY(insert_job(tx, row));
    return {};
  }));
  const JobView out = row.view;
  {
    const std::lock_guard lock(mutex_);
    queue_[out.job] = {std::move(row), out.submitted_at};
  }
  changed();
  return out;
}

Result<JobView> Jobs::cancel(int64_t job) {
  JobView view;
  {
    const std::lock_guard lock(mutex_);
    if (const auto run = runs_.find(job); run != runs_.end()) {
      run->second->ask_to_stop(Run::Why::cancel);
      return run->second->view();
    }
    if (const auto waiting = queue_.find(job); waiting != queue_.end()) {
      view = waiting->second.row.view;
      queue_.erase(waiting);
    }
  }
  if (view.job == 0) {
    TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
      view = TRY(read_job(reader, job)).view;
      return {};
    }));
    if (view.state != JobState::waiting) {
      return fail(ErrorCode::conflict, "job",
                  "it is " +
                      std::string(names_of(static_cast<const JobState*>(nullptr))[static_cast<size_t>(view.state)]) +
                      " already");
    }
  }
  view.state = JobState::cancelled;
  view.ended_at = needs_.clock.now();
  view.waits_for.clear();
  TRY(needs_.store.write([&](Transaction& tx) { return update_job(tx, view); }));
  return view;
}

Result<JobsAnswer> Jobs::list(const JobsRequest& request) {
  JobsAnswer out;
  out.at = needs_.clock.now();
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out.jobs = TRY(list_jobs(reader, request));
    return {};
  }));
  if (!request.job && out.jobs.size() == static_cast<size_t>(request.limit)) {
    out.next = std::to_string(out.jobs.back().job);
  }
  const std::lock_guard lock(mutex_);
  for (JobView& view : out.jobs) {
    if (const auto run = runs_.find(view.job); run != runs_.end()) view = run->second->view();
    if (const auto waiting = queue_.find(view.job); waiting != queue_.end()) view = waiting->second.row.view;
  }
  return out;
}

Result<QuotaView> Jobs::set_quota(const Caller& caller, const QuotaRequest& request) {
  int64_t tier = 0;
  TRY(check_use_case(request.use_case, tier));
  const Timestamp now = needs_.clock.now();
  std::vector<QuotaView> quotas;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    TRY(put_quota(tx, request, caller.name, now));
    evidence::Circumstances by;
    by.at = now;
    by.caller = caller.name;
    by.human = evidence::HumanRole::in_the_loop;
    needs_.evidence.append_act(evidence::RecordKind::note,
                               "quota of " + request.use_case + " set to " + std::to_string(request.cpu_seconds_day) +
                                   " CPU seconds and " + std::to_string(request.tokens_day) + " tokens a day, " +
                                   std::to_string(request.kept_share_ppm) + " ppm kept",
                               by);
    quotas = TRY(read_quotas(tx, now));
    return {};
  }));
  changed();
  return *quota_of(quotas, request.use_case);
}

Result<QuotasAnswer> Jobs::quotas(const QuotasRequest& request) {
  QuotasAnswer out;
  out.at = needs_.clock.now();
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    for (QuotaView& quota : TRY(read_quotas(reader, out.at))) {
      if (request.use_case && quota.use_case != *request.use_case) continue;
      if (request.after && quota.use_case <= *request.after) continue;
      if (out.quotas.size() == static_cast<size_t>(request.limit)) {
        out.next = out.quotas.back().use_case;
        break;
      }
      out.quotas.push_back(std::move(quota));
    }
    return {};
  }));
  return out;
}

Result<void> Jobs::count_use() {
  const std::lock_guard lock(use_mutex_);
  const auto reading = uses_.read();
  TRY(needs_.store.write([&](Transaction& tx) { return add_used(tx, reading.uses, needs_.clock.now()); }));
  uses_.keep();
  return {};
}

Result<void> Jobs::requeue_unfinished() {
  std::vector<JobRow> rows;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    rows = TRY(read_jobs_in(reader, {JobState::waiting, JobState::running, JobState::paused}));
    return {};
  }));
  const Timestamp now = needs_.clock.now();
  for (JobRow& row : rows) {
    JobView& view = row.view;
    if (view.state != JobState::waiting && view.attempts >= kAttemptsMax) {
      view.state = JobState::failed;
      view.ended_at = now;
      view.error = "it was begun " + std::to_string(view.attempts) + " times and ended the program each time";
    } else {
      view.state = JobState::waiting;
      view.waits_for = kWaitsForTurn;
    }
    TRY(needs_.store.write([&](Transaction& tx) { return update_job(tx, view); }));
    const std::lock_guard lock(mutex_);
    if (view.state == JobState::waiting) queue_[view.job] = {row, view.submitted_at};
  }
  return {};
}

Result<void> Jobs::start(size_t slots) {
  CHECK(!dispatcher_.joinable() && slots > 0, "jobs start once, with a slot");
  TRY(requeue_unfinished());
  const std::lock_guard lock(mutex_);
  slots_ = slots;
  stopping_ = false;
  dispatcher_ = std::thread([this] { dispatch(); });
  return {};
}

void Jobs::stop() {
  if (!dispatcher_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [job, run] : runs_) run->ask_to_stop(Run::Why::requeue);
  }
  changed();
  dispatcher_.join();
}

void Jobs::changed() {
  {
    const std::lock_guard lock(mutex_);
    something_changed_ = true;
  }
  changed_.notify_one();
}

void Jobs::dispatch() {
  const CpuScope charged(needs_.cpu.activity("compute"));
  for (;;) {
    round();
    std::unique_lock lock(mutex_);
    if (stopping_ && runs_.empty()) return;
    const auto look = [&] { return something_changed_; };
    // With nobody in the queue only a change can bring work.
    if (queue_.empty() && runs_.empty()) {
      changed_.wait(lock, [&] { return something_changed_ || stopping_; });
    } else {
      changed_.wait_for(lock, kLookAgain, look);
    }
    something_changed_ = false;
  }
}

}  // namespace puhui::compute
