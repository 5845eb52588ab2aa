#include "ground/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "ground/store/test_store.h"

namespace puhui {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<Migration> kTables = {
    {"letters", 1,
     "CREATE TABLE letter(id {int} NOT NULL PRIMARY KEY, body {text}, seal {bytes}, weight {real});"
     "CREATE TABLE note(shard {int} NOT NULL, id {id} NOT NULL, n {int}, PRIMARY KEY(shard, id)) {clustered}"}};

const ManualClock kClock(Timestamp{1'700'000'000'000'000});

class StoreTest : public ::testing::TestWithParam<std::string> {
 protected:
  Result<std::unique_ptr<Store>> try_open(std::vector<Migration> migrations = kTables, StoreOptions options = {},
                                          StoreFaults* faults = nullptr) {
    return open_store(place_.where(), std::move(migrations), {kClock, faults}, options);
  }
  std::unique_ptr<Store> open(StoreOptions options = {}, StoreFaults* faults = nullptr) {
    auto store = try_open(kTables, options, faults);
    CHECK(store.has_value(), store ? "" : store.error().text().c_str());
    return *std::move(store);
  }
  // Changes a table behind an open store's back.
  void behind_its_back(const std::string& sql) {
    if (place_.is_postgres()) return place_.sql(sql);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((place_.where() + "/puhui.db").c_str(), &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 5000);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  TestStore place_{GetParam()};
};

Result<void> add_letter(Transaction& tx, int64_t id) {
  TRY(tx.execute("INSERT INTO letter(id, body) VALUES (?, ?)", {id, "dear"}));
  return {};
}

Store::Closure adding(int64_t id) {
  return [id](Transaction& tx) { return add_letter(tx, id); };
}

int64_t count(Store& store, std::string_view table = "letter") {
  int64_t rows = -1;
  auto read = store.read([&](Reader& reader) -> Result<void> {
    rows = TRY(reader.integer("SELECT count(*) FROM " + std::string(table))).value_or(-1);
    return {};
  });
  EXPECT_TRUE(read) << read.error().text();
  return rows;
}

TEST_P(StoreTest, every_kind_of_value_comes_back_as_it_went_in) {
  auto store = open();
  const std::string seal("\0\xFF'\\x00\n", 8);
  const std::string body = "中文 'quoted' \\ ? $1 \"double\"";
  auto written = store->write([&](Transaction& tx) -> Result<void> {
    const std::string_view insert = "INSERT INTO letter(id, body, seal, weight) VALUES (?, ?, ?, ?)";
    TRY(tx.execute(insert, {INT64_MIN, body, BytesView{seal}, 0.1}));
    TRY(tx.execute(insert, {INT64_MAX, std::nullopt, std::nullopt, std::nullopt}));
    TRY(tx.execute(insert, {0, "", BytesView{""}, -1e300}));
    return {};
  });
  ASSERT_TRUE(written) << written.error().text();
  int rows = 0;
  auto read = store->read([&](Reader& reader) {
    return reader.each("SELECT id, body, seal, weight FROM letter ORDER BY id", {},
                       [&](const Row& row) -> Result<void> {
                         switch (rows++) {
                           case 0:
                             EXPECT_EQ(row.integer(0), INT64_MIN);
                             EXPECT_EQ(row.text(1), body);
                             EXPECT_EQ(row.bytes(2), seal);
                             EXPECT_EQ(row.real(3), 0.1);
                             break;
                           case 1:
                             EXPECT_FALSE(row.is_null(1));
                             EXPECT_EQ(row.text(1), "");
                             EXPECT_FALSE(row.is_null(2));
                             EXPECT_EQ(row.real(3), -1e300);
                             break;
                           default:
                             EXPECT_EQ(row.integer(0), INT64_MAX);
                             EXPECT_TRUE(row.is_null(1) && row.is_null(2) && row.is_null(3));
                             EXPECT_EQ(row.text(1), "");
                         }
                         return {};
                       });
  });
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(rows, 3);
}

TEST_P(StoreTest, appended_rows_come_back_from_one_row_to_ten_thousand) {
  auto store = open();
  const AppendTable notes{"note", {"shard", "id", "n"}};
  int64_t total = 0;
  for (const int64_t rows : {1, 2, 10'000}) {
    std::vector<std::string> ids;
    for (int64_t i = 0; i < rows; ++i) ids.push_back(Id128{1, static_cast<uint64_t>(total + i)}.bytes());
    std::vector<Param> cells;
    for (int64_t i = 0; i < rows; ++i) {
      cells.insert(cells.end(), {Param(7), Param(BytesView{ids[i]}), i % 3 ? Param(i) : Param()});
    }
    auto written = store->write([&](Transaction& tx) { return tx.append(notes, cells); });
    ASSERT_TRUE(written) << written.error().text();
    total += rows;
    EXPECT_EQ(count(*store, "note"), total);
  }
  Id128 id;
  (void)store->read([&](Reader& reader) {
    return reader.each("SELECT id FROM note ORDER BY id DESC LIMIT 1", {}, [&](const Row& row) -> Result<void> {
      id = row.id(0);
      return {};
    });
  });
  EXPECT_EQ(id, (Id128{1, static_cast<uint64_t>(total - 1)}));
}

TEST_P(StoreTest, a_query_may_run_inside_the_rows_of_the_same_query) {
  auto store = open();
  for (int id = 0; id < 4; ++id) ASSERT_TRUE(store->write(adding(id)));
  int pairs = 0;
  const std::string_view sql = "SELECT id FROM letter WHERE id >= ?";
  auto read = store->read([&](Reader& reader) {
    return reader.each(sql, {0}, [&](const Row& outer) {
      return reader.each(sql, {outer.integer(0)}, [&](const Row&) -> Result<void> {
        ++pairs;
        return {};
      });
    });
  });
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(pairs, 4 + 3 + 2 + 1);
}

TEST_P(StoreTest, a_failed_closure_takes_nothing_of_its_neighbours) {
  auto store = open();
  std::vector<Result<void>> results(3);
  std::atomic<int> answered = 0;
  auto note = [&](size_t i) { return [&, i](Result<void> r) { results[i] = std::move(r), ++answered; }; };
  store->write_later(adding(1), note(0));
  store->write_later(
      [](Transaction& tx) -> Result<void> {
        TRY(add_letter(tx, 2));
        return fail(ErrorCode::invalid, "changed my mind");
      },
      note(1));
  store->write_later(adding(3), note(2));
  store->close();
  ASSERT_EQ(answered, 3);
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().code, ErrorCode::invalid);
  EXPECT_TRUE(results[2]);
  EXPECT_EQ(count(*store), 2);
}

TEST_P(StoreTest, a_key_that_stands_already_is_a_conflict_and_the_store_goes_on) {
  auto store = open();
  ASSERT_TRUE(store->write(adding(1)));
  const auto again = store->write(adding(1));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_TRUE(store->write(adding(2)));
}

TEST_P(StoreTest, a_closure_that_ignores_a_failed_statement_fails_as_a_whole) {
  auto store = open();
  ASSERT_TRUE(store->write(adding(1)));
  const auto careless = store->write([](Transaction& tx) -> Result<void> {
    TRY(add_letter(tx, 2));
    (void)add_letter(tx, 1);
    return {};
  });
  ASSERT_FALSE(careless);
  EXPECT_EQ(careless.error().code, ErrorCode::conflict);
  EXPECT_EQ(count(*store), 1);
}

TEST_P(StoreTest, an_exception_in_a_closure_is_its_error_alone) {
  auto store = open();
  const auto thrown = store->write([](Transaction& tx) -> Result<void> {
    TRY(add_letter(tx, 1));
    throw std::runtime_error("from a library");
  });
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().code, ErrorCode::internal);
  EXPECT_THAT(thrown.error().text(), HasSubstr("from a library"));
  EXPECT_EQ(count(*store), 0);
}

TEST_P(StoreTest, many_callers_are_answered_each_with_its_own_result) {
  auto store = open();
  std::vector<std::thread> callers;
  std::atomic<int> kept = 0, refused = 0;
  for (int caller = 0; caller < 32; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 20; ++i) {
        // Each id is wanted by two callers; one of them gets it.
        store->write(adding(caller / 2 * 1000 + i)) ? ++kept : ++refused;
      }
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(kept, 16 * 20);
  EXPECT_EQ(refused, 16 * 20);
  EXPECT_EQ(count(*store), 16 * 20);
}

TEST_P(StoreTest, a_read_sees_one_snapshot_while_others_write) {
  auto store = open();
  ASSERT_TRUE(store->write(adding(1)));
  auto read = store->read([&](Reader& reader) -> Result<void> {
    EXPECT_EQ(*TRY(reader.integer("SELECT count(*) FROM letter")), 1);
    EXPECT_TRUE(store->write(adding(2)));
    EXPECT_EQ(*TRY(reader.integer("SELECT count(*) FROM letter")), 1);
    return {};
  });
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(count(*store), 2);
}

TEST_P(StoreTest, what_was_acknowledged_is_there_after_opening_again) {
  { ASSERT_TRUE(open()->write(adding(1))); }
  EXPECT_EQ(count(*open()), 1);
}

TEST_P(StoreTest, a_closed_store_refuses_writes_and_still_reads) {
  auto store = open();
  ASSERT_TRUE(store->write(adding(1)));
  store->close();
  store->close();
  EXPECT_EQ(store->write(adding(2)).error().code, ErrorCode::unavailable);
  EXPECT_EQ(count(*store), 1);
}

TEST_P(StoreTest, a_full_queue_answers_exhausted_to_those_who_do_not_wait) {
  auto store = open({.closures_per_commit_max = 1, .queued_closures_max = 2});
  std::atomic<bool> go = false, started = false;
  std::atomic<int> kept = 0, exhausted = 0;
  auto count_answer = [&](Result<void> r) { r ? ++kept : r.error().code == ErrorCode::exhausted ? ++exhausted : 0; };
  store->write_later(
      [&](Transaction&) -> Result<void> {
        started = true, started.notify_all();
        go.wait(false);
        return {};
      },
      count_answer);
  started.wait(false);
  for (int id = 0; id < 5; ++id) store->write_later(adding(id), count_answer);
  EXPECT_EQ(exhausted, 3);
  std::thread waits([&] { EXPECT_TRUE(store->write(adding(100))); });
  go = true, go.notify_all();
  waits.join();
  store->close();
  EXPECT_EQ(kept, 3);
  EXPECT_EQ(count(*store), 3);
}

// Migrations

TEST_P(StoreTest, migrations_run_once_and_later_ones_when_they_come) {
  { ASSERT_TRUE(open()->write(adding(1))); }
  auto more = kTables;
  more.push_back({"letters", 2,
                  "ALTER TABLE letter ADD COLUMN stamp {int}; -- a remark; with a semicolon\n"
                  "UPDATE letter SET body = 'a;b'"});
  auto store = try_open(more);
  ASSERT_TRUE(store) << store.error().text();
  (void)(*store)->read([&](Reader& reader) -> Result<void> {
    EXPECT_EQ(TRY(reader.text("SELECT body FROM letter WHERE stamp IS NULL")), "a;b");
    return {};
  });
}

TEST_P(StoreTest, a_migration_that_fails_leaves_nothing_behind) {
  auto broken = kTables;
  broken.push_back({"broken", 1, "CREATE TABLE half(n {int}); CREATE TABLE letter(n {int})"});
  const auto store = try_open(broken);
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().text(), HasSubstr("migration broken 1"));
  auto whole = open();
  EXPECT_FALSE(whole->read([](Reader& reader) -> Result<void> {
    TRY(reader.integer("SELECT count(*) FROM half"));
    return {};
  }));
}

TEST_P(StoreTest, a_store_of_a_newer_version_is_a_conflict_that_names_both) {
  auto newer = kTables;
  newer.push_back({"letters", 2, "CREATE TABLE stamp(n {int})"});
  { ASSERT_TRUE(try_open(newer)); }
  const auto older = try_open(kTables);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, ErrorCode::conflict);
  EXPECT_THAT(older.error().text(), HasSubstr("letters at version 1 or older"));
  EXPECT_THAT(older.error().text(), HasSubstr("version 2"));
}

TEST_P(StoreTest, a_changed_migration_is_corrupt) {
  { open(); }
  auto changed = kTables;
  changed[0].sql += " ";
  const auto store = try_open(changed);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::corrupt);
  EXPECT_THAT(store.error().text(), HasSubstr("letters 1"));
}

// Who may write

TEST_P(StoreTest, a_second_writer_is_told_who_holds_the_store) {
  auto first = open();
  const auto second = try_open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_THAT(second.error().text(), HasSubstr("process " + std::to_string(getpid())));
  first.reset();
  EXPECT_TRUE(try_open());
}

TEST_P(StoreTest, a_store_opened_read_only_beside_its_writer_reads_and_refuses_writes) {
  auto writer = open();
  ASSERT_TRUE(writer->write(adding(1)));
  auto reader = try_open(kTables, {.read_only = true});
  ASSERT_TRUE(reader) << reader.error().text();
  EXPECT_EQ(count(**reader), 1);
  EXPECT_EQ((*reader)->write(adding(2)).error().code, ErrorCode::forbidden);
  ASSERT_TRUE(writer->write(adding(3)));
  EXPECT_EQ(count(**reader), 2);
}

TEST_P(StoreTest, a_node_that_lost_its_lease_cannot_write) {
  auto store = open();
  ASSERT_TRUE(store->write(adding(1)));
  behind_its_back("UPDATE store_lease SET fence = fence + 1, holder = 'the other node'");
  const auto late = store->write(adding(2));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::unavailable);
  EXPECT_THAT(late.error().text(), HasSubstr("the other node"));
  EXPECT_EQ(count(*store), 1);
}

TEST_P(StoreTest, a_killed_writer_leaves_a_store_that_opens_with_all_it_acknowledged) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto store = try_open();
    if (!store || !(*store)->write(adding(1)) || !(*store)->write(adding(2))) _exit(1);
    if (write(ready[1], "x", 1) != 1) _exit(1);
    pause();
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]), close(ready[1]);
  Result<std::unique_ptr<Store>> store = try_open();
  // A server needs a moment to see that its client is gone.
  for (int i = 0; i < 100 && !store; ++i) usleep(20'000), store = try_open();
  ASSERT_TRUE(store) << store.error().text();
  EXPECT_EQ(count(**store), 2);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& test) { return test.param; });

// One engine's own ways to fail

class SqliteStoreTest : public StoreTest {};
class PostgresStoreTest : public StoreTest {};

// The limit of a file's size stands in for a full disk: writes beyond it fail the same way.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_;
};

TEST_P(SqliteStoreTest, a_full_disk_is_unavailable_leaves_the_store_as_it_was_and_passes) {
  auto store = open();
  ASSERT_TRUE(store->write(adding(1)));
  const std::string large(1 << 20, 'x');
  const auto add_large = [&](Transaction& tx) -> Result<void> {
    TRY(tx.execute("INSERT INTO letter(id, body) VALUES (2, ?)", {large}));
    return {};
  };
  {
    const FileSizeLimit full(256 << 10);
    const auto refused = store->write(add_large);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_THAT(refused.error().text(), HasSubstr("no space left"));
    EXPECT_EQ(count(*store), 1);
  }
  const auto later = store->write(add_large);
  EXPECT_TRUE(later) << later.error().text();
  EXPECT_EQ(count(*store), 2);
}

TEST_P(SqliteStoreTest, a_file_that_is_no_database_is_corrupt) {
  std::filesystem::create_directories(place_.where());
  std::ofstream(place_.where() + "/puhui.db") << std::string(8192, 'j');
  const auto store = try_open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::corrupt) << store.error().text();
}

TEST_P(SqliteStoreTest, a_folder_name_with_spaces_opens_and_is_durable_by_log_and_full_sync) {
  const std::string folder = place_.where() + "/a folder = with; spaces";
  auto store = open_store(folder, kTables, {kClock});
  ASSERT_TRUE(store) << store.error().text();
  EXPECT_TRUE(std::filesystem::exists(folder + "/puhui.db"));
  (void)(*store)->write([](Transaction& tx) -> Result<void> {
    EXPECT_EQ(TRY(tx.text("PRAGMA journal_mode")), "wal");
    EXPECT_EQ(TRY(tx.integer("PRAGMA synchronous")), 2);
    return {};
  });
}

TEST_P(SqliteStoreTest, a_place_that_cannot_be_made_says_so) {
  const auto store = open_store("/proc/no/such/place", kTables, {kClock});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::unavailable);
  EXPECT_EQ(open_store("ftp://there", kTables, {kClock}).error().code, ErrorCode::invalid);
}

INSTANTIATE_TEST_SUITE_P(Engines, SqliteStoreTest, ::testing::Values("sqlite"));

Result<void> raise(Transaction& tx, const std::string& state) {
  TRY(tx.execute("DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '" + state + "'; END $$"));
  return {};
}

TEST_P(PostgresStoreTest, serialisation_failures_and_deadlocks_are_retried_a_bounded_number_of_times) {
  auto store = open();
  for (const char* state : {"40001", "40P01"}) {
    int runs = 0;
    const auto tried = store->write([&](Transaction& tx) -> Result<void> {
      if (++runs < 3) TRY(raise(tx, state));
      return add_letter(tx, state[2]);
    });
    EXPECT_TRUE(tried) << tried.error().text();
    EXPECT_EQ(runs, 3);
  }
  int runs = 0;
  const auto hopeless = store->write([&](Transaction& tx) { return ++runs, raise(tx, "40001"); });
  ASSERT_FALSE(hopeless);
  EXPECT_EQ(hopeless.error().code, ErrorCode::unavailable);
  EXPECT_LT(runs, 100);
  EXPECT_EQ(count(*store), 2);
}

TEST_P(PostgresStoreTest, a_full_disk_of_the_server_is_unavailable_and_passes) {
  auto store = open();
  const auto full = store->write([](Transaction& tx) { return raise(tx, "53100"); });
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::unavailable);
  EXPECT_THAT(full.error().text(), HasSubstr("no space left"));
  EXPECT_TRUE(store->write(adding(1)));
}

TEST_P(PostgresStoreTest, a_lost_connection_is_made_again_and_the_batch_run_again) {
  auto store = open();
  int runs = 0;
  const auto written = store->write([&](Transaction& tx) -> Result<void> {
    TRY(add_letter(tx, 1));
    if (++runs == 1) TRY(tx.integer("SELECT pg_terminate_backend(pg_backend_pid())::int"));
    return {};
  });
  EXPECT_TRUE(written) << written.error().text();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(count(*store), 1);
}

TEST_P(PostgresStoreTest, readers_come_back_after_their_connections_were_cut) {
  auto store = open({.readers = 1});
  EXPECT_FALSE(store->read([](Reader& reader) -> Result<void> {
    TRY(reader.integer("SELECT pg_terminate_backend(pg_backend_pid())::int"));
    return {};
  }));
  EXPECT_EQ(count(*store), 0);
}

TEST_P(PostgresStoreTest, an_url_without_options_opens) {
  const std::string url = std::getenv("PUHUI_TEST_POSTGRES");
  const auto store = open_store(url, {}, {kClock});
  ASSERT_TRUE(store) << store.error().text();
  EXPECT_TRUE((*store)->write([](Transaction&) -> Result<void> { return {}; }));
}

TEST_P(PostgresStoreTest, text_with_a_nul_is_invalid_before_it_is_sent) {
  auto store = open();
  const auto refused = store->write([](Transaction& tx) -> Result<void> {
    TRY(tx.execute("INSERT INTO letter(id, body) VALUES (1, ?)", {std::string_view("a\0b", 3)}));
    return {};
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid);
  EXPECT_TRUE(store->write(adding(1)));
}

INSTANTIATE_TEST_SUITE_P(Engines, PostgresStoreTest, ::testing::ValuesIn([] {
                           auto engines = test_engines();
                           std::erase(engines, "sqlite");
                           return engines;
                         }()));
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresStoreTest);

TEST(StoreLocation, a_password_is_in_no_message) {
  for (const char* url :
       {"postgresql://teller:hunter2@127.0.0.1:1/bank", "postgresql://teller:hunter2@/?port=x",
        "postgresql://teller:p@hunter2@127.0.0.1:1/bank", "postgresql://teller@127.0.0.1:1/bank?password=hunter2",
        "postgresql://teller:%hunter2@127.0.0.1:1/bank"}) {
    const auto store = open_store(url, kTables, {kClock});
    ASSERT_FALSE(store) << url;
    EXPECT_THAT(store.error().text(), Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace puhui
