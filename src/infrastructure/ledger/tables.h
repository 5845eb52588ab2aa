// The ledger's tables: what a batch appends, and the questions about the past that only they answer.
#pragma once

#include "ground/store/store.h"
#include "infrastructure/ledger/machine.h"

namespace puhui::ledger {

Result<void> append_batch(Transaction& tx, int64_t shard, const Gathered& gathered, const AccountBook& accounts);

// Answers from the tables; keeps the last chunk of the log it unpacked, for walks mostly stay in one.
class TablesPast : public Past {
 public:
  TablesPast(Reader& reader, int64_t shard) : reader_(reader), shard_(shard) {}
  Result<std::optional<uint64_t>> sequence_of(const Id128& id) override;
  Result<Entry> entry(uint64_t sequence) override;
  Result<std::optional<End>> end_of(uint64_t pending_sequence) override;
  // The account's first checkpoint at or after (at, sequence).
  Result<std::optional<Checkpoint>> checkpoint_from(uint32_t account, Timestamp at, uint64_t sequence);

 private:
  Reader& reader_;
  int64_t shard_;
  std::vector<Entry> chunk_;
};

// The log from `sequence` on for at most `chunks_max` chunks; answers how many entries came.
Result<uint64_t> each_entry(Reader& reader, int64_t shard, uint64_t sequence, int64_t chunks_max,
                            const std::function<Result<void>(const Entry&)>& visit);
struct StoredAccount {
  uint32_t number = 0;
  Account account;
};
Result<void> each_account(Reader& reader, int64_t shard, uint32_t from, uint32_t to,
                          const std::function<Result<void>(const StoredAccount&)>& visit);
Result<uint32_t> stored_accounts(Reader& reader, int64_t shard);
Result<uint64_t> stored_ids(Reader& reader, int64_t shard, uint64_t up_to_sequence);

// For IdMemory::start_after.
struct StoredIds {
  Id128 largest_near, smallest_far;
};
Result<StoredIds> id_range(Reader& reader, int64_t shard, const Id128& far_from);

}  // namespace puhui::ledger
