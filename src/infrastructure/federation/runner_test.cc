// What ends a run, what stops it, and what each side says then.
#include "infrastructure/federation/checkpoint.h"
#include "infrastructure/federation/runner_for_test.h"

namespace puhui::federation {

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class Runner : public RunnerFixture {
 protected:
  void SetUp() override { open_houses(2); }
  std::string why(const Result<RunOutcome>& end) { return end ? "done" : end.error().text(); }
};

TEST_F(Runner, a_job_ends_at_both_with_one_model_and_signed_transcripts) {
  const Digest job = propose(toy_job(houses_, "plain"));
  const auto ends = run_all(job);
  ASSERT_TRUE(ends[0]) << why(ends[0]);
  ASSERT_TRUE(ends[1]) << why(ends[1]);
  EXPECT_EQ(ends[0]->model, ends[1]->model);
  EXPECT_NE(ends[0]->part, ends[1]->part);
  EXPECT_EQ(ends[0]->stages, (std::vector<std::string>{"toy_match", "toy_sums"}));
  EXPECT_EQ(ends[0]->rows, 5u);
  EXPECT_EQ(ends[0]->common, (std::vector<uint32_t>{8, 6, 4, 2, 0}));
  EXPECT_GT(ends[0]->bytes_sent, 100u);
  EXPECT_EQ(ends[0]->bytes_sent, ends[1]->bytes_received);
  expect_whole_transcripts(job);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(houses_[i]->store->read([&](Reader& reader) -> Result<void> {
      EXPECT_EQ(TRY(read_head_signatures(reader, job)).size(), 4u) << "two heads, each signed by both";
      return {};
    }));
    EXPECT_EQ(kinds(i, job).front(), "parameters");
    EXPECT_EQ(kinds(i, job).back(), "end");
    EXPECT_FALSE(houses_[i]->files.exists("/runs/" + houses_[i]->name + "/" + job.short_hex() + "/checkpoint-a"));
  }
  const auto leakage = houses_[1]->office->leakage("lender");
  ASSERT_TRUE(leakage);
  ASSERT_EQ(leakage->size(), 2u);
  EXPECT_EQ((*leakage)[0].amount, 4) << "a step, an id";
  EXPECT_EQ((*leakage)[1].amount, 16) << "ten rows, padded";
}

TEST_F(Runner, a_finished_job_asked_again_answers_the_same) {
  const Digest job = propose(toy_job(houses_, "again"));
  const auto ends = run_all(job);
  ASSERT_TRUE(ends[0]) << why(ends[0]);
  const auto again = run_one(*houses_[0], job);
  ASSERT_TRUE(again) << why(again);
  EXPECT_EQ(again->model, ends[0]->model);
  EXPECT_EQ(again->measures, ends[0]->measures);
  EXPECT_EQ(again->stages, ends[0]->stages);
}

TEST_F(Runner, a_job_that_only_its_maker_signed_does_not_run) {
  const std::string file = toy_job(houses_, "half signed");
  const Digest job = propose(file, false);
  House& house = *houses_[0];
  ASSERT_TRUE(house.office->approve(
      job, "maker", house.keys.at("maker").sign(*house.office->approval_bytes(job, "maker")), "tester"));
  const auto end = run_one(house, job);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::forbidden);
  EXPECT_TRUE(has(why(end), "only its maker 'maker' signed it here; a checker must too")) << why(end);
}

TEST_F(Runner, different_files_stop_both_sides_with_both_hashes) {
  const std::string one = toy_job(houses_, "one"), other = toy_job(houses_, "other");
  propose(one);
  propose(other);
  Result<RunOutcome> spoke = RunOutcome{};
  std::jthread thread([&] { spoke = run_one(*houses_[1], job_hash(other)); });
  const auto hub = run_one(*houses_[0], job_hash(one));
  thread.join();
  for (const auto* end : std::initializer_list<const Result<RunOutcome>*>{&hub, &spoke}) {
    ASSERT_FALSE(*end);
    EXPECT_EQ(end->error().code, ErrorCode::conflict) << why(*end);
    EXPECT_TRUE(has(why(*end), job_hash(one).hex()) && has(why(*end), job_hash(other).hex())) << why(*end);
  }
  EXPECT_TRUE(has(told(0, job_hash(one), "refusal"), "both must hold the same file"));
  EXPECT_TRUE(has(told(1, job_hash(other), "refusal"), "both must hold the same file"));
  EXPECT_EQ(state(0, job_hash(one)), JobState::stopped);
  EXPECT_FALSE(houses_[0]->office->find_job("one")->model);
}

TEST_F(Runner, wrong_bytes_of_a_peer_end_the_job_at_both_with_the_reason) {
  const Digest job = propose(toy_job(houses_, "wrong bytes"));
  ToyTerms terms;
  terms.wire = [](size_t, int64_t step, std::string bytes) { return step == 2 ? bytes.substr(0, 5) : bytes; };
  const auto ends = run_all(job, terms);
  for (size_t i = 0; i < 2; ++i) {
    ASSERT_FALSE(ends[i]);
    EXPECT_EQ(ends[i].error().code, ErrorCode::corrupt) << why(ends[i]);
    EXPECT_TRUE(has(why(ends[i]), "a toy sum")) << why(ends[i]);
    EXPECT_EQ(state(i, job), JobState::failed);
    EXPECT_TRUE(has(told(i, job, "end"), "a toy sum"));
    EXPECT_FALSE(houses_[i]->office->find_job(job.hex())->model) << "nothing half-trained";
  }
}

TEST_F(Runner, a_full_disk_stops_the_run_and_room_lets_it_go_on_to_the_same_model) {
  const Digest undisturbed = propose(toy_job(houses_, "with room"));
  const Digest model = run_all(undisturbed)[0]->model;
  const Digest job = propose(toy_job(houses_, "without room"));
  std::atomic<int> writes = 0;
  std::atomic<bool> full = true;
  houses_[1]->on_file = [&](MemoryFiles::Step step, const std::string&) -> Result<void> {
    if (step != MemoryFiles::Step::write || ++writes < 3 || !full) return {};
    return fail(ErrorCode::exhausted, "no space left on the disk");
  };
  Result<RunOutcome> hub = RunOutcome{};
  std::jthread thread([&] { hub = run_one(*houses_[0], job); });
  const auto stopped = run_one(*houses_[1], job);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::exhausted);
  EXPECT_TRUE(has(why(stopped), "no space left") && has(why(stopped), "puhui federation resume")) << why(stopped);
  EXPECT_EQ(state(1, job), JobState::stopped);
  full = false;
  const auto resumed = run_one(*houses_[1], job);
  thread.join();
  ASSERT_TRUE(resumed) << why(resumed);
  ASSERT_TRUE(hub) << why(hub);
  EXPECT_EQ(hub->model, model);
  EXPECT_EQ(resumed->model, model);
  EXPECT_TRUE(has(told(0, job, "break"), "no space left")) << "the other side knows why it waited";
}

TEST_F(Runner, a_stop_parks_the_job_and_resuming_goes_on_from_the_step) {
  const Digest job = propose(toy_job(houses_, "parked"));
  ToyTerms terms;
  terms.before_step = [&](size_t self, int64_t step) -> Result<void> {
    if (self == 0 && step == 2) houses_[0]->progress.stop = true;
    return {};
  };
  Result<RunOutcome> spoke = RunOutcome{};
  std::jthread thread([&] { spoke = run_one(*houses_[1], job, terms); });
  const auto stopped = run_one(*houses_[0], job, terms);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(has(why(stopped), "asked to stop") && has(why(stopped), "puhui federation resume")) << why(stopped);
  houses_[0]->progress.stop = false;
  const auto resumed = run_one(*houses_[0], job);
  thread.join();
  ASSERT_TRUE(resumed) << why(resumed);
  ASSERT_TRUE(spoke) << why(spoke);
  EXPECT_EQ(resumed->model, spoke->model);
  EXPECT_TRUE(has(told(0, job, "meeting"), R"("from":{"stage":1,"step":3,)")) << told(0, job, "meeting");
}

TEST_F(Runner, a_stop_asked_in_the_tables_is_heard_too) {
  const Digest job = propose(toy_job(houses_, "asked to stop"));
  ToyTerms terms;
  terms.before_step = [&](size_t self, int64_t step) -> Result<void> {
    if (self != 1 || step != 1) return {};
    EXPECT_TRUE(houses_[1]->office->ask_to_stop(job, "tester"));
    return {};
  };
  Result<RunOutcome> hub = RunOutcome{};
  std::jthread thread([&] { hub = run_one(*houses_[0], job, terms); });
  const auto stopped = run_one(*houses_[1], job, terms);
  ASSERT_FALSE(stopped);
  EXPECT_TRUE(run_one(*houses_[1], job));
  thread.join();
  EXPECT_TRUE(hub) << why(hub);
}

TEST_F(Runner, data_that_changed_under_a_run_are_a_clear_error_and_afresh_begins_again) {
  const Digest job = propose(toy_job(houses_, "changed data"));
  ToyTerms terms;
  terms.before_step = [&](size_t self, int64_t step) -> Result<void> {
    if (self == 1 && step == 2) return fail(ErrorCode::exhausted, "no memory");
    return {};
  };
  Result<RunOutcome> hub = RunOutcome{};
  std::jthread thread([&] { hub = run_one(*houses_[0], job); });
  EXPECT_FALSE(run_one(*houses_[1], job, terms));
  houses_[1]->data.content = sha256("other rows");
  const auto refused = run_one(*houses_[1], job);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_TRUE(has(why(refused), sha256("other rows").hex()) && has(why(refused), "--afresh")) << why(refused);
  const auto afresh = run_one(*houses_[1], job, {}, true);
  thread.join();
  EXPECT_TRUE(afresh) << why(afresh);
  EXPECT_TRUE(hub) << why(hub);
}

TEST_F(Runner, a_damaged_checkpoint_is_named_and_the_older_one_used) {
  const Digest job = propose(toy_job(houses_, "damaged"));
  ToyTerms terms;
  terms.before_step = [&](size_t self, int64_t step) -> Result<void> {
    if (self == 1 && step == 3) return fail(ErrorCode::exhausted, "no memory");
    return {};
  };
  Result<RunOutcome> hub = RunOutcome{};
  std::jthread thread([&] { hub = run_one(*houses_[0], job); });
  EXPECT_FALSE(run_one(*houses_[1], job, terms));
  const std::string folder = "/runs/registry/" + job.short_hex();
  std::string newest;
  uint64_t newest_step = 0;
  for (const char* name : {"/checkpoint-a", "/checkpoint-b"}) {
    const auto read = decode_checkpoint(*houses_[1]->files.read(folder + name, kCheckpointBytesMax),
                                        {job, houses_[1]->data.content, "registry"});
    ASSERT_TRUE(read) << read.error().text();
    if (static_cast<uint64_t>(read->point.step) >= newest_step) newest = folder + name, newest_step = read->point.step;
  }
  std::string bytes = *houses_[1]->files.read(newest, kCheckpointBytesMax);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_TRUE(houses_[1]->files.write(newest, bytes));
  const auto resumed = run_one(*houses_[1], job);
  thread.join();
  ASSERT_TRUE(hub) << why(hub);
  ASSERT_TRUE(resumed) << why(resumed);
  EXPECT_EQ(hub->model, resumed->model);
  EXPECT_TRUE(has(told(1, job, "damage"), newest)) << told(1, job, "damage");
  EXPECT_TRUE(has(told(0, job, "meeting"), R"("from":{"stage":1,"step":2,)")) << told(0, job, "meeting");
}

TEST_F(Runner, a_party_that_never_comes_is_waited_for_and_then_named) {
  const Digest job = propose(toy_job(houses_, "alone", "vertical_boosting", 60));
  const auto end = run_one(*houses_[0], job);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(has(why(end), "party registry: did not come within 60 seconds") && has(why(end), "nobody listens there"))
      << why(end);
  EXPECT_TRUE(houses_[0]->progress.said("waits for registry at 127.0.0.1:7001"));
  EXPECT_EQ(state(0, job), JobState::stopped);
}

TEST_F(Runner, patience_begins_with_the_break_not_with_the_meeting_before_it) {
  const Digest job = propose(toy_job(houses_, "long training", "vertical_boosting", 60));
  ToyTerms terms;
  terms.before_step = [&](size_t self, int64_t step) -> Result<void> {
    if (self != 1 || step != 2) return {};
    for (auto& house : houses_) house->clock.advance_us(3'600'000'000);
    return fail(ErrorCode::exhausted, "no memory");
  };
  Result<RunOutcome> hub = RunOutcome{};
  std::jthread thread([&] { hub = run_one(*houses_[0], job); });
  EXPECT_FALSE(run_one(*houses_[1], job, terms));
  const auto resumed = run_one(*houses_[1], job);
  thread.join();
  EXPECT_TRUE(hub) << why(hub);
  EXPECT_TRUE(resumed) << why(resumed);
}

TEST_F(Runner, connections_that_break_at_any_message_change_nothing) {
  const Digest model = run_all(propose(toy_job(houses_, "whole")))[0]->model;
  for (uint64_t messages = 0; messages < 6; ++messages) {
    pair_options_.from_first = {.cut_after_messages = messages + 8};
    pair_options_.from_second = {.cut_after_messages = messages + 12};
    const Digest job = propose(toy_job(houses_, "cut " + std::to_string(messages)));
    const auto ends = run_all(job);
    ASSERT_TRUE(ends[0]) << messages << ": " << why(ends[0]);
    ASSERT_TRUE(ends[1]) << messages << ": " << why(ends[1]);
    EXPECT_EQ(ends[0]->model, model) << messages;
    EXPECT_GE(ends[0]->meetings, 2u) << messages;
  }
}

TEST_F(Runner, connections_that_never_last_for_a_step_end_in_words_not_in_a_loop) {
  pair_options_.from_second = {.cut_after_messages = 2};
  const Digest job = propose(toy_job(houses_, "no luck", "vertical_boosting", 100));
  const auto ends = run_all(job);
  for (const auto& end : ends) {
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code, ErrorCode::unavailable) << why(end);
  }
  EXPECT_TRUE(has(why(ends[0]), "meetings brought no step forward") || has(why(ends[0]), "did not come within"))
      << why(ends[0]);
}

class RunnerHorizontal : public RunnerFixture {};

TEST_F(RunnerHorizontal, a_client_that_stays_away_is_given_up_while_enough_are_left) {
  open_houses(4);
  const Digest job = propose(toy_job(houses_, "clients", "horizontal_logistic", 300));
  ToyTerms terms;
  terms.before_step = [&](size_t self, int64_t step) -> Result<void> {
    if (self == 3 && step == 2) return fail(ErrorCode::exhausted, "village lost power");
    return {};
  };
  const auto ends = run_all(job, terms);
  for (size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(ends[i]) << houses_[i]->name << ": " << ends[i].error().text();
    EXPECT_EQ(ends[i]->model, ends[0]->model);
  }
  EXPECT_FALSE(ends[3]);
  EXPECT_TRUE(has(told(0, job, "given_up"), "village"));
  EXPECT_TRUE(has(told(2, job, "meeting"), R"("given_up":["village"])")) << told(2, job, "meeting");
  EXPECT_EQ(state(3, job), JobState::stopped);
}

TEST_F(RunnerHorizontal, too_few_clients_stop_the_job) {
  open_houses(3);
  const Digest job = propose(toy_job(houses_, "too few", "horizontal_logistic", 300));
  ToyTerms terms;
  terms.before_step = [&](size_t self, int64_t step) -> Result<void> {
    if (self == 2 && step == 1) return fail(ErrorCode::exhausted, "platform lost power");
    return {};
  };
  const auto ends = run_all(job, terms);
  for (const auto& end : ends) EXPECT_FALSE(end);
  EXPECT_EQ(ends[0].error().code, ErrorCode::unavailable);
  EXPECT_TRUE(has(ends[0].error().text(), "party platform: did not come within 300 seconds"));
}

}  // namespace

}  // namespace puhui::federation
