#include "applications/lending/servicing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "applications/lending/loan_office.h"

namespace puhui::lending {
namespace {

using examples::day;
using examples::LoanOffice;
using ::testing::HasSubstr;

constexpr size_t kDueInterest = Pair{Timing::due, Component::interest}.index();
constexpr size_t kDuePrincipal = Pair{Timing::due, Component::principal}.index();
constexpr size_t kPastDueInterest = Pair{Timing::past_due, Component::interest}.index();
constexpr size_t kPastDuePenalty = Pair{Timing::past_due, Component::penalty}.index();

class ServicingTest : public ::testing::TestWithParam<std::string> {
 protected:
  void sign(const Contract& contract, const Product& product, int64_t drawn_minor) {
    office_.clock.set(start_of(contract.opened_on, 480));
    office_.sign(contract, product, Rate::from_percent(4), drawn_minor);
  }
  Result<Happened> perform(const Contract& contract, std::string key, EventKind kind, std::string_view on,
                           int64_t amount_minor) {
    return office_.servicing->perform(office_.instruction(contract, std::move(key), kind, on, amount_minor));
  }
  void to_day(std::string_view text) { office_.clock.set(start_of(day(text), 480)); }
  // The ledger holds what the loan's state says, to the last minor unit.
  void expect_tied(const Contract& contract) {
    const Loan loan = office_.loan(contract.loan);
    Books own = own_books_of(contract, loan.standing);
    EXPECT_EQ(office_.book->principal(contract.loan), own[AccountKind::loan_principal]);
    own[AccountKind::loan_principal] = 0;
    EXPECT_EQ(office_.balances(contract), own);
    const auto report = office_.ledger->verify();
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_TRUE(report->faults.empty());
    for (const auto& totals : report->totals) EXPECT_TRUE(totals.balanced());
  }

  TestStore place_{GetParam()};
  LoanOffice office_{place_.where()};
  Contract term_ = examples::term_loan();
  Contract line_ = examples::line_of_credit();
};

TEST_P(ServicingTest, a_term_loan_lives_to_its_end_with_the_figures_of_its_schedule) {
  sign(term_, examples::product_of(term_), term_.principal_minor);
  const Schedule schedule = schedule_of(term_);
  EXPECT_EQ(schedule[0].interest_minor, 120'000);  // 1 % of 120,000.00
  for (size_t i = 0; i < schedule.size(); ++i) {
    EXPECT_EQ(office_.outcome(term_.loan), std::nullopt);
    office_.end_day(schedule[i].due.plus_days(-1)).value();
    const auto paid = perform(term_, "pay-" + std::to_string(i), EventKind::repayment, schedule[i].due.text(),
                              schedule[i].total_minor());
    ASSERT_TRUE(paid) << paid.error().text();
    EXPECT_EQ(paid->allocated[kDueInterest], schedule[i].interest_minor);
    EXPECT_EQ(paid->allocated[kDuePrincipal], schedule[i].principal_minor);
    EXPECT_EQ(paid->credit_minor, 0);
    EXPECT_EQ(paid->standing.state.principal_minor(), schedule[i].balance_minor);
    expect_tied(term_);
  }
  const Loan loan = office_.loan(term_.loan);
  EXPECT_EQ(loan.standing.state.status, Status::paid_off);
  EXPECT_EQ(office_.outcome(term_.loan), 0) << "and the evidence of its decision knows of no default";
  EXPECT_EQ(loan.standing.allowance_minor, 0);
  int64_t interest_minor = 0;
  for (const Instalment& instalment : schedule) interest_minor += instalment.interest_minor;
  EXPECT_EQ(office_.balances(term_)[AccountKind::cash], interest_minor);
  EXPECT_EQ(office_.balances(term_)[AccountKind::interest_income], -interest_minor);
  EXPECT_EQ(office_.book->principal(term_.loan), 0);
}

TEST_P(ServicingTest, an_event_sent_again_answers_as_it_did_even_after_later_ones) {
  sign(term_, examples::product_of(term_), term_.principal_minor);
  to_day("2025-03-20");
  const auto first = perform(term_, "pay-1", EventKind::repayment, "2025-02-15", 1'000'000).value();
  perform(term_, "pay-2", EventKind::repayment, "2025-03-10", 500'000).value();
  const Books before = office_.balances(term_);

  auto again = office_.instruction(term_, "pay-1", EventKind::repayment, "2025-02-15", 1'000'000);
  for (const bool with_day : {true, false}) {
    if (!with_day) again.on.reset();  // the day it was booked on then
    const auto repeat = office_.servicing->perform(again);
    ASSERT_TRUE(repeat) << repeat.error().text();
    EXPECT_TRUE(repeat->repeated);
    EXPECT_EQ(repeat->event, first.event);
    EXPECT_EQ(repeat->allocated, first.allocated);
    EXPECT_EQ(repeat->standing.state, first.standing.state);
    EXPECT_EQ(repeat->standing.allowance_minor, first.standing.allowance_minor);
  }
  EXPECT_EQ(office_.balances(term_), before);
  EXPECT_EQ(office_.events(term_.loan).size(), 3u);
}

TEST_P(ServicingTest, a_key_that_stands_for_another_event_is_a_conflict_and_changes_nothing) {
  sign(term_, examples::product_of(term_), term_.principal_minor);
  to_day("2025-03-20");
  perform(term_, "pay-1", EventKind::repayment, "2025-02-15", 1'000'000).value();
  const Loan before = office_.loan(term_.loan);
  for (const auto& other : {office_.instruction(term_, "pay-1", EventKind::repayment, "2025-02-15", 1'000'001),
                            office_.instruction(term_, "pay-1", EventKind::repayment, "2025-02-16", 1'000'000),
                            office_.instruction(term_, "pay-1", EventKind::prepayment, "2025-02-15", 1'000'000)}) {
    const auto refused = office_.servicing->perform(other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  }
  EXPECT_EQ(office_.loan(term_.loan).standing, before.standing);
  expect_tied(term_);
}

TEST_P(ServicingTest, a_payment_that_comes_late_is_taken_as_of_its_day) {
  Contract late = term_, timely = term_;
  late.loan = LoanId({1, 3});
  const Product product = examples::product_of(term_);
  sign(timely, product, timely.principal_minor);
  sign(late, product, late.principal_minor);
  const int64_t instalment = schedule_of(term_)[0].total_minor();
  office_.end_day(day("2025-02-14")).value();
  perform(timely, "one", EventKind::repayment, "2025-02-15", instalment).value();
  office_.end_day(day("2025-03-05")).value();
  const Loan owing = office_.loan(late.loan);
  EXPECT_GT(owing.standing.state.penalty.minor, 0);
  EXPECT_EQ(owing.standing.state.days_past_due(), 19);

  const auto paid = perform(late, "one", EventKind::repayment, "2025-02-15", instalment);
  ASSERT_TRUE(paid) << paid.error().text();
  EXPECT_EQ(paid->allocated[kDueInterest], 120'000);
  EXPECT_EQ(paid->standing.state.penalty.minor, 0);
  State want = office_.loan(timely.loan).standing.state;
  want.last_event.id = event_id(late.loan, "one");
  EXPECT_EQ(paid->standing.state, want);
  EXPECT_EQ(paid->standing.stage, Stage::one);
  const auto end = office_.end_day(day("2025-03-06"));
  ASSERT_TRUE(end) << end.error().text();
  EXPECT_TRUE(end->report.ties);
}

TEST_P(ServicingTest, a_late_payment_pays_late_interest_before_principal) {
  Contract contract = term_;
  sign(contract, examples::product_of(contract), contract.principal_minor);
  office_.end_day(day("2025-03-01")).value();
  const auto paid = perform(contract, "late", EventKind::repayment, "2025-03-02", 500'000);
  ASSERT_TRUE(paid) << paid.error().text();
  // Fifteen days of February to 2 March, 17 days of 30/360 at 18 % on the principal part of 9,461.86.
  EXPECT_EQ(paid->allocated[kPastDueInterest], 120'000);
  EXPECT_EQ(paid->allocated[kPastDuePenalty], 946'186 * 18 * 17 / 36'000);
  expect_tied(contract);
}

TEST_P(ServicingTest, every_fault_of_an_instruction_is_named) {
  sign(term_, examples::product_of(term_), term_.principal_minor);
  to_day("2025-01-20");
  auto wrong = office_.instruction(term_, "x", EventKind::repayment, "2025-01-25", 100);
  wrong.currency = Currency::parse("USD");
  const auto refused = office_.servicing->perform(wrong);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid);
  EXPECT_THAT(refused.error().text(), HasSubstr("the contract's currency, came USD"));
  EXPECT_THAT(refused.error().text(), HasSubstr("business day 2025-01-20, came 2025-01-25"));
}

TEST_P(ServicingTest, more_than_is_owed_is_refused_and_exactly_what_is_owed_closes_the_loan) {
  sign(term_, examples::product_of(term_), term_.principal_minor);
  to_day("2025-01-25");
  State then = office_.loan(term_.loan).standing.state;
  advance(term_, day("2025-01-25"), then);
  const int64_t payoff = payoff_minor(term_, then);
  EXPECT_EQ(payoff, 12'000'000 + 40'000);  // ten days of 1 % a month
  const auto beyond = perform(term_, "all", EventKind::prepayment, "2025-01-25", payoff + 1);
  ASSERT_FALSE(beyond);
  EXPECT_THAT(beyond.error().text(), HasSubstr("expected at most 120400.00 CNY"));
  const auto closed = perform(term_, "all", EventKind::prepayment, "2025-01-25", payoff);
  ASSERT_TRUE(closed) << closed.error().text();
  EXPECT_EQ(closed->standing.state.status, Status::paid_off);
  const auto after = perform(term_, "more", EventKind::repayment, "2025-01-25", 1);
  ASSERT_FALSE(after);
  EXPECT_THAT(after.error().text(), HasSubstr("is paid off"));
  expect_tied(term_);
}

TEST_P(ServicingTest, a_line_is_drawn_to_its_limit_and_each_drawdown_brings_its_fee) {
  Product product = examples::product_of(line_);
  product.drawdown_fee = Rate::from_percent(1);
  sign(line_, product, 5'000'000);
  to_day("2025-01-20");
  const auto drawn = perform(line_, "more", EventKind::drawdown, "2025-01-20", 2'000'000);
  ASSERT_TRUE(drawn) << drawn.error().text();
  EXPECT_EQ(drawn->standing.state.principal_minor(), 7'000'000);
  EXPECT_EQ(drawn->standing.state.fee_due_minor, 20'000);
  EXPECT_EQ(drawn->standing.state.fee_past_due_minor, 50'000);  // of the first drawdown, on the 15th
  EXPECT_EQ(office_.events(line_.loan).size(), 4u);
  to_day("2025-01-21");
  const auto beyond = perform(line_, "too much", EventKind::drawdown, "2025-01-21", 5'000'001);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::conflict);
  EXPECT_THAT(beyond.error().text(), HasSubstr("5000000"));
  expect_tied(line_);
}

TEST_P(ServicingTest, an_event_that_makes_a_later_one_impossible_is_refused_and_names_it) {
  sign(line_, examples::product_of(line_), 5'000'000);
  to_day("2025-01-25");
  perform(line_, "later", EventKind::drawdown, "2025-01-24", 7'000'000).value();
  const auto refused = perform(line_, "before it", EventKind::drawdown, "2025-01-20", 1'000'000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().text(), HasSubstr("a later event of the loan would no longer be possible"));
  EXPECT_THAT(refused.error().text(), HasSubstr("drawdown on 2025-01-24"));
  EXPECT_EQ(office_.events(line_.loan).size(), 2u);
  expect_tied(line_);
}

TEST_P(ServicingTest, a_payment_is_taken_back_once_and_is_owed_again) {
  sign(term_, examples::product_of(term_), term_.principal_minor);
  to_day("2025-02-20");
  const int64_t instalment = schedule_of(term_)[0].total_minor();
  perform(term_, "pay", EventKind::repayment, "2025-02-15", instalment).value();
  Instruction back = office_.instruction(term_, "back", EventKind::chargeback, "2025-02-18", 0);
  back.payment = "pay";
  const auto taken = office_.servicing->perform(back);
  ASSERT_TRUE(taken) << taken.error().text();
  EXPECT_EQ(taken->allocated[kDueInterest], 120'000);
  EXPECT_EQ(taken->event.amount_minor, instalment);
  EXPECT_EQ(taken->standing.state.principal_minor(), 12'000'000);
  back.key = "back again";
  EXPECT_TRUE(office_.servicing->perform(back).value().repeated);
  EXPECT_EQ(office_.balances(term_)[AccountKind::cash], -12'000'000);
  back.payment = "never paid";
  EXPECT_EQ(office_.servicing->perform(back).error().code, ErrorCode::not_found);
  expect_tied(term_);
}

TEST_P(ServicingTest, of_a_joint_loan_the_ledger_holds_our_part_and_what_we_owe_the_partner) {
  term_.terms.partner = {Rate::from_percent(70), Residue::own};
  sign(term_, examples::product_of(term_), term_.principal_minor);
  EXPECT_EQ(office_.book->principal(term_.loan), 3'600'000);
  EXPECT_EQ(office_.balances(term_)[AccountKind::cash], -12'000'000);
  EXPECT_EQ(office_.balances(term_)[AccountKind::partner_payable], 8'400'000);
  office_.end_day(day("2025-02-14")).value();
  perform(term_, "pay", EventKind::repayment, "2025-02-15", schedule_of(term_)[0].total_minor()).value();
  expect_tied(term_);
  EXPECT_EQ(office_.balances(term_)[AccountKind::interest_income], -36'000);
}

TEST_P(ServicingTest, a_loan_is_told_on_any_day_of_its_life) {
  sign(term_, examples::product_of(term_), term_.principal_minor);
  office_.end_day(day("2025-03-20")).value();
  perform(term_, "pay", EventKind::repayment, "2025-03-21", 1'000'000).value();
  office_.end_day(day("2025-04-20")).value();
  const auto told_on = [&](std::string_view on) {
    std::optional<Servicing::Told> told;
    LoanOffice::must(office_.store->read([&](Reader& reader) -> Result<void> {
      told = TRY(office_.servicing->tell(reader, term_.loan, day(on)));
      return {};
    }));
    return *told;
  };
  EXPECT_EQ(told_on("2025-02-25").loan.standing.state.days_past_due(), 10);
  EXPECT_EQ(told_on("2025-02-25").events.size(), 1u);
  EXPECT_EQ(told_on("2025-03-21").events.size(), 2u);
  EXPECT_EQ(told_on("2025-04-21").loan.standing.state, office_.loan(term_.loan).standing.state);
  EXPECT_EQ(told_on("2025-05-01").loan.standing.state.date(), day("2025-05-01"));
}

INSTANTIATE_TEST_SUITE_P(Engines, ServicingTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace puhui::lending
