// Contracts and events for the tests of this folder. Included by tests only.
#pragma once

#include <string>

#include "applications/lending/events.h"
#include "ground/base/random.h"

namespace puhui::lending::examples {

inline Date day(std::string_view text) { return *Date::parse(text); }

inline EventId event_id(uint64_t number) { return EventId({7, number}); }

// 120,000.00 at 12 % over a year in equal instalments, 30/360: a monthly rate of exactly 1 %.
inline Contract term_loan() {
  Contract contract;
  contract.loan = LoanId({1, 2});
  contract.borrower = BorrowerId({3, 4});
  contract.product = "firm_term";
  contract.product_hash = sha256("a product");
  contract.principal_minor = 12'000'000;
  contract.rate = Rate::from_percent(12);
  contract.instalments = 12;
  contract.opened_on = day("2025-01-15");
  contract.first_due = day("2025-02-15");
  contract.terms.day_count = DayCount::thirty_360;
  contract.terms.penalty_over = Rate::from_percent(6);
  return contract;
}

inline Contract line_of_credit() {
  Contract contract = term_loan();
  contract.product = "person_revolving";
  contract.kind = ProductKind::revolving;
  contract.terms.method = RepaymentMethod::free_repayment;
  contract.terms.day_count = DayCount::actual_360;
  contract.terms.minimum_principal = Rate::from_percent(10);
  contract.terms.grace_days = 3;
  return contract;
}

inline Event event_of(EventKind kind, std::string_view date, int64_t amount_minor, uint64_t number) {
  Event event;
  event.id = event_id(number);
  event.kind = kind;
  event.date = day(date);
  event.amount_minor = amount_minor;
  return event;
}

// Any contract the terms allow, small enough that its whole life is quick to walk through.
inline Contract random_contract(RandomStream& random) {
  Contract contract = term_loan();
  Terms& terms = contract.terms;
  terms.method = static_cast<RepaymentMethod>(random.below(4));
  contract.kind = terms.method == RepaymentMethod::free_repayment ? ProductKind::revolving : ProductKind::term;
  terms.day_count = static_cast<DayCount>(random.below(5));
  terms.rounding = static_cast<Rounding>(random.below(4));
  terms.due_rule = static_cast<DueRule>(random.below(2));
  terms.period_months = random.chance(0.8) ? 1 : 3;
  contract.instalments = 1 + static_cast<int>(random.below(24));
  terms.principal_grace_terms = static_cast<int>(random.below(static_cast<uint64_t>(contract.instalments)));
  if (random.chance(0.6)) terms.principal_grace_terms = 0;
  if (contract.kind == ProductKind::revolving)
    terms.minimum_principal = Rate::from_percent(static_cast<int64_t>(random.below(30)));
  terms.grace_days = static_cast<int>(random.below(6));
  terms.penalty_over = Rate::from_bp(static_cast<int64_t>(random.below(2'000)));
  terms.penalty_base = static_cast<PenaltyBase>(random.below(2));
  terms.prepayment.rule = static_cast<PrepaymentRule>(random.below(2));
  terms.prepayment.allowed = random.chance(0.8);
  if (random.chance(0.5)) terms.prepayment.fee_rate = Rate::from_bp(static_cast<int64_t>(random.below(300)));
  for (size_t i = kPairs; i-- > 1;) std::swap(terms.allocation[i], terms.allocation[random.below(i + 1)]);
  contract.rate = Rate::from_bp(static_cast<int64_t>(random.below(4'000)));
  contract.principal_minor = 1 + static_cast<int64_t>(random.below(random.chance(0.2) ? 500 : 50'000'000));
  contract.opened_on = Date{19'000 + static_cast<int32_t>(random.below(2'000))};
  contract.first_due = contract.opened_on.plus_months(terms.period_months);
  if (terms.due_rule == DueRule::end_of_month) contract.first_due = contract.first_due.end_of_month();
  return contract;
}

}  // namespace puhui::lending::examples
