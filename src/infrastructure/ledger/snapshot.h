// Snapshot: the machine's state in parts of 4,096 accounts, each good as of its own sequence, so that a start
// need not replay the whole log and no commit ever waits for all of it to be written.
#pragma once

#include "ground/base/log.h"
#include "ground/store/store.h"
#include "infrastructure/ledger/machine.h"

namespace puhui::ledger {

// What load() found.
struct Loaded {
  std::vector<uint64_t> good_as_of;  // by part of accounts: the sequence up to which its snapshot tells all
  std::vector<bool> changed;         // by part: differs from its snapshot
  uint64_t pendings_good_as_of = 0;
  bool pendings_changed = false;
};

// Fills an empty machine from the snapshot, the accounts' rows and the log. A part that does not have its hash is
// passed over with a warning and made anew from the log.
Result<Loaded> load(Store& store, int64_t shard, Log& log, Machine& machine);

// Which parts differ from what the store has, and which one is next. The writer thread's.
class SnapshotPace {
 public:
  explicit SnapshotPace(uint64_t postings_per_snapshot) : postings_per_snapshot_(postings_per_snapshot) {}

  void start(const Loaded& loaded, const Machine& machine);
  // After a batch's changes: writes the parts that are due, or asked for.
  Result<void> write_due(Transaction& tx, int64_t shard, const Machine& machine);
  void committed();
  void aborted();

  // The round starts again at the first part.
  void start_round(const Machine& machine);
  // This commit writes up to so many more parts.
  void hurry(uint32_t parts) { hurried_parts_ = parts; }
  uint64_t rounds_done() const { return rounds_done_.load(std::memory_order_acquire); }

 private:
  // Where the present round stands; a batch that fails goes back to where it began.
  struct Round {
    uint32_t next_part = 0;   // of accounts; then the pending transfers, then the round's end
    uint64_t started_at = 0;  // sequence: every part is good as of this or later when the round is done
    double due = 0;           // parts, by postings since
  };
  Result<bool> write_next(Transaction& tx, int64_t shard, const Machine& machine);

  uint64_t postings_per_snapshot_;
  Round round_, committed_round_;
  std::vector<bool> changed_;  // by part of accounts
  bool pendings_changed_ = false;
  std::vector<uint32_t> written_;  // in this batch
  bool pendings_written_ = false;
  bool round_ended_ = false;
  uint32_t hurried_parts_ = 0;
  std::atomic<uint64_t> rounds_done_ = 0;
};

}  // namespace puhui::ledger
