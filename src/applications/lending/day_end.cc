#include "applications/lending/day_end.h"

#include "applications/lending/loan_outcome.h"
#include "ground/base/check.h"

namespace puhui::lending {

// What one transaction gathers; nothing of it outlives a transaction that fails.
struct DayEnd::Chunk {
  DayMarker marker;
  std::map<BookKey, Books> changes;  // of all loans whose principal stays
  Tallies tallies;
  Timestamp at;
};

namespace {

// The transfers of a chunk rise with time, as the ledger likes its ids; the marker is what keeps a day from being booked
// twice.
Id128 act_of(Timestamp at, Date day, const Id128& where, std::string_view what) {
  std::string bytes = where.bytes() + std::to_string(day.days) + "\n";
  bytes += what;
  return {static_cast<uint64_t>(at.microseconds / 1000) << 16, hash64(bytes, 2)};
}

std::string name_of(const BookKey& book) { return book.product + "\n" + std::string(book.currency.code()); }

BookKey book_of(const Contract& contract) { return {contract.product, contract.currency}; }

void count_open(const Standing& standing, const Books& books, BookDay& day) {
  const int64_t principal = books[AccountKind::loan_principal];
  const auto stage = static_cast<size_t>(standing.stage) - 1;
  for (Count* count : {&day.buckets[static_cast<size_t>(standing.bucket)], &day.stages[stage]}) {
    count->loans += 1;
    count->principal_minor += principal;
  }
  day.stage_allowance_minor[stage] += standing.allowance_minor;
  day.interest_receivable_minor += books[AccountKind::interest_receivable];
  day.penalty_receivable_minor += books[AccountKind::penalty_receivable];
  day.fee_receivable_minor += books[AccountKind::fee_receivable];
}

bool tie(const BookDay& day, const Books& ledger) {
  return day.untied_loans == 0 && day.interest_receivable_minor == ledger[AccountKind::interest_receivable] &&
         day.penalty_receivable_minor == ledger[AccountKind::penalty_receivable] &&
         day.fee_receivable_minor == ledger[AccountKind::fee_receivable] &&
         day.allowance_minor() == -ledger[AccountKind::loss_allowance];
}

}  // namespace

Result<DayEnd::Run> DayEnd::run(Date day, Progress& progress) {
  const int64_t started_ns = monotonic_ns();
  Run out;
  std::optional<DayMarker> marker;
  Date first = day;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    marker = TRY(find_day(reader, day));
    const auto last = TRY(last_day(reader));
    if (!last) return {};
    const auto finished = TRY(last_finished_day(reader));
    first = finished == last ? last->plus_days(1) : *last;
    return {};
  }));
  if (marker && marker->finished) {
    out.report = std::move(marker->report);
    return out;
  }
  if (day < first) {
    return fail(
        ErrorCode::conflict, "date",
        "expected " + first.text() + " or a day that was run, came " + day.text() + ": day-ends go forward only");
  }
  if (days_between(first, day) >= kCatchUpDaysMax) {
    return fail(ErrorCode::exhausted, "date",
                "expected at most " + std::to_string(kCatchUpDaysMax) + " days from " + first.text() + " on, came " +
                    day.text() + ": run an earlier day first");
  }
  for (Date next = first; next <= day; next = next.plus_days(1)) {
    out.report = TRY(run_day(next, progress));
    ++out.days;
  }
  out.seconds = static_cast<double>(monotonic_ns() - started_ns) * 1e-9;
  return out;
}

Result<DayReport> DayEnd::run_day(Date day, Progress& progress) {
  uint64_t loans_before = 0;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    if (const auto before = TRY(find_day(reader, day.plus_days(-1))))
      loans_before = static_cast<uint64_t>(before->loans);
    return {};
  }));
  const std::string what = "day-end of " + day.text();
  while (true) {
    DayMarker marker;
    TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
      marker = TRY(run_chunk(tx, day));
      return {};
    }));
    const auto done = static_cast<uint64_t>(marker.loans);
    progress.step(what, done, std::max(done, loans_before));
    if (marker.finished) return std::move(marker.report);
    if (progress.stop_requested()) {
      return fail(ErrorCode::unavailable, what,
                  "was stopped after " + std::to_string(done) + " loans; run it again to go on");
    }
  }
}

Result<DayMarker> DayEnd::run_chunk(Transaction& tx, Date day) {
  Chunk chunk;
  chunk.at = needs_.clock.now();
  chunk.marker.report.day = day;
  if (auto begun = TRY(find_day(tx, day))) chunk.marker = *std::move(begun);
  DayMarker& marker = chunk.marker;
  if (marker.finished) return marker;
  std::vector<Loan> loans;
  loans.reserve(chunk_loans_);
  const LoanId after = marker.cursor;
  TRY(each_open_loan(tx, after, chunk_loans_, [&](Loan&& loan) -> Result<void> {
    loans.push_back(std::move(loan));
    return {};
  }));
  for (const Loan& loan : loans) TRY(step(tx, loan, day, chunk));
  TRY(post(tx, day, after, chunk));
  TRY(chunk.tallies.write(tx));
  marker.loans += static_cast<int64_t>(loans.size());
  if (!loans.empty()) marker.cursor = loans.back().contract.loan;
  if (loans.size() < chunk_loans_) {
    marker.finished = true;
    marker.report.ties = TRY(ties(tx, marker.report));
  }
  TRY(write_day(tx, marker));
  return marker;
}

Result<void> DayEnd::step(Transaction& tx, const Loan& loan, Date day, Chunk& chunk) {
  const Contract& contract = loan.contract;
  if (contract.opened_on > day) return {};
  const auto product = TRY(needs_.products.find(tx, contract.product_hash));
  auto ended = loan_day(*product, contract, loan.standing, day);
  if (!ended) return fail(at("loan " + contract.loan.text(), std::move(ended).error()));
  Standing& after = ended->after;
  const Books books = own_books_of(contract, after);
  const int64_t principal = books[AccountKind::loan_principal],
                principal_before = principal - ended->change[AccountKind::loan_principal];
  const BookKey key = book_of(contract);
  BookDay& book = chunk.marker.report.books[key];
  if (ended->charge_off) {
    TRY(insert_event(tx, contract.loan, *ended->charge_off));
    chunk.tallies.charge_off(contract, principal_before, ended->charge_off->date, after);
    book.charged_off.loans += 1;
    book.charged_off.principal_minor += principal_before;
  } else if (is_open(after.state) && day == day.end_of_month()) {
    chunk.tallies.month_end(contract, principal, day, after);
  }
  if (after != loan.standing) {
    TRY(update_standing(tx, contract, loan.standing, after));
    TRY(report_outcome(tx, contract.loan, loan.standing, after, chunk.at));
  }
  if (ended->change[AccountKind::loan_principal] != 0) {
    TRY(needs_.book.post(tx, key, contract.loan, postings({}, ended->change),
                         act_of(chunk.at, day, contract.loan, "loan"), chunk.at));
  } else {
    chunk.changes[key] += ended->change;
  }
  book.interest_minor -= ended->change[AccountKind::interest_income];
  book.penalty_minor -= ended->change[AccountKind::penalty_income];
  book.allowance_change_minor -= ended->change[AccountKind::loss_allowance];
  if (needs_.book.principal_now(tx, contract.loan) != principal) book.untied_loans += 1;
  if (is_open(after.state)) count_open(after, books, book);
  return {};
}

Result<void> DayEnd::post(Transaction& tx, Date day, const LoanId& after, const Chunk& chunk) {
  for (const auto& [key, change] : chunk.changes) {
    TRY(needs_.book.post(tx, key, std::nullopt, postings({}, change), act_of(chunk.at, day, after, name_of(key)),
                         chunk.at));
  }
  return {};
}

// What the chunks summed is what stands now unless other acts came between them; then all is counted once more, with
// the writer held.
Result<bool> DayEnd::ties(Transaction& tx, const DayReport& report) const {
  for (const auto& [key, book] : report.books) {
    if (!tie(book, needs_.book.balances_now(tx, key))) return ties_exactly(tx);
  }
  return true;
}

Result<bool> DayEnd::ties_exactly(Transaction& tx) const {
  std::map<BookKey, BookDay> books;
  LoanId after;
  size_t visited = 0;
  do {
    visited = TRY(each_open_loan(tx, after, chunk_loans_, [&](Loan&& loan) -> Result<void> {
      const Books own = own_books_of(loan.contract, loan.standing);
      BookDay& book = books[book_of(loan.contract)];
      count_open(loan.standing, own, book);
      if (needs_.book.principal_now(tx, loan.contract.loan) != own[AccountKind::loan_principal]) book.untied_loans += 1;
      after = loan.contract.loan;
      return {};
    }));
  } while (visited == chunk_loans_);
  return std::ranges::all_of(
      books, [&](const auto& entry) { return tie(entry.second, needs_.book.balances_now(tx, entry.first)); });
}

}  // namespace puhui::lending
