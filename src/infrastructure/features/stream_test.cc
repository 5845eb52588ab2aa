#include "infrastructure/features/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "ground/store/test_store.h"
#include "infrastructure/features/features_for_test.h"
#include "infrastructure/features/stream_log.h"
#include "infrastructure/features/stream_snapshot.h"

namespace puhui::features {
namespace {

using ::testing::HasSubstr;

constexpr Timestamp kNow{kTestStreamStart + int64_t{365} * 86'400'000'000};

// Makes the n-th passage of a step fail.
class Faulty : public StoreFaults {
 public:
  Result<void> before(Step step) override {
    if (step != at || after-- > 0) return {};
    at = Step::read;
    after = INT64_MAX;
    return fail(ErrorCode::unavailable, "this step was made to fail");
  }
  std::atomic<Step> at = Step::read;
  std::atomic<int64_t> after = INT64_MAX;
};

// A store and the stream "cards" in it.
struct Place {
  explicit Place(const std::string& where, uint64_t entries_per_snapshot = kEntriesPerSnapshot,
                 EngineLimits limits = {}) {
    auto opened = open_store(where, migrations(), {clock, &faults});
    EXPECT_TRUE(opened) << opened.error().text();
    store = *std::move(opened);
    stream = std::make_unique<Stream>(StreamNeeds{*store, clock, log}, "cards", limits, entries_per_snapshot);
  }
  ~Place() {
    store->close();
    stream.reset();
    std::fclose(nowhere);
  }

  Result<void> adopt(std::shared_ptr<const FeatureSet> set) {
    NoProgress progress;
    return stream->adopt(std::move(set), progress);
  }
  Result<void> observe(const Event& event, Result<void> then = {}) {
    return store->write([&](Transaction& tx) -> Result<void> {
      std::vector<FeatureValue> out(stream->set()->features.size());
      TRY(stream->observe(tx, *stream->set(), event, out));
      return then;
    });
  }
  Result<void> label(const BatchEvent& one) {
    return store->write([&](Transaction& tx) -> Result<void> {
      return stream->label(tx, *stream->set(), one.event, std::nullopt, one.bad, *one.label_at);
    });
  }
  std::string bytes() const {
    uint64_t seq = 0;
    auto out = stream->engine_bytes(seq);
    EXPECT_TRUE(out) << out.error().text();
    EXPECT_EQ(seq, stream->standing().entries);
    return out ? *out : "";
  }

  ManualClock clock{kNow};
  std::FILE* nowhere = std::fopen("/dev/null", "w");
  Log log{clock, nowhere};
  Faulty faults;
  std::unique_ptr<Store> store;
  std::unique_ptr<Stream> stream;
};

// What an engine comes to that saw events and labels without any store.
class Alone {
 public:
  explicit Alone(std::shared_ptr<const FeatureSet> set, EngineLimits limits = {})
      : engine(set, limits), out(set->features.size()) {}
  void observe(const Event& event) { (void)engine.observe(event, out); }
  void label(const BatchEvent& one) { engine.label(one.event, std::nullopt, one.bad); }
  std::string bytes() const { return engine.snapshot(); }
  Engine engine;
  std::vector<FeatureValue> out;
};

class StreamTest : public ::testing::TestWithParam<std::string> {
 protected:
  TestStore place_{GetParam()};
  std::shared_ptr<const FeatureSet> set_ = test_set();
  std::vector<BatchEvent> events_ = random_stream(11, {.events = 200});
};

TEST_P(StreamTest, gives_what_an_engine_alone_gives_and_stands_again_after_a_restart) {
  Alone alone(set_);
  {
    Place here(place_.where());
    ASSERT_TRUE(here.adopt(set_));
    for (const BatchEvent& one : events_) {
      std::vector<FeatureValue> out(set_->features.size());
      ASSERT_TRUE(here.store->write([&](Transaction& tx) -> Result<void> {
        TRY(here.stream->observe(tx, *set_, one.event, out));
        return {};
      }));
      alone.observe(one.event);
      ASSERT_EQ(out, alone.out);
      if (!one.label_at) continue;
      ASSERT_TRUE(here.label(one));
      alone.label(one);
    }
    EXPECT_EQ(here.bytes(), alone.bytes());
    EXPECT_EQ(here.stream->events(), events_.size());
    EXPECT_EQ(here.stream->standing().snapshot_seq, 0u) << "nobody asked for a snapshot";
  }
  Place again(place_.where());
  EXPECT_EQ(again.stream->set(), nullptr);
  ASSERT_TRUE(again.adopt(set_));
  EXPECT_EQ(again.bytes(), alone.bytes());
  EXPECT_EQ(again.stream->events(), events_.size());
  EXPECT_EQ(again.stream->counts().events, alone.engine.counts().events);
}

TEST_P(StreamTest, starts_from_its_snapshot_and_the_log_behind_it) {
  Alone alone(set_);
  {
    Place here(place_.where());
    ASSERT_TRUE(here.adopt(set_));
    for (size_t i = 0; i < events_.size(); ++i) {
      ASSERT_TRUE(here.observe(events_[i].event));
      alone.observe(events_[i].event);
      if (i % 50 == 20) {
        ASSERT_TRUE(here.stream->snapshot());
      }
    }
    EXPECT_EQ(here.stream->standing().snapshot_seq, 171u);
    int64_t kept = 0;
    ASSERT_TRUE(here.store->read([&](Reader& reader) -> Result<void> {
      kept = *TRY(reader.integer("SELECT COUNT(DISTINCT seq) FROM features_snapshot WHERE stream = 'cards'"));
      return {};
    }));
    EXPECT_EQ(kept, 2) << "the last two are kept";
    // Without the rows that the snapshot has seen, only the snapshot can know of them.
    ASSERT_TRUE(here.store->write([](Transaction& tx) -> Result<void> {
      TRY(tx.execute("DELETE FROM features_log WHERE seq < 172"));
      return {};
    }));
  }
  Place again(place_.where());
  ASSERT_TRUE(again.adopt(set_));
  EXPECT_EQ(again.bytes(), alone.bytes());
}

TEST_P(StreamTest, passes_over_a_snapshot_that_is_damaged_or_lacks_a_part) {
  Alone alone(set_);
  {
    Place here(place_.where());
    ASSERT_TRUE(here.adopt(set_));
    for (size_t i = 0; i < events_.size(); ++i) {
      ASSERT_TRUE(here.observe(events_[i].event));
      alone.observe(events_[i].event);
      if (i == 60 || i == 120) {
        ASSERT_TRUE(here.stream->snapshot());
      }
    }
    ASSERT_TRUE(here.store->write([](Transaction& tx) -> Result<void> {
      TRY(tx.execute("UPDATE features_snapshot SET parts = parts + 1 WHERE seq = 121"));
      TRY(tx.execute("UPDATE features_snapshot SET bytes = ? WHERE seq = 61", {BytesView{std::string(100, 'x')}}));
      return {};
    }));
  }
  Place again(place_.where());
  ASSERT_TRUE(again.adopt(set_));
  EXPECT_EQ(again.bytes(), alone.bytes());
}

TEST_P(StreamTest, forgets_what_a_failed_closure_showed_it) {
  Place here(place_.where());
  ASSERT_TRUE(here.adopt(set_));
  Alone alone(set_);
  for (size_t i = 0; i < events_.size(); ++i) {
    if (i % 7 == 3) {
      const auto refused = here.observe(events_[i].event, fail(ErrorCode::conflict, "no"));
      EXPECT_EQ(refused.error().code, ErrorCode::conflict);
      continue;
    }
    ASSERT_TRUE(here.observe(events_[i].event));
    alone.observe(events_[i].event);
  }
  EXPECT_EQ(here.bytes(), alone.bytes());
  EXPECT_GT(here.stream->standing().rebuilt, 0u);
  EXPECT_EQ(here.stream->events(), alone.engine.counts().events);
}

TEST_P(StreamTest, forgets_only_the_failed_one_of_many_in_a_batch) {
  Place here(place_.where());
  ASSERT_TRUE(here.adopt(set_));
  std::vector<size_t> order;  // as the writer ran those that were kept
  std::atomic<size_t> answered = 0;
  // The first closure holds the writer until the others wait behind it, so that they share a batch.
  std::atomic<bool> queued = false;
  here.store->write_later(
      [&](Transaction&) -> Result<void> {
        while (!queued) std::this_thread::yield();
        return {};
      },
      [&](Result<void>) { ++answered; });
  for (size_t i = 0; i < events_.size(); ++i) {
    here.store->write_later(
        [&, i](Transaction& tx) -> Result<void> {
          std::vector<FeatureValue> out(set_->features.size());
          TRY(here.stream->observe(tx, *set_, events_[i].event, out));
          if (i % 50 == 17) return fail(ErrorCode::conflict, "no");
          return {};
        },
        [&, i](Result<void> result) {
          if (result) order.push_back(i);
          ++answered;
        });
  }
  queued = true;
  while (answered < events_.size() + 1) std::this_thread::yield();
  ASSERT_EQ(order.size(), events_.size() - 4);
  Alone alone(set_);
  for (const size_t i : order) alone.observe(events_[i].event);
  EXPECT_EQ(here.bytes(), alone.bytes());
  int64_t rows = 0;
  ASSERT_TRUE(here.store->read([&](Reader& reader) -> Result<void> {
    rows = *TRY(reader.integer("SELECT COUNT(*) FROM features_log"));
    return {};
  }));
  EXPECT_LT(rows, 20) << "one row a commit, not one an event";
}

TEST_P(StreamTest, forgets_what_a_failed_commit_showed_it) {
  Place here(place_.where());
  ASSERT_TRUE(here.adopt(set_));
  Alone alone(set_);
  for (size_t i = 0; i < events_.size(); ++i) {
    const bool fails = i % 40 == 11;
    if (fails)
      here.faults.after = 0, here.faults.at = i % 80 == 11 ? StoreFaults::Step::commit : StoreFaults::Step::flush;
    const auto written = here.observe(events_[i].event);
    ASSERT_EQ(written.has_value(), !fails);
    if (fails) continue;
    alone.observe(events_[i].event);
  }
  EXPECT_EQ(here.bytes(), alone.bytes());
}

TEST_P(StreamTest, shows_nothing_of_an_undone_event_to_who_asks_before_the_next) {
  Place here(place_.where());
  ASSERT_TRUE(here.adopt(set_));
  ASSERT_TRUE(here.observe(events_[0].event));
  const auto before = here.stream->peek(*set_, events_[1].event);
  ASSERT_TRUE(before);
  EXPECT_FALSE(here.observe(events_[1].event, fail(ErrorCode::conflict, "no")));
  EXPECT_EQ(*here.stream->peek(*set_, events_[1].event), *before);
}

TEST_P(StreamTest, refuses_what_it_cannot_take) {
  Place here(place_.where());
  EXPECT_EQ(here.stream->peek(*set_, events_[0].event).error().code, ErrorCode::unavailable);
  const auto early = here.store->write([&](Transaction& tx) -> Result<void> {
    std::vector<FeatureValue> out(set_->features.size());
    TRY(here.stream->observe(tx, *set_, events_[0].event, out));
    return {};
  });
  EXPECT_THAT(early.error().text(), HasSubstr("no features yet"));
  ASSERT_TRUE(here.adopt(set_));
  Event beyond = events_[0].event;
  beyond.at = {kNow.microseconds + 300'000'001};
  EXPECT_THAT(here.observe(beyond).error().text(), HasSubstr("at most 5m beyond the clock"));
  beyond.at = {kNow.microseconds + 300'000'000};
  EXPECT_TRUE(here.observe(beyond));
}

constexpr std::string_view kMoreFields = R"([
  {"name": "device", "type": "key"}, {"name": "terminal", "type": "key"}, {"name": "customer", "type": "key"},
  {"name": "amount", "type": "number", "places": 2}, {"name": "sex", "type": "text", "sealed": true}])";

TEST_P(StreamTest, takes_up_a_new_set_with_all_the_log_behind_it_and_a_later_start_too) {
  const auto next =
      test_set(R"([{"name": "devices", "aggregate": "distinct", "entity": "terminal", "of": "device", "window": "all"},
                                 {"name": "sum_1d", "aggregate": "sum", "entity": "customer", "of": "amount", "window": "1d"}])",
               kMoreFields);
  Alone alone(next);
  const auto translated = [&](const Event& event) {
    Event out = event;
    out.values = {absent(), event.values[1], event.values[0], event.values[2], event.values[5]};
    return out;
  };
  std::string bytes;
  {
    Place here(place_.where());
    ASSERT_TRUE(here.adopt(set_));
    for (const BatchEvent& one : events_) {
      ASSERT_TRUE(here.observe(one.event));
      alone.observe(translated(one.event));
    }
    ASSERT_TRUE(here.adopt(next));
    EXPECT_EQ(here.stream->set(), next);
    Event with_device = translated(events_.back().event);
    with_device.values[0] = text_value("d1");
    EXPECT_EQ(here.stream->peek(*set_, events_[0].event).error().code, ErrorCode::unavailable) << "read by the old set";
    ASSERT_TRUE(here.observe(with_device));
    alone.observe(with_device);
    EXPECT_EQ(here.bytes(), alone.bytes());
    bytes = here.bytes();
    ASSERT_TRUE(here.adopt(set_)) << "and back";
    ASSERT_TRUE(here.adopt(next));
    EXPECT_EQ(here.bytes(), bytes);
  }
  Place again(place_.where());
  ASSERT_TRUE(again.adopt(next));
  EXPECT_EQ(again.bytes(), bytes);
}

TEST_P(StreamTest, takes_up_a_new_set_while_events_go_on) {
  const auto next =
      test_set(R"([{"name": "sum_1d", "aggregate": "sum", "entity": "customer", "of": "amount", "window": "1d"}])");
  Place here(place_.where());
  ASSERT_TRUE(here.adopt(set_));
  std::atomic<bool> done = false;
  std::vector<Event> seen;  // in the order they were kept
  std::thread payer([&] {
    for (const BatchEvent& one : random_stream(12, {.events = 400})) {
      Result<void> kept;
      do {
        kept = here.observe(one.event);  // again by the new set, when it came between
      } while (!kept && kept.error().code == ErrorCode::unavailable);
      if (kept) seen.push_back(one.event);
    }
    done = true;
  });
  size_t adopted = 0;
  while (!done) {
    EXPECT_TRUE(here.adopt(adopted++ % 2 == 0 ? next : set_));
  }
  payer.join();
  ASSERT_TRUE(here.adopt(next));
  ASSERT_EQ(seen.size(), 400u);
  Alone alone(next);
  for (const Event& event : seen) alone.observe(event);
  EXPECT_EQ(here.bytes(), alone.bytes());
  EXPECT_GT(adopted, 1u);
}

TEST_P(StreamTest, refuses_a_set_that_reads_a_field_otherwise_or_opens_a_sealed_one) {
  Place here(place_.where());
  ASSERT_TRUE(here.adopt(set_));
  const auto wrong =
      test_set("[]", R"([{"name": "customer", "type": "text"}, {"name": "amount", "type": "number", "places": 3},
    {"name": "sex", "type": "text"}])");
  const auto refused = here.adopt(wrong);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().faults.size(), 3u) << refused.error().text();
  EXPECT_THAT(refused.error().text(),
              HasSubstr("fields/2 (sex): it was sealed when it was collected and stays sealed"));
  EXPECT_EQ(here.stream->set(), set_);
}

TEST_P(StreamTest, gives_its_history_with_labels_as_known_by_then) {
  Place here(place_.where());
  ASSERT_TRUE(here.adopt(set_));
  std::vector<BatchEvent> expected;
  const Timestamp from{kTestStreamStart + 3'600'000'000}, to{kTestStreamStart + 6 * int64_t{3'600'000'000}};
  const Timestamp known_by{to.microseconds};
  for (const BatchEvent& one : events_) {
    ASSERT_TRUE(here.observe(one.event));
    if (one.label_at) {
      ASSERT_TRUE(here.label(one));
    }
    if (one.event.at < from || one.event.at >= to) continue;
    expected.push_back(one);
    if (one.label_at && *one.label_at > known_by) expected.back().bad = false, expected.back().label_at.reset();
  }
  ASSERT_GT(expected.size(), 20u);
  std::vector<BatchEvent> came;
  ASSERT_TRUE(here.store->read([&](Reader& reader) -> Result<void> {
    came = TRY(here.stream->history(reader, from, to, known_by));
    return {};
  }));
  ASSERT_EQ(came.size(), expected.size());
  for (size_t i = 0; i < came.size(); ++i) {
    EXPECT_EQ(came[i].event, expected[i].event) << i;
    EXPECT_EQ(came[i].bad, expected[i].bad) << i;
    EXPECT_EQ(came[i].label_at, expected[i].label_at) << i;
  }
}

TEST_P(StreamTest, keeps_two_streams_of_one_store_apart) {
  Place here(place_.where());
  Stream other({*here.store, here.clock, here.log}, "loans");
  ASSERT_TRUE(here.adopt(set_));
  NoProgress progress;
  ASSERT_TRUE(other.adopt(set_, progress));
  Alone cards(set_), loans(set_);
  for (size_t i = 0; i < events_.size(); ++i) {
    Stream& one = i % 3 == 0 ? other : *here.stream;
    (i % 3 == 0 ? loans : cards).observe(events_[i].event);
    ASSERT_TRUE(here.store->write([&](Transaction& tx) -> Result<void> {
      std::vector<FeatureValue> out(set_->features.size());
      TRY(one.observe(tx, *set_, events_[i].event, out));
      return {};
    }));
  }
  uint64_t seq = 0;
  EXPECT_EQ(here.bytes(), cards.bytes());
  EXPECT_EQ(*other.engine_bytes(seq), loans.bytes());
  here.store->close();  // before `other` goes
}

TEST_P(StreamTest, answers_peeks_and_counts_from_other_threads_meanwhile) {
  Place here(place_.where());
  ASSERT_TRUE(here.adopt(set_));
  std::atomic<bool> done = false;
  std::thread asker([&] {
    while (!done) {
      EXPECT_TRUE(here.stream->peek(*set_, events_[0].event));
      EXPECT_LE(here.stream->counts().events, events_.size());
    }
  });
  for (const BatchEvent& one : events_) ASSERT_TRUE(here.observe(one.event));
  done = true;
  asker.join();
  EXPECT_EQ(here.stream->counts().events, events_.size());
}

TEST_P(StreamTest, stays_within_its_limits_under_a_flood_of_keys_and_forgets_the_same_again) {
  const EngineLimits limits{.keys_max = 20, .tiles_max = 16, .edges_max = 64};
  const auto flood = random_stream(31, {.events = 400, .customers = 5000, .terminals = 5000, .out_of_order = 0});
  Alone alone(set_, limits);
  {
    Place here(place_.where(), kEntriesPerSnapshot, limits);
    ASSERT_TRUE(here.adopt(set_));
    for (size_t i = 0; i < flood.size(); ++i) {
      ASSERT_TRUE(here.observe(flood[i].event));
      alone.observe(flood[i].event);
      if (i == 250) {
        ASSERT_TRUE(here.stream->snapshot());
      }
    }
    EXPECT_LE(here.stream->counts().keys, 2 * limits.keys_max) << "of two entities";
    EXPECT_GT(here.stream->counts().keys_evicted, 500u);
    EXPECT_EQ(here.bytes(), alone.bytes());
  }
  Place again(place_.where(), kEntriesPerSnapshot, limits);
  ASSERT_TRUE(again.adopt(set_));
  EXPECT_EQ(again.bytes(), alone.bytes());
}

TEST_P(StreamTest, writes_snapshots_by_itself_behind_the_writer) {
  Alone alone(set_);
  {
    Place here(place_.where(), 50);
    ASSERT_TRUE(here.adopt(set_));
    for (const BatchEvent& one : events_) {
      ASSERT_TRUE(here.observe(one.event));
      alone.observe(one.event);
    }
    while (here.stream->standing().snapshot_seq < 100) std::this_thread::yield();
  }
  Place again(place_.where());
  ASSERT_TRUE(again.adopt(set_));
  EXPECT_GE(again.stream->standing().snapshot_seq, 100u);
  EXPECT_EQ(again.bytes(), alone.bytes());
}

INSTANTIATE_TEST_SUITE_P(engines, StreamTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

// Killed in the middle of writing, as by a power cut of the process; what was acknowledged is there, and the engine is that of the log.
TEST(StreamKilled, stands_again_with_the_bytes_of_an_engine_that_saw_the_log) {
  const TestStore place("sqlite");
  const auto set = test_set();
  const auto events = random_stream(21, {.events = 4000});
  int acknowledged[2];
  ASSERT_EQ(::pipe(acknowledged), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Place here(place.where());
    if (!here.adopt(set)) ::_exit(1);
    for (size_t i = 0; i < events.size(); ++i) {
      if (!here.observe(events[i].event)) ::_exit(1);
      if (i % 100 == 60 && !here.stream->snapshot()) ::_exit(1);
      if (::write(acknowledged[1], "x", 1) != 1) ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(acknowledged[1]);
  char one = 0;
  uint64_t kept = 0;
  while (kept < 450 && ::read(acknowledged[0], &one, 1) == 1) ++kept;
  ::kill(child, SIGKILL);
  while (::read(acknowledged[0], &one, 1) == 1) ++kept;
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "it was killed, it did not end";

  Place again(place.where());
  ASSERT_TRUE(again.adopt(set));
  EXPECT_GE(again.stream->events(), kept);
  ASSERT_LT(again.stream->events(), events.size());
  Alone alone(set);
  for (size_t i = 0; i < again.stream->events(); ++i) alone.observe(events[i].event);
  EXPECT_EQ(again.bytes(), alone.bytes());
  EXPECT_GT(again.stream->standing().snapshot_seq, 0u);
}

}  // namespace
}  // namespace puhui::features
