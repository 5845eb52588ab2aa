// For tests only: the ledger's rules written a second time, as plainly as possible, over maps.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "infrastructure/ledger/ledger.h"

namespace puhui::ledger {

class ReferenceLedger {
 public:
  struct Kept {
    Transfer asked;
    Transfer done;  // with what was inherited or balanced
    enum class State { plain, open, posted, voided, expired } state = State::plain;
    int64_t expires_at_us = 0;
    uint64_t order = 0;
  };

  std::vector<AccountOutcome> open_accounts(const std::vector<Account>& wanted, Timestamp now) {
    tick(now);
    std::vector<AccountOutcome> out;
    for (const Account& account : wanted) out.push_back(open_one(account));
    return out;
  }

  AccountOutcome set_closed(const AccountId& id, bool closed, Timestamp now) {
    expire(tick(now));
    const auto found = accounts.find(id);
    if (found == accounts.end()) return AccountOutcome::not_found;
    AccountState& account = found->second;
    if (account.closed == closed) return AccountOutcome::exists;
    if (account.balances.debits_pending > 0 || account.balances.credits_pending > 0) {
      return AccountOutcome::has_pending_transfers;
    }
    account.closed = closed;
    return AccountOutcome::ok;
  }

  std::vector<Outcome> apply(const std::vector<Transfer>& calls, Timestamp now) {
    const int64_t at = tick(now);
    expire(at);
    std::vector<Outcome> out;
    std::vector<Transfer> chain;
    for (const Transfer& transfer : calls) {
      chain.push_back(transfer);
      if (transfer.flags.linked) continue;
      for (const Outcome outcome : apply_chain(chain, at)) out.push_back(outcome);
      chain.clear();
    }
    for (size_t i = 0; i < chain.size(); ++i) {
      out.push_back(i + 1 == chain.size() ? Outcome::linked_chain_open : Outcome::linked_event_failed);
    }
    return out;
  }

  std::map<AccountId, AccountState> accounts;
  std::map<TransferId, Kept> transfers;
  int64_t last_at_us = 0;

 private:
  using Kind = Kept::State;

  int64_t tick(Timestamp now) {
    last_at_us = now.microseconds > last_at_us ? now.microseconds : last_at_us + 1;
    return last_at_us;
  }

  AccountOutcome open_one(const Account& account) {
    if (account.id.is_zero()) return AccountOutcome::id_must_not_be_zero;
    const auto found = accounts.find(account.id);
    if (found == accounts.end()) {
      accounts[account.id] = {account, {}, false};
      return AccountOutcome::ok;
    }
    const Account& known = found->second.account;
    if (known.currency != account.currency) return AccountOutcome::exists_with_different_currency;
    if (known.code != account.code) return AccountOutcome::exists_with_different_code;
    if (known.limit != account.limit) return AccountOutcome::exists_with_different_limit;
    return AccountOutcome::exists;
  }

  std::vector<Outcome> apply_chain(const std::vector<Transfer>& chain, int64_t at) {
    undo_.clear();
    std::vector<Outcome> out;
    int existing = 0;
    for (const Transfer& transfer : chain) {
      out.push_back(apply_one(transfer, at));
      if (out.back() == Outcome::exists) ++existing;
      if (!is_done(out.back())) break;
    }
    const bool all = out.size() == chain.size() && is_done(out.back());
    if (all && (existing == 0 || existing == static_cast<int>(chain.size()))) return out;
    while (!undo_.empty()) undo_.back()(), undo_.pop_back();
    for (Outcome& outcome : out) {
      if (outcome == Outcome::ok) outcome = Outcome::linked_event_failed;
    }
    out.resize(chain.size(), Outcome::linked_event_failed);
    return out;
  }

  Outcome apply_one(const Transfer& t, int64_t at) {
    if (t.id.is_zero()) return Outcome::id_must_not_be_zero;
    if (const auto known = transfers.find(t.id); known != transfers.end()) return compare(t, known->second);
    const int kinds = t.flags.pending + t.flags.post_pending + t.flags.void_pending;
    const bool ends = t.flags.post_pending || t.flags.void_pending;
    if (kinds > 1) return Outcome::flags_contradict;
    if (ends && (t.flags.balancing_debit || t.flags.balancing_credit)) return Outcome::flags_contradict;
    if (t.timeout_s != 0 && !t.flags.pending) return Outcome::timeout_needs_pending;
    return ends ? end_one(t) : move_one(t, at);
  }

  Outcome compare(const Transfer& t, const Kept& kept) const {
    const Transfer &asked = kept.asked, &done = kept.done;
    const bool ends = asked.flags.post_pending || asked.flags.void_pending;
    if (!(t.flags == asked.flags)) return Outcome::exists_with_different_flags;
    if (t.pending_id != asked.pending_id) return Outcome::exists_with_different_pending_id;
    if (t.timeout_s != asked.timeout_s) return Outcome::exists_with_different_timeout;
    if (t.debit != done.debit && !(ends && t.debit.is_zero())) return Outcome::exists_with_different_debit_account;
    if (t.credit != done.credit && !(ends && t.credit.is_zero())) return Outcome::exists_with_different_credit_account;
    if (t.amount_minor != asked.amount_minor) return Outcome::exists_with_different_amount;
    if (t.currency != done.currency) return Outcome::exists_with_different_currency;
    if (t.code != done.code && !(ends && t.code == 0)) return Outcome::exists_with_different_code;
    if (t.user_data != asked.user_data) return Outcome::exists_with_different_user_data;
    return Outcome::exists;
  }

  Outcome move_one(const Transfer& t, int64_t at) {
    if (!t.pending_id.is_zero()) return Outcome::pending_id_not_allowed;
    if (t.amount_minor <= 0) return Outcome::amount_must_be_positive;
    if (t.debit == t.credit) return Outcome::accounts_must_differ;
    if (!accounts.contains(t.debit)) return Outcome::debit_account_not_found;
    if (!accounts.contains(t.credit)) return Outcome::credit_account_not_found;
    AccountState &debit = accounts[t.debit], &credit = accounts[t.credit];
    if (debit.account.currency != t.currency || credit.account.currency != t.currency)
      return Outcome::currency_mismatch;
    if (debit.closed) return Outcome::debit_account_closed;
    if (credit.closed) return Outcome::credit_account_closed;
    Balances &from = debit.balances, &to = credit.balances;
    __int128 amount = t.amount_minor;
    const __int128 from_debits = static_cast<__int128>(from.debits_posted) + from.debits_pending;
    const __int128 to_credits = static_cast<__int128>(to.credits_posted) + to.credits_pending;
    if (t.flags.balancing_debit) amount = std::min(amount, from.credits_posted - from_debits);
    if (amount <= 0) return Outcome::exceeds_credits;
    if (t.flags.balancing_credit) amount = std::min(amount, to.debits_posted - to_credits);
    if (amount <= 0) return Outcome::exceeds_debits;
    if (from_debits + amount > INT64_MAX) return Outcome::overflows_debits;
    if (to_credits + amount > INT64_MAX) return Outcome::overflows_credits;
    if (debit.account.limit == Limit::debits_must_not_exceed_credits && from_debits + amount > from.credits_posted) {
      return Outcome::exceeds_credits;
    }
    if (credit.account.limit == Limit::credits_must_not_exceed_debits && to_credits + amount > to.debits_posted) {
      return Outcome::exceeds_debits;
    }
    Kept kept{t, t, t.flags.pending ? Kind::open : Kind::plain, 0, 0};
    kept.done.amount_minor = static_cast<int64_t>(amount);
    if (t.timeout_s != 0) kept.expires_at_us = at + int64_t{t.timeout_s} * 1'000'000;
    if (t.flags.pending) {
      change(from.debits_pending, kept.done.amount_minor);
      change(to.credits_pending, kept.done.amount_minor);
    } else {
      change(from.debits_posted, kept.done.amount_minor);
      change(to.credits_posted, kept.done.amount_minor);
    }
    keep(kept);
    return Outcome::ok;
  }

  Outcome end_one(const Transfer& t) {
    if (t.pending_id.is_zero()) return Outcome::pending_id_needed;
    if (t.pending_id == t.id) return Outcome::pending_id_must_differ;
    if (t.amount_minor < 0) return Outcome::amount_must_be_positive;
    const auto found = transfers.find(t.pending_id);
    if (found == transfers.end()) return Outcome::pending_not_found;
    Kept& pending = found->second;
    switch (pending.state) {
      case Kind::plain: return Outcome::transfer_not_pending;
      case Kind::posted: return Outcome::pending_already_posted;
      case Kind::voided: return Outcome::pending_already_voided;
      case Kind::expired: return Outcome::pending_expired;
      case Kind::open: break;
    }
    const Transfer& p = pending.done;
    if (!t.debit.is_zero() && t.debit != p.debit) return Outcome::pending_has_different_debit_account;
    if (!t.credit.is_zero() && t.credit != p.credit) return Outcome::pending_has_different_credit_account;
    if (t.currency != p.currency) return Outcome::pending_has_different_currency;
    if (t.code != 0 && t.code != p.code) return Outcome::pending_has_different_code;
    if (t.flags.post_pending && t.amount_minor > p.amount_minor) return Outcome::exceeds_pending_amount;
    if (t.flags.void_pending && t.amount_minor != 0 && t.amount_minor != p.amount_minor) {
      return Outcome::pending_has_different_amount;
    }
    Kept kept{t, t, Kind::plain, 0, 0};
    kept.done.debit = p.debit, kept.done.credit = p.credit, kept.done.code = p.code;
    kept.done.amount_minor = t.amount_minor == 0 ? p.amount_minor : t.amount_minor;
    Balances &from = accounts[p.debit].balances, &to = accounts[p.credit].balances;
    change(from.debits_pending, -p.amount_minor);
    change(to.credits_pending, -p.amount_minor);
    if (t.flags.post_pending) {
      change(from.debits_posted, kept.done.amount_minor);
      change(to.credits_posted, kept.done.amount_minor);
    }
    pending.state = t.flags.post_pending ? Kind::posted : Kind::voided;
    undo_.push_back([this, id = t.pending_id] { transfers[id].state = Kind::open; });
    keep(kept);
    return Outcome::ok;
  }

  // No order among those due: their effects add up the same.
  void expire(int64_t at) {
    for (auto next = expiring_.begin(); next != expiring_.end() && next->first <= at; next = expiring_.erase(next)) {
      const auto found = transfers.find(next->second);
      // The note may be of a chain that was taken back; its id can have been kept since, with another time.
      const bool due = found != transfers.end() && found->second.expires_at_us == next->first;
      if (!due || found->second.state != Kind::open) continue;
      Kept& kept = found->second;
      kept.state = Kind::expired;
      accounts[kept.done.debit].balances.debits_pending -= kept.done.amount_minor;
      accounts[kept.done.credit].balances.credits_pending -= kept.done.amount_minor;
    }
  }

  void change(int64_t& sum, int64_t by) {
    sum += by;
    undo_.push_back([&sum, by] { sum -= by; });
  }

  void keep(const Kept& kept) {
    transfers[kept.asked.id] = kept;
    if (kept.expires_at_us != 0) expiring_.emplace(kept.expires_at_us, kept.asked.id);
    undo_.push_back([this, id = kept.asked.id] { transfers.erase(id); });
  }

  std::multimap<int64_t, TransferId> expiring_;
  std::vector<std::function<void()>> undo_;  // of the chain under way
};

}  // namespace puhui::ledger
