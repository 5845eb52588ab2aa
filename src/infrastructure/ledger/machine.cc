#include "infrastructure/ledger/machine.h"

#include "ground/base/check.h"

namespace puhui::ledger {
namespace {

constexpr int64_t kMicrosecondsPerSecond = 1'000'000;

bool would_overflow(int64_t posted, int64_t pending, int64_t amount) {
  return static_cast<__int128>(posted) + pending + amount > INT64_MAX;
}

// What a transfer says about itself, before any account is looked at.
Outcome faults_of(const Transfer& transfer) {
  const TransferFlags& flags = transfer.flags;
  const bool ends = flags.post_pending || flags.void_pending;
  const bool balances = flags.balancing_debit || flags.balancing_credit;
  if (flags.pending + flags.post_pending + flags.void_pending > 1 || (ends && balances)) {
    return Outcome::flags_contradict;
  }
  if (!flags.pending && transfer.timeout_s != 0) return Outcome::timeout_needs_pending;
  if (ends) {
    if (transfer.pending_id.is_zero()) return Outcome::pending_id_needed;
    if (transfer.pending_id == transfer.id) return Outcome::pending_id_must_differ;
    return transfer.amount_minor < 0 ? Outcome::amount_must_be_positive : Outcome::ok;
  }
  if (!transfer.pending_id.is_zero()) return Outcome::pending_id_not_allowed;
  if (transfer.amount_minor <= 0) return Outcome::amount_must_be_positive;
  return transfer.debit == transfer.credit ? Outcome::accounts_must_differ : Outcome::ok;
}

}  // namespace

Machine::Machine(const LedgerOptions& options)
    : postings_per_checkpoint_(std::max(1u, options.postings_per_checkpoint)), ids_(options.recent_ids) {
  start_ = mark();
}

Result<std::vector<Outcome>> Machine::apply(Past& past, std::span<const Transfer> transfers, Timestamp now) {
  const Timestamp at = next_time(now);
  expire_due(at);
  std::vector<Outcome> outcomes(transfers.size(), Outcome::linked_event_failed);
  for (size_t begin = 0; begin < transfers.size();) {
    prefetch(transfers, begin);
    if (!transfers[begin].flags.linked) {
      outcomes[begin] = TRY(apply_one(past, transfers[begin], at));
      ++begin;
      continue;
    }
    size_t last = begin;
    while (last < transfers.size() && transfers[last].flags.linked) ++last;
    if (last == transfers.size()) {
      outcomes.back() = Outcome::linked_chain_open;
      break;
    }
    const size_t length = last + 1 - begin;
    TRY(apply_chain(past, transfers.subspan(begin, length), std::span(outcomes).subspan(begin, length), at));
    begin = last + 1;
  }
  return outcomes;
}

// A batch's time is mostly waiting for memory at random places; asked for early, the waits overlap.
void Machine::prefetch(std::span<const Transfer> transfers, size_t at) const {
  constexpr size_t kFar = 12, kNear = 6;
  if (at + kFar < transfers.size()) {
    const Transfer& far = transfers[at + kFar];
    ids_.prefetch(far.id);
    book_.prefetch_place(far.debit);
    book_.prefetch_place(far.credit);
  }
  if (at + kNear < transfers.size()) {
    book_.prefetch_account(transfers[at + kNear].debit);
    book_.prefetch_account(transfers[at + kNear].credit);
  }
}

// All of a chain or none. A chain that was recorded before answers `exists` throughout.
Result<void> Machine::apply_chain(Past& past, std::span<const Transfer> chain, std::span<Outcome> outcomes,
                                  Timestamp at) {
  const Mark before = mark();
  size_t done = 0, existing = 0;
  for (; done < chain.size(); ++done) {
    outcomes[done] = TRY(apply_one(past, chain[done], at));
    if (!is_done(outcomes[done])) break;
    if (outcomes[done] == Outcome::exists) ++existing;
  }
  if (done == chain.size() && (existing == 0 || existing == chain.size())) return {};
  rewind(before);
  std::ranges::replace(outcomes, Outcome::ok, Outcome::linked_event_failed);
  return {};
}

Result<Outcome> Machine::apply_one(Past& past, const Transfer& transfer, Timestamp at) {
  if (transfer.id.is_zero()) return Outcome::id_must_not_be_zero;
  if (const uint64_t known = TRY(sequence_of(past, transfer.id))) {
    return compare_with_known(past, transfer, known);
  }
  if (const Outcome fault = faults_of(transfer); fault != Outcome::ok) return fault;
  if (transfer.flags.post_pending || transfer.flags.void_pending) return end_pending(past, transfer, at);
  return move(transfer, at);
}

Machine::PartResult Machine::accounts_for(const Transfer& transfer) const {
  const auto debit = book_.find(transfer.debit);
  if (!debit) return std::unexpected(Outcome::debit_account_not_found);
  const auto credit = book_.find(transfer.credit);
  if (!credit) return std::unexpected(Outcome::credit_account_not_found);
  const AccountSlot &from = book_[*debit], &to = book_[*credit];
  const uint16_t currency = transfer.currency.number();
  if (from.currency != currency || to.currency != currency) return std::unexpected(Outcome::currency_mismatch);
  if (from.closed) return std::unexpected(Outcome::debit_account_closed);
  if (to.closed) return std::unexpected(Outcome::credit_account_closed);
  return Accounts{*debit, *credit};
}

// The amount against what both accounts allow.
Outcome Machine::exceeded(const AccountSlot& debit, const AccountSlot& credit, int64_t amount_minor) const {
  const Balances &from = debit.working, &to = credit.working;
  if (would_overflow(from.debits_posted, from.debits_pending, amount_minor)) return Outcome::overflows_debits;
  if (would_overflow(to.credits_posted, to.credits_pending, amount_minor)) return Outcome::overflows_credits;
  if (debit.limit == Limit::debits_must_not_exceed_credits &&
      from.debits_posted + from.debits_pending + amount_minor > from.credits_posted) {
    return Outcome::exceeds_credits;
  }
  if (credit.limit == Limit::credits_must_not_exceed_debits &&
      to.credits_posted + to.credits_pending + amount_minor > to.debits_posted) {
    return Outcome::exceeds_debits;
  }
  return Outcome::ok;
}

// A posted or a pending transfer.
Outcome Machine::move(const Transfer& transfer, Timestamp at) {
  const PartResult found = accounts_for(transfer);
  if (!found) return found.error();
  const AccountSlot &debit = book_[found->debit], &credit = book_[found->credit];
  int64_t amount = transfer.amount_minor;
  if (transfer.flags.balancing_debit) {
    const Balances& of = debit.working;
    amount = std::min(amount, of.credits_posted - of.debits_posted - of.debits_pending);
    if (amount <= 0) return Outcome::exceeds_credits;
  }
  if (transfer.flags.balancing_credit) {
    const Balances& of = credit.working;
    amount = std::min(amount, of.debits_posted - of.credits_posted - of.credits_pending);
    if (amount <= 0) return Outcome::exceeds_debits;
  }
  if (const Outcome limit = exceeded(debit, credit, amount); limit != Outcome::ok) return limit;
  const uint64_t sequence = last_sequence_ + 1;
  record({.at = at,
          .flags = transfer.flags,
          .debit = found->debit,
          .credit = found->credit,
          .amount_minor = amount,
          .requested_minor = transfer.amount_minor,
          .code = transfer.code,
          .timeout_s = transfer.timeout_s,
          .id = transfer.id,
          .user_data = transfer.user_data});
  if (transfer.flags.pending) {
    const int64_t expires_at_us =
        transfer.timeout_s == 0 ? 0 : at.microseconds + int64_t{transfer.timeout_s} * kMicrosecondsPerSecond;
    const Pending pending{transfer.id, sequence, found->debit, found->credit, amount, transfer.code, expires_at_us};
    pending_changes_.push_back({true, pending});
    insert_pending(pending);
  }
  return Outcome::ok;
}

Outcome Machine::differs_from_pending(const Transfer& transfer, const Pending& pending) const {
  const AccountSlot &debit = book_[pending.debit], &credit = book_[pending.credit];
  if (!transfer.debit.is_zero() && transfer.debit != debit.id) return Outcome::pending_has_different_debit_account;
  if (!transfer.credit.is_zero() && transfer.credit != credit.id) return Outcome::pending_has_different_credit_account;
  if (transfer.currency.number() != debit.currency) return Outcome::pending_has_different_currency;
  if (transfer.code != 0 && transfer.code != pending.code) return Outcome::pending_has_different_code;
  if (transfer.flags.post_pending && transfer.amount_minor > pending.amount_minor) {
    return Outcome::exceeds_pending_amount;
  }
  if (transfer.flags.void_pending && transfer.amount_minor != 0 && transfer.amount_minor != pending.amount_minor) {
    return Outcome::pending_has_different_amount;
  }
  return Outcome::ok;
}

Result<Outcome> Machine::end_pending(Past& past, const Transfer& transfer, Timestamp at) {
  const auto found = pendings_.find(transfer.pending_id);
  if (found == pendings_.end()) return why_not_pending(past, transfer);
  const Pending pending = found->second;
  if (const Outcome other = differs_from_pending(transfer, pending); other != Outcome::ok) return other;
  const bool whole = transfer.flags.void_pending || transfer.amount_minor == 0;
  record({.at = at,
          .flags = transfer.flags,
          .debit = pending.debit,
          .credit = pending.credit,
          .amount_minor = whole ? pending.amount_minor : transfer.amount_minor,
          .requested_minor = transfer.amount_minor,
          .released_minor = pending.amount_minor,
          .code = pending.code,
          .id = transfer.id,
          .user_data = transfer.user_data,
          .pending_id = transfer.pending_id,
          .pending_sequence = pending.sequence});
  end(pending, last_sequence_, transfer.flags.post_pending ? End::posted : End::voided);
  return Outcome::ok;
}

// It is not open: it never was, or it ended.
Result<Outcome> Machine::why_not_pending(Past& past, const Transfer& transfer) {
  const uint64_t sequence = TRY(sequence_of(past, transfer.pending_id));
  if (sequence == 0) return Outcome::pending_not_found;
  if (!TRY(entry(past, sequence)).flags.pending) return Outcome::transfer_not_pending;
  const auto here = ends_.find(sequence);
  const auto ended = here != ends_.end() ? std::optional(here->second) : TRY(past.end_of(sequence));
  if (!ended) return fail(ErrorCode::corrupt, "pending transfer " + transfer.pending_id.text() + " has no end");
  switch (*ended) {
    case End::posted: return Outcome::pending_already_posted;
    case End::voided: return Outcome::pending_already_voided;
    case End::expired: return Outcome::pending_expired;
  }
  return fail(ErrorCode::corrupt, "pending transfer " + transfer.pending_id.text() + " ended in no known way");
}

Result<Outcome> Machine::compare_with_known(Past& past, const Transfer& transfer, uint64_t sequence) {
  const Entry known = TRY(entry(past, sequence));
  const bool ends = known.flags.post_pending || known.flags.void_pending;
  const auto same = [&](const Id128& given, const Id128& kept) { return given == kept || (ends && given.is_zero()); };
  if (transfer.flags != known.flags) return Outcome::exists_with_different_flags;
  if (transfer.pending_id != known.pending_id) return Outcome::exists_with_different_pending_id;
  if (transfer.timeout_s != known.timeout_s) return Outcome::exists_with_different_timeout;
  if (!same(transfer.debit, book_[known.debit].id)) return Outcome::exists_with_different_debit_account;
  if (!same(transfer.credit, book_[known.credit].id)) return Outcome::exists_with_different_credit_account;
  if (transfer.amount_minor != known.requested_minor) return Outcome::exists_with_different_amount;
  if (transfer.currency.number() != book_[known.debit].currency) return Outcome::exists_with_different_currency;
  if (transfer.code != known.code && !(ends && transfer.code == 0)) return Outcome::exists_with_different_code;
  if (transfer.user_data != known.user_data) return Outcome::exists_with_different_user_data;
  return Outcome::exists;
}

Result<uint64_t> Machine::sequence_of(Past& past, const Id128& id) const {
  const auto answer = ids_.find(id);
  if (answer.verdict != IdMemory::Verdict::ask) return answer.sequence;
  return TRY(past.sequence_of(id)).value_or(0);
}

Result<Entry> Machine::entry(Past& past, uint64_t sequence) const {
  const auto& here = gathered_.entries;
  if (!here.empty() && sequence >= here.front().sequence) return here[sequence - here.front().sequence];
  return past.entry(sequence);
}

Result<std::vector<AccountOutcome>> Machine::open_accounts(std::span<const Account> accounts, Timestamp now) {
  if (accounts.size() > kAccountsMax - book_.size()) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(kAccountsMax) +
                                          " accounts in a shard: put the new ones into another");
  }
  const Timestamp at = next_time(now);
  std::vector<AccountOutcome> outcomes;
  outcomes.reserve(accounts.size());
  for (const Account& account : accounts) {
    if (account.id.is_zero()) {
      outcomes.push_back(AccountOutcome::id_must_not_be_zero);
    } else if (const auto number = book_.find(account.id)) {
      const Account known = book_[*number].account();
      outcomes.push_back(known.currency != account.currency ? AccountOutcome::exists_with_different_currency
                         : known.code != account.code       ? AccountOutcome::exists_with_different_code
                         : known.limit != account.limit     ? AccountOutcome::exists_with_different_limit
                                                            : AccountOutcome::exists);
    } else {
      gathered_.accounts.push_back({book_.open(account), at});
      outcomes.push_back(AccountOutcome::ok);
    }
  }
  return outcomes;
}

AccountOutcome Machine::close_account(const AccountId& id, Timestamp now) {
  return set_closed(id, now, Posting::Kind::closing);
}

AccountOutcome Machine::reopen_account(const AccountId& id, Timestamp now) {
  return set_closed(id, now, Posting::Kind::reopening);
}

AccountOutcome Machine::set_closed(const AccountId& id, Timestamp now, Posting::Kind kind) {
  const Timestamp at = next_time(now);
  expire_due(at);
  const auto number = book_.find(id);
  if (!number) return AccountOutcome::not_found;
  AccountSlot& account = book_[*number];
  const bool closed = kind == Posting::Kind::closing;
  if (account.closed == closed) return AccountOutcome::exists;
  if (account.working.debits_pending != 0 || account.working.credits_pending != 0) {
    return AccountOutcome::has_pending_transfers;
  }
  closings_.push_back({*number, account.closed});
  account.closed = closed;
  record({.at = at, .kind = kind, .debit = *number});
  return AccountOutcome::ok;
}

uint64_t Machine::expire(Timestamp now) {
  const uint64_t before = last_sequence_;
  expire_due(next_time(now));
  return last_sequence_ - before;
}

// Expiries are entries like others, so that a replay of the log needs no clock.
void Machine::expire_due(Timestamp at) {
  while (!expiries_.empty() && std::get<0>(*expiries_.begin()) <= at.microseconds) {
    const Pending pending = pendings_.at(std::get<2>(*expiries_.begin()));
    record({.at = at,
            .kind = Posting::Kind::expiry,
            .debit = pending.debit,
            .credit = pending.credit,
            .released_minor = pending.amount_minor,
            .pending_id = pending.id,
            .pending_sequence = pending.sequence});
    end(pending, last_sequence_, End::expired);
  }
}

Timestamp Machine::next_time(Timestamp now) {
  last_at_ = std::max(now, Timestamp{last_at_.microseconds + 1});
  return last_at_;
}

void Machine::record(Entry entry) {
  entry.sequence = ++last_sequence_;
  entry.debit_previous = touch(entry.debit, Side::debit, entry);
  if (entry.kind == Posting::Kind::transfer || entry.kind == Posting::Kind::expiry) {
    entry.credit_previous = touch(entry.credit, Side::credit, entry);
  }
  if (entry.kind == Posting::Kind::transfer) ids_.insert(entry.id, entry.sequence, entry.at);
  gathered_.entries.push_back(entry);
}

// The account takes the entry; answers the one before it.
uint64_t Machine::touch(uint32_t number, Side side, const Entry& entry) {
  AccountSlot& account = book_[number];
  changed_accounts_.push_back({number, account.entries, account.last_sequence, account.working});
  add(account.working, side, effect_of(entry));
  const Balances& sums = account.working;
  CHECK(sums.debits_posted >= 0 && sums.credits_posted >= 0 && sums.debits_pending >= 0 && sums.credits_pending >= 0,
        "a sum of an account is never below zero");
  if (++account.entries % postings_per_checkpoint_ == 0) {
    gathered_.checkpoints.push_back({number, entry.at, entry.sequence, account.working});
  }
  return std::exchange(account.last_sequence, entry.sequence);
}

void Machine::insert_pending(const Pending& pending) {
  pendings_.emplace(pending.id, pending);
  if (pending.expires_at_us != 0) expiries_.emplace(pending.expires_at_us, pending.sequence, pending.id);
}

void Machine::erase_pending(const Pending& pending) {
  pendings_.erase(pending.id);
  if (pending.expires_at_us != 0) expiries_.erase({pending.expires_at_us, pending.sequence, pending.id});
}

void Machine::end(const Pending& pending, uint64_t sequence, End how) {
  pending_changes_.push_back({false, pending});
  erase_pending(pending);
  gathered_.ends.push_back({pending.sequence, sequence, how});
  ends_[pending.sequence] = how;
}

Machine::Mark Machine::mark() const {
  return {changed_accounts_.size(),
          pending_changes_.size(),
          ids_.mark(),
          gathered_.accounts.size(),
          closings_.size(),
          gathered_.entries.size(),
          gathered_.ends.size(),
          gathered_.checkpoints.size(),
          last_sequence_,
          last_at_};
}

void Machine::rewind(const Mark& mark) {
  for (; changed_accounts_.size() > mark.accounts; changed_accounts_.pop_back()) {
    const AccountChange& change = changed_accounts_.back();
    AccountSlot& account = book_[change.number];
    account.working = change.balances;
    account.entries = change.entries;
    account.last_sequence = change.last_sequence;
  }
  for (; pending_changes_.size() > mark.pendings; pending_changes_.pop_back()) {
    const PendingChange change = pending_changes_.back();
    change.inserted ? erase_pending(change.pending) : insert_pending(change.pending);
  }
  for (; closings_.size() > mark.closings; closings_.pop_back()) {
    book_[closings_.back().number].closed = closings_.back().closed_before;
  }
  ids_.rewind(mark.ids);
  for (; gathered_.accounts.size() > mark.opened; gathered_.accounts.pop_back()) book_.undo_open();
  gathered_.entries.resize(mark.entries);
  for (; gathered_.ends.size() > mark.ends; gathered_.ends.pop_back()) {
    ends_.erase(gathered_.ends.back().pending_sequence);
  }
  gathered_.checkpoints.resize(mark.checkpoints);
  last_sequence_ = mark.last_sequence;
  last_at_ = mark.last_at;
}

void Machine::settle() {
  book_.begin_publishing();
  each_changed_account([&](uint32_t number) { book_.publish(number); });
  book_.end_publishing(last_sequence_);
  ids_.settle();
  changed_accounts_.clear();
  pending_changes_.clear();
  closings_.clear();
  gathered_.accounts.clear();
  gathered_.entries.clear();
  gathered_.ends.clear();
  gathered_.checkpoints.clear();
  ends_.clear();
  start_ = mark();
}

void Machine::drop() { rewind(start_); }

void Machine::replay(const Entry& entry, bool on_debit, bool on_credit, bool on_pendings) {
  const bool moves = entry.kind == Posting::Kind::transfer || entry.kind == Posting::Kind::expiry;
  const auto take = [&](uint32_t number, Side side) {
    AccountSlot& account = book_[number];
    if (moves) add(account.working, side, effect_of(entry));
    ++account.entries;
    account.last_sequence = entry.sequence;
  };
  if (on_debit) {
    take(entry.debit, Side::debit);
    if (!moves) book_[entry.debit].closed = entry.kind == Posting::Kind::closing;
  }
  if (on_credit && moves) take(entry.credit, Side::credit);
  if (on_pendings && entry.flags.pending) {
    const int64_t timeout_us = int64_t{entry.timeout_s} * kMicrosecondsPerSecond;
    insert_pending({entry.id, entry.sequence, entry.debit, entry.credit, entry.amount_minor, entry.code,
                    timeout_us == 0 ? 0 : entry.at.microseconds + timeout_us});
  } else if (on_pendings && entry.pending_sequence != 0) {
    if (const auto found = pendings_.find(entry.pending_id); found != pendings_.end()) {
      erase_pending(Pending(found->second));
    }
  }
  last_sequence_ = entry.sequence;
  last_at_ = entry.at;
}

void Machine::publish_all() {
  book_.begin_publishing();
  for (uint32_t number = 0; number < book_.size(); ++number) book_.publish(number);
  gathered_.accounts.clear();
  book_.end_publishing(last_sequence_);
  start_ = mark();
}

std::vector<Pending> Machine::pendings() const {
  std::vector<Pending> out;
  out.reserve(pendings_.size());
  for (const auto& [id, pending] : pendings_) out.push_back(pending);
  std::ranges::sort(out, {}, &Pending::sequence);
  return out;
}

}  // namespace puhui::ledger
