#include "infrastructure/ledger/tables.h"

namespace puhui::ledger {
namespace {

// Clustered by (shard, what they are asked by). All but ledger_snapshot are only appended to, mostly at their end.
constexpr const char* kVersion1 = R"(
CREATE TABLE ledger_account(
  shard {int} NOT NULL, number {int} NOT NULL, id {id} NOT NULL, currency {int} NOT NULL, code {int} NOT NULL,
  balance_limit {int} NOT NULL, opened_at {int} NOT NULL, PRIMARY KEY(shard, number)) {clustered};
CREATE TABLE ledger_log(
  shard {int} NOT NULL, first_sequence {int} NOT NULL, entries {int} NOT NULL, last_at {int} NOT NULL,
  body {bytes} NOT NULL, PRIMARY KEY(shard, first_sequence)) {clustered};
CREATE TABLE ledger_transfer_id(
  shard {int} NOT NULL, id {id} NOT NULL, sequence {int} NOT NULL, PRIMARY KEY(shard, id)) {clustered};
CREATE TABLE ledger_pending_end(
  shard {int} NOT NULL, pending_sequence {int} NOT NULL, sequence {int} NOT NULL, how {int} NOT NULL,
  PRIMARY KEY(shard, pending_sequence)) {clustered};
CREATE TABLE ledger_checkpoint(
  shard {int} NOT NULL, account {int} NOT NULL, at {int} NOT NULL, sequence {int} NOT NULL,
  debits_posted {int} NOT NULL, credits_posted {int} NOT NULL,
  debits_pending {int} NOT NULL, credits_pending {int} NOT NULL,
  PRIMARY KEY(shard, account, at, sequence)) {clustered};
CREATE TABLE ledger_snapshot(
  shard {int} NOT NULL, part {int} NOT NULL, sequence {int} NOT NULL, body {bytes} NOT NULL,
  sha256 {bytes} NOT NULL, PRIMARY KEY(shard, part));
)";

const AppendTable kAccounts{"ledger_account",
                            {"shard", "number", "id", "currency", "code", "balance_limit", "opened_at"}};
const AppendTable kLog{"ledger_log", {"shard", "first_sequence", "entries", "last_at", "body"}};
const AppendTable kIds{"ledger_transfer_id", {"shard", "id", "sequence"}};
const AppendTable kEnds{"ledger_pending_end", {"shard", "pending_sequence", "sequence", "how"}};
const AppendTable kCheckpoints{
    "ledger_checkpoint",
    {"shard", "account", "at", "sequence", "debits_posted", "credits_posted", "debits_pending", "credits_pending"}};

int64_t signed_of(uint64_t sequence) { return static_cast<int64_t>(sequence); }

void put_id(const Id128& id, char* to) {
  const uint64_t high = __builtin_bswap64(id.high), low = __builtin_bswap64(id.low);
  std::memcpy(to, &high, 8);
  std::memcpy(to + 8, &low, 8);
}

Result<void> append_accounts(Transaction& tx, int64_t shard, const std::vector<OpenedAccount>& opened,
                             const AccountBook& accounts) {
  std::vector<char> ids(opened.size() * 16);
  std::vector<Param> cells;
  cells.reserve(opened.size() * kAccounts.columns.size());
  for (size_t i = 0; i < opened.size(); ++i) {
    const AccountSlot& account = accounts[opened[i].number];
    put_id(account.id, &ids[i * 16]);
    cells.insert(cells.end(), {shard, opened[i].number, BytesView{{&ids[i * 16], 16}}, int64_t{account.currency},
                               account.code, static_cast<int64_t>(account.limit), opened[i].at.microseconds});
  }
  return tx.append(kAccounts, cells);
}

Result<void> append_log(Transaction& tx, int64_t shard, std::span<const Entry> entries) {
  std::vector<std::string> bodies;
  bodies.reserve(entries.size() / kEntriesPerChunkMax + 1);
  std::vector<Param> cells;
  while (!entries.empty()) {
    const auto chunk = entries.first(std::min(entries.size(), kEntriesPerChunkMax));
    bodies.push_back(pack(chunk));
    cells.insert(cells.end(), {shard, signed_of(chunk.front().sequence), signed_of(chunk.size()),
                               chunk.back().at.microseconds, BytesView{bodies.back()}});
    entries = entries.subspan(chunk.size());
  }
  return tx.append(kLog, cells);
}

// In the order of ids: then a batch's rows go in side by side, whatever order its callers came in.
Result<void> append_ids(Transaction& tx, int64_t shard, std::span<const Entry> entries) {
  std::vector<std::pair<Id128, uint64_t>> rows;
  rows.reserve(entries.size());
  for (const Entry& entry : entries) {
    if (entry.kind == Posting::Kind::transfer) rows.emplace_back(entry.id, entry.sequence);
  }
  if (!std::ranges::is_sorted(rows)) std::ranges::sort(rows);
  std::vector<char> ids(rows.size() * 16);
  std::vector<Param> cells;
  cells.reserve(rows.size() * 3);
  for (size_t i = 0; i < rows.size(); ++i) {
    put_id(rows[i].first, &ids[i * 16]);
    cells.emplace_back(shard);
    cells.emplace_back(BytesView{{&ids[i * 16], 16}});
    cells.emplace_back(signed_of(rows[i].second));
  }
  return tx.append(kIds, cells);
}

Result<void> append_ends(Transaction& tx, int64_t shard, const std::vector<PendingEnd>& ends) {
  std::vector<Param> cells;
  for (const PendingEnd& end : ends) {
    cells.insert(cells.end(),
                 {shard, signed_of(end.pending_sequence), signed_of(end.sequence), static_cast<int64_t>(end.end)});
  }
  return tx.append(kEnds, cells);
}

Result<void> append_checkpoints(Transaction& tx, int64_t shard, const std::vector<Checkpoint>& checkpoints) {
  std::vector<Param> cells;
  for (const Checkpoint& at : checkpoints) {
    cells.insert(cells.end(), {shard, at.account, at.at.microseconds, signed_of(at.sequence), at.balances.debits_posted,
                               at.balances.credits_posted, at.balances.debits_pending, at.balances.credits_pending});
  }
  return tx.append(kCheckpoints, cells);
}

}  // namespace

std::vector<Migration> migrations() { return {{"ledger", 1, kVersion1}}; }

Result<void> append_batch(Transaction& tx, int64_t shard, const Gathered& gathered, const AccountBook& accounts) {
  TRY(append_accounts(tx, shard, gathered.accounts, accounts));
  TRY(append_log(tx, shard, gathered.entries));
  TRY(append_ids(tx, shard, gathered.entries));
  TRY(append_ends(tx, shard, gathered.ends));
  return append_checkpoints(tx, shard, gathered.checkpoints);
}

Result<std::optional<uint64_t>> TablesPast::sequence_of(const Id128& id) {
  const std::string bytes = id.bytes();
  const auto sequence = TRY(reader_.integer("SELECT sequence FROM ledger_transfer_id WHERE shard = ? AND id = ?",
                                            {shard_, BytesView{bytes}}));
  if (!sequence) return std::nullopt;
  return static_cast<uint64_t>(*sequence);
}

Result<Entry> TablesPast::entry(uint64_t sequence) {
  const auto holds = [&] {
    return !chunk_.empty() && sequence >= chunk_.front().sequence && sequence <= chunk_.back().sequence;
  };
  if (!holds()) {
    TRY(
        reader_.each("SELECT body FROM ledger_log WHERE shard = ? AND first_sequence <= ? "
                     "ORDER BY first_sequence DESC LIMIT 1",
                     {shard_, signed_of(sequence)}, [&](const Row& row) -> Result<void> {
                       chunk_ = TRY(unpack(row.bytes(0)));
                       return {};
                     }));
  }
  if (holds()) return chunk_[sequence - chunk_.front().sequence];
  return fail(ErrorCode::corrupt, "ledger_log", "expected entry " + std::to_string(sequence) + ", found none");
}

Result<std::optional<End>> TablesPast::end_of(uint64_t pending_sequence) {
  const auto how = TRY(reader_.integer("SELECT how FROM ledger_pending_end WHERE shard = ? AND pending_sequence = ?",
                                       {shard_, signed_of(pending_sequence)}));
  if (!how) return std::nullopt;
  return static_cast<End>(*how);
}

Result<std::optional<Checkpoint>> TablesPast::checkpoint_from(uint32_t account, Timestamp at, uint64_t sequence) {
  std::optional<Checkpoint> found;
  TRY(
      reader_.each("SELECT at, sequence, debits_posted, credits_posted, debits_pending, credits_pending "
                   "FROM ledger_checkpoint WHERE shard = ? AND account = ? AND at >= ? AND sequence >= ? "
                   "ORDER BY at, sequence LIMIT 1",
                   {shard_, account, at.microseconds, signed_of(sequence)}, [&](const Row& row) -> Result<void> {
                     found = Checkpoint{account,
                                        {row.integer(0)},
                                        static_cast<uint64_t>(row.integer(1)),
                                        {row.integer(2), row.integer(3), row.integer(4), row.integer(5)}};
                     return {};
                   }));
  return found;
}

Result<uint64_t> each_entry(Reader& reader, int64_t shard, uint64_t sequence, int64_t chunks_max,
                            const std::function<Result<void>(const Entry&)>& visit) {
  uint64_t expected = sequence;
  TRY(
      reader.each("SELECT body FROM ledger_log WHERE shard = ? AND first_sequence > ? AND "
                  "first_sequence + entries > ? ORDER BY first_sequence LIMIT ?",
                  {shard, signed_of(sequence) - signed_of(kEntriesPerChunkMax), signed_of(sequence), chunks_max},
                  [&](const Row& row) -> Result<void> {
                    for (const Entry& entry : TRY(unpack(row.bytes(0)))) {
                      if (entry.sequence < sequence) continue;
                      if (entry.sequence != expected) {
                        return fail(ErrorCode::corrupt, "ledger_log",
                                    "expected entry " + std::to_string(expected) + ", found entry " +
                                        std::to_string(entry.sequence) + ": restore the store from a backup");
                      }
                      ++expected;
                      TRY(visit(entry));
                    }
                    return {};
                  }));
  return expected - sequence;
}

Result<void> each_account(Reader& reader, int64_t shard, uint32_t from, uint32_t to,
                          const std::function<Result<void>(const StoredAccount&)>& visit) {
  return reader.each(
      "SELECT number, id, currency, code, balance_limit FROM ledger_account "
      "WHERE shard = ? AND number >= ? AND number < ? ORDER BY number",
      {shard, from, to}, [&](const Row& row) -> Result<void> {
        const auto currency = static_cast<uint16_t>(row.integer(2));
        if (!Currency::is_known(currency) || row.integer(4) < 0 || row.integer(4) > 2) {
          return fail(ErrorCode::corrupt, "ledger_account " + std::to_string(row.integer(0)),
                      "expected a known currency and limit: restore the store from a backup");
        }
        return visit({static_cast<uint32_t>(row.integer(0)),
                      {AccountId(row.id(1)), Currency::from_number(currency), static_cast<uint32_t>(row.integer(3)),
                       static_cast<Limit>(row.integer(4))}});
      });
}

Result<uint32_t> stored_accounts(Reader& reader, int64_t shard) {
  const auto last =
      TRY(reader.integer("SELECT number FROM ledger_account WHERE shard = ? ORDER BY number DESC LIMIT 1", {shard}));
  return last ? static_cast<uint32_t>(*last + 1) : 0;
}

Result<uint64_t> stored_ids(Reader& reader, int64_t shard, uint64_t up_to_sequence) {
  const auto count = TRY(reader.integer("SELECT count(*) FROM ledger_transfer_id WHERE shard = ? AND sequence <= ?",
                                        {shard, signed_of(up_to_sequence)}));
  return static_cast<uint64_t>(count.value_or(0));
}

Result<StoredIds> id_range(Reader& reader, int64_t shard, const Id128& far_from) {
  const std::string bound = far_from.bytes();
  const auto near =
      TRY(reader.bytes("SELECT id FROM ledger_transfer_id WHERE shard = ? AND id < ? ORDER BY id DESC LIMIT 1",
                       {shard, BytesView{bound}}));
  const auto far = TRY(reader.bytes("SELECT id FROM ledger_transfer_id WHERE shard = ? AND id >= ? ORDER BY id LIMIT 1",
                                    {shard, BytesView{bound}}));
  StoredIds out{{}, {UINT64_MAX, UINT64_MAX}};
  if (near) out.largest_near = Id128::from_bytes(*near).value_or(Id128{});
  if (far) out.smallest_far = Id128::from_bytes(*far).value_or(out.smallest_far);
  return out;
}

}  // namespace puhui::ledger
