#include "applications/lending/loan_book.h"

#include "ground/base/check.h"

namespace puhui::lending {

using ledger::AccountId;
using ledger::TransferId;

AccountId product_account(const BookKey& book, AccountKind kind) {
  CHECK(kind != AccountKind::loan_principal, "principal lies on each loan's own account");
  const std::string name =
      "lending account\n" + book.product + "\n" + std::string(book.currency.code()) + "\n" + std::string(name_of(kind));
  return AccountId(*Id128::from_bytes(sha256(name).view().substr(0, 16)));
}

AccountId principal_account(const LoanId& loan) { return AccountId(loan); }

TransferId TransferIds::next() {
  // An act's own id starts with its time; the transfers keep that, so ids that come later sort later, and spread the
  // rest by a hash, so that two acts never share one.
  constexpr uint64_t kTimeMask = ~uint64_t{0xFFFF};
  const std::string bytes = act_.bytes();
  return TransferId(Id128{(act_.high & kTimeMask) | used_++, hash64(bytes, 1)});
}

std::vector<Leg> legs_of(const std::vector<Posting>& postings) {
  std::vector<Posting> debits, credits;
  for (const Posting& posting : postings) (posting.side == Side::debit ? debits : credits).push_back(posting);
  std::vector<Leg> legs;
  size_t d = 0, c = 0;
  while (d < debits.size() && c < credits.size()) {
    const int64_t minor = std::min(debits[d].minor, credits[c].minor);
    legs.push_back({debits[d].account, credits[c].account, minor});
    if ((debits[d].minor -= minor) == 0) ++d;
    if ((credits[c].minor -= minor) == 0) ++c;
  }
  CHECK(d == debits.size() && c == credits.size(), "debits equal credits in every set of postings");
  return legs;
}

namespace {

Result<void> opened(const std::vector<ledger::AccountOutcome>& outcomes) {
  for (const ledger::AccountOutcome outcome : outcomes) {
    if (outcome == ledger::AccountOutcome::ok || outcome == ledger::AccountOutcome::exists) continue;
    return fail(ErrorCode::conflict, "ledger account", std::string(sentence_of(outcome)));
  }
  return {};
}

}  // namespace

Result<void> LoanBook::ready(Transaction& tx, const BookKey& book, Timestamp at) {
  const BookAccounts& known = accounts_of(book);
  if (ledger_.account_now(tx, known.ids[static_cast<size_t>(AccountKind::cash)])) return {};
  std::vector<ledger::Account> accounts;
  for (size_t kind = 0; kind < kAccountKinds; ++kind) {
    if (static_cast<AccountKind>(kind) == AccountKind::loan_principal) continue;
    accounts.push_back({known.ids[kind], book.currency, static_cast<uint32_t>(kind + 1), ledger::Limit::none});
  }
  return opened(TRY(ledger_.open_accounts(tx, accounts, at)));
}

Result<void> LoanBook::open_loan(Transaction& tx, const LoanId& loan, Currency currency, Timestamp at) {
  // A borrower cannot repay more principal than was drawn: the ledger itself holds that line.
  const ledger::Account account{principal_account(loan), currency,
                                static_cast<uint32_t>(AccountKind::loan_principal) + 1,
                                ledger::Limit::credits_must_not_exceed_debits};
  return opened(TRY(ledger_.open_accounts(tx, std::span(&account, 1), at)));
}

Result<void> LoanBook::post(Transaction& tx, const BookKey& book, const std::optional<LoanId>& loan,
                            const std::vector<Posting>& postings, const Id128& act, Timestamp at) {
  const std::vector<Leg> legs = legs_of(postings);
  if (legs.empty()) return {};
  const BookAccounts& accounts = accounts_of(book);
  const auto account_of = [&](AccountKind kind) {
    if (kind != AccountKind::loan_principal) return accounts.ids[static_cast<size_t>(kind)];
    CHECK(loan.has_value(), "principal is posted for one loan");
    return principal_account(*loan);
  };
  TransferIds ids(act);
  std::vector<ledger::Transfer> transfers;
  for (const Leg& leg : legs) {
    ledger::Transfer& transfer = transfers.emplace_back();
    transfer.id = ids.next();
    transfer.debit = account_of(leg.debit);
    transfer.credit = account_of(leg.credit);
    transfer.amount_minor = leg.minor;
    transfer.currency = book.currency;
    transfer.code = static_cast<uint32_t>(leg.debit) * 100 + static_cast<uint32_t>(leg.credit);
    transfer.user_data = act;
    transfer.flags.linked = true;
  }
  transfers.back().flags.linked = false;
  for (const ledger::Outcome outcome : TRY(ledger_.apply(tx, transfers, at))) {
    if (outcome == ledger::Outcome::ok) continue;
    return fail(ErrorCode::conflict, "ledger",
                std::string(name_of(outcome)) + ": " + std::string(sentence_of(outcome)));
  }
  return {};
}

const LoanBook::BookAccounts& LoanBook::accounts_of(const BookKey& book) const {
  const std::lock_guard lock(mutex_);
  auto [found, is_new] = accounts_.try_emplace(book);
  if (is_new) {
    for (size_t kind = 0; kind < kAccountKinds; ++kind) {
      if (static_cast<AccountKind>(kind) == AccountKind::loan_principal) continue;
      found->second.ids[kind] = product_account(book, static_cast<AccountKind>(kind));
    }
  }
  return found->second;
}

Books LoanBook::balances(const BookKey& book) const {
  const BookAccounts& accounts = accounts_of(book);
  Books out;
  for (size_t kind = 0; kind < kAccountKinds; ++kind) {
    if (static_cast<AccountKind>(kind) == AccountKind::loan_principal) continue;
    if (const auto account = ledger_.account(accounts.ids[kind])) out.minor[kind] = account->balances.debit_balance();
  }
  return out;
}

Books LoanBook::balances_now(Transaction& tx, const BookKey& book) const {
  const BookAccounts& accounts = accounts_of(book);
  Books out;
  for (size_t kind = 0; kind < kAccountKinds; ++kind) {
    if (static_cast<AccountKind>(kind) == AccountKind::loan_principal) continue;
    if (const auto account = ledger_.account_now(tx, accounts.ids[kind]))
      out.minor[kind] = account->balances.debit_balance();
  }
  return out;
}

int64_t LoanBook::principal_now(Transaction& tx, const LoanId& loan) const {
  const auto account = ledger_.account_now(tx, principal_account(loan));
  return account ? account->balances.debit_balance() : 0;
}

int64_t LoanBook::principal(const LoanId& loan) const {
  const auto account = ledger_.account(principal_account(loan));
  return account ? account->balances.debit_balance() : 0;
}

}  // namespace puhui::lending
