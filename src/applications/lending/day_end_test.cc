#include "applications/lending/day_end.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "applications/lending/loan_office.h"
#include "applications/lending/portfolio.h"

namespace puhui::lending {
namespace {

using examples::day;
using examples::LoanOffice;

// Fails the n-th commit from when it is armed, and every later one: the process might as well be dead.
class DeadFromCommit : public StoreFaults {
 public:
  Result<void> before(Step step) override {
    if (!armed || step != Step::commit || commits++ < healthy) return {};
    return fail(ErrorCode::unavailable, "injected");
  }
  std::atomic<bool> armed = false;
  std::atomic<int> healthy = 0, commits = 0;
};

struct Borrowed {
  Contract contract;
  Product product;
  Rate pd;
  int64_t drawn_minor = 0;
};

// Loans of two products, some joint, opened over two months; how well each pays is its own.
std::vector<Borrowed> portfolio_of(uint64_t seed, int loans) {
  std::vector<Borrowed> out;
  for (int i = 0; i < loans; ++i) {
    RandomStream random(Random(seed), 5, static_cast<uint64_t>(i));
    Contract contract = random.chance(0.5) ? examples::term_loan() : examples::line_of_credit();
    contract.loan = LoanId({100 + static_cast<uint64_t>(i) * 3, random.next()});
    contract.borrower = BorrowerId({3, static_cast<uint64_t>(i)});
    contract.opened_on = day("2025-01-01").plus_days(static_cast<int>(random.below(40)));
    contract.first_due = contract.opened_on.plus_months(1);
    contract.principal_minor = 100'000 + static_cast<int64_t>(random.below(9'000'000));
    contract.rate = Rate::from_bp(300 + static_cast<int64_t>(random.below(2'000)));
    if (contract.kind == ProductKind::revolving) contract.terms.partner = {Rate::from_percent(70), Residue::partner};
    const Product product = examples::product_of(contract);
    contract.product_hash = product.hash();
    const int64_t drawn = contract.kind == ProductKind::term ? contract.principal_minor : contract.principal_minor / 2;
    out.push_back({contract, product, Rate::from_bp(50 + static_cast<int64_t>(random.below(1'500))), drawn});
  }
  return out;
}

// What borrowers do on a day: most pay what is due, some late, too much, or never.
std::vector<Instruction> behaviour_on(Date date, LoanOffice& office, std::span<const Borrowed> loans, uint64_t seed) {
  std::vector<Instruction> out;
  for (size_t i = 0; i < loans.size(); ++i) {
    const Contract& contract = loans[i].contract;
    RandomStream random(Random(seed), static_cast<uint64_t>(date.days), i);
    if (i % 5 == 0 || contract.opened_on > date || !random.chance(i % 5 == 1 ? 0.02 : 0.15)) continue;
    const State state = office.loan(contract.loan).standing.state;
    if (!is_open(state)) continue;
    int64_t amount = 1'000 + static_cast<int64_t>(random.below(500'000));
    const EventKind kind = random.chance(0.1) ? EventKind::prepayment : EventKind::repayment;
    amount = std::min(amount, payoff_minor(contract, state));
    if (amount <= 0) continue;
    out.push_back(office.instruction(contract, "on " + date.text(), kind, date.text(), amount));
  }
  return out;
}

void live(LoanOffice& office, std::span<const Borrowed> loans, Date from, Date to, uint64_t seed) {
  for (Date date = from; date <= to; date = date.plus_days(1)) {
    office.clock.set(start_of(date, 480));
    for (const Borrowed& loan : loans) {
      if (loan.contract.opened_on == date) office.sign(loan.contract, loan.product, loan.pd, loan.drawn_minor);
    }
    for (const Instruction& instruction : behaviour_on(date, office, loans, seed)) {
      const auto done = office.servicing->perform(instruction);
      ASSERT_TRUE(done) << done.error().text();
    }
    const auto run = office.end_day(date);
    ASSERT_TRUE(run) << run.error().text();
    ASSERT_TRUE(run->report.ties) << date.text();
    ASSERT_EQ(run->days, 1);
  }
}

// Everything a day-end leaves behind, to compare two offices.
struct Left {
  std::vector<Standing> standings;
  std::vector<std::vector<Event>> events;
  std::vector<Books> balances;
  std::vector<int64_t> principals;
  DayReport report;
  bool operator==(const Left&) const = default;
};

Left left_by(LoanOffice& office, std::span<const Borrowed> loans, Date date) {
  Left out;
  for (const Borrowed& loan : loans) {
    out.standings.push_back(office.loan(loan.contract.loan).standing);
    out.events.push_back(office.events(loan.contract.loan));
    out.principals.push_back(office.book->principal(loan.contract.loan));
  }
  out.balances = {office.balances(examples::term_loan()), office.balances(examples::line_of_credit())};
  out.report = office.end_day(date).value().report;
  return out;
}

void expect_whole(LoanOffice& office) {
  const auto report = office.ledger->verify();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_TRUE(report->faults.empty()) << report->faults.front();
  for (const auto& totals : report->totals) EXPECT_TRUE(totals.balanced());
}

class DayEndTest : public ::testing::TestWithParam<std::string> {
 protected:
  TestStore place_{GetParam()};
  // Each day commits every payment by itself, which a server takes its time for.
  const int loans_ = place_.is_postgres() ? 20 : 60;
};

TEST_P(DayEndTest, day_by_day_over_the_store_equals_each_loan_lived_in_one_go) {
  LoanOffice office(place_.where(), nullptr, 7);
  const auto loans = portfolio_of(1, loans_);
  const Date last = day("2025-09-10");
  live(office, loans, day("2025-01-01"), last, 1);
  std::map<BookKey, Books> whole;
  int charged_off = 0;
  for (const Borrowed& loan : loans) {
    const Standing standing = office.loan(loan.contract.loan).standing;
    State state = open(loan.contract);
    for (const Event& event : office.events(loan.contract.loan)) {
      if (event.kind == EventKind::charge_off) {
        ++charged_off;
        advance(loan.contract, event.date, state);
        EXPECT_EQ(state.days_past_due(), loan.product.charge_off_days);
      }
      ASSERT_TRUE(apply(loan.contract, event, state));
    }
    if (is_open(standing.state)) {
      EXPECT_EQ(standing.state.date(), last.plus_days(1));
    }
    advance(loan.contract, standing.state.date(), state);  // a charged-off loan was brought to its own last day's end
    EXPECT_EQ(standing.state, state);
    EXPECT_LT(state.status == Status::active ? state.days_past_due() : 0, loan.product.charge_off_days + 1);
    const Books own = own_books_of(loan.contract, standing);
    EXPECT_EQ(office.book->principal(loan.contract.loan), own[AccountKind::loan_principal]);
    whole[{loan.contract.product, loan.contract.currency}] += own;
  }
  EXPECT_GT(charged_off, 0);
  for (auto& [key, books] : whole) {
    books[AccountKind::loan_principal] = 0;
    EXPECT_EQ(office.book->balances(key), books) << key.product;
  }
  expect_whole(office);
}

TEST_P(DayEndTest, cut_off_between_any_two_chunks_and_resumed_it_leaves_what_an_undisturbed_run_leaves) {
  const auto loans = portfolio_of(2, loans_);
  const Date last = day("2025-08-31");  // a month's end, with charge-offs before
  Left undisturbed;
  {
    LoanOffice office(place_.where(), nullptr, 7);
    live(office, loans, day("2025-01-01"), last.plus_days(-1), 2);
    ASSERT_TRUE(office.end_day(last));
    undisturbed = left_by(office, loans, last);
  }
  for (const int chunks : place_.is_postgres() ? std::vector{1} : std::vector{0, 1, 3}) {
    TestStore place(GetParam());
    DeadFromCommit death;
    LoanOffice office(place.where(), &death, 7);
    live(office, loans, day("2025-01-01"), last.plus_days(-1), 2);
    death.healthy = chunks;
    death.armed = true;
    ASSERT_FALSE(office.end_day(last)) << "the run was meant to be cut off";
    death.armed = false;
    office.close();
    office.open();
    ASSERT_TRUE(office.end_day(last));
    EXPECT_TRUE(left_by(office, loans, last) == undisturbed) << "cut off after " << chunks << " chunks";
    expect_whole(office);
  }
}

// Says at its second step that it should end.
class StopAtTheSecondStep : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override { ++steps; }
  bool stop_requested() const override { return steps == 2; }
  int steps = 0;
};

TEST_P(DayEndTest, asked_to_stop_it_ends_between_two_chunks_and_run_again_it_leaves_what_an_undisturbed_run_leaves) {
  const auto loans = portfolio_of(4, loans_);
  const Date last = day("2025-02-28");
  TestStore other(GetParam());
  LoanOffice undisturbed(place_.where(), nullptr, 7), stopped(other.where(), nullptr, 7);
  for (LoanOffice* office : {&undisturbed, &stopped}) live(*office, loans, day("2025-01-01"), last.plus_days(-1), 4);
  ASSERT_TRUE(undisturbed.end_day(last));
  StopAtTheSecondStep progress;
  stopped.clock.set(start_of(last.plus_days(1), 480));
  const auto cut = stopped.day_end->run(last, progress);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::unavailable);
  ASSERT_TRUE(stopped.end_day(last));
  EXPECT_TRUE(left_by(stopped, loans, last) == left_by(undisturbed, loans, last));
}

TEST_P(DayEndTest, a_day_is_run_once_days_before_it_are_caught_up_and_days_before_the_first_are_refused) {
  LoanOffice office(place_.where(), nullptr, 7);
  const Contract contract = examples::term_loan();
  office.sign(contract, examples::product_of(contract), Rate::from_percent(5), contract.principal_minor);
  ASSERT_TRUE(office.end_day(day("2025-01-20")));
  const auto gap = office.end_day(day("2025-01-30"));
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->days, 10);
  const Books before = office.balances(contract);
  const auto again = office.end_day(day("2025-01-30"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->days, 0);
  EXPECT_EQ(again->report, gap->report);
  EXPECT_EQ(office.balances(contract), before);
  EXPECT_EQ(office.end_day(day("2025-01-25")).value().days, 0);
  const auto refused = office.end_day(day("2025-01-19"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(office.end_day(day("2030-01-01")).error().code, ErrorCode::exhausted);
}

TEST_P(DayEndTest, a_loan_nobody_pays_is_written_off_at_the_end_of_the_product_s_day_and_its_allowance_is_released) {
  LoanOffice office(place_.where());
  const Contract contract = examples::term_loan();  // first due 2025-02-15; 180 days later is 2025-08-14
  const Product product = examples::product_of(contract);
  office.sign(contract, product, Rate::from_percent(5), contract.principal_minor);
  ASSERT_TRUE(office.end_day(day("2025-02-01")));
  EXPECT_EQ(office.loan(contract.loan).standing.stage, Stage::one);
  const int64_t twelve_months = office.loan(contract.loan).standing.allowance_minor;
  EXPECT_GT(twelve_months, 0);
  ASSERT_TRUE(office.end_day(day("2025-04-15")));  // 60 days late at the end of the day
  EXPECT_EQ(office.outcome(contract.loan), std::nullopt);
  ASSERT_TRUE(office.end_day(day("2025-04-16")));
  EXPECT_EQ(office.outcome(contract.loan), 1) << "the evidence of its decision knows of the default";
  ASSERT_TRUE(office.end_day(day("2025-05-16")));  // 91 days late at the end of the day
  const Standing late = office.loan(contract.loan).standing;
  EXPECT_EQ(late.stage, Stage::three);
  EXPECT_EQ(late.bucket, 4);
  EXPECT_GT(late.allowance_minor, 5 * twelve_months);
  ASSERT_TRUE(office.end_day(day("2025-08-13")));
  EXPECT_EQ(office.loan(contract.loan).standing.state.status, Status::active);
  const auto run = office.end_day(day("2025-08-14"));
  ASSERT_TRUE(run) << run.error().text();
  const BookDay& book = run->report.books.at({contract.product, contract.currency});
  EXPECT_EQ(book.charged_off, (Count{1, contract.principal_minor}));
  EXPECT_EQ(book.open(), Count{});
  EXPECT_TRUE(run->report.ties);
  const Books balances = office.balances(contract);
  EXPECT_EQ(balances[AccountKind::loss_allowance], 0);
  EXPECT_EQ(balances[AccountKind::interest_receivable], 0);
  EXPECT_GT(balances[AccountKind::write_off_expense], contract.principal_minor);
  // A recovery months later is income, and the day-ends go on without the loan.
  office.clock.set(start_of(day("2025-12-01"), 480));
  const auto recovered =
      office.servicing->perform(office.instruction(contract, "won", EventKind::recovery, "2025-12-01", 700'000));
  ASSERT_TRUE(recovered) << recovered.error().text();
  EXPECT_EQ(office.balances(contract)[AccountKind::recovery_income], -700'000);
  EXPECT_TRUE(office.end_day(day("2025-12-01")).value().report.ties);
}

TEST_P(DayEndTest, roll_rates_and_vintages_counted_on_the_way_equal_those_of_snapshots_of_every_loan) {
  LoanOffice office(place_.where(), nullptr, 7);
  const auto loans = portfolio_of(3, loans_);
  std::vector<Snapshot> all, before;
  Date month_end = day("2024-12-31");
  for (const std::string_view until : {"2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31",
                                       "2025-06-30", "2025-07-31", "2025-08-31"}) {
    live(office, loans, month_end.plus_days(1), day(until), 3);
    month_end = day(until);
    std::vector<Snapshot> now;
    for (const Borrowed& loan : loans) {
      if (loan.contract.opened_on > month_end) continue;
      const Standing standing = office.loan(loan.contract.loan).standing;
      Snapshot one{loan.contract.loan, month_end, loan.contract.opened_on, standing.bucket, false, 0};
      one.principal_minor = own_books_of(loan.contract, standing)[AccountKind::loan_principal];
      one.charged_off = standing.state.status == Status::charged_off;
      if (one.charged_off) {
        one.principal_minor = split(loan.contract.terms.partner, standing.state.principal_minor()).own_minor;
        one.bucket = kBuckets - 1;
      }
      if (standing.state.status != Status::paid_off) now.push_back(one);
    }
    std::optional<MonthTables> tables;
    LoanOffice::must(office.store->read([&](Reader& reader) -> Result<void> {
      tables = TRY(read_month_tables(reader));
      return {};
    }));
    ASSERT_TRUE(tables);
    ASSERT_EQ(tables->month_end, month_end);
    for (const auto& [key, rolls] : tables->rolls) {
      const auto of_book = [&](std::span<const Snapshot> snapshots) {
        std::vector<Snapshot> out;
        for (const Snapshot& one : snapshots) {
          const auto loan = std::ranges::find(loans, one.loan, [](const Borrowed& b) { return b.contract.loan; });
          if (loan->contract.product == key.product) out.push_back(one);
        }
        return out;
      };
      EXPECT_EQ(rolls.cells, roll_table(of_book(before), of_book(now)).cells) << key.product << " " << until;
    }
    all.insert(all.end(), now.begin(), now.end());
    before = now;
    VintageTable counted;
    for (const auto& [key, table] : tables->vintages) {
      for (const auto& [where, cell] : table) {
        counted[where].seen.loans += cell.seen.loans;
        counted[where].ever_bad.loans += cell.ever_bad.loans;
      }
    }
    for (const auto& [where, cell] : vintage_table(all, 4)) {
      EXPECT_EQ(counted[where].seen.loans, cell.seen.loans) << where.first.text() << " at " << where.second;
      EXPECT_EQ(counted[where].ever_bad.loans, cell.ever_bad.loans) << where.first.text() << " at " << where.second;
    }
  }
  EXPECT_TRUE(std::ranges::any_of(all, [](const Snapshot& one) { return one.charged_off; }));
  PortfolioAnswer answer;
  LoanOffice::must(office.store->read([&](Reader& reader) -> Result<void> {
    answer = TRY(portfolio(reader));
    return {};
  }));
  EXPECT_EQ(answer.date, month_end);
  // Every open loan is counted, in the book of its product; few loans may leave one product without any.
  int64_t open_loans = 0, counted_loans = 0;
  for (const Snapshot& one : before) open_loans += one.charged_off ? 0 : 1;
  for (const BookView& book : answer.books) counted_loans += book.loans;
  EXPECT_GT(open_loans, 0);
  EXPECT_EQ(counted_loans, open_loans);
  EXPECT_FALSE(answer.rolls.empty());
  EXPECT_FALSE(answer.vintages.empty());
}

TEST_P(DayEndTest, a_principal_that_is_another_in_the_ledger_is_reported) {
  LoanOffice office(place_.where());
  const Contract contract = examples::term_loan();
  office.sign(contract, examples::product_of(contract), Rate::from_percent(5), contract.principal_minor);
  LoanOffice::must(office.store->write([&](Transaction& tx) {
    return office.book->post(tx, {contract.product, contract.currency}, contract.loan,
                             {{AccountKind::cash, Side::debit, 1}, {AccountKind::loan_principal, Side::credit, 1}},
                             Id128{1, 77}, office.clock.now());
  }));
  const auto run = office.end_day(day("2025-01-20"));
  ASSERT_TRUE(run);
  EXPECT_FALSE(run->report.ties);
  EXPECT_EQ(run->report.books.at({contract.product, contract.currency}).untied_loans, 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, DayEndTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace puhui::lending
