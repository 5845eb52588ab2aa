// The promise of the group commit: after every batch, whatever failed and wherever, participants' memory
// equals the tables, what was acknowledged is there, and what was refused is not.
#include <gtest/gtest.h>

#include <list>
#include <map>
#include <thread>

#include "ground/base/random.h"
#include "ground/store/store.h"
#include "ground/store/test_store.h"

namespace puhui {
namespace {

const std::vector<Migration> kTables = {
    {"sums", 1,
     "CREATE TABLE entry(id {int} NOT NULL PRIMARY KEY, place {int} NOT NULL, amount {int} NOT NULL);"
     "CREATE TABLE gathered(id {int} NOT NULL PRIMARY KEY, place {int} NOT NULL, amount {int} NOT NULL)"}};

using Sums = std::map<int64_t, int64_t>;  // place to sum of amounts

// Keeps sums in memory; writes what a batch gathered at its flush, as the ledger does.
class SumKeeper : public Participant {
 public:
  void add(int64_t id, int64_t place, int64_t amount) {
    working_[place] += amount;
    gathered_.push_back({id, place, amount});
  }
  void begin_closure() override { marks_ = {working_, gathered_.size()}; }
  void undo_closure() override {
    working_ = marks_.first;
    gathered_.resize(marks_.second);
  }
  Result<void> flush(Transaction& tx) override {
    std::vector<Param> cells;
    for (const auto& [id, place, amount] : gathered_) cells.insert(cells.end(), {id, place, amount});
    return tx.append({"gathered", {"id", "place", "amount"}}, cells);
  }
  void committed() override {
    committed_ = working_;
    gathered_.clear();
  }
  void aborted() override {
    working_ = committed_;
    gathered_.clear();
  }
  // Only while no write is under way.
  Sums committed_sums() const { return committed_; }

 private:
  struct Gathered {
    int64_t id, place, amount;
  };
  Sums working_, committed_;
  std::vector<Gathered> gathered_;
  std::pair<Sums, size_t> marks_;
};

// Each closure is charged to the account of who queued it, and the commit to all it was for, so nothing that the
// writer does is left over but its waiting.
TEST(GroupCommitCharges, AClosureToWhoQueuedItAndTheCommitToAll) {
  for (const std::string& engine : test_engines()) {
    const TestStore place(engine);
    const ManualClock clock(Timestamp{1});
    CpuAccounts accounts;
    CpuAccount &decision = accounts.account("lending.approval"), &day_end = accounts.activity("day-end");
    auto store = open_store(place.where(), kTables, {clock, nullptr, &accounts}).value();
    constexpr int64_t kWorkNs = 10'000'000;
    const auto work = [](Transaction& tx) -> Result<void> {
      const int64_t end_ns = thread_cpu_ns() + kWorkNs;
      while (thread_cpu_ns() < end_ns) {
      }
      TRY(tx.execute("INSERT INTO entry(id, place, amount) VALUES (?, 1, 1)", {end_ns}));
      return {};
    };
    {
      const CpuScope scope(decision);
      EXPECT_TRUE(store->write(work));
    }
    {
      const CpuScope scope(day_end);
      EXPECT_TRUE(store->write(work));
      EXPECT_TRUE(store->write(work));
    }
    EXPECT_TRUE(store->write(work));
    store->close();
    EXPECT_GE(decision.cpu_ns(), kWorkNs);
    EXPECT_GE(day_end.cpu_ns(), 2 * kWorkNs);
    EXPECT_GE(accounts.activity("store").cpu_ns(), kWorkNs) << "closures that nobody queued under an account";
    EXPECT_LT(decision.cpu_ns(), 2 * kWorkNs);
    EXPECT_EQ(accounts.settled().size(), 3u) << "the pot that is shared out is no account of the bank's";
  }
}

// Fails steps at random, by a seed.
class RandomFaults : public StoreFaults {
 public:
  RandomFaults(uint64_t seed, double probability) : stream_(Random(seed), 1, 1), probability_(probability) {}
  Result<void> before(Step step) override {
    if (!armed || step == Step::read || !stream_.chance(step == Step::closure ? probability_ / 10 : probability_))
      return {};
    if (step == Step::acknowledge) in_doubt_ = true;
    return fail(ErrorCode::unavailable, "injected at step " + std::to_string(static_cast<int>(step)));
  }
  std::atomic<bool> armed = false;
  bool in_doubt() { return std::exchange(in_doubt_, false); }

 private:
  RandomStream stream_;
  double probability_;
  bool in_doubt_ = false;
};

struct Operation {
  int64_t id = 0, place = 0, amount = 0;
  uint64_t kind = 0;
};

// What a closure of each kind does; kinds 0 to 3 mean to succeed.
Result<void> perform(const Operation& op, SumKeeper& keeper, Transaction& tx) {
  const auto enter = [&](int64_t id) {
    return tx.execute("INSERT INTO entry(id, place, amount) VALUES (?, ?, ?)", {id, op.place, op.amount});
  };
  switch (op.kind) {
    case 0: keeper.add(op.id, op.place, op.amount); return {};
    case 1: TRY(enter(op.id)); return {};
    case 2:
    case 3:
      keeper.add(op.id, op.place, op.amount);
      TRY(enter(op.id));
      return {};
    case 4: return fail(ErrorCode::invalid, "refused before any change");
    case 5: keeper.add(op.id, op.place, op.amount); return fail(ErrorCode::invalid, "refused after a change in memory");
    case 6:
      keeper.add(op.id, op.place, op.amount);
      TRY(enter(op.id));
      return fail(ErrorCode::invalid, "refused after both");
    default:
      keeper.add(op.id, op.place, op.amount);
      TRY(enter(op.id));
      TRY(enter(op.id));  // the key stands already
      return {};
  }
}

Result<std::map<int64_t, int64_t>> table(Reader& reader, const std::string& sql) {
  std::map<int64_t, int64_t> out;
  TRY(reader.each(sql, {}, [&](const Row& row) -> Result<void> {
    out[row.integer(0)] = row.integer(1);
    return {};
  }));
  return out;
}

class GroupCommitTest : public ::testing::TestWithParam<std::string> {
 protected:
  TestStore place_{GetParam()};
  ManualClock clock_{Timestamp{1}};
};

TEST_P(GroupCommitTest, memory_equals_the_tables_after_every_batch_under_faults) {
  const uint64_t seed = 20260718;
  RandomFaults faults(seed, 0.05);
  SumKeeper keeper;
  auto store = open_store(place_.where(), kTables, {clock_, &faults}, {.closures_per_commit_max = 40});
  ASSERT_TRUE(store) << store.error().text();
  (*store)->join(keeper);
  RandomStream draw(Random(seed), 2, 0);
  int64_t next_id = 1;
  int acknowledged = 0, refused = 0;
  for (int batch = 0; batch < 300; ++batch) {
    std::vector<Operation> operations(1 + draw.below(60));
    for (Operation& op : operations) {
      op = {next_id++, static_cast<int64_t>(draw.below(5)), static_cast<int64_t>(draw.below(1000)), draw.below(8)};
    }
    std::vector<Result<void>> results(operations.size());
    std::atomic<size_t> left = operations.size();
    // The writer waits until all are queued, so that the same ones share a batch in every run.
    std::atomic<bool> waiting = false, queued = false;
    (*store)->write_later(
        [&](Transaction&) -> Result<void> {
          waiting = true, waiting.notify_all();
          queued.wait(false);
          faults.armed = true;
          return {};
        },
        [](Result<void>) {});
    waiting.wait(false);
    for (size_t i = 0; i < operations.size(); ++i) {
      (*store)->write_later([&, i](Transaction& tx) { return perform(operations[i], keeper, tx); },
                            [&, i](Result<void> result) {
                              results[i] = std::move(result);
                              if (--left == 0) left.notify_all();
                            });
    }
    queued = true, queued.notify_all();
    for (size_t now; (now = left.load()) != 0;) left.wait(now);
    faults.armed = false;
    const bool in_doubt = faults.in_doubt();
    auto read = (*store)->read([&](Reader& reader) -> Result<void> {
      Sums sums = TRY(table(reader, "SELECT place, sum(amount) FROM gathered GROUP BY place"));
      EXPECT_EQ(keeper.committed_sums(), sums) << "seed " << seed << " batch " << batch;
      const auto entries = TRY(table(reader, "SELECT id, amount FROM entry"));
      const auto gathered = TRY(table(reader, "SELECT id, amount FROM gathered"));
      for (size_t i = 0; i < operations.size(); ++i) {
        const Operation& op = operations[i];
        const bool in_entry = entries.contains(op.id), in_gathered = gathered.contains(op.id);
        results[i] ? ++acknowledged : ++refused;
        if (results[i]) {
          EXPECT_EQ(in_entry, op.kind != 0);
          EXPECT_EQ(in_gathered, op.kind != 1);
          EXPECT_LT(op.kind, 4u);
        } else if (!in_doubt) {
          EXPECT_FALSE(in_entry || in_gathered) << results[i].error().text();
        }
      }
      return {};
    });
    ASSERT_TRUE(read) << read.error().text();
  }
  EXPECT_GT(acknowledged, 1000);
  EXPECT_GT(refused, 1000);
}

// Kills nothing, but fails each step once and looks who was told what.
class OneFault : public StoreFaults {
 public:
  std::atomic<int> armed = -1;
  Result<void> before(Step step) override {
    if (armed.load() != static_cast<int>(step)) return {};
    armed = -1;
    return fail(ErrorCode::unavailable, "injected");
  }
};

TEST_P(GroupCommitTest, a_fault_at_a_step_is_told_to_the_caller_and_only_the_acknowledgement_comes_too_late) {
  OneFault faults;
  SumKeeper keeper;
  auto store = open_store(place_.where(), kTables, {clock_, &faults});
  ASSERT_TRUE(store) << store.error().text();
  (*store)->join(keeper);
  using Step = StoreFaults::Step;
  int64_t id = 0;
  for (const Step step : {Step::begin, Step::closure, Step::flush, Step::commit, Step::acknowledge}) {
    const Sums before = keeper.committed_sums();
    faults.armed = static_cast<int>(step);
    ++id;
    const auto written = (*store)->write([&](Transaction&) -> Result<void> {
      keeper.add(id, 0, 1);
      return {};
    });
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().text(), "unavailable: injected");
    EXPECT_EQ(keeper.committed_sums() != before, step == Step::acknowledge);
  }
  faults.armed = static_cast<int>(Step::read);
  EXPECT_FALSE((*store)->read([](Reader&) -> Result<void> { return {}; }));
  EXPECT_TRUE((*store)->read([](Reader&) -> Result<void> { return {}; }));
}

TEST_P(GroupCommitTest, who_joins_while_others_write_takes_part_from_its_own_first_write_on) {
  std::list<SumKeeper> keepers;
  auto store = open_store(place_.where(), kTables, {clock_});
  ASSERT_TRUE(store) << store.error().text();
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) EXPECT_TRUE((*store)->write([](Transaction&) -> Result<void> { return {}; }));
  });
  for (int64_t id = 1; id <= 20; ++id) {
    SumKeeper& keeper = keepers.emplace_back();
    (*store)->join(keeper);
    EXPECT_TRUE((*store)->write([&](Transaction& tx) { return perform({id, 0, 1, 2}, keeper, tx); }));
    EXPECT_FALSE((*store)->write([&](Transaction&) -> Result<void> {
      keeper.add(1000 + id, 0, 1);
      return fail(ErrorCode::invalid, "taken back");
    }));
  }
  done = true;
  other.join();
  (*store)->close();
  for (const SumKeeper& keeper : keepers) EXPECT_EQ(keeper.committed_sums(), (Sums{{0, 1}}));
}

TEST_P(GroupCommitTest, many_threads_and_readers_meet_without_a_race) {
  SumKeeper keeper;
  auto store = open_store(place_.where(), kTables, {clock_}, {.queued_closures_max = 8});
  ASSERT_TRUE(store) << store.error().text();
  (*store)->join(keeper);
  std::atomic<int64_t> next = 1;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 25; ++round) {
        const int64_t id = next++;
        EXPECT_TRUE((*store)->write([&](Transaction& tx) { return perform({id, id % 3, 1, 2}, keeper, tx); }));
      }
    });
  }
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 25; ++round) {
        EXPECT_TRUE((*store)->read([](Reader& reader) -> Result<void> {
          const auto entries = TRY(reader.integer("SELECT count(*) FROM entry"));
          EXPECT_EQ(entries, TRY(reader.integer("SELECT count(*) FROM gathered")));
          return {};
        }));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  int64_t total = 0;
  for (const auto& [place, sum] : keeper.committed_sums()) total += sum;
  EXPECT_EQ(total, 16 * 25);
}

INSTANTIATE_TEST_SUITE_P(Engines, GroupCommitTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace puhui
