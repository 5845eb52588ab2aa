// PostgreSQL (and what speaks its wire) behind the store's face. SOCI opens the sessions and runs settings
// and migrations; statements with parameters and COPY speak libpq on SOCI's connection
// (docs/decisions/0010-soci-and-native-statements.md says why).
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <thread>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "ground/store/engine.h"

namespace puhui {
namespace {

constexpr size_t kStatementsMax = 512;       // prepared ones a connection keeps
constexpr size_t kCopyChunkBytes = 1 << 18;  // handed to libpq at once
constexpr Oid kByteaOid = 17;
constexpr EngineWords kWords = {"BYTEA", "BYTEA", "BIGINT", "DOUBLE PRECISION", "TEXT", ""};

using ResultHandle = std::unique_ptr<PGresult, decltype([](PGresult* result) { PQclear(result); })>;

// SOCI keeps its backend's type to itself, so the undefined-behaviour sanitizer cannot look at it.
__attribute__((no_sanitize("vptr"))) PGconn* handle_of(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

struct Failure {
  ErrorCode code;
  Damage damage;
};

Failure failure_of(std::string_view state) {
  if (state == "40001" || state == "40P01" || state == "55P03") return {ErrorCode::unavailable, Damage::retry};
  if (state == "23505") return {ErrorCode::conflict, Damage::statement};
  if (state == "53200" || state == "54000") return {ErrorCode::exhausted, Damage::statement};
  if (state == "42501" || state == "25006") return {ErrorCode::forbidden, Damage::statement};
  const std::string_view kind = state.substr(0, 2);
  if (kind == "22" || kind == "23") return {ErrorCode::invalid, Damage::statement};
  if (kind == "XX") return {ErrorCode::corrupt, Damage::statement};
  if (kind == "08" || state.substr(0, 3) == "57P") return {ErrorCode::unavailable, Damage::lost};
  if (kind == "53" || kind == "58") return {ErrorCode::unavailable, Damage::statement};
  return {ErrorCode::internal, Damage::statement};
}

// `state` is the five characters of SQLSTATE, empty when the server said none.
Error error_of(const std::string& location, std::string_view state, std::string_view message) {
  const std::string text(trim(message));
  if (state == "53100") {
    return {ErrorCode::unavailable,
            {{location,
              "no space left (" + text + "): nothing of this write was kept; free some space and send it again"}}};
  }
  if (state.empty()) {
    return {ErrorCode::unavailable, {{location, "the server is away (" + text + "): try again later"}}};
  }
  const Failure failure = failure_of(state);
  if (failure.code == ErrorCode::corrupt) {
    return {failure.code, {{location, "the database is damaged (" + text + "): restore it from a backup"}}};
  }
  return {failure.code, {{location, text + " (SQLSTATE " + std::string(state) + ")"}}};
}

class PostgresRow : public Row {
 public:
  explicit PostgresRow(PGresult* result) : result_(result), decoded_(static_cast<size_t>(PQnfields(result))) {}
  void move_to(int row) { row_ = row; }

  bool is_null(size_t column) const override { return PQgetisnull(result_, row_, checked(column)) != 0; }
  int64_t integer(size_t column) const override {
    const std::string_view digits = text(column);
    int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  double real(size_t column) const override {
    const std::string_view digits = text(column);
    double value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  std::string_view text(size_t column) const override {
    return {PQgetvalue(result_, row_, checked(column)),
            static_cast<size_t>(PQgetlength(result_, row_, static_cast<int>(column)))};
  }
  // BYTEA comes as "\x" and hex digits.
  std::string_view bytes(size_t column) const override {
    const std::string_view value = text(column);
    if (PQftype(result_, static_cast<int>(column)) != kByteaOid || !value.starts_with("\\x")) return value;
    std::string& out = decoded_[column];
    out.resize((value.size() - 2) / 2);
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<char>(digit(value[2 * i + 2]) << 4 | digit(value[2 * i + 3]));
    }
    return out;
  }

 private:
  static int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }
  int checked(size_t column) const {
    CHECK(column < decoded_.size(), "a column of the query");
    return static_cast<int>(column);
  }
  PGresult* result_;
  int row_ = 0;
  mutable std::vector<std::string> decoded_;  // views of bytes() stay good until the next row
};

// Parameters as libpq wants them: numbers and text as text, bytes as they are.
class BoundParams {
 public:
  Result<void> bind(std::span<const Param> params) {
    texts_.reserve(params.size());
    for (const Param& param : params) TRY(add(param.value()));
    return {};
  }
  int size() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  Result<void> add(const Param::Variant& value) {
    if (const auto* integer = std::get_if<int64_t>(&value)) return add_text(std::to_string(*integer));
    if (const auto* real = std::get_if<double>(&value)) {
      CHECK(std::isfinite(*real), "a finite number");
      return add_text(format_double(*real));
    }
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      if (text->find('\0') != std::string_view::npos) {
        return fail(ErrorCode::invalid, "expected text without NUL characters: send such values as bytes");
      }
      return add_text(std::string(*text));
    }
    if (const auto* view = std::get_if<BytesView>(&value)) {
      add_raw(view->bytes.data() ? view->bytes.data() : "", view->bytes.size(), 1);
      return {};
    }
    add_raw(nullptr, 0, 0);
    return {};
  }
  Result<void> add_text(std::string text) {
    texts_.push_back(std::move(text));
    add_raw(texts_.back().c_str(), texts_.back().size(), 0);
    return {};
  }
  void add_raw(const char* data, size_t size, int format) {
    values_.push_back(data);
    lengths_.push_back(static_cast<int>(size));
    formats_.push_back(format);
  }
  std::vector<std::string> texts_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
};

// The binary form of COPY: signature, rows of (count, length, bytes), the end mark. All big-endian.
class CopyWriter {
 public:
  CopyWriter() { out_.assign("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19); }
  void row(std::span<const Param> cells) {
    big_endian(static_cast<uint16_t>(cells.size()));
    for (const Param& cell : cells) this->cell(cell.value());
  }
  void end() { big_endian(static_cast<uint16_t>(0xFFFF)); }
  std::string& bytes() { return out_; }

 private:
  void cell(const Param::Variant& value) {
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      big_endian(uint32_t{8});
      big_endian(static_cast<uint64_t>(*integer));
    } else if (const auto* real = std::get_if<double>(&value)) {
      big_endian(uint32_t{8});
      big_endian(std::bit_cast<uint64_t>(*real));
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      raw(*text);
    } else if (const auto* view = std::get_if<BytesView>(&value)) {
      raw(view->bytes);
    } else {
      big_endian(uint32_t{0xFFFFFFFF});
    }
  }
  void raw(std::string_view bytes) {
    big_endian(static_cast<uint32_t>(bytes.size()));
    out_ += bytes;
  }
  template <class T>
  void big_endian(T value) {
    for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
      out_ += static_cast<char>(value >> shift & 0xFF);
    }
  }
  std::string out_;
};

// '?' outside quotes becomes $1, $2, …
std::string numbered(std::string_view sql) {
  std::string out;
  int number = 0;
  bool quoted = false;
  for (const char c : sql) {
    if (c == '\'') quoted = !quoted;
    if (c == '?' && !quoted) {
      out += '$' + std::to_string(++number);
    } else {
      out += c;
    }
  }
  return out;
}

class PostgresConnection : public Connection {
 public:
  PostgresConnection(soci::session& session, std::string location)
      : session_(&session), location_(std::move(location)) {
    take_handle();
  }
  PostgresConnection(std::unique_ptr<soci::session> session, std::string location)
      : PostgresConnection(*session, std::move(location)) {
    owned_ = std::move(session);
  }

  Result<void> begin(Access access) override {
    if (PQstatus(handle_) != CONNECTION_OK && access == Access::read) TRY(reconnect());
    forget_damage();
    if (PQtransactionStatus(handle_) != PQTRANS_IDLE) rollback();
    return control(access == Access::write ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }

  Result<void> commit() override {
    const ResultHandle result(PQexec(handle_, "COMMIT"));
    TRY(checked(result.get()));
    // A transaction with a failed statement inside "commits" by rolling back.
    if (std::string_view(PQcmdStatus(result.get())) == "COMMIT") return {};
    return damaged(Damage::transaction, error_of(location_, "25P02", "the server rolled the transaction back"));
  }

  void rollback() override {
    if (PQtransactionStatus(handle_) == PQTRANS_IDLE) return;
    ResultHandle(PQexec(handle_, "ROLLBACK"));
  }

  Result<void> command(const std::string& sql) override {
    try {
      session_->once << sql;
      return {};
    } catch (const soci::postgresql_soci_error& error) {
      return failed(error.sqlstate(), error.what());
    } catch (const std::exception& error) {
      return failed("XX000", error.what());
    }
  }

  Result<void> reconnect() override {
    statements_.clear();
    try {
      session_->reconnect();
      take_handle();
      forget_damage();
      return {};
    } catch (const std::exception& error) {
      return damaged(Damage::lost, error_of(location_, "", error.what()));
    }
  }

  Result<void> each(std::string_view sql, std::span<const Param> params, const Visit& visit) override {
    TRY(touch());
    const ResultHandle result = TRY(run(sql, params));
    PostgresRow row(result.get());
    const int rows = PQntuples(result.get());
    for (int i = 0; i < rows; ++i) {
      row.move_to(i);
      TRY(visit(row));
    }
    return {};
  }

  Result<int64_t> execute(std::string_view sql, std::span<const Param> params) override {
    TRY(touch());
    const ResultHandle result = TRY(run(sql, params));
    return parse_int64(PQcmdTuples(result.get())).value_or(0);
  }

  Result<void> append(const AppendTable& table, std::span<const Param> cells) override {
    const size_t columns = table.columns.size();
    CHECK(columns > 0 && cells.size() % columns == 0, "whole rows");
    if (cells.empty()) return {};
    if (cells.size() == columns) {
      TRY(execute(insert_into(table), cells));
      return {};
    }
    TRY(touch());
    return copy(table, cells);
  }

 protected:
  Result<void> savepoint(const char* sql) override { return control(sql); }

 private:
  void take_handle() {
    handle_ = handle_of(*session_);
    PQsetNoticeProcessor(
        handle_, [](void*, const char*) {}, nullptr);
  }

  static std::string insert_into(const AppendTable& table) {
    std::string sql = "INSERT INTO " + table.name + "(" + join(table.columns, ",") + ") VALUES (?";
    for (size_t i = 1; i < table.columns.size(); ++i) sql += ",?";
    return sql + ")";
  }

  Result<void> copy(const AppendTable& table, std::span<const Param> cells) {
    const std::string sql = "COPY " + table.name + "(" + join(table.columns, ",") + ") FROM STDIN (FORMAT binary)";
    const ResultHandle start(PQexec(handle_, sql.c_str()));
    if (PQresultStatus(start.get()) != PGRES_COPY_IN) return checked(start.get());
    CopyWriter writer;
    bool sent = true;
    auto send = [&] {
      sent = sent && PQputCopyData(handle_, writer.bytes().data(), static_cast<int>(writer.bytes().size())) == 1;
      writer.bytes().clear();
    };
    const size_t columns = table.columns.size();
    for (size_t at = 0; at < cells.size(); at += columns) {
      writer.row(cells.subspan(at, columns));
      if (writer.bytes().size() >= kCopyChunkBytes) send();
    }
    writer.end();
    send();
    sent = PQputCopyEnd(handle_, nullptr) == 1 && sent;
    Result<void> outcome;
    while (const ResultHandle result{PQgetResult(handle_)}) {
      auto one = checked(result.get());
      if (outcome && !one) outcome = one;
    }
    if (outcome && !sent) return failed("08006", PQerrorMessage(handle_));
    return outcome;
  }

  Result<ResultHandle> run(std::string_view sql, std::span<const Param> params) {
    BoundParams bound;
    if (auto ok = bound.bind(params); !ok) return damaged(Damage::statement, std::move(ok).error());
    const std::string* name = nullptr;
    auto found = statements_.find(sql);
    if (found != statements_.end()) {
      name = &found->second;
    } else if (statements_.size() < kStatementsMax) {
      std::string fresh = "puhui_" + std::to_string(statements_.size());
      const ResultHandle prepared(PQprepare(handle_, fresh.c_str(), numbered(sql).c_str(), 0, nullptr));
      TRY(checked(prepared.get()));
      name = &statements_.emplace(std::string(sql), std::move(fresh)).first->second;
    }
    ResultHandle result(
        name ? PQexecPrepared(handle_, name->c_str(), bound.size(), bound.values(), bound.lengths(), bound.formats(), 0)
             : PQexecParams(handle_, numbered(sql).c_str(), bound.size(), nullptr, bound.values(), bound.lengths(),
                            bound.formats(), 0));
    TRY(checked(result.get()));
    return result;
  }

  Result<void> control(const char* sql) {
    const ResultHandle result(PQexec(handle_, sql));
    return checked(result.get());
  }

  Result<void> checked(const PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return failed(state ? state : "", message ? message : PQerrorMessage(handle_));
  }

  std::unexpected<Error> failed(std::string_view state, std::string_view message) {
    const bool gone = PQstatus(handle_) != CONNECTION_OK;
    const Damage damage = gone || state.empty() ? Damage::lost : failure_of(state).damage;
    return damaged(damage, error_of(location_, state, message));
  }

  struct SqlHash {
    using is_transparent = void;
    size_t operator()(std::string_view sql) const { return std::hash<std::string_view>()(sql); }
  };

  std::unique_ptr<soci::session> owned_;
  soci::session* session_;
  std::string location_;
  PGconn* handle_ = nullptr;
  std::unordered_map<std::string, std::string, SqlHash, std::equal_to<>> statements_;
};

class PostgresPool : public ReaderPool {
 public:
  PostgresPool(std::unique_ptr<soci::connection_pool> pool,
               std::vector<std::unique_ptr<PostgresConnection>> connections)
      : pool_(std::move(pool)), connections_(std::move(connections)) {}
  size_t lease() override { return pool_->lease(); }
  Connection& at(size_t place) override { return *connections_[place]; }
  void give_back(size_t place) override { pool_->give_back(place); }

 private:
  std::unique_ptr<soci::connection_pool> pool_;
  std::vector<std::unique_ptr<PostgresConnection>> connections_;
};

struct Address {
  std::string location;    // user, host, port and database; never the password
  std::string connection;  // as "key='value' …": SOCI takes an URL apart at its '=' and '&'
};

Result<Address> address_of(const std::string& url) {
  char* message = nullptr;
  PQconninfoOption* options = PQconninfoParse(url.c_str(), &message);
  PQfreemem(message);  // it may quote the password
  const auto authority = url.substr(0, url.find_first_of("/?", url.find("://") + 3));
  if (options == nullptr || std::count(authority.begin(), authority.end(), '@') > 1) {
    PQconninfoFree(options);
    return fail(ErrorCode::invalid, "store",
                "expected postgresql://user:password@host:port/database, special characters as %40 for '@'");
  }
  std::map<std::string, std::string> values;
  Address address;
  for (const auto* option = options; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    values[option->keyword] = option->val;
    address.connection += std::string(option->keyword) + "='";
    for (const char c : std::string_view(option->val)) {
      if (c == '\'' || c == '\\') address.connection += '\\';
      address.connection += c;
    }
    address.connection += "' ";
  }
  PQconninfoFree(options);
  std::string& out = address.location = "postgresql://";
  if (values.contains("user")) out += values["user"] + "@";
  out += values["host"];
  if (values.contains("port")) out += ":" + values["port"];
  out += "/" + values["dbname"];
  return address;
}

class PostgresEngine : public Engine {
 public:
  explicit PostgresEngine(Address address)
      : connection_(std::move(address.connection)), location_(std::move(address.location)) {}
  std::string_view name() const override { return "postgresql"; }
  std::string location() const override { return location_; }
  uint64_t bytes_on_disk() override { return 0; }
  std::string translate(std::string_view sql) const override { return replace_words(sql, kWords); }
  Connection::Savepoints first_try() const override { return Connection::Savepoints::spare; }

  Result<std::unique_ptr<Connection>> connect(Access) override {
    auto session = std::make_unique<soci::session>();
    TRY(open(*session));
    return std::make_unique<PostgresConnection>(std::move(session), location_);
  }

  Result<std::unique_ptr<ReaderPool>> connect_readers(size_t count) override {
    auto pool = std::make_unique<soci::connection_pool>(count);
    std::vector<std::unique_ptr<PostgresConnection>> connections;
    for (size_t i = 0; i < count; ++i) {
      TRY(open(pool->at(i)));
      connections.push_back(std::make_unique<PostgresConnection>(pool->at(i), location_));
    }
    return std::make_unique<PostgresPool>(std::move(pool), std::move(connections));
  }

  // A session's advisory lock goes with its session, however the process ends. Servers that do not have
  // such locks are still guarded by the fencing number of each commit.
  // A server notices a moment after a process has gone, so one that was stopped and started again waits for its own ghost.
  Result<bool> exclude_others(Connection& connection) override {
    using namespace std::chrono_literals;
    constexpr std::chrono::milliseconds kGhostWaitMax = 2s, kBetweenTries = 20ms;
    for (auto waited = 0ms;; waited += kBetweenTries) {
      const auto taken =
          TRY(connection.text("SELECT pg_try_advisory_lock(hashtext('puhui'), hashtext(current_schema()))::text"));
      if (taken == "true" || waited >= kGhostWaitMax) return taken == "true";
      std::this_thread::sleep_for(kBetweenTries);
    }
  }

 private:
  Result<void> open(soci::session& session) {
    try {
      session.open(soci::postgresql, connection_);
      return {};
    } catch (const std::exception& error) {
      return fail(error_of(location_, "", error.what()));
    }
  }

  std::string connection_, location_;
};

}  // namespace

Result<std::unique_ptr<Engine>> postgres_engine(const std::string& url) {
  return std::make_unique<PostgresEngine>(TRY(address_of(url)));
}

}  // namespace puhui
