#include "applications/lending/position.h"

#include <gtest/gtest.h>

#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

using examples::day;
using examples::event_of;

constexpr size_t pair(Timing timing, Component component) { return Pair{timing, component}.index(); }

struct Loan {
  Contract contract;
  State state = open(contract);
  uint64_t next_id = 1;

  explicit Loan(Contract agreed) : contract(std::move(agreed)) {}
  Outcome happen(EventKind kind, std::string_view date, int64_t amount_minor) {
    const auto outcome = apply(contract, event_of(kind, date, amount_minor, next_id++), state);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().text();
    return outcome.value_or(Outcome{});
  }
  Position at(std::string_view date) {
    State later = state;
    advance(contract, day(date), later);
    return position_of(contract, kMonthlyBuckets, later);
  }
};

Loan drawn_term_loan() {
  Loan loan(examples::term_loan());
  loan.happen(EventKind::drawdown, "2025-01-15", 12'000'000);
  return loan;
}

// 120,000 at 1 % a month: the instalment is 10,661.86, of it 1,200.00 interest in the first month.
TEST(Position, PaidOnTimeFollowsTheSchedule) {
  Loan loan = drawn_term_loan();
  const Schedule schedule = schedule_of(loan.contract);
  EXPECT_EQ(schedule[0].total_minor(), 1'066'186);
  for (const Instalment& instalment : schedule) {
    const Outcome outcome = loan.happen(EventKind::repayment, instalment.due.text(), instalment.total_minor());
    EXPECT_EQ(outcome.allocated[pair(Timing::due, Component::interest)], instalment.interest_minor);
    EXPECT_EQ(outcome.allocated[pair(Timing::due, Component::principal)], instalment.principal_minor);
    EXPECT_EQ(outcome.credit_minor, 0);
    EXPECT_EQ(loan.state.plan.principal_minor, instalment.balance_minor);
  }
  EXPECT_EQ(loan.state.status, Status::paid_off);
}

// Sixteen days late by 30/360: 9,461.86 at 18 % is 75.69 of late interest, 110,538.14 at 12 % is
// 589.53 accrued.
TEST(Position, ALatePaymentGoesByTheAllocationOrder) {
  Loan loan = drawn_term_loan();
  const Position late = loan.at("2025-03-01");
  EXPECT_EQ(late.days_past_due, 14);
  EXPECT_EQ(late.bucket, 1);
  EXPECT_EQ(late.past_due, (ComponentAmounts{7'569, 0, 946'186, 120'000}));
  EXPECT_EQ(late.interest_accrued_minor, 58'953);
  EXPECT_EQ(late.principal_minor, 12'000'000);

  const Outcome outcome = loan.happen(EventKind::repayment, "2025-03-01", 500'000);
  EXPECT_EQ(outcome.allocated[pair(Timing::past_due, Component::penalty)], 7'569);
  EXPECT_EQ(outcome.allocated[pair(Timing::past_due, Component::interest)], 120'000);
  EXPECT_EQ(outcome.allocated[pair(Timing::past_due, Component::principal)], 372'431);
  const std::vector<Posting> expected = {{AccountKind::cash, Side::debit, 500'000},
                                         {AccountKind::loan_principal, Side::credit, 372'431},
                                         {AccountKind::interest_receivable, Side::debit, 58'953},
                                         {AccountKind::interest_income, Side::credit, 178'953},
                                         {AccountKind::penalty_income, Side::credit, 7'569}};
  EXPECT_EQ(outcome.postings, expected);
  EXPECT_EQ(loan.at("2025-03-01").days_past_due, 14);  // principal of February is still open
}

TEST(Position, LateInterestIsForgivenInsideTheGraceDaysAndOwedFromTheDueDateAfterThem) {
  Contract contract = examples::term_loan();
  contract.terms.grace_days = 3;
  Loan loan(contract);
  loan.happen(EventKind::drawdown, "2025-01-15", 12'000'000);
  EXPECT_EQ(loan.at("2025-02-18").past_due[0], 0);
  EXPECT_EQ(loan.at("2025-02-19").past_due[0], 946'186ll * 18 * 4 / 36'000);  // all four days
  Loan in_time = loan;
  in_time.happen(EventKind::repayment, "2025-02-18", 1'066'186);
  EXPECT_EQ(in_time.at("2025-03-14").past_due, ComponentAmounts{});
}

TEST(Position, MoneyPaidAheadWaitsForTheDueDate) {
  Loan loan = drawn_term_loan();
  const Outcome outcome = loan.happen(EventKind::repayment, "2025-02-10", 1'066'186);
  EXPECT_EQ(outcome.credit_minor, 1'066'186);
  const Position after = loan.at("2025-02-16");
  EXPECT_EQ(after.days_past_due, 0);
  EXPECT_EQ(after.credit_minor, 0);
  EXPECT_EQ(after.principal_minor, 11'053'814);
}

TEST(Position, APrepaymentShortensTheTermOrLowersTheInstalmentAsTheContractSays) {
  Contract contract = examples::term_loan();
  contract.terms.prepayment = {.allowed = true, .rule = PrepaymentRule::reduce_term, .fee_rate = Rate::from_percent(1)};
  Loan shorter(contract);
  contract.terms.prepayment.rule = PrepaymentRule::reduce_instalment;
  Loan lower(contract);
  for (Loan* loan : {&shorter, &lower}) {
    loan->happen(EventKind::drawdown, "2025-01-15", 12'000'000);
    loan->happen(EventKind::repayment, "2025-02-15", 1'066'186);
    const Outcome outcome = loan->happen(EventKind::prepayment, "2025-02-15", 5'050'000);
    EXPECT_EQ(outcome.allocated[pair(Timing::in_advance, Component::principal)], 5'000'000);
    EXPECT_EQ(outcome.allocated[pair(Timing::due, Component::fee)], 50'000);  // 1 % of it
  }
  const Schedule short_rest = remaining(shorter.contract.terms, shorter.state.plan);
  const Schedule low_rest = remaining(lower.contract.terms, lower.state.plan);
  EXPECT_LT(short_rest.size(), 7u);
  EXPECT_EQ(short_rest.front().total_minor(), 1'066'186);
  EXPECT_EQ(low_rest.size(), 11u);
  EXPECT_LT(low_rest.front().total_minor(), 600'000);
}

TEST(Position, ALineIsRepaidAtOnceAndDrawnAgain) {
  Loan loan(examples::line_of_credit());
  loan.happen(EventKind::drawdown, "2025-01-15", 10'000'000);
  // Ten days at 12 %/360 of 100,000 is 333.33; paying all leaves no fraction behind.
  EXPECT_EQ(loan.at("2025-01-25").payoff_minor, 10'033'333);
  loan.happen(EventKind::repayment, "2025-01-25", 10'033'333);
  EXPECT_EQ(loan.state.status, Status::active);
  EXPECT_EQ(loan.at("2025-03-20").payoff_minor, 0);
  EXPECT_EQ(loan.at("2025-01-25").available_minor, 12'000'000);
  const auto too_much = apply(loan.contract, event_of(EventKind::drawdown, "2025-02-01", 12'000'001, 99), loan.state);
  EXPECT_EQ(too_much.error().code, ErrorCode::conflict);
}

TEST(Position, AChargedOffLoanLeavesTheBooksAndKeepsItsClaim) {
  Loan loan = drawn_term_loan();
  const Outcome outcome = loan.happen(EventKind::charge_off, "2025-08-15", 0);
  const Books books = books_of(loan.state);
  EXPECT_EQ(books[AccountKind::loan_principal], 0);
  EXPECT_EQ(books[AccountKind::interest_receivable], 0);
  EXPECT_EQ(books[AccountKind::write_off_expense], payoff_minor(loan.contract, loan.state));
  EXPECT_EQ(outcome.postings.back().account, AccountKind::write_off_expense);
  EXPECT_GT(books[AccountKind::write_off_expense], 12'000'000);
  const int64_t claim = payoff_minor(loan.contract, loan.state);
  EXPECT_EQ(loan.at("2026-08-15").payoff_minor, claim);  // nothing accrues any more
  const Outcome recovery = loan.happen(EventKind::recovery, "2026-01-01", 1'000'000);
  const std::vector<Posting> expected = {{AccountKind::cash, Side::debit, 1'000'000},
                                         {AccountKind::recovery_income, Side::credit, 1'000'000}};
  EXPECT_EQ(recovery.postings, expected);
  EXPECT_EQ(payoff_minor(loan.contract, loan.state), claim - 1'000'000);
}

TEST(Position, ReAgeBringsALateLoanBackToCurrent) {
  Loan loan = drawn_term_loan();
  Event event = event_of(EventKind::re_age, "2025-05-01", 0, 50);
  event.first_due = day("2025-06-01");
  event.terms = 18;
  ASSERT_TRUE(apply(loan.contract, event, loan.state).has_value());
  EXPECT_EQ(loan.state.days_past_due(), 0);
  EXPECT_EQ(loan.state.plan.principal_minor, 12'000'000);
  const Schedule rest = remaining(loan.contract.terms, loan.state.plan);
  EXPECT_EQ(rest.size(), 18u);
  EXPECT_EQ(rest.front().due, day("2025-06-01"));
  EXPECT_LE(rest.back().total_minor(), rest.front().total_minor());
}

TEST(Position, AChargebackMakesThePaymentOwedAgain) {
  Loan loan = drawn_term_loan();
  loan.happen(EventKind::repayment, "2025-02-15", 1'066'186);
  Event back = event_of(EventKind::chargeback, "2025-02-20", 1'066'186, 60);
  back.parts = {0, 0, 946'186, 120'000};
  ASSERT_TRUE(apply(loan.contract, back, loan.state).has_value());
  EXPECT_EQ(loan.at("2025-02-20").due, (ComponentAmounts{0, 0, 946'186, 120'000}));
  EXPECT_EQ(loan.at("2025-02-25").days_past_due, 5);
}

TEST(Position, ARateChangeSetsANewInstalment) {
  Loan loan = drawn_term_loan();
  Event change = event_of(EventKind::rate_change, "2025-02-15", 0, 61);
  change.rate = Rate::from_percent(6);
  ASSERT_TRUE(apply(loan.contract, change, loan.state).has_value());
  EXPECT_EQ(loan.at("2025-02-15").next_due_minor, loan.state.plan.level_minor);
  EXPECT_LT(loan.state.plan.level_minor, 1'066'186);
}

TEST(Position, AnEventBeforeTheStateIsAConflictAndChangesNothing) {
  Loan loan = drawn_term_loan();
  advance(loan.contract, day("2025-03-01"), loan.state);
  const State before = loan.state;
  EXPECT_EQ(apply(loan.contract, event_of(EventKind::repayment, "2025-02-20", 5, 9), loan.state).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(apply(loan.contract, event_of(EventKind::refund, "2025-03-02", 5, 9), loan.state).error().code,
            ErrorCode::conflict);
  EXPECT_EQ(loan.state, before);
}

TEST(Position, ManyUnpaidInstalmentsKeepTheOldestDate) {
  Contract contract = examples::term_loan();
  contract.instalments = 36;
  Loan loan(contract);
  loan.happen(EventKind::drawdown, "2025-01-15", 12'000'000);
  const Position late = loan.at("2028-06-15");
  EXPECT_EQ(late.days_past_due, days_between(day("2025-02-15"), day("2028-06-15")));
  EXPECT_EQ(late.principal_minor, 12'000'000);
  EXPECT_EQ(late.bucket, 7);
}

}  // namespace
}  // namespace puhui::lending
