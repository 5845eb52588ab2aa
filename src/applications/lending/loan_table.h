// The tables of lending: what was agreed (written once), where each loan stands (rewritten), what happened to it
// (appended), and which application became which loan.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "applications/lending/contract.h"
#include "applications/lending/events.h"
#include "applications/lending/expected_loss.h"
#include "applications/lending/state.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/record.h"

namespace puhui::lending {

std::vector<Migration> migrations();

// One application, by the key its client chose. The key is stored as a digest: it may name a person.
struct ApplicationRow {
  Id128 key;
  Digest request;  // of what was asked: the same key with another request is a conflict
  evidence::RecordId decision;
  std::optional<LoanId> loan;
};
Id128 application_key(std::string_view application);
BorrowerId borrower_id(std::string_view borrower);  // of the client's own name for the borrower

// conflict when the key stands already.
Result<void> insert_application(Transaction& tx, const ApplicationRow& row);
Result<std::optional<ApplicationRow>> find_application(Reader& reader, const Id128& key);

// What the last month's end saw of a loan: the roll rates and vintages are counted from it, without a row a month.
inline constexpr int kNotSeen = -1;
struct MonthMark {
  int bucket = kNotSeen;        // at the last month's end, or none has seen it
  int64_t principal_minor = 0;  // then, our own part
  bool was_bad = false;         // in stage 3 at any month's end, or charged off
  bool operator==(const MonthMark&) const = default;
};

// What moves in a loan's life, beside its State.
struct Standing {
  State state;
  Rate pd;  // at opening
  Stage stage = Stage::one;
  int bucket = 0;
  int64_t allowance_minor = 0;  // expected loss held for our own part of it
  MonthMark month;
  bool operator==(const Standing&) const = default;
};

// A loan is open until it is paid off, and while a charged-off claim still may bring recoveries it is closed to the day-end.
bool is_open(const State& state);

struct Loan {
  Contract contract;
  Standing standing;
};

Result<void> insert_loan(Transaction& tx, const Contract& contract, const Standing& standing,
                         std::string_view packed_schedule);
Result<void> update_standing(Transaction& tx, const Contract& contract, const Standing& before, const Standing& after);
Result<Loan> find_loan(Reader& reader, const LoanId& loan);          // not_found
Result<Schedule> find_schedule(Reader& reader, const LoanId& loan);  // as it was agreed
Result<std::vector<LoanId>> loans_of(Reader& reader, const BorrowerId& borrower);

// Open loans after `after` in id order, at most `limit`; answers how many were visited.
Result<size_t> each_open_loan(Reader& reader, const LoanId& after, size_t limit,
                              const std::function<Result<void>(Loan&&)>& visit);

// conflict when the event's id stands already with the loan.
Result<void> insert_event(Transaction& tx, const LoanId& loan, const Event& event);
Result<std::optional<Event>> find_event(Reader& reader, const LoanId& loan, const EventId& event);
Result<std::vector<Event>> events_of(Reader& reader, const LoanId& loan);  // in order of application

}  // namespace puhui::lending
