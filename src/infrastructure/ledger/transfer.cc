#include "infrastructure/ledger/transfer.h"

#include <array>

#include "ground/base/check.h"

namespace puhui::ledger {
namespace {

struct Words {
  std::string_view name, sentence;
};

constexpr std::array<Words, kOutcomes> kOutcomeWords = {{
    {"ok", "The transfer is recorded."},
    {"exists", "This transfer was recorded before; nothing was done twice."},
    {"exists_with_different_flags", "This id belongs to a transfer with other flags; use a new id for a new transfer."},
    {"exists_with_different_pending_id", "This id belongs to a transfer that ended another pending one; use a new id."},
    {"exists_with_different_timeout", "This id belongs to a transfer with another timeout; use a new id."},
    {"exists_with_different_debit_account",
     "This id belongs to a transfer that debited another account; use a new id."},
    {"exists_with_different_credit_account",
     "This id belongs to a transfer that credited another account; use a new id."},
    {"exists_with_different_amount", "This id belongs to a transfer of another amount; use a new id."},
    {"exists_with_different_currency", "This id belongs to a transfer in another currency; use a new id."},
    {"exists_with_different_code", "This id belongs to a transfer with another code; use a new id."},
    {"exists_with_different_user_data", "This id belongs to a transfer with other user data; use a new id."},
    {"linked_event_failed", "Another transfer of its linked chain was refused, so none of them was recorded."},
    {"linked_chain_open", "The last transfer of a call must not be linked, for nothing follows it."},
    {"id_must_not_be_zero", "A transfer needs an id that is not zero."},
    {"flags_contradict", "Only one of pending, post and void may be set, and a post or void cannot balance."},
    {"pending_id_not_allowed", "Only a post or void names a pending transfer."},
    {"timeout_needs_pending", "Only a pending transfer has a timeout."},
    {"amount_must_be_positive", "The amount must be more than 0."},
    {"accounts_must_differ", "The debited and the credited account must be two accounts."},
    {"debit_account_not_found", "There is no account with the id of the debited one; open it first."},
    {"credit_account_not_found", "There is no account with the id of the credited one; open it first."},
    {"currency_mismatch", "Both accounts and the transfer must have one currency."},
    {"debit_account_closed", "The debited account is closed."},
    {"credit_account_closed", "The credited account is closed."},
    {"overflows_debits", "The sum of the account's debits would be larger than the ledger can count."},
    {"overflows_credits", "The sum of the account's credits would be larger than the ledger can count."},
    {"exceeds_credits", "The debited account does not have that much: its debits may not exceed its credits."},
    {"exceeds_debits", "The credited account does not owe that much: its credits may not exceed its debits."},
    {"pending_id_needed", "A post or void must name the pending transfer it ends."},
    {"pending_id_must_differ", "A transfer cannot end itself."},
    {"pending_not_found", "There is no transfer with this pending id."},
    {"transfer_not_pending", "The named transfer is not a pending one."},
    {"pending_has_different_debit_account", "The pending transfer debits another account."},
    {"pending_has_different_credit_account", "The pending transfer credits another account."},
    {"pending_has_different_currency", "The pending transfer has another currency."},
    {"pending_has_different_code", "The pending transfer has another code."},
    {"pending_has_different_amount", "A void releases the whole pending amount: give that amount or 0."},
    {"exceeds_pending_amount", "A post may move at most the pending amount."},
    {"pending_already_posted", "The pending transfer was posted before."},
    {"pending_already_voided", "The pending transfer was voided before."},
    {"pending_expired", "The pending transfer's time is over; its amount was released."},
}};

constexpr std::array<Words, kAccountOutcomes> kAccountOutcomeWords = {{
    {"ok", "Done."},
    {"exists", "It stands so already; nothing was done twice."},
    {"exists_with_different_currency", "This id belongs to an account in another currency; use a new id."},
    {"exists_with_different_code", "This id belongs to an account with another code; use a new id."},
    {"exists_with_different_limit", "This id belongs to an account with another limit; use a new id."},
    {"id_must_not_be_zero", "An account needs an id that is not zero."},
    {"not_found", "There is no such account."},
    {"has_pending_transfers", "The account has pending transfers: post or void them first."},
}};

}  // namespace

std::string_view name_of(Outcome outcome) { return kOutcomeWords[static_cast<size_t>(outcome)].name; }
std::string_view sentence_of(Outcome outcome) { return kOutcomeWords[static_cast<size_t>(outcome)].sentence; }
std::string_view name_of(AccountOutcome outcome) { return kAccountOutcomeWords[static_cast<size_t>(outcome)].name; }
std::string_view sentence_of(AccountOutcome outcome) {
  return kAccountOutcomeWords[static_cast<size_t>(outcome)].sentence;
}

}  // namespace puhui::ledger
