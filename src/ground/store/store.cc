#include "ground/store/store.h"

#include <unistd.h>

#include "ground/base/check.h"
#include "ground/store/engine.h"
#include "ground/store/group_commit.h"
#include "ground/store/schema.h"

namespace puhui {
namespace {

constexpr int64_t kShard = 0;

std::string this_process() {
  char host[256] = {};
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = '?';
  return "process " + std::to_string(::getpid()) + " on " + host;
}

class SqlStore : public Store {
 public:
  SqlStore(std::unique_ptr<Engine> engine, std::unique_ptr<ReaderPool> readers, StoreNeeds needs)
      : engine_(std::move(engine)), readers_(std::move(readers)), needs_(needs), faults_(needs.faults) {}
  ~SqlStore() override { close(); }

  void start_writer(std::unique_ptr<Connection> connection, Lease lease, StoreOptions options) {
    writer_ = std::make_unique<GroupCommit>(*engine_, std::move(connection), lease, needs_, options);
  }

  void join(Participant& participant) override {
    if (writer_) writer_->join(participant);
  }

  Result<void> write(Closure closure) override {
    if (!writer_) return read_only();
    return writer_->write(std::move(closure));
  }

  void write_later(Closure closure, Done done) override {
    if (!writer_) return done(read_only());
    writer_->write_later(std::move(closure), std::move(done));
  }

  Result<void> read(const std::function<Result<void>(Reader&)>& closure) override {
    if (faults_ != nullptr) TRY(faults_->before(StoreFaults::Step::read));
    LeasedReader reader(*readers_);
    TRY(reader->begin(Access::read));
    const auto end = [&](Connection* connection) { connection->rollback(); };
    const std::unique_ptr<Connection, decltype(end)> snapshot(&*reader, end);
    return closure(*reader);
  }

  std::string_view engine() const override { return engine_->name(); }
  std::string location() const override { return engine_->location(); }
  uint64_t bytes_on_disk() override { return engine_->bytes_on_disk(); }
  void close() override {
    if (writer_) writer_->close();
  }

 private:
  Result<void> read_only() const {
    return fail(ErrorCode::forbidden, engine_->location(), "this store was opened read-only");
  }

  std::unique_ptr<Engine> engine_;
  std::unique_ptr<ReaderPool> readers_;
  StoreNeeds needs_;
  StoreFaults* faults_;
  std::unique_ptr<GroupCommit> writer_;
};

bool is_postgres(std::string_view where) {
  return where.starts_with("postgresql://") || where.starts_with("postgres://");
}

Result<std::unique_ptr<Engine>> engine_for(std::string_view where, Access access, const std::string& holder) {
  if (is_postgres(where)) return postgres_engine(std::string(where));
  if (where.find("://") != std::string_view::npos || where.empty()) {
    return fail(ErrorCode::invalid, "store", "expected a folder or postgresql://user:password@host/database");
  }
  return sqlite_engine(std::string(where), access, holder);
}

template <class Read>
auto first_cell(Reader& reader, std::string_view sql, std::initializer_list<Param> params, Read read)
    -> Result<std::optional<decltype(read(std::declval<const Row&>()))>> {
  std::optional<decltype(read(std::declval<const Row&>()))> out;
  TRY(reader.each(sql, params, [&](const Row& row) -> Result<void> {
    if (!out && !row.is_null(0)) out = read(row);
    return {};
  }));
  return out;
}

}  // namespace

Id128 Row::id(size_t column) const {
  if (is_null(column)) return {};
  const auto id = Id128::from_bytes(bytes(column));
  CHECK(id.has_value(), "an id of 16 bytes");
  return *id;
}

Result<std::optional<int64_t>> Reader::integer(std::string_view sql, std::initializer_list<Param> params) {
  return first_cell(*this, sql, params, [](const Row& row) { return row.integer(0); });
}

Result<std::optional<std::string>> Reader::text(std::string_view sql, std::initializer_list<Param> params) {
  return first_cell(*this, sql, params, [](const Row& row) { return std::string(row.text(0)); });
}

Result<std::optional<std::string>> Reader::bytes(std::string_view sql, std::initializer_list<Param> params) {
  return first_cell(*this, sql, params, [](const Row& row) { return std::string(row.bytes(0)); });
}

Result<std::unique_ptr<Store>> open_store(std::string_view where, std::vector<Migration> migrations, StoreNeeds needs,
                                          StoreOptions options) {
  const std::string holder = this_process();
  const Access access = options.read_only ? Access::read : Access::write;
  auto engine = TRY(engine_for(where, access, holder));
  auto connection = TRY(engine->connect(access));
  Lease lease;
  if (options.read_only) {
    TRY(expect_migrations(*connection, migrations, engine->location()));
  } else {
    if (!TRY(engine->exclude_others(*connection))) {
      return fail(ErrorCode::unavailable, engine->location(),
                  "expected to be the only writer, but " + lease_holder(*connection) +
                      " has this store open: stop it first, or open read-only");
    }
    TRY(create_own_tables(*connection, *engine));
    TRY(run_migrations(*connection, *engine, migrations, needs.clock.now()));
    lease = TRY(take_lease(*connection, holder, kShard));
  }
  auto readers = TRY(engine->connect_readers(static_cast<size_t>(std::max(1, options.readers))));
  auto store = std::make_unique<SqlStore>(std::move(engine), std::move(readers), needs);
  if (!options.read_only) store->start_writer(std::move(connection), lease, options);
  return store;
}

}  // namespace puhui
