// Killed at any event and started again, a job ends with the identical model.
#include "infrastructure/federation/runner_for_test.h"

namespace puhui::federation {

namespace {

class RunnerKill : public RunnerFixture {
 protected:
  void expect_done(const std::vector<Result<RunOutcome>>& ends, const Digest& job, const std::string& what) {
    for (size_t i = 0; i < ends.size(); ++i) {
      ASSERT_TRUE(ends[i]) << what << ": " << houses_[i]->name << ": " << ends[i].error().text();
      EXPECT_EQ(ends[i]->model, model_) << what << ": " << houses_[i]->name;
      EXPECT_EQ(ends[i]->part, parts_[i]) << what;
      EXPECT_EQ(state(i, job), JobState::done) << what << ": " << houses_[i]->name;
      EXPECT_EQ(sha256(*houses_[i]->office->model_part(model_)), parts_[i]) << what;
    }
    expect_whole_transcripts(job);
  }

  // Runs the job undisturbed: what every disturbed run must come to, and how many events each house has.
  std::vector<uint64_t> measure() {
    const Digest job = propose(toy_job(houses_, "undisturbed"));
    for (auto& house : houses_) house->fuse.set(0);
    const auto ends = run_all(job);
    std::vector<uint64_t> events;
    for (size_t i = 0; i < ends.size(); ++i) {
      EXPECT_TRUE(ends[i]) << ends[i].error().text();
      events.push_back(houses_[i]->fuse.events());
      parts_.push_back(ends[i]->part);
    }
    model_ = ends[0]->model;
    EXPECT_NE(model_, Digest{});
    return events;
  }

  void kill_at(size_t house, uint64_t event) {
    const std::string what = "kill " + houses_[house]->name + " at event " + std::to_string(event);
    for (auto& one : houses_) one->fuse.set(0);
    const Digest job = propose(toy_job(houses_, what));
    for (auto& one : houses_) one->fuse.set(0);
    houses_[house]->fuse.set(event);
    expect_done(run_all(job), job, what);
  }

  Digest model_;
  std::vector<Digest> parts_;
};

TEST_F(RunnerKill, either_party_killed_at_every_event_comes_back_to_the_identical_model) {
  open_houses(2);
  const auto events = measure();
  for (size_t house = 0; house < 2; ++house) {
    ASSERT_GT(events[house], 40u);
    for (uint64_t event = 1; event <= events[house]; ++event) kill_at(house, event);
  }
}

TEST_F(RunnerKill, a_star_of_three_survives_a_kill_of_any_of_them) {
  open_houses(3);
  const auto events = measure();
  for (size_t house = 0; house < 3; ++house) {
    for (uint64_t event = 1 + house; event <= events[house]; event += 5) kill_at(house, event);
  }
}

TEST_F(RunnerKill, both_killed_at_once_come_back_too) {
  open_houses(2);
  const auto events = measure();
  for (uint64_t event = 3; event <= std::min(events[0], events[1]); event += 7) {
    for (auto& one : houses_) one->fuse.set(0);
    const Digest job = propose(toy_job(houses_, "both at " + std::to_string(event)));
    houses_[0]->fuse.set(event);
    houses_[1]->fuse.set(event + 2);
    expect_done(run_all(job), job, "both at " + std::to_string(event));
  }
}

}  // namespace

}  // namespace puhui::federation
