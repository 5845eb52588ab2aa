#include "applications/lending/life.h"

#include <gtest/gtest.h>

#include "applications/lending/loan_examples.h"
#include "applications/lending/price.h"
#include "applications/lending/shipped_examples.h"

namespace puhui::lending {
namespace {

constexpr std::string_view kProducts[] = {"person_revolving", "firm_term", "uci_credit_card"};

Product shipped(std::string_view name) { return *parse_product(examples::shipped_file(name, "product.json")); }

Contract contract_of(const Product& product, uint64_t number, Rate rate) {
  const int64_t steps = static_cast<int64_t>(number % 40);
  const Offer offer{.loan = LoanId({9, number}),
                    .borrower = BorrowerId({8, number}),
                    .principal_minor = product.amount.min_minor + steps * product.amount.step_minor,
                    .rate = rate,
                    .term_months = product.terms_months[number % product.terms_months.size()],
                    .opened_on = Date{20'000 + static_cast<int32_t>(number % 400)}};
  return *make_contract(product, offer);
}

Rate price_at(const Product& product, Rate pd) { return price_of(product.costs, pd, product.lgd)->rate; }

int64_t sum_of_parts(const LifeResult& life) {
  return life.interest_minor + life.penalty_minor + life.fee_minor + life.recovery_minor - life.write_off_minor -
         life.funding_minor - life.operating_minor;
}

TEST(Life, AGoodLoanPricedWithoutRiskEarnsMoreThanItCosts) {
  for (const auto name : kProducts) {
    const Product product = shipped(name);
    for (uint64_t row = 0; row < 300; ++row) {
      const Contract contract = contract_of(product, row, price_at(product, Rate{}));
      const auto life = live(product, contract, false, Random(5), row);
      ASSERT_TRUE(life.has_value()) << name << ": " << life.error().text();
      EXPECT_EQ(life->status, Status::paid_off);
      EXPECT_EQ(life->write_off_minor, 0);
      EXPECT_GT(life->profit_minor, 0) << name << " row " << row;
      EXPECT_LE(life->worst_bucket, 1);
    }
  }
}

TEST(Life, EverySumIsTheStatesAndTheBooksClose) {
  for (const auto name : kProducts) {
    const Product product = shipped(name);
    for (uint64_t row = 0; row < 200; ++row) {
      const Contract contract = contract_of(product, row, product.costs.cap);
      const auto life = live(product, contract, row % 2 == 0, Random(6), row);
      ASSERT_TRUE(life.has_value()) << life.error().text();
      const Totals& totals = life->state.totals;
      EXPECT_EQ(life->interest_minor, totals.interest_income_minor);
      EXPECT_EQ(life->penalty_minor, totals.penalty_income_minor);
      EXPECT_EQ(life->fee_minor, totals.fee_income_minor);
      EXPECT_EQ(life->write_off_minor, totals.write_off_minor);
      EXPECT_EQ(life->recovery_minor, totals.recovery_minor);
      EXPECT_EQ(life->profit_minor, sum_of_parts(*life));
      EXPECT_EQ(books_of(life->state).sum(), 0);
      // All that was earned and not written off came in as cash, once the loan is gone.
      EXPECT_EQ(totals.cash_minor, life->interest_minor + life->penalty_minor + life->fee_minor + life->recovery_minor -
                                       life->write_off_minor + life->state.credit_minor);
      EXPECT_EQ(life->state.credit_minor, 0);
    }
  }
}

TEST(Life, ABadLoanRollsThroughTheBucketsToChargeOffOnTheProductsDay) {
  for (const auto name : kProducts) {
    const Product product = shipped(name);
    for (uint64_t row = 0; row < 200; ++row) {
      const auto life = live(product, contract_of(product, row, product.costs.cap), true, Random(7), row);
      ASSERT_TRUE(life.has_value()) << life.error().text();
      EXPECT_EQ(life->status, Status::charged_off);
      EXPECT_GT(life->write_off_minor, 0);
      EXPECT_LE(life->recovery_minor, life->write_off_minor);
      EXPECT_EQ(life->worst_bucket, bucket_of(product.charge_off_days, product.bucket_edges));
      EXPECT_TRUE(life->months.back().charged_off);
      for (size_t i = 1; i < life->months.size(); ++i) {
        EXPECT_EQ(life->months[i].month_end, life->months[i - 1].month_end.plus_days(1).end_of_month());
        EXPECT_LE(life->months[i].bucket, life->months[i - 1].bucket + 2);  // 59 days may lie in one month and the next
        EXPECT_FALSE(life->months[i - 1].charged_off);
      }
    }
  }
}

TEST(Life, OnAverageTheProductsLossIsLost) {
  for (const auto name : kProducts) {
    const Product product = shipped(name);
    double recovered = 0, written_off = 0;
    for (uint64_t row = 0; row < 6'000; ++row) {
      const auto life = live(product, contract_of(product, row, product.costs.cap), true, Random(8), row);
      recovered += static_cast<double>(life->recovery_minor);
      written_off += static_cast<double>(life->write_off_minor);
    }
    EXPECT_NEAR(recovered / written_off, 1 - product.lgd.as_double(), 0.02) << name;
  }
}

TEST(Life, ALifeIsAFunctionOfItsRow) {
  const Product product = shipped("person_revolving");
  const Contract contract = contract_of(product, 3, product.costs.cap);
  const auto profit = [&](uint64_t seed, uint64_t row, bool bad) {
    const auto life = *live(product, contract, bad, Random(seed), row);
    return std::tuple(life.profit_minor, life.ended_on, life.state);
  };
  EXPECT_EQ(profit(1, 5, true), profit(1, 5, true));
  EXPECT_EQ(profit(1, 5, false), profit(1, 5, false));
  int different = 0;
  for (uint64_t row = 0; row < 20; ++row) different += profit(1, row, true) != profit(2, row, true) ? 1 : 0;
  EXPECT_GT(different, 15);
}

TEST(Life, FundingIsCountedOnThePrincipalOfEachDay) {
  Product product = shipped("firm_term");
  product.costs.funding = Rate::from_percent(10);
  product.costs.operating = Rate{};
  Contract contract = examples::term_loan();
  contract.terms.method = RepaymentMethod::interest_only_bullet;
  const Behaviour punctual{.early_share = 0, .grace_share = 0, .late_share = 0, .prepay_chance_month = 0};
  const auto life = *live(product, contract, false, Random(1), 1, punctual);
  // 120,000.00 for the 365 days from 2025-01-15 to 2026-01-15 at 10 %.
  EXPECT_EQ(life.ended_on, examples::day("2026-01-15"));
  EXPECT_EQ(life.funding_minor, 1'200'000);
  EXPECT_EQ(life.operating_minor, 0);
  EXPECT_EQ(life.interest_minor, 1'440'000);
  EXPECT_EQ(life.profit_minor, 240'000);
  EXPECT_EQ(life.months.size(), 12u);
}

TEST(Life, BorrowersBehaveInTheSharesThatAreStated) {
  const Product product = shipped("firm_term");
  Contract contract = contract_of(product, 0, product.costs.cap);
  contract.instalments = 12;
  int prepaid = 0, ever_late = 0, never_paid = 0;
  constexpr int kRows = 4'000;
  for (uint64_t row = 0; row < kRows; ++row) {
    const auto good = *live(product, contract, false, Random(2), row);
    prepaid += good.fee_minor > 0 ? 1 : 0;  // the fee of prepaying
    ever_late += good.penalty_minor > 0 ? 1 : 0;
    const auto bad = *live(product, contract, true, Random(2), row, {.promise_share = 0});
    never_paid += bad.state.totals.cash_minor - bad.recovery_minor == -contract.principal_minor ? 1 : 0;
  }
  EXPECT_NEAR(prepaid / static_cast<double>(kRows), 1 - std::pow(0.99, 12), 0.02);
  EXPECT_NEAR(ever_late / static_cast<double>(kRows), 1 - std::pow(0.98, 11), 0.03);
  EXPECT_NEAR(never_paid / static_cast<double>(kRows), 0.10, 0.015);
}

TEST(Life, AnyContractIsLivedToItsEnd) {
  const Product product = shipped("person_revolving");
  for (uint64_t row = 0; row < 3'000; ++row) {
    RandomStream random(Random(77), 1, row);
    const Contract contract = examples::random_contract(random);
    const bool bad = row % 2 == 0;
    const auto life = live(product, contract, bad, Random(9), row);
    ASSERT_TRUE(life.has_value()) << "row " << row << ": " << life.error().text();
    EXPECT_NE(life->status, Status::active) << row;
    EXPECT_EQ(life->profit_minor, sum_of_parts(*life));
    EXPECT_EQ(books_of(life->state).sum(), 0);
    EXPECT_TRUE(bad || life->status == Status::paid_off) << "row " << row;
  }
}

}  // namespace
}  // namespace puhui::lending
