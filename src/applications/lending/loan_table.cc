#include "applications/lending/loan_table.h"

namespace puhui::lending {

namespace {

Id128 id_from(std::string_view domain, std::string_view text) {
  return *Id128::from_bytes(sha256(domain, text).view().substr(0, 16));
}

// Params are views: these keep the bytes alive for one statement.
struct IdBytes {
  explicit IdBytes(const Id128& id) : bytes(id.bytes()) {}
  operator Param() const { return BytesView{bytes}; }
  std::string bytes;
};

Result<Loan> read_loan(const Row& row) {
  auto contract = decode_contract(row.bytes(0));
  if (!contract) return fail(std::move(contract).error());
  auto state = decode_state(*contract, row.bytes(1));
  if (!state) return fail(at("loan " + contract->loan.text(), std::move(state).error()));
  return Loan{*std::move(contract),
              {*std::move(state),
               Rate{row.integer(2)},
               static_cast<Stage>(row.integer(3)),
               static_cast<int>(row.integer(4)),
               row.integer(5),
               {static_cast<int>(row.integer(6)), row.integer(7), row.integer(8) != 0}}};
}

constexpr std::string_view kLoanColumns =
    "l.contract, s.state, s.pd_ppb, s.stage, s.bucket, s.allowance_minor, s.month_bucket, s.month_minor, s.was_bad";

}  // namespace

std::vector<Migration> migrations() {
  return {
      {"lending", 1,
       "CREATE TABLE lending_application (key {id} NOT NULL PRIMARY KEY, request {bytes} NOT NULL, "
       "decision {id} NOT NULL, loan {id}) {clustered};"
       "CREATE TABLE lending_loan (loan {id} NOT NULL PRIMARY KEY, borrower {id} NOT NULL, product {text} NOT NULL, "
       "opened_on {int} NOT NULL, contract {bytes} NOT NULL, schedule {bytes} NOT NULL) {clustered};"
       // Open loans lie together, so the day-end never walks those that are done.
       "CREATE TABLE lending_standing (is_open {int} NOT NULL, loan {id} NOT NULL, status {int} NOT NULL, "
       "bucket {int} NOT NULL, stage {int} NOT NULL, pd_ppb {int} NOT NULL, principal_minor {int} NOT NULL, "
       "allowance_minor {int} NOT NULL, state {bytes} NOT NULL, PRIMARY KEY (is_open, loan)) {clustered};"
       "CREATE TABLE lending_borrower_loan (borrower {id} NOT NULL, loan {id} NOT NULL, "
       "PRIMARY KEY (borrower, loan)) {clustered};"
       "CREATE TABLE lending_event (loan {id} NOT NULL, event {id} NOT NULL, day {int} NOT NULL, kind {int} NOT NULL, "
       "body {bytes} NOT NULL, PRIMARY KEY (loan, event)) {clustered};"
       "CREATE TABLE lending_day (day {int} NOT NULL PRIMARY KEY, cursor {id}, loans {int} NOT NULL, "
       "finished {int} NOT NULL)"},
      {"lending", 2,
       "ALTER TABLE lending_standing ADD COLUMN month_bucket {int} NOT NULL DEFAULT -1;"
       "ALTER TABLE lending_standing ADD COLUMN month_minor {int} NOT NULL DEFAULT 0;"
       "ALTER TABLE lending_standing ADD COLUMN was_bad {int} NOT NULL DEFAULT 0;"
       "ALTER TABLE lending_day ADD COLUMN report {bytes};"
       // A product version by the hash that contracts name it by.
       "CREATE TABLE lending_product (hash {bytes} NOT NULL PRIMARY KEY, body {bytes} NOT NULL) {clustered};"
       // What was answered to an event, for its repeats.
       "CREATE TABLE lending_answer (loan {id} NOT NULL, event {id} NOT NULL, body {bytes} NOT NULL, "
       "PRIMARY KEY (loan, event)) {clustered};"
       // Counts of month ends, a few hundred rows a month whatever the number of loans (month_table.h).
       "CREATE TABLE lending_tally (product {text} NOT NULL, currency {int} NOT NULL, kind {int} NOT NULL, "
       "day {int} NOT NULL, a {int} NOT NULL, b {int} NOT NULL, loans {int} NOT NULL, principal_minor {int} NOT NULL, "
       "PRIMARY KEY (product, currency, kind, day, a, b)) {clustered}"}};
}

Id128 application_key(std::string_view application) { return id_from("lending application\n", application); }

BorrowerId borrower_id(std::string_view borrower) { return BorrowerId(id_from("lending borrower\n", borrower)); }

Result<void> insert_application(Transaction& tx, const ApplicationRow& row) {
  const IdBytes key(row.key), decision(row.decision), loan(row.loan.value_or(LoanId()));
  TRY(tx.execute("INSERT INTO lending_application (key, request, decision, loan) VALUES (?, ?, ?, ?)",
                 {key, BytesView{row.request.view()}, decision, row.loan ? Param(loan) : Param()}));
  return {};
}

Result<std::optional<ApplicationRow>> find_application(Reader& reader, const Id128& key) {
  std::optional<ApplicationRow> found;
  const IdBytes key_bytes(key);
  TRY(reader.each("SELECT request, decision, loan FROM lending_application WHERE key = ?", {key_bytes},
                  [&](const Row& row) -> Result<void> {
                    const auto request = Digest::from_bytes(row.bytes(0));
                    if (!request)
                      return fail(ErrorCode::corrupt, "lending_application", "a request digest is not 32 bytes");
                    found = ApplicationRow{key, *request, evidence::RecordId(row.id(1)), std::nullopt};
                    if (!row.is_null(2)) found->loan = LoanId(row.id(2));
                    return {};
                  }));
  return found;
}

bool is_open(const State& state) { return state.status == Status::signed_ || state.status == Status::active; }

Result<void> insert_loan(Transaction& tx, const Contract& contract, const Standing& standing,
                         std::string_view packed_schedule) {
  const IdBytes loan(contract.loan), borrower(contract.borrower);
  const std::string contract_bytes = encode(contract), state = encode(contract, standing.state);
  TRY(tx.execute(
      "INSERT INTO lending_loan (loan, borrower, product, opened_on, contract, schedule) VALUES (?, ?, ?, ?, ?, ?)",
      {loan, borrower, contract.product, int64_t{contract.opened_on.days}, BytesView{contract_bytes},
       BytesView{packed_schedule}}));
  TRY(tx.execute(
      "INSERT INTO lending_standing (is_open, loan, status, bucket, stage, pd_ppb, principal_minor, allowance_minor, "
      "state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {int64_t{is_open(standing.state)}, loan, static_cast<int64_t>(standing.state.status), int64_t{standing.bucket},
       static_cast<int64_t>(standing.stage), standing.pd.ppb, standing.state.principal_minor(),
       standing.allowance_minor, BytesView{state}}));
  TRY(tx.execute("INSERT INTO lending_borrower_loan (borrower, loan) VALUES (?, ?)", {borrower, loan}));
  return {};
}

Result<void> update_standing(Transaction& tx, const Contract& contract, const Standing& before, const Standing& after) {
  const IdBytes loan(contract.loan);
  const std::string state = encode(contract, after.state);
  const bool was_open = is_open(before.state), stays = was_open == is_open(after.state);
  // A row that keeps its key is rewritten in place; only one that closes or opens moves.
  const int64_t changed = TRY(tx.execute(
      stays
          ? "UPDATE lending_standing SET status = ?, bucket = ?, stage = ?, principal_minor = ?, allowance_minor = ?, "
            "month_bucket = ?, month_minor = ?, was_bad = ?, state = ? WHERE is_open = ? AND loan = ?"
          : "UPDATE lending_standing SET status = ?, bucket = ?, stage = ?, principal_minor = ?, allowance_minor = ?, "
            "month_bucket = ?, month_minor = ?, was_bad = ?, state = ?, is_open = 1 - is_open "
            "WHERE is_open = ? AND loan = ?",
      {static_cast<int64_t>(after.state.status), int64_t{after.bucket}, static_cast<int64_t>(after.stage),
       after.state.principal_minor(), after.allowance_minor, int64_t{after.month.bucket}, after.month.principal_minor,
       int64_t{after.month.was_bad}, BytesView{state}, int64_t{was_open}, loan}));
  if (changed != 1) return fail(ErrorCode::not_found, "loan", "no loan has the id " + contract.loan.text());
  return {};
}

Result<Loan> find_loan(Reader& reader, const LoanId& loan) {
  std::optional<Loan> found;
  const IdBytes loan_bytes(loan);
  TRY(reader.each(
      "SELECT " + std::string(kLoanColumns) +
          " FROM lending_standing s JOIN lending_loan l ON l.loan = s.loan WHERE s.is_open IN (0, 1) AND s.loan = ?",
      {loan_bytes}, [&](const Row& row) -> Result<void> {
        found = TRY(read_loan(row));
        return {};
      }));
  if (!found) return fail(ErrorCode::not_found, "loan", "no loan has the id " + loan.text());
  return *std::move(found);
}

Result<Schedule> find_schedule(Reader& reader, const LoanId& loan) {
  const IdBytes loan_bytes(loan);
  const auto packed = TRY(reader.bytes("SELECT schedule FROM lending_loan WHERE loan = ?", {loan_bytes}));
  if (!packed) return fail(ErrorCode::not_found, "loan", "no loan has the id " + loan.text());
  return unpack_schedule(*packed);
}

Result<std::vector<LoanId>> loans_of(Reader& reader, const BorrowerId& borrower) {
  std::vector<LoanId> out;
  const IdBytes borrower_bytes(borrower);
  TRY(reader.each("SELECT loan FROM lending_borrower_loan WHERE borrower = ? ORDER BY loan", {borrower_bytes},
                  [&](const Row& row) -> Result<void> {
                    out.emplace_back(row.id(0));
                    return {};
                  }));
  return out;
}

Result<size_t> each_open_loan(Reader& reader, const LoanId& after, size_t limit,
                              const std::function<Result<void>(Loan&&)>& visit) {
  size_t visited = 0;
  const IdBytes after_bytes(after);
  TRY(reader.each(
      "SELECT " + std::string(kLoanColumns) +
          " FROM lending_standing s JOIN lending_loan l ON l.loan = s.loan WHERE s.is_open = 1 AND s.loan > ? "
          "ORDER BY s.loan LIMIT ?",
      {after_bytes, static_cast<int64_t>(limit)}, [&](const Row& row) -> Result<void> {
        ++visited;
        return visit(TRY(read_loan(row)));
      }));
  return visited;
}

Result<void> insert_event(Transaction& tx, const LoanId& loan, const Event& event) {
  const IdBytes loan_bytes(loan), event_bytes(event.id);
  const std::string body = encode(event);
  TRY(tx.execute(
      "INSERT INTO lending_event (loan, event, day, kind, body) VALUES (?, ?, ?, ?, ?)",
      {loan_bytes, event_bytes, int64_t{event.date.days}, static_cast<int64_t>(event.kind), BytesView{body}}));
  return {};
}

Result<std::optional<Event>> find_event(Reader& reader, const LoanId& loan, const EventId& event) {
  const IdBytes loan_bytes(loan), event_bytes(event);
  const auto body =
      TRY(reader.bytes("SELECT body FROM lending_event WHERE loan = ? AND event = ?", {loan_bytes, event_bytes}));
  if (!body) return std::nullopt;
  return TRY(decode_event(*body));
}

Result<std::vector<Event>> events_of(Reader& reader, const LoanId& loan) {
  std::vector<Event> out;
  const IdBytes loan_bytes(loan);
  TRY(reader.each("SELECT body FROM lending_event WHERE loan = ?", {loan_bytes}, [&](const Row& row) -> Result<void> {
    out.push_back(TRY(decode_event(row.bytes(0))));
    return {};
  }));
  std::sort(out.begin(), out.end(), [](const Event& a, const Event& b) { return order_of(a) < order_of(b); });
  return out;
}

}  // namespace puhui::lending
