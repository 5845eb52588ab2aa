// Ledger: double entry over accounts and immutable transfers. Balances live in memory as a deterministic state
// machine of the store's writer thread; what it did is appended to the store in time order.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ground/base/log.h"
#include "ground/store/store.h"
#include "infrastructure/ledger/transfer.h"

namespace puhui::ledger {

std::vector<Migration> migrations();

inline constexpr size_t kTransfersPerCallMax = 65'536;
inline constexpr size_t kAccountsPerCallMax = 1'000'000;
inline constexpr size_t kAccountsMax = 1 << 28;  // of one shard
inline constexpr size_t kHistoryRowsMax = 10'000;

// A recorded transfer, or the expiry of a pending one, as it stands in the log.
struct Posting {
  enum class Kind : uint8_t { transfer, expiry, closing, reopening };
  uint64_t sequence = 0;  // 1, 2, … in the order of recording
  Timestamp at;           // never goes back; one call's postings share it
  Kind kind = Kind::transfer;
  Transfer transfer;                   // with accounts and amount as they came to be; an expiry has only its pending_id
  int64_t released_minor = 0;          // of a post, void or expiry: what was pending
  Balances debit_after, credit_after;  // filled by history() for the account asked about
};

struct Totals {
  Currency currency;
  uint64_t accounts = 0;
  __int128 debits_posted = 0, credits_posted = 0, debits_pending = 0, credits_pending = 0;
  bool balanced() const { return debits_posted == credits_posted && debits_pending == credits_pending; }
};

struct VerifyReport {
  uint64_t postings = 0;
  uint64_t accounts = 0;
  std::vector<Totals> totals;       // by currency
  std::vector<std::string> faults;  // what differs from the log, at most 100; empty when all is well
};

struct LedgerNeeds {
  Store& store;
  const Clock& clock;
  Log& log;
};

struct LedgerOptions {
  int64_t shard = 0;
  uint64_t postings_per_snapshot = 1 << 22;  // a whole snapshot is spread over that many: what a start replays
  size_t recent_ids = 1 << 16;               // ids kept in memory: what is sent again soon costs no query
  uint32_t postings_per_checkpoint = 256;    // of one account: bounds the walk of balance_at
};

class Ledger : public Participant {
 public:
  // Loads the snapshot, replays what came after and joins the store. The ledger must outlive the store's last
  // write: close the store before the ledger goes.
  static Result<std::unique_ptr<Ledger>> open(LedgerNeeds needs, LedgerOptions options = {});
  ~Ledger() override;

  // In a store closure, for those whose own rows go with the postings. One outcome each, in order; expires what
  // is due at `now` first. A closure that fails takes back what it applied. `now` must come from one clock; when
  // it goes back, the last time plus a microsecond stands in. Errors: exhausted, and the store's.
  Result<std::vector<Outcome>> apply(Transaction& tx, std::span<const Transfer> transfers, Timestamp now);
  Result<std::vector<AccountOutcome>> open_accounts(Transaction& tx, std::span<const Account> accounts, Timestamp now);
  Result<AccountOutcome> close_account(Transaction& tx, AccountId id, Timestamp now);
  Result<AccountOutcome> reopen_account(Transaction& tx, AccountId id, Timestamp now);
  // Releases pending transfers whose time is over; answers how many.
  Result<uint64_t> expire(Transaction& tx, Timestamp now);
  // With what this closure and its uncommitted neighbours did.
  std::optional<AccountState> account_now(Transaction& tx, AccountId id) const;

  // The same with a store.write of its own; returns when durable.
  Result<std::vector<Outcome>> transfer(std::span<const Transfer> transfers);
  Result<Outcome> transfer(const Transfer& transfer);
  Result<std::vector<AccountOutcome>> open_accounts(std::span<const Account> accounts);

  // Any thread; committed state only.
  std::optional<AccountState> account(AccountId id) const;
  uint64_t accounts() const;
  uint64_t last_sequence() const;
  // After all that was recorded up to and including `at`. not_found when there is no such account.
  Result<Balances> balance_at(AccountId id, Timestamp at) const;
  Result<std::optional<Posting>> find(TransferId id) const;
  // The account's postings, newest first, with its balances after each; `before`: 0, or the last sequence seen.
  Result<std::vector<Posting>> history(AccountId id, size_t rows_max, uint64_t before = 0) const;

  // Recomputes every balance from the whole log and compares. Reads in the background of writes.
  Result<VerifyReport> verify();
  // Writes all that changed since the last one, in pieces between other commits: for day-end and before closing.
  Result<void> snapshot();

  void begin_closure() override;
  void undo_closure() override;
  Result<void> flush(Transaction& tx) override;
  void committed() override;
  void aborted() override;

 private:
  class State;
  explicit Ledger(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace puhui::ledger
