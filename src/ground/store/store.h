// Store: one SQL store with two engines behind one face, SQLite (a folder) or PostgreSQL (an URL).
// Writes are closures: many callers' closures are packed into one durable commit by one writer thread.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ground/base/clock.h"
#include "ground/base/cpu_account.h"
#include "ground/base/id.h"
#include "ground/base/result.h"

namespace puhui {

// Bytes as against text: BLOB or BYTEA.
struct BytesView {
  std::string_view bytes;
};

// One value on its way into the store. Views must live until the call returns.
class Param {
 public:
  Param() = default;  // NULL
  Param(std::nullopt_t) {}
  Param(int64_t v) : value_(v) {}
  Param(int v) : value_(int64_t{v}) {}
  Param(uint32_t v) : value_(int64_t{v}) {}
  Param(bool) = delete;  // say 0 or 1: the engines disagree on booleans
  Param(double v) : value_(v) {}
  Param(std::string_view text) : value_(text) {}
  Param(const std::string& text) : value_(std::string_view(text)) {}
  Param(const char* text) : value_(std::string_view(text)) {}
  Param(BytesView bytes) : value_(bytes) {}
  using Variant = std::variant<std::monostate, int64_t, double, std::string_view, BytesView>;
  const Variant& value() const { return value_; }

 private:
  Variant value_;
};

// One row on its way out; views are good until the next row. Columns are numbered from 0.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(size_t column) const = 0;
  virtual int64_t integer(size_t column) const = 0;  // 0 for NULL
  virtual double real(size_t column) const = 0;
  virtual std::string_view text(size_t column) const = 0;  // empty for NULL
  virtual std::string_view bytes(size_t column) const = 0;
  Id128 id(size_t column) const;  // from 16 bytes; zero for NULL. CHECKs the length.
};

// A table that is only ever appended to, for append(): name and columns as in its migration.
struct AppendTable {
  std::string name;
  std::vector<std::string> columns;
};

// Reads see one snapshot from first to last. SQL uses '?' for parameters on both engines. PostgreSQL holds a
// query's whole result in memory: page a large scan by its key.
class Reader {
 public:
  virtual ~Reader() = default;
  using Visit = std::function<Result<void>(const Row&)>;
  // Calls `visit` for each row; an error from it stops and is returned.
  virtual Result<void> each(std::string_view sql, std::span<const Param> params, const Visit& visit) = 0;
  Result<void> each(std::string_view sql, std::initializer_list<Param> params, const Visit& visit) {
    return each(sql, std::span(params.begin(), params.size()), visit);
  }
  // The first row's first column.
  Result<std::optional<int64_t>> integer(std::string_view sql, std::initializer_list<Param> params = {});
  Result<std::optional<std::string>> text(std::string_view sql, std::initializer_list<Param> params = {});
  Result<std::optional<std::string>> bytes(std::string_view sql, std::initializer_list<Param> params = {});
};

// A closure with a failed statement fails as a whole, even when it returns well: half of what was meant is
// never kept (PostgreSQL could not anyway). Ask before, or say ON CONFLICT, where a clash is expected.
class Transaction : public Reader {
 public:
  // Rows changed. A unique key that stands already is `conflict`.
  virtual Result<int64_t> execute(std::string_view sql, std::span<const Param> params) = 0;
  Result<int64_t> execute(std::string_view sql, std::initializer_list<Param> params = {}) {
    return execute(sql, std::span(params.begin(), params.size()));
  }
  // Appends rows (cells.size() / columns of them, row after row) the engine's fastest way: one prepared
  // statement of the sqlite3 API, or COPY. On PostgreSQL the columns' types must be those of Migration's words.
  virtual Result<void> append(const AppendTable& table, std::span<const Param> cells) = 0;
};

// In-memory state that moves with the store: ledger balances, the evidence chain's head.
// All calls come from the writer thread, in the order: (begin_closure, [undo_closure])*, flush, committed
// or aborted. After `aborted` the closures may run again (a serialisation failure is retried).
class Participant {
 public:
  virtual ~Participant() = default;
  virtual void begin_closure() = 0;                 // changes from here belong to the next closure
  virtual void undo_closure() = 0;                  // that closure failed: take its changes back
  virtual Result<void> flush(Transaction& tx) = 0;  // write what the batch gathered
  virtual void committed() = 0;                     // it is durable: publish it
  virtual void aborted() = 0;                       // nothing since the last committed() happened
};

// One step of one module's tables. SQL is portable; these words differ by engine and are replaced:
//   {id} BLOB | BYTEA (16 bytes)   {bytes} BLOB | BYTEA   {int} INTEGER | BIGINT   {real} REAL | DOUBLE PRECISION
//   {text} TEXT   {clustered} WITHOUT ROWID | nothing
struct Migration {
  std::string module;  // "ledger"
  int version = 0;     // 1, 2, … within the module; once released, never changed
  std::string sql;     // statements separated by ';'
};

// Where a test makes the store fail, or the process die. Null in production.
class StoreFaults {
 public:
  enum class Step { begin, closure, flush, commit, acknowledge, read };
  virtual ~StoreFaults() = default;
  virtual Result<void> before(Step step) = 0;  // an error makes that step fail with it
};

struct StoreNeeds {
  const Clock& clock;
  StoreFaults* faults = nullptr;
  CpuAccounts* cpu = nullptr;  // a closure is charged to the account of who queued it, a commit to all it is for
};

struct StoreOptions {
  size_t closures_per_commit_max = 8192;
  size_t queued_closures_max = 65536;  // beyond it write() waits; write_later() answers `exhausted`
  int readers = 4;                     // read connections
  bool read_only = false;              // takes no lease; write() is `forbidden`
};

class Store {
 public:
  using Closure = std::function<Result<void>(Transaction&)>;
  using Done = std::function<void(Result<void>)>;
  virtual ~Store() = default;

  // In a fixed order. It takes part in every batch of closures queued from now on, in none that runs already, and
  // outlives the store's last write.
  virtual void join(Participant& participant) = 0;

  // Runs the closure on the writer thread inside a transaction, returns when it is durable or failed.
  // The closure may run again after a serialisation failure, so its only effects are in the transaction
  // and in Participants. A closure that fails takes nothing of its neighbours in the batch with it.
  virtual Result<void> write(Closure closure) = 0;
  // The same without waiting; `done` is called on the writer thread, or at once when it cannot be queued.
  virtual void write_later(Closure closure, Done done) = 0;

  // On one of `readers` connections; waits for a free one, so a read inside a read can wait for ever.
  virtual Result<void> read(const std::function<Result<void>(Reader&)>& closure) = 0;

  virtual std::string_view engine() const = 0;  // "sqlite" or "postgresql"
  virtual std::string location() const = 0;     // without a password
  virtual uint64_t bytes_on_disk() = 0;         // data and log; 0 where the engine does not say
  // Waits for queued writes, then refuses new ones with `unavailable`.
  virtual void close() = 0;
};

// `where`: a folder (made if missing) or postgresql://…; runs the migrations that are missing, takes the
// lease (one writer a store: `unavailable` names who holds it) and raises its fencing number.
// A store whose modules are of a newer version than `migrations` know is `conflict`.
Result<std::unique_ptr<Store>> open_store(std::string_view where, std::vector<Migration> migrations, StoreNeeds needs,
                                          StoreOptions options = {});

}  // namespace puhui
