// Accounts and transfers as callers see them, and what can come of a transfer. Values only; ledger.h acts.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "ground/base/clock.h"
#include "ground/base/id.h"
#include "ground/base/money.h"

namespace puhui::ledger {

using AccountId = Id<struct AccountTag>;
using TransferId = Id<struct TransferTag>;

// What an account may never do.
enum class Limit : uint8_t {
  none = 0,
  debits_must_not_exceed_credits = 1,  // a deposit, a wallet: debits posted and pending stay within credits posted
  credits_must_not_exceed_debits = 2,  // a loan's principal: it cannot be repaid beyond what was drawn
};

struct Account {
  AccountId id;
  Currency currency;
  uint32_t code = 0;  // what kind of account it is, in the caller's chart of accounts
  Limit limit = Limit::none;
  bool operator==(const Account&) const = default;
};

// Sums since the account was opened, in minor units; they only grow, save that pending ones are released.
struct Balances {
  int64_t debits_posted = 0;
  int64_t credits_posted = 0;
  int64_t debits_pending = 0;
  int64_t credits_pending = 0;
  bool operator==(const Balances&) const = default;
  int64_t credit_balance() const { return credits_posted - debits_posted; }
  int64_t debit_balance() const { return debits_posted - credits_posted; }
};

struct AccountState {
  Account account;
  Balances balances;
  bool closed = false;
  bool operator==(const AccountState&) const = default;
};

struct TransferFlags {
  bool linked = false;            // succeeds or fails together with the next one in the call
  bool pending = false;           // reserves the amount until posted, voided or expired
  bool post_pending = false;      // posts `pending_id`, in whole (amount 0) or in part; the rest is released
  bool void_pending = false;      // releases `pending_id`
  bool balancing_debit = false;   // moves at most what the debit account's credit balance has available
  bool balancing_credit = false;  // moves at most what the credit account's debit balance has available
  bool operator==(const TransferFlags&) const = default;
};

// Money on its way from the debited to the credited account; once recorded it never changes.
struct Transfer {
  TransferId id;  // chosen by the caller; for ever the key under which it is done once
  AccountId debit;
  AccountId credit;  // zero debit, credit and code of a post or void mean those of the pending transfer
  int64_t amount_minor = 0;
  Currency currency;
  uint32_t code = 0;  // why: the caller's number
  Id128 user_data;    // whose: a contract, an order; the ledger only keeps it
  TransferFlags flags;
  TransferId pending_id;
  uint32_t timeout_s = 0;  // of a pending transfer; 0 never expires
  bool operator==(const Transfer&) const = default;
};

// What came of a transfer. A refusal is a value: nothing was recorded, and its id may be used again.
enum class Outcome : uint8_t {
  ok,
  exists,  // the same transfer was recorded before: all is well, nothing was done twice
  exists_with_different_flags,
  exists_with_different_pending_id,
  exists_with_different_timeout,
  exists_with_different_debit_account,
  exists_with_different_credit_account,
  exists_with_different_amount,
  exists_with_different_currency,
  exists_with_different_code,
  exists_with_different_user_data,
  linked_event_failed,
  linked_chain_open,
  id_must_not_be_zero,
  flags_contradict,
  pending_id_not_allowed,
  timeout_needs_pending,
  amount_must_be_positive,
  accounts_must_differ,
  debit_account_not_found,
  credit_account_not_found,
  currency_mismatch,
  debit_account_closed,
  credit_account_closed,
  overflows_debits,
  overflows_credits,
  exceeds_credits,
  exceeds_debits,
  pending_id_needed,
  pending_id_must_differ,
  pending_not_found,
  transfer_not_pending,
  pending_has_different_debit_account,
  pending_has_different_credit_account,
  pending_has_different_currency,
  pending_has_different_code,
  pending_has_different_amount,
  exceeds_pending_amount,
  pending_already_posted,
  pending_already_voided,
  pending_expired,
};
inline constexpr int kOutcomes = static_cast<int>(Outcome::pending_expired) + 1;

std::string_view name_of(Outcome outcome);      // "exceeds_credits"
std::string_view sentence_of(Outcome outcome);  // for a person: what is the matter, what to do
inline bool is_done(Outcome outcome) { return outcome == Outcome::ok || outcome == Outcome::exists; }

// What came of opening, closing or reopening an account.
enum class AccountOutcome : uint8_t {
  ok,
  exists,  // it stands so already
  exists_with_different_currency,
  exists_with_different_code,
  exists_with_different_limit,
  id_must_not_be_zero,
  not_found,
  has_pending_transfers,  // closing waits until they are posted or voided
};
inline constexpr int kAccountOutcomes = static_cast<int>(AccountOutcome::has_pending_transfers) + 1;

std::string_view name_of(AccountOutcome outcome);
std::string_view sentence_of(AccountOutcome outcome);

}  // namespace puhui::ledger
