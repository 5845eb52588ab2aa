// What the group-commit writer needs of an engine: connections that run one transaction at a time.
// Not for other modules; the store's face is store.h.
#pragma once

#include <memory>
#include <string>

#include "ground/store/store.h"

namespace puhui {

// How the last failed statement left its transaction.
enum class Damage {
  none,         // no statement failed since begin()
  statement,    // the statement did nothing; the transaction needs its closure undone
  retry,        // serialisation failure, deadlock, busy: run the whole transaction again
  transaction,  // the engine rolled the whole transaction back (a full disk, an I/O error)
  lost,         // the connection is gone
};

enum class Access { write, read };

// One session with its prepared statements. One thread's at a time.
class Connection : public Transaction {
 public:
  virtual Result<void> begin(Access access) = 0;
  virtual Result<void> commit() = 0;
  virtual void rollback() = 0;  // never fails: what cannot be rolled back is gone with its session
  // One statement without parameters: migrations, the lease, settings. Goes through SOCI.
  virtual Result<void> command(const std::string& sql) = 0;
  // After `lost`: a new session, outside a transaction.
  virtual Result<void> reconnect() = 0;

  // A closure's bracket. With `savepoints` the closure's changes can be taken back alone; without, a
  // failed closure that touched the store costs the batch (the writer then runs it again with them).
  enum class Savepoints { use, spare };
  void open_closure(Savepoints savepoints);
  Result<void> keep_closure();
  // False when the closure's changes could not be taken back alone.
  bool undo_closure();

  Damage damage() const { return damage_; }
  // The first failed statement since open_closure() or begin().
  const std::optional<Error>& failure() const { return failure_; }

 protected:
  // Engines call it before a statement that could leave something to undo.
  Result<void> touch();
  // Engines report each failed statement; the worst damage and the first error stay.
  std::unexpected<Error> damaged(Damage damage, Error error);
  void forget_damage();
  virtual Result<void> savepoint(const char* sql) = 0;

 private:
  Damage damage_ = Damage::none;
  std::optional<Error> failure_;
  Savepoints savepoints_ = Savepoints::spare;
  bool touched_ = false;
  bool savepoint_set_ = false;
};

// A closed set of connections for reading; lease() waits for a free one.
class ReaderPool {
 public:
  virtual ~ReaderPool() = default;
  virtual size_t lease() = 0;
  virtual Connection& at(size_t place) = 0;
  virtual void give_back(size_t place) = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string_view name() const = 0;
  virtual std::string location() const = 0;
  virtual uint64_t bytes_on_disk() = 0;
  // {id}, {bytes}, … of a migration in this engine's words.
  virtual std::string translate(std::string_view sql) const = 0;
  // A savepoint costs a round trip on a server: worth risking to run a batch twice instead.
  virtual Connection::Savepoints first_try() const = 0;

  virtual Result<std::unique_ptr<Connection>> connect(Access access) = 0;
  virtual Result<std::unique_ptr<ReaderPool>> connect_readers(size_t count) = 0;
  // Keeps other writers out of a server while `connection` lives: false when one is in.
  virtual Result<bool> exclude_others(Connection& connection) = 0;
};

// For writing, keeps other writers out while it lives: `unavailable` names the one that is in; `holder` names us.
Result<std::unique_ptr<Engine>> sqlite_engine(std::string folder, Access access, const std::string& holder);
Result<std::unique_ptr<Engine>> postgres_engine(const std::string& url);

// The migration's words that differ by engine, replaced.
struct EngineWords {
  std::string_view id, bytes, integer, real, text, clustered;
};
std::string replace_words(std::string_view sql, const EngineWords& words);
// Statements of a migration: cut at ';' outside quotes and comments.
std::vector<std::string> statements_of(std::string_view sql);

// RAII of a pool place.
class LeasedReader {
 public:
  explicit LeasedReader(ReaderPool& pool) : pool_(pool), place_(pool.lease()) {}
  ~LeasedReader() { pool_.give_back(place_); }
  LeasedReader(const LeasedReader&) = delete;
  LeasedReader& operator=(const LeasedReader&) = delete;
  Connection& operator*() { return pool_.at(place_); }
  Connection* operator->() { return &pool_.at(place_); }

 private:
  ReaderPool& pool_;
  size_t place_;
};

}  // namespace puhui
