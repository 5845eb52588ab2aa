// The life of a loan: advance to a day, apply an event, and say where it stands. Pure functions of
// contract and State.
#pragma once

#include "applications/lending/state.h"

namespace puhui::lending {

// What passing of time did. Over any split of days the sums are the same.
struct Advanced {
  int64_t interest_minor = 0;  // accrued into interest_receivable
  int64_t penalty_minor = 0;   // accrued into penalty_receivable
  int64_t fell_due_minor = 0;
  PairAmounts from_credit{};  // what money paid ahead has paid on due dates
};
// Brings the state to the start of `to`, not before its date. Costs about a tenth of a microsecond
// a day.
Advanced advance(const Contract& contract, Date to, State& state);

struct Outcome {
  Advanced advanced;              // to the event's day
  PairAmounts allocated{};        // of a payment, waiver or chargeback (there: what is owed again)
  int64_t credit_minor = 0;       // of the payment: kept for the next due date
  std::vector<Posting> postings;  // from the state before to the state after, accruals included
};
// Applies an event on or after the state's date and after its last event; `conflict` when it comes
// before them: then replay from an earlier state (journal.h). On failure the state is as it was.
Result<Outcome> apply(const Contract& contract, const Event& event, State& state);

// All it takes to owe nothing today, by a prepayment.
int64_t payoff_minor(const Contract& contract, const State& state);

using ComponentAmounts = std::array<int64_t, kComponents>;  // minor units by Component

struct Position {
  Date date;
  Status status = Status::signed_;
  int64_t principal_minor = 0;         // outstanding
  int64_t interest_accrued_minor = 0;  // of the running period, not due
  ComponentAmounts due{};
  ComponentAmounts past_due{};
  int64_t credit_minor = 0;
  int64_t available_minor = 0;  // still to draw
  int days_past_due = 0;
  int bucket = 0;  // M0 … M6, M6+ as 0 … 7
  Date next_due = kNever;
  int64_t next_due_minor = 0;  // if nothing else happens before
  int64_t payoff_minor = 0;
};
Position position_of(const Contract& contract, const BucketEdges& edges, const State& state);

}  // namespace puhui::lending
