// LoanBook: how a loan's postings become transfers of the ledger. A loan has one account of its own, its principal;
// what all loans of a product and currency share (cash, receivables, income) are accounts of the product.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "applications/lending/books.h"
#include "applications/lending/contract.h"
#include "infrastructure/ledger/ledger.h"

namespace puhui::lending {

// Whose accounts: a product's in one currency.
struct BookKey {
  std::string product;
  Currency currency;
  auto operator<=>(const BookKey&) const = default;
};

ledger::AccountId product_account(const BookKey& book, AccountKind kind);
ledger::AccountId principal_account(const LoanId& loan);

// The id that every transfer of one act is made of; deterministic, and rising with time where `act` does.
class TransferIds {
 public:
  explicit TransferIds(const Id128& act) : act_(act) {}
  ledger::TransferId next();

 private:
  Id128 act_;
  uint32_t used_ = 0;
};

class LoanBook {
 public:
  explicit LoanBook(ledger::Ledger& ledger) : ledger_(ledger) {}

  // In a store closure. Opens the product's accounts where they are not open yet.
  Result<void> ready(Transaction& tx, const BookKey& book, Timestamp at);
  Result<void> open_loan(Transaction& tx, const LoanId& loan, Currency currency, Timestamp at);
  // Books the postings as one linked chain; principal goes to the loan's account. `act` names the act for good: the
  // same act again is a conflict. Without a loan, principal postings are a defect (CHECKed).
  Result<void> post(Transaction& tx, const BookKey& book, const std::optional<LoanId>& loan,
                    const std::vector<Posting>& postings, const Id128& act, Timestamp at);

  // Balances of a product's accounts, debits less credits, by AccountKind; loan_principal is not among them.
  Books balances(const BookKey& book) const;
  int64_t principal(const LoanId& loan) const;
  // The same in a store closure, with what it and its uncommitted neighbours did.
  Books balances_now(Transaction& tx, const BookKey& book) const;
  int64_t principal_now(Transaction& tx, const LoanId& loan) const;

 private:
  // The ids of a product's accounts, by kind: hashing names is not for every posting.
  struct BookAccounts {
    std::array<ledger::AccountId, kAccountKinds> ids{};
  };
  const BookAccounts& accounts_of(const BookKey& book) const;

  ledger::Ledger& ledger_;
  mutable std::mutex mutex_;
  mutable std::map<BookKey, BookAccounts> accounts_;  // never erased, so references last
};

// Two-sided transfers that do what the postings say: debits and credits matched in order, one fewer than postings at most.
struct Leg {
  AccountKind debit, credit;
  int64_t minor = 0;
  bool operator==(const Leg&) const = default;
};
std::vector<Leg> legs_of(const std::vector<Posting>& postings);

}  // namespace puhui::lending
