// One round of the dispatcher: what has ended is kept, what is over its quota parks, slots are given in order, and a
// better tier that found none makes a running job park. The store is asked outside the lock, so that a checkpoint never
// waits for a commit.
#include <algorithm>

#include "infrastructure/compute/jobs.h"

namespace puhui::compute {

namespace {

constexpr std::string_view kForQuota = "quota", kForTurn = "its turn", kForTier = "a better tier";

}  // namespace

struct Jobs::Round {
  Timestamp now;
  std::vector<QuotaView> quotas;
  std::vector<Run*> begun;           // chosen, not started yet
  std::vector<std::string> refused;  // use cases whose job has just come to wait for quota
};

void Jobs::round() {
  settle_ended();
  Round round;
  round.now = needs_.clock.now();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || (queue_.empty() && runs_.empty())) return;
  }
  const auto read = [&]() -> Result<void> {
    TRY(count_use());
    return needs_.store.read([&](Reader& reader) -> Result<void> {
      round.quotas = TRY(read_quotas(reader, round.now));
      return {};
    });
  };
  if (auto done = read(); !done) {
    needs_.log.warning("quotas_not_read", {{"why", done.error().text()}});
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    hold_over_quota(round);
    fill_slots(round);
    make_room(round);
  }
  for (Run* run : round.begun) begin(*run);
  for (const std::string& use_case : round.refused) {
    auto noted = needs_.store.write([&](Transaction& tx) { return add_refused(tx, use_case, round.now); });
    if (!noted) needs_.log.warning("quota_refusal_not_kept", {{"why", noted.error().text()}});
  }
}

// Only the dispatcher takes runs away, so those it found stay while it waits for them without the lock.
void Jobs::settle_ended() {
  std::vector<Run*> ended;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [job, run] : runs_) {
      if (run->phase() == Run::Phase::ended) ended.push_back(run.get());
    }
  }
  for (Run* run : ended) {
    run->wait();
    JobRow row = run->result();
    (void)save(row.view);
    const std::lock_guard lock(mutex_);
    runs_.erase(row.view.job);
    if (row.view.state == JobState::waiting) queue_[row.view.job] = {row, row.view.submitted_at};
  }
}

// What does not get into the store is begun again at the next start: said so there, it is still running.
bool Jobs::save(const JobView& view) {
  auto saved = needs_.store.write([&](Transaction& tx) { return update_job(tx, view); });
  if (!saved) {
    needs_.log.error("job_not_kept", {{"job", std::to_string(view.job)}, {"why", saved.error().text()}});
  }
  return saved.has_value();
}

void Jobs::hold_over_quota(Round& round) {
  for (const auto& [job, run] : runs_) {
    if (run->phase() != Run::Phase::running) continue;
    if (leave_of(round.quotas, run->use_case()) == Leave::none) make_park(*run, kForQuota);
  }
}

// Parked ones keep their memory: beyond a few, one stops instead and goes back to the queue.
void Jobs::make_park(Run& run, std::string_view waits_for) {
  const auto parked = std::ranges::count_if(runs_, [](const auto& entry) {
    const Run::Phase phase = entry.second->phase();
    return phase == Run::Phase::parked || phase == Run::Phase::asked;
  });
  if (static_cast<size_t>(parked) < kParkedMax) {
    run.ask_to_park(std::string(waits_for));
  } else {
    run.ask_to_stop(Run::Why::requeue);
  }
}

std::vector<Candidate> Jobs::candidates(const Round& round) const {
  std::vector<Candidate> out;
  const auto add = [&](int64_t job, int64_t tier, Timestamp since, const std::string& use_case) {
    out.push_back({job, tier, since, dominant_share_ppm(round.quotas, use_case),
                   leave_of(round.quotas, use_case) != Leave::none});
  };
  for (const auto& [job, waiting] : queue_) {
    add(job, waiting.row.view.tier, waiting.since, waiting.row.view.use_case);
  }
  for (const auto& [job, run] : runs_) {
    if (run->phase() == Run::Phase::parked) add(job, run->view().tier, run->waits_since(), run->use_case());
  }
  return out;
}

size_t Jobs::active() const {
  return static_cast<size_t>(std::ranges::count_if(runs_, [](const auto& entry) {
    const Run::Phase phase = entry.second->phase();
    return phase == Run::Phase::running || phase == Run::Phase::asked;
  }));
}

void Jobs::fill_slots(Round& round) {
  for (auto& [job, waiting] : queue_) {
    JobView& view = waiting.row.view;
    const bool has_leave = leave_of(round.quotas, view.use_case) != Leave::none;
    if (!has_leave && view.waits_for != kForQuota) round.refused.push_back(view.use_case);
    view.waits_for = has_leave ? kForTurn : kForQuota;
  }
  while (active() < slots_) {
    const auto all = candidates(round);
    const auto chosen = choose(all, round.now);
    if (!chosen) return;
    const Candidate& candidate = all[*chosen];
    const int64_t tier = aged_tier(candidate, round.now);
    if (const auto parked = runs_.find(candidate.job); parked != runs_.end()) {
      parked->second->resume(tier);
      continue;
    }
    JobRow row = std::move(queue_.extract(candidate.job).mapped().row);
    row.view.state = JobState::running;
    row.view.started_at = round.now;
    row.view.waits_for.clear();
    ++row.view.attempts;
    auto run = std::make_unique<Run>(std::move(row), tier, needs_.clock, [this] { changed(); });
    round.begun.push_back(run.get());
    runs_[candidate.job] = std::move(run);
  }
}

// One at a time: the next is asked when this one has parked.
void Jobs::make_room(Round& round) {
  const auto all = candidates(round);
  const auto chosen = choose(all, round.now);
  if (!chosen) return;
  Run* last = nullptr;
  for (const auto& [job, run] : runs_) {
    if (run->phase() == Run::Phase::asked) return;
    if (run->phase() != Run::Phase::running) continue;
    if (!last || run->chosen_tier() >= last->chosen_tier()) last = run.get();
  }
  if (last && makes_room(last->chosen_tier(), all[*chosen])) make_park(*last, kForTier);
}

// A job runs only once the store knows that it does: after a crash its attempts are counted.
void Jobs::begin(Run& run) {
  const JobView view = run.view();
  const Verb* verb = find(view.verb);
  if (verb && save(view)) {
    run.start(*verb, needs_.cpu.account(view.use_case, "job:" + view.verb));
    return;
  }
  JobView refused = view;
  refused.state = verb ? JobState::waiting : JobState::failed;
  if (!verb) {
    refused.error = "no verb is called '" + view.verb + "' any more";
    refused.ended_at = needs_.clock.now();
    (void)save(refused);
  }
  const std::lock_guard lock(mutex_);
  JobRow row = run.result();
  row.view.state = JobState::waiting;
  row.view.started_at.reset();
  --row.view.attempts;
  runs_.erase(view.job);
  if (verb) queue_[view.job] = {std::move(row), view.submitted_at};
}

}  // namespace puhui::compute
