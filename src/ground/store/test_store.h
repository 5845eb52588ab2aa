// For tests only: a fresh place for a store on each engine, gone at the end. The suites that use it run on
// SQLite always, and on PostgreSQL when PUHUI_TEST_POSTGRES holds an URL (tests/postgres.sh makes one).
#pragma once

#include <libpq-fe.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "ground/base/check.h"
#include "ground/store/store.h"

namespace puhui {

inline std::vector<std::string> test_engines() {
  if (std::getenv("PUHUI_TEST_POSTGRES") != nullptr) return {"sqlite", "postgresql"};
  static const int said = std::fprintf(stderr, "skipped: PUHUI_TEST_POSTGRES not set, so SQLite only\n");
  (void)said;
  return {"sqlite"};
}

class TestStore {
 public:
  explicit TestStore(const std::string& engine) : postgres_(engine == "postgresql") {
    static int made = 0;
    name_ = "puhui_test_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
    if (postgres_) {
      sql("CREATE SCHEMA " + name_);
      const std::string url = std::getenv("PUHUI_TEST_POSTGRES");
      where_ = url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + name_;
    } else {
      // In memory where there is such a place: no test pulls the plug, and a disk's syncs would be most of its time.
      const std::filesystem::path memory = "/dev/shm";
      const bool there = std::filesystem::is_directory(memory);
      where_ = ((there ? memory : std::filesystem::temp_directory_path()) / name_).string();
      std::filesystem::remove_all(where_);
    }
  }
  ~TestStore() {
    if (postgres_) {
      sql("DROP SCHEMA " + name_ + " CASCADE");
    } else {
      std::filesystem::remove_all(where_);
    }
  }
  TestStore(const TestStore&) = delete;
  TestStore& operator=(const TestStore&) = delete;

  const std::string& where() const { return where_; }
  bool is_postgres() const { return postgres_; }

  // Behind the store's back, on PostgreSQL: what another node or an operator does.
  void sql(const std::string& statement) const {
    PGconn* connection = PQconnectdb(std::getenv("PUHUI_TEST_POSTGRES"));
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    PQclear(PQexec(connection, ("SET search_path TO " + name_).c_str()));
    PGresult* result = PQexec(connection, statement.c_str());
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      std::fprintf(stderr, "%s: %s\n", statement.c_str(), PQerrorMessage(connection));
    }
    CHECK(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "the test's server answers");
    PQclear(result);
    PQfinish(connection);
  }

 private:
  bool postgres_;
  std::string name_, where_;
};

}  // namespace puhui
