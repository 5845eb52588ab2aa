// SQLite behind the store's face. SOCI opens the sessions and runs settings and migrations; statements with
// parameters speak the sqlite3 API on SOCI's handle (docs/decisions/0010-soci-and-native-statements.md says why).
#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "ground/store/engine.h"

namespace puhui {
namespace {

using namespace sqlite_api;

constexpr size_t kStatementsMax = 512;  // prepared ones a connection keeps
constexpr size_t kRowsPerInsert = 16;   // one statement of 16 rows costs half of 16 statements
constexpr int kBusyWaitMs = 5000;       // another process checkpointing or reading the schema
constexpr EngineWords kWords = {"BLOB", "BLOB", "INTEGER", "REAL", "TEXT", "WITHOUT ROWID"};

// SOCI keeps its backend's type to itself, so the undefined-behaviour sanitizer cannot look at it.
__attribute__((no_sanitize("vptr"))) sqlite3* handle_of(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

bool is_out_of_space(int code, int system_error) {
  if ((code & 0xFF) == SQLITE_FULL) return true;
  return (code & 0xFF) == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG);
}

ErrorCode code_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
      return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID
                 ? ErrorCode::conflict
                 : ErrorCode::invalid;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::corrupt;
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM: return ErrorCode::exhausted;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: return ErrorCode::unavailable;
    default: return ErrorCode::internal;
  }
}

Error error_of(const std::string& folder, int code, int system_error, const std::string& message) {
  if (is_out_of_space(code, system_error)) {
    return {ErrorCode::unavailable,
            {{folder,
              "no space left (" + message + "): nothing of this write was kept; free some space and send it again"}}};
  }
  const ErrorCode kind = code_of(code);
  if (kind == ErrorCode::corrupt) {
    return {kind, {{folder, "the database is damaged (" + message + "): restore it from a backup"}}};
  }
  if (kind == ErrorCode::unavailable && system_error != 0) {
    return {kind, {{folder, message + " (" + std::strerror(system_error) + ")"}}};
  }
  return {kind, {{folder, message}}};
}

class SqliteRow : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(size_t column) const override { return sqlite3_column_type(statement_, checked(column)) == SQLITE_NULL; }
  int64_t integer(size_t column) const override { return sqlite3_column_int64(statement_, checked(column)); }
  double real(size_t column) const override { return sqlite3_column_double(statement_, checked(column)); }
  std::string_view text(size_t column) const override {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, checked(column)));
    return {data, length(column)};
  }
  std::string_view bytes(size_t column) const override {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, checked(column)));
    return {data, length(column)};
  }

 private:
  int checked(size_t column) const {
    CHECK(static_cast<int>(column) < sqlite3_column_count(statement_), "a column of the query");
    return static_cast<int>(column);
  }
  size_t length(size_t column) const {
    return static_cast<size_t>(sqlite3_column_bytes(statement_, static_cast<int>(column)));
  }
  sqlite3_stmt* statement_;
};

struct Statement {
  sqlite3_stmt* handle = nullptr;
  bool busy = false;  // being stepped: the same SQL nested inside its own rows needs another
};

// A statement in use; reset, or finalised when it is not the cached one, at the end.
class StatementUse {
 public:
  StatementUse(Statement* cached, sqlite3_stmt* own) : cached_(cached), own_(own) {
    if (cached_) cached_->busy = true;
  }
  StatementUse(StatementUse&& other) noexcept
      : cached_(std::exchange(other.cached_, nullptr)), own_(std::exchange(other.own_, nullptr)) {}
  ~StatementUse() {
    if (cached_) sqlite3_reset(cached_->handle), cached_->busy = false;
    if (own_) sqlite3_finalize(own_);
  }
  sqlite3_stmt* handle() const { return cached_ ? cached_->handle : own_; }

 private:
  Statement* cached_;
  sqlite3_stmt* own_;
};

class SqliteConnection : public Connection {
 public:
  SqliteConnection(soci::session& session, std::string folder) : session_(&session), folder_(std::move(folder)) {
    database_ = handle_of(session);
    sqlite3_extended_result_codes(database_, 1);
  }
  SqliteConnection(std::unique_ptr<soci::session> session, std::string folder)
      : SqliteConnection(*session, std::move(folder)) {
    owned_ = std::move(session);
  }
  ~SqliteConnection() override { forget_statements(); }

  Result<void> begin(Access access) override {
    forget_damage();
    return control(access == Access::write ? "BEGIN IMMEDIATE" : "BEGIN");
  }

  Result<void> commit() override {
    auto done = control("COMMIT");
    if (!done) rollback();
    return done;
  }

  void rollback() override {
    if (sqlite3_get_autocommit(database_) == 0) (void)control("ROLLBACK");
  }

  Result<void> command(const std::string& sql) override {
    try {
      session_->once << sql;
      return {};
    } catch (const std::exception& error) {
      // SOCI's exception keeps the text; the code is still on the handle.
      return failed(sqlite3_extended_errcode(database_), error.what());
    }
  }

  Result<void> reconnect() override { return {}; }

  Result<void> each(std::string_view sql, std::span<const Param> params, const Visit& visit) override {
    const StatementUse statement = TRY(prepared(sql));
    TRY(bind(statement.handle(), params));
    const SqliteRow row(statement.handle());
    int code;
    while ((code = sqlite3_step(statement.handle())) == SQLITE_ROW) TRY(visit(row));
    if (code != SQLITE_DONE) return failed(code, sqlite3_errmsg(database_));
    return {};
  }

  Result<int64_t> execute(std::string_view sql, std::span<const Param> params) override {
    TRY(touch());
    const StatementUse statement = TRY(prepared(sql));
    TRY(bind(statement.handle(), params));
    int code;
    while ((code = sqlite3_step(statement.handle())) == SQLITE_ROW) {
    }
    if (code != SQLITE_DONE) return failed(code, sqlite3_errmsg(database_));
    return sqlite3_changes64(database_);
  }

  Result<void> append(const AppendTable& table, std::span<const Param> cells) override {
    const size_t columns = table.columns.size();
    CHECK(columns > 0 && cells.size() % columns == 0, "whole rows");
    if (cells.empty()) return {};
    TRY(touch());
    const size_t many = columns * kRowsPerInsert;
    const size_t cut = cells.size() / many * many;
    TRY(insert(table, cells.first(cut), kRowsPerInsert));
    return insert(table, cells.subspan(cut), 1);
  }

 protected:
  Result<void> savepoint(const char* sql) override { return control(sql); }

 private:
  // `cells` are a multiple of `rows` rows, put in so many at a time.
  Result<void> insert(const AppendTable& table, std::span<const Param> cells, size_t rows) {
    if (cells.empty()) return {};
    const StatementUse statement = TRY(prepared(insert_into(table, rows)));
    const size_t step = table.columns.size() * rows;
    for (size_t at = 0; at < cells.size(); at += step) {
      TRY(bind(statement.handle(), cells.subspan(at, step)));
      const int code = sqlite3_step(statement.handle());
      if (code != SQLITE_DONE) return failed(code, sqlite3_errmsg(database_));
      sqlite3_reset(statement.handle());
    }
    return {};
  }

  static std::string insert_into(const AppendTable& table, size_t rows) {
    std::string row = "(?";
    for (size_t i = 1; i < table.columns.size(); ++i) row += ",?";
    std::string sql = "INSERT INTO " + table.name + "(" + join(table.columns, ",") + ") VALUES " + row + ")";
    for (size_t i = 1; i < rows; ++i) sql += "," + row + ")";
    return sql;
  }

  Result<void> control(std::string_view sql) {
    const StatementUse statement = TRY(prepared(sql));
    const int code = sqlite3_step(statement.handle());
    if (code != SQLITE_DONE) return failed(code, sqlite3_errmsg(database_));
    return {};
  }

  Result<StatementUse> prepared(std::string_view sql) {
    auto found = statements_.find(sql);
    if (found != statements_.end() && !found->second.busy) return StatementUse(&found->second, nullptr);
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                        &handle, nullptr);
    if (code != SQLITE_OK) return failed(code, sqlite3_errmsg(database_));
    if (found != statements_.end()) return StatementUse(nullptr, handle);
    if (statements_.size() >= kStatementsMax) return StatementUse(nullptr, handle);
    auto& kept = statements_.emplace(std::string(sql), Statement{handle}).first->second;
    return StatementUse(&kept, nullptr);
  }

  Result<void> bind(sqlite3_stmt* statement, std::span<const Param> params) {
    CHECK(sqlite3_bind_parameter_count(statement) == static_cast<int>(params.size()),
          "as many parameters as the statement has '?'");
    for (size_t i = 0; i < params.size(); ++i) {
      const int code = bind_one(statement, static_cast<int>(i) + 1, params[i].value());
      if (code != SQLITE_OK) return failed(code, sqlite3_errmsg(database_));
    }
    return {};
  }

  // Views live until the statement has been stepped, so nothing is copied.
  static int bind_one(sqlite3_stmt* statement, int place, const Param::Variant& value) {
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      return sqlite3_bind_int64(statement, place, *integer);
    }
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      return sqlite3_bind_text64(statement, place, text->data() ? text->data() : "", text->size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
    if (const auto* view = std::get_if<BytesView>(&value)) {
      const std::string_view bytes = view->bytes;
      return sqlite3_bind_blob64(statement, place, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_STATIC);
    }
    if (const auto* real = std::get_if<double>(&value)) {
      CHECK(std::isfinite(*real), "a finite number: SQLite would store NULL for NaN");
      return sqlite3_bind_double(statement, place, *real);
    }
    return sqlite3_bind_null(statement, place);
  }

  std::unexpected<Error> failed(int code, const std::string& message) {
    const int system_error = system_error_of(code);
    Damage damage = Damage::statement;
    if ((code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED) damage = Damage::retry;
    if (sqlite3_get_autocommit(database_) != 0) damage = std::max(damage, Damage::transaction);
    if ((code & 0xFF) == SQLITE_BUSY) damage = Damage::retry;
    return damaged(damage, error_of(folder_, code, system_error, message));
  }

  // SQLite's own note is lost when the rollback makes system calls, so the files are asked first.
  int system_error_of(int code) const {
    if ((code & 0xFF) != SQLITE_IOERR && (code & 0xFF) != SQLITE_CANTOPEN) return 0;
    for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
      sqlite3_file* file = nullptr;
      int system_error = 0;
      sqlite3_file_control(database_, "main", which, &file);
      if (file == nullptr || file->pMethods == nullptr) continue;
      file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &system_error);
      if (system_error != 0) return system_error;
    }
    return sqlite3_system_errno(database_);
  }

  void forget_statements() {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement.handle);
    statements_.clear();
  }

  struct SqlHash {
    using is_transparent = void;
    size_t operator()(std::string_view sql) const { return std::hash<std::string_view>()(sql); }
  };

  std::unique_ptr<soci::session> owned_;
  soci::session* session_;
  sqlite3* database_ = nullptr;
  std::string folder_;
  std::unordered_map<std::string, Statement, SqlHash, std::equal_to<>> statements_;
};

class SqlitePool : public ReaderPool {
 public:
  SqlitePool(std::unique_ptr<soci::connection_pool> pool, std::vector<std::unique_ptr<SqliteConnection>> connections)
      : pool_(std::move(pool)), connections_(std::move(connections)) {}
  size_t lease() override { return pool_->lease(); }
  Connection& at(size_t place) override { return *connections_[place]; }
  void give_back(size_t place) override { pool_->give_back(place); }

 private:
  std::unique_ptr<soci::connection_pool> pool_;
  std::vector<std::unique_ptr<SqliteConnection>> connections_;
};

class SqliteEngine : public Engine {
 public:
  SqliteEngine(std::string folder, Access access) : folder_(std::move(folder)), access_(access) {}
  ~SqliteEngine() override {
    if (lock_ >= 0) ::close(lock_);  // and with it the lock
  }

  std::string_view name() const override { return "sqlite"; }
  std::string location() const override { return folder_; }
  std::string translate(std::string_view sql) const override { return replace_words(sql, kWords); }
  Connection::Savepoints first_try() const override { return Connection::Savepoints::use; }

  uint64_t bytes_on_disk() override {
    uint64_t total = 0;
    for (const char* suffix : {"", "-wal"}) {
      std::error_code missing;
      const auto size = std::filesystem::file_size(database_path() + suffix, missing);
      if (!missing) total += size;
    }
    return total;
  }

  Result<std::unique_ptr<Connection>> connect(Access access) override {
    auto session = std::make_unique<soci::session>();
    TRY(open(*session, access));
    return std::make_unique<SqliteConnection>(std::move(session), folder_);
  }

  Result<std::unique_ptr<ReaderPool>> connect_readers(size_t count) override {
    auto pool = std::make_unique<soci::connection_pool>(count);
    std::vector<std::unique_ptr<SqliteConnection>> connections;
    for (size_t i = 0; i < count; ++i) {
      TRY(open(pool->at(i), Access::read));
      connections.push_back(std::make_unique<SqliteConnection>(pool->at(i), folder_));
    }
    return std::make_unique<SqlitePool>(std::move(pool), std::move(connections));
  }

  Result<bool> exclude_others(Connection&) override { return true; }  // the folder's lock did

  Result<void> prepare_folder() {
    if (folder_.find('"') != std::string::npos || folder_.find('\0') != std::string::npos) {
      return fail(ErrorCode::invalid, folder_, "expected a folder name without '\"': choose another");
    }
    if (access_ == Access::read) {
      if (std::filesystem::exists(database_path())) return {};
      return fail(ErrorCode::not_found, folder_, "expected a store: create it by opening it for writing");
    }
    std::error_code failure;
    if (std::filesystem::create_directories(folder_, failure)) {
      std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, failure);
    }
    if (!std::filesystem::is_directory(folder_)) {
      return fail(ErrorCode::unavailable, folder_,
                  "expected a folder, or a place where one can be made: " + failure.message());
    }
    return {};
  }

  // The kernel drops a file lock with its process, so a killed holder never locks the folder for good.
  Result<void> lock_folder(const std::string& holder) {
    const std::string path = folder_ + "/puhui.lock";
    lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) return fail(ErrorCode::unavailable, path, std::string("cannot open: ") + std::strerror(errno));
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      char other[256] = {};
      const ssize_t length = ::pread(lock_, other, sizeof other - 1, 0);
      return fail(ErrorCode::unavailable, folder_,
                  "expected to be the only writer, but " +
                      (length > 0 ? std::string(other) : std::string("another process")) +
                      " has this store open: stop it first, or open read-only");
    }
    // For people only: a disk too full to write it must not keep the store shut.
    if (::ftruncate(lock_, 0) == 0) (void)!::pwrite(lock_, holder.data(), holder.size(), 0);
    return {};
  }

 private:
  std::string database_path() const { return folder_ + "/puhui.db"; }

  Result<void> open(soci::session& session, Access access) {
    try {
      session.open(soci::sqlite3, "dbname=\"" + database_path() + "\"");
      auto set = [&](const std::string& pragma) { session.once << "PRAGMA " + pragma; };
      set("busy_timeout=" + std::to_string(kBusyWaitMs));
      set("page_size=4096");
      set("journal_mode=WAL");
      set("synchronous=FULL");
      set("wal_autocheckpoint=8192");       // 32 MB: fewer, longer copies back than the default 4 MB
      set("journal_size_limit=134217728");  // a log that grew beyond 128 MB is cut after its checkpoint
      set("cache_size=-65536");             // 64 MB
      set("mmap_size=268435456");           // 256 MB read without a copy
      set("temp_store=MEMORY");
      if (access == Access::read) set("query_only=1");
      return {};
    } catch (const soci::sqlite3_soci_error& error) {
      return fail(error_of(folder_, error.result(), 0, error.what()));
    } catch (const std::exception& error) {
      return fail(ErrorCode::unavailable, folder_, error.what());
    }
  }

  std::string folder_;
  Access access_;
  int lock_ = -1;
};

}  // namespace

Result<std::unique_ptr<Engine>> sqlite_engine(std::string folder, Access access, const std::string& holder) {
  auto engine = std::make_unique<SqliteEngine>(std::move(folder), access);
  TRY(engine->prepare_folder());
  if (access == Access::write) TRY(engine->lock_folder(holder));
  return engine;
}

}  // namespace puhui
