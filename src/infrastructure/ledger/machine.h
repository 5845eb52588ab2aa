// Machine: the ledger's deterministic state. Same calls in the same order give the same entries and balances,
// on any machine. It gathers what a batch did, for the log, and can take back any part of it.
#pragma once

#include <set>
#include <unordered_map>

#include "infrastructure/ledger/account_book.h"
#include "infrastructure/ledger/entry.h"
#include "infrastructure/ledger/id_memory.h"

namespace puhui::ledger {

// How a pending transfer ended.
enum class End : uint8_t { posted = 1, voided = 2, expired = 3 };

// What lies in the store, for the few questions memory does not answer.
class Past {
 public:
  virtual ~Past() = default;
  virtual Result<std::optional<uint64_t>> sequence_of(const Id128& id) = 0;
  virtual Result<Entry> entry(uint64_t sequence) = 0;
  virtual Result<std::optional<End>> end_of(uint64_t pending_sequence) = 0;
};

struct Pending {
  Id128 id;
  uint64_t sequence = 0;
  uint32_t debit = 0, credit = 0;
  int64_t amount_minor = 0;
  uint32_t code = 0;
  int64_t expires_at_us = 0;  // 0: never
};

struct Checkpoint {
  uint32_t account = 0;
  Timestamp at;
  uint64_t sequence = 0;
  Balances balances;
};

struct OpenedAccount {
  uint32_t number = 0;
  Timestamp at;
};

struct PendingEnd {
  uint64_t pending_sequence = 0, sequence = 0;
  End end = End::posted;
};

// What one batch adds to the store's tables.
struct Gathered {
  std::vector<OpenedAccount> accounts;
  std::vector<Entry> entries;
  std::vector<PendingEnd> ends;
  std::vector<Checkpoint> checkpoints;
  bool nothing() const { return accounts.empty() && entries.empty(); }
};

class Machine {
 public:
  explicit Machine(const LedgerOptions& options);

  Result<std::vector<Outcome>> apply(Past& past, std::span<const Transfer> transfers, Timestamp now);
  Result<std::vector<AccountOutcome>> open_accounts(std::span<const Account> accounts, Timestamp now);
  AccountOutcome close_account(const AccountId& id, Timestamp now);
  AccountOutcome reopen_account(const AccountId& id, Timestamp now);
  uint64_t expire(Timestamp now);

  // Takes back what came since. A mark is good until settle() or drop().
  struct Mark {
    size_t accounts, pendings, ids, opened, closings, entries, ends, checkpoints;
    uint64_t last_sequence;
    Timestamp last_at;
  };
  Mark mark() const;
  void rewind(const Mark& mark);
  void settle();  // the batch is durable: publishes it
  void drop();    // the batch is not: takes it back

  // At the start, before anything else: what is in the store already.
  void replay(const Entry& entry, bool on_debit, bool on_credit, bool on_pendings);
  void restore_pending(const Pending& pending) { insert_pending(pending); }
  void publish_all();

  const Gathered& gathered() const { return gathered_; }
  AccountBook& accounts() { return book_; }
  const AccountBook& accounts() const { return book_; }
  IdMemory& ids() { return ids_; }
  // Accounts with a working state of their own since the batch began, some more than once.
  template <class Visit>
  void each_changed_account(Visit visit) const {
    for (const auto& change : changed_accounts_) visit(change.number);
    for (const auto& opened : gathered_.accounts) visit(opened.number);
    for (const auto& closing : closings_) visit(closing.number);
  }
  bool pendings_changed() const { return !pending_changes_.empty(); }
  std::vector<Pending> pendings() const;  // by sequence
  uint64_t last_sequence() const { return last_sequence_; }
  Timestamp last_at() const { return last_at_; }

 private:
  struct AccountChange {
    uint32_t number, entries;
    uint64_t last_sequence;
    Balances balances;
  };
  struct PendingChange {
    bool inserted;
    Pending pending;
  };
  struct Closing {
    uint32_t number;
    bool closed_before;
  };
  struct Accounts {
    uint32_t debit, credit;
  };
  using PartResult = std::expected<Accounts, Outcome>;

  void prefetch(std::span<const Transfer> transfers, size_t at) const;
  Timestamp next_time(Timestamp now);
  void expire_due(Timestamp at);
  Result<void> apply_chain(Past& past, std::span<const Transfer> chain, std::span<Outcome> outcomes, Timestamp at);
  Result<Outcome> apply_one(Past& past, const Transfer& transfer, Timestamp at);
  Outcome move(const Transfer& transfer, Timestamp at);
  PartResult accounts_for(const Transfer& transfer) const;
  Outcome exceeded(const AccountSlot& debit, const AccountSlot& credit, int64_t amount_minor) const;
  Result<Outcome> end_pending(Past& past, const Transfer& transfer, Timestamp at);
  Outcome differs_from_pending(const Transfer& transfer, const Pending& pending) const;
  Result<Outcome> why_not_pending(Past& past, const Transfer& transfer);
  Result<Outcome> compare_with_known(Past& past, const Transfer& transfer, uint64_t sequence);
  Result<uint64_t> sequence_of(Past& past, const Id128& id) const;  // 0: never used
  Result<Entry> entry(Past& past, uint64_t sequence) const;
  AccountOutcome set_closed(const AccountId& id, Timestamp now, Posting::Kind kind);

  void record(Entry entry);
  uint64_t touch(uint32_t number, Side side, const Entry& entry);
  void insert_pending(const Pending& pending);
  void erase_pending(const Pending& pending);
  void end(const Pending& pending, uint64_t sequence, End how);

  uint32_t postings_per_checkpoint_;
  AccountBook book_;
  IdMemory ids_;
  std::unordered_map<Id128, Pending, IdHash> pendings_;
  std::set<std::tuple<int64_t, uint64_t, Id128>> expiries_;  // (when, sequence, id)
  uint64_t last_sequence_ = 0;
  Timestamp last_at_;

  Gathered gathered_;
  std::unordered_map<uint64_t, End> ends_;  // of gathered_.ends, by the pending one's sequence
  std::vector<AccountChange> changed_accounts_;
  std::vector<PendingChange> pending_changes_;
  std::vector<Closing> closings_;
  Mark start_{};  // of the batch
};

}  // namespace puhui::ledger
