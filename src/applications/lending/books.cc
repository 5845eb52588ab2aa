#include "applications/lending/books.h"

#include "ground/base/check.h"

namespace puhui::lending {

namespace {

constexpr std::string_view kNames[kAccountKinds] = {
    "cash",           "loan_principal",     "interest_receivable", "penalty_receivable",
    "fee_receivable", "customer_credit",    "interest_income",     "penalty_income",
    "fee_income",     "write_off_expense",  "recovery_income",     "partner_payable",
    "loss_allowance", "impairment_expense",
};

}  // namespace

std::string_view name_of(AccountKind account) { return kNames[static_cast<size_t>(account)]; }

Books& Books::operator+=(const Books& other) {
  for (size_t i = 0; i < kAccountKinds; ++i) minor[i] += other.minor[i];
  return *this;
}

Books& Books::operator-=(const Books& other) {
  for (size_t i = 0; i < kAccountKinds; ++i) minor[i] -= other.minor[i];
  return *this;
}

int64_t Books::sum() const {
  int64_t total = 0;
  for (const int64_t balance : minor) total += balance;
  return total;
}

std::vector<Posting> postings(const Books& before, const Books& after) {
  Books change = after;
  change -= before;
  CHECK(change.sum() == 0, "debits equal credits");
  std::vector<Posting> out;
  for (size_t i = 0; i < kAccountKinds; ++i) {
    if (change.minor[i] == 0) continue;
    const bool debit = change.minor[i] > 0;
    out.push_back(
        {static_cast<AccountKind>(i), debit ? Side::debit : Side::credit, debit ? change.minor[i] : -change.minor[i]});
  }
  return out;
}

}  // namespace puhui::lending
