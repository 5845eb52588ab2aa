#include "infrastructure/compute/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ground/store/test_store.h"

namespace puhui::compute {
namespace {

struct Ask {
  std::string name;
  std::optional<std::string> key;
};
void fields(Shape& shape, Ask& ask) {
  shape.field("name", ask.name, {.min = 1});
  shape.field("key", ask.key);
}
struct Answer {
  std::string said;
};
void fields(Shape& shape, Answer& answer) { shape.field("said", answer.said); }

// What runs now and what a test lets go on.
struct Stage {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> log;
  std::set<std::string> let_go;

  void say(const std::string& line) {
    const std::lock_guard lock(mutex);
    log.push_back(line);
    changed.notify_all();
  }
  void let(const std::string& name) {
    const std::lock_guard lock(mutex);
    let_go.insert(name);
    changed.notify_all();
  }
  bool wait_for(const std::string& line) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), [&] { return std::ranges::count(log, line) > 0; });
  }
  // Steps until it is let go, or asked to stop.
  Result<Answer> act(const VerbCall& call, const Ask& ask) {
    say(ask.name + " begins");
    for (uint64_t i = 0;; ++i) {
      call.progress.step("working", i, 0);
      if (call.progress.stop_requested()) return fail(ErrorCode::unavailable, ask.name + " was stopped");
      std::unique_lock lock(mutex);
      if (changed.wait_for(lock, std::chrono::milliseconds(1), [&] { return let_go.contains(ask.name); })) break;
    }
    say(ask.name + " ends");
    return Answer{ask.name + " for " + call.caller.name};
  }
};

struct Bench {
  explicit Bench(const std::string& engine = "sqlite") : at(engine) { open(); }
  void open() {
    std::vector<Migration> tables = evidence::migrations();
    for (Migration& migration : migrations()) tables.push_back(std::move(migration));
    store = open_store(at.where(), tables, {clock, nullptr, &cpu}).value();
    evidence = evidence::EvidenceLog::open(*store).value();
    jobs.emplace(JobsNeeds{*store, *evidence, cpu, use_cases, clock, log});
    jobs->offer(verbs);
  }
  // As a crash: the rows stay, the memory goes.
  void reopen() {
    jobs.reset();
    store->close();
    evidence.reset();
    store.reset();
    open();
  }
  Verb verb(VerbHead head) {
    return make_verb<Ask, Answer>(std::move(head),
                                  [this](const VerbCall& call, const Ask& ask) { return stage.act(call, ask); });
  }
  int64_t submit(const std::string& name, int64_t tier, const std::string& use_case = "demo.low") {
    auto job = jobs->submit(anna, {"demo.act", use_case, Json::Object{{"name", Json(name)}}, tier});
    EXPECT_TRUE(job) << (job ? "" : job.error().text());
    return job ? job->job : 0;
  }
  JobView view(int64_t job) {
    JobsRequest request;
    request.job = job;
    return jobs->list(request).value().jobs.at(0);
  }
  JobState state(int64_t job) { return view(job).state; }
  bool reaches(int64_t job, JobState state_wanted) {
    for (int i = 0; i < 2000; ++i) {
      if (state(job) == state_wanted) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  TestStore at;
  ManualClock clock{Timestamp{20'000 * int64_t{86'400'000'000} + 43'200'000'000}};
  CpuAccounts cpu;
  Log log{clock, stderr, Log::Level::error};
  Stage stage;
  std::vector<evidence::UseCase> use_cases{
      {"demo.high", "", 1, 3, 'A', ""}, {"demo.low", "", 3, 8, 'A', ""}, {"demo.open", "", 1, 9, 'A', ""}};
  std::vector<Verb> verbs{verb({.noun = "demo", .verb = "act", .help = "Acts.", .repeat_key = "key"}),
                          verb({.noun = "demo", .verb = "local", .help = "Acts here.", .local_only = true})};
  Caller anna{"anna", {"demo.*"}};
  std::unique_ptr<Store> store;
  std::unique_ptr<evidence::EvidenceLog> evidence;
  std::optional<Jobs> jobs;
};

TEST(Jobs, RunInTurnAndKeepTheirAnswers) {
  for (const std::string& engine : test_engines()) {
    Bench bench(engine);
    const int64_t first = bench.submit("a", 3), second = bench.submit("b", 3);
    EXPECT_EQ(bench.state(first), JobState::waiting);
    ASSERT_TRUE(bench.jobs->start());
    ASSERT_TRUE(bench.stage.wait_for("a begins"));
    EXPECT_EQ(bench.state(second), JobState::waiting) << "there is one slot";
    bench.stage.let("a");
    bench.stage.let("b");
    ASSERT_TRUE(bench.reaches(second, JobState::done));
    const JobView done = bench.view(first);
    EXPECT_EQ(print_json(done.answer.value()), R"({"said":"a for anna"})");
    EXPECT_EQ(done.attempts, 1);
    EXPECT_GT(done.cpu_ns, 0);
    EXPECT_GT(bench.cpu.account("demo.low", "job:demo.act").cpu_ns(), 0) << "the use case pays";
  }
}

TEST(Jobs, MakeRoomForABetterTierAtACheckpointAndGoOnAfterIt) {
  Bench bench;
  ASSERT_TRUE(bench.jobs->start());
  const int64_t low = bench.submit("low", 3);
  ASSERT_TRUE(bench.stage.wait_for("low begins"));
  const int64_t high = bench.submit("high", 1, "demo.high");
  ASSERT_TRUE(bench.stage.wait_for("high begins"));
  EXPECT_TRUE(bench.reaches(low, JobState::paused));
  EXPECT_EQ(bench.view(low).waits_for, "a better tier");
  bench.stage.let("low");
  bench.stage.let("high");
  ASSERT_TRUE(bench.reaches(low, JobState::done));
  EXPECT_EQ(bench.state(high), JobState::done);
  const auto& log = bench.stage.log;
  EXPECT_LT(std::ranges::find(log, "high ends"), std::ranges::find(log, "low ends"));
  EXPECT_EQ(std::ranges::count(log, "low begins"), 1) << "it went on where it stood";
}

TEST(Jobs, LeftBehindByACrashBeginAgainUntilTheyHaveEndedTheProgramTooOften) {
  for (const std::string& engine : test_engines()) {
    Bench bench(engine);
    const int64_t unlucky = bench.submit("unlucky", 3), waiting = bench.submit("waiting", 3);
    for (int64_t attempt = 1; attempt <= kAttemptsMax; ++attempt) {
      // A process that died while it ran: the row says running, nobody runs.
      ASSERT_TRUE(bench.store->write([&](Transaction& tx) -> Result<void> {
        JobView view = TRY(read_job(tx, unlucky)).view;
        view.state = JobState::running;
        view.attempts = attempt;
        return update_job(tx, view);
      }));
      bench.reopen();
      bench.stage.let("waiting");
      ASSERT_TRUE(bench.jobs->start());
      if (attempt < kAttemptsMax) {
        ASSERT_TRUE(bench.reaches(unlucky, JobState::running));
        bench.jobs->stop();
        EXPECT_EQ(bench.state(unlucky), JobState::waiting) << "stopped in good order, it waits for the next start";
      }
    }
    EXPECT_TRUE(bench.reaches(unlucky, JobState::failed));
    EXPECT_THAT(bench.view(unlucky).error, testing::HasSubstr("ended the program"));
    EXPECT_TRUE(bench.reaches(waiting, JobState::done));
  }
}

TEST(Jobs, WaitForQuotaAndRunOnceThereIsSome) {
  Bench bench;
  ASSERT_TRUE(bench.jobs->set_quota(bench.anna, {"demo.low", 1, 0, 0}));
  bench.cpu.account("demo.low", "1").add_cpu_ns(2'000'000'000);
  bench.stage.let("a");
  const int64_t job = bench.submit("a", 3);
  ASSERT_TRUE(bench.jobs->start());
  for (int i = 0; i < 1000 && bench.view(job).waits_for != "quota"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(bench.view(job).waits_for, "quota");
  EXPECT_EQ(bench.state(job), JobState::waiting);
  // Another use case that has used nothing of its quota by noon lends what it does not keep.
  ASSERT_TRUE(bench.jobs->set_quota(bench.anna, {"demo.open", 100, 0, 500'000}));
  EXPECT_TRUE(bench.reaches(job, JobState::done));
  const auto quotas = bench.jobs->quotas({}).value().quotas;
  EXPECT_EQ(quotas[0].refused, 1);
  EXPECT_GE(quotas[0].borrowed_cpu_ns, 1'000'000'000);
}

TEST(Jobs, AreCancelledWhileTheyWaitAndWhileTheyRun) {
  Bench bench;
  ASSERT_TRUE(bench.jobs->start());
  const int64_t running = bench.submit("running", 3);
  ASSERT_TRUE(bench.stage.wait_for("running begins"));
  const int64_t waiting = bench.submit("waiting", 3);
  EXPECT_EQ(bench.jobs->cancel(waiting).value().state, JobState::cancelled);
  EXPECT_TRUE(bench.jobs->cancel(running));
  EXPECT_TRUE(bench.reaches(running, JobState::cancelled));
  EXPECT_EQ(bench.jobs->cancel(waiting).error().code, ErrorCode::conflict);
  EXPECT_EQ(bench.jobs->cancel(999).error().code, ErrorCode::not_found);
  EXPECT_EQ(std::ranges::count(bench.stage.log, "waiting begins"), 0);
}

TEST(Jobs, RefuseWhatTheCallerMayNotRunOrCouldNeverRun) {
  Bench bench;
  const Json input = Json::Object{{"name", Json("a")}};
  const auto code = [&](const Caller& caller, const SubmitRequest& request) {
    const auto job = bench.jobs->submit(caller, request);
    return job ? std::string("taken") : std::string(name_of(job.error().code));
  };
  EXPECT_EQ(code(bench.anna, {"demo.act", "demo.low", input, 3}), "taken");
  EXPECT_EQ(code({"bo", {"lending.*"}}, {"demo.act", "demo.low", input, 3}), "forbidden");
  EXPECT_EQ(code(bench.anna, {"demo.act", "demo.low", input, 1}), "forbidden") << "a better tier than its use case's";
  EXPECT_EQ(code(bench.anna, {"demo.act", "demo.unknown", input, 3}), "not_found");
  EXPECT_EQ(code(bench.anna, {"demo.sing", "demo.low", input, 3}), "not_found");
  EXPECT_EQ(code(bench.anna, {"demo.local", "demo.low", input, 3}), "invalid");
  EXPECT_EQ(code(bench.anna, {"demo.act", "demo.low", Json::Object{}, 3}), "invalid") << "its name is missing";
  EXPECT_EQ(bench.jobs->set_quota(bench.anna, {"demo.unknown", 1, 0, 0}).error().code, ErrorCode::not_found);
}

TEST(Jobs, ArePagedTheNewestFirst) {
  Bench bench;
  for (const char* name : {"a", "b", "c"}) bench.submit(name, 3);
  JobsRequest request;
  request.limit = 2;
  const auto page = bench.jobs->list(request).value();
  EXPECT_EQ(page.jobs.at(0).job, 3);
  request.after = page.next;
  const auto rest = bench.jobs->list(request).value();
  ASSERT_EQ(rest.jobs.size(), 1u);
  EXPECT_EQ(rest.jobs[0].job, 1);
  EXPECT_FALSE(rest.next.has_value());
  request.after = "nonsense";
  EXPECT_EQ(bench.jobs->list(request).error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace puhui::compute
