#include "infrastructure/ledger/snapshot.h"

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "infrastructure/ledger/tables.h"

namespace puhui::ledger {
namespace {

constexpr uint8_t kFormat = 1;
constexpr uint32_t kAccountsPerPart = AccountBook::kAccountsPerBlock;
constexpr int64_t kPendingsPart = -1;  // all open pending transfers
constexpr int64_t kRoundPart = -2;     // its sequence: every part is good as of that one or later
constexpr int64_t kChunksPerRead = 8192;

uint32_t parts_of(uint32_t accounts) { return (accounts + kAccountsPerPart - 1) / kAccountsPerPart; }

std::string pack_accounts(const AccountBook& accounts, uint32_t part) {
  const uint32_t begin = part * kAccountsPerPart, end = std::min(begin + kAccountsPerPart, accounts.size());
  ByteWriter to;
  to.u8(kFormat);
  to.unsigned_varint(end - begin);
  for (uint32_t number = begin; number < end; ++number) {
    const AccountSlot& account = accounts[number];
    to.id(account.id);
    to.unsigned_varint(account.currency);
    to.unsigned_varint(account.code);
    to.u8(static_cast<uint8_t>(static_cast<uint8_t>(account.limit) << 1 | account.closed));
    to.unsigned_varint(static_cast<uint64_t>(account.working.debits_posted));
    to.unsigned_varint(static_cast<uint64_t>(account.working.credits_posted));
    to.unsigned_varint(static_cast<uint64_t>(account.working.debits_pending));
    to.unsigned_varint(static_cast<uint64_t>(account.working.credits_pending));
    to.unsigned_varint(account.last_sequence);
    to.unsigned_varint(account.entries);
  }
  return to.take();
}

// False when the bytes are not such a part; the machine may then hold some of its accounts, in their order.
bool unpack_accounts(std::string_view bytes, AccountBook& accounts) {
  ByteReader from(bytes);
  if (from.u8() != kFormat) return false;
  const size_t count = from.count();
  if (count > kAccountsPerPart) return false;
  for (size_t i = 0; i < count; ++i) {
    const AccountId id(from.id());
    const auto currency = static_cast<uint16_t>(from.unsigned_varint());
    const auto code = static_cast<uint32_t>(from.unsigned_varint());
    const uint8_t state = from.u8();
    if (!from.ok() || !Currency::is_known(currency)) return false;
    AccountSlot& account =
        accounts[accounts.open({id, Currency::from_number(currency), code, static_cast<Limit>(state >> 1)})];
    account.closed = (state & 1) != 0;
    account.working.debits_posted = static_cast<int64_t>(from.unsigned_varint());
    account.working.credits_posted = static_cast<int64_t>(from.unsigned_varint());
    account.working.debits_pending = static_cast<int64_t>(from.unsigned_varint());
    account.working.credits_pending = static_cast<int64_t>(from.unsigned_varint());
    account.last_sequence = from.unsigned_varint();
    account.entries = static_cast<uint32_t>(from.unsigned_varint());
  }
  return from.finish("").has_value();
}

std::string pack_pendings(const std::vector<Pending>& pendings) {
  ByteWriter to;
  to.u8(kFormat);
  to.unsigned_varint(pendings.size());
  for (const Pending& pending : pendings) {
    to.id(pending.id);
    to.unsigned_varint(pending.sequence);
    to.unsigned_varint(pending.debit);
    to.unsigned_varint(pending.credit);
    to.unsigned_varint(static_cast<uint64_t>(pending.amount_minor));
    to.unsigned_varint(pending.code);
    to.unsigned_varint(static_cast<uint64_t>(pending.expires_at_us));
  }
  return to.take();
}

Result<std::vector<Pending>> unpack_pendings(std::string_view bytes) {
  ByteReader from(bytes);
  if (from.u8() != kFormat) from.reject();
  std::vector<Pending> out(from.count());
  for (Pending& pending : out) {
    pending.id = from.id();
    pending.sequence = from.unsigned_varint();
    pending.debit = static_cast<uint32_t>(from.unsigned_varint());
    pending.credit = static_cast<uint32_t>(from.unsigned_varint());
    pending.amount_minor = static_cast<int64_t>(from.unsigned_varint());
    pending.code = static_cast<uint32_t>(from.unsigned_varint());
    pending.expires_at_us = static_cast<int64_t>(from.unsigned_varint());
  }
  TRY(from.finish("the snapshot of pending transfers"));
  return out;
}

Result<void> write_part(Transaction& tx, int64_t shard, int64_t part, uint64_t sequence, const std::string& body) {
  const Digest digest = sha256(body);
  TRY(
      tx.execute("INSERT INTO ledger_snapshot(shard, part, sequence, body, sha256) VALUES (?, ?, ?, ?, ?) "
                 "ON CONFLICT (shard, part) DO UPDATE SET sequence = excluded.sequence, body = excluded.body, "
                 "sha256 = excluded.sha256",
                 {shard, part, static_cast<int64_t>(sequence), BytesView{body}, BytesView{digest.view()}}));
  return {};
}

struct Part {
  enum class Found { missing, damaged, good };
  Found found = Found::missing;
  uint64_t sequence = 0;
  std::string body;
  // A part that did not change during a whole round is good as of the round's start, though it was written before; one
  // that is missing had no accounts then. What is damaged is made from the whole log.
  uint64_t good_as_of(uint64_t round) const { return found == Found::damaged ? 0 : std::max(sequence, round); }
};

Result<Part> read_part(Reader& reader, int64_t shard, int64_t part, Log& log) {
  Part out;
  TRY(reader.each("SELECT sequence, body, sha256 FROM ledger_snapshot WHERE shard = ? AND part = ?", {shard, part},
                  [&](const Row& row) -> Result<void> {
                    if (sha256(row.bytes(1)).view() == row.bytes(2)) {
                      out = {Part::Found::good, static_cast<uint64_t>(row.integer(0)), std::string(row.bytes(1))};
                    } else {
                      out.found = Part::Found::damaged;
                      log.warning("ledger_snapshot_ignored",
                                  {{"part", part}, {"why", "its SHA-256 differs; its accounts are made from the log"}});
                    }
                    return {};
                  }));
  return out;
}

// Loads part after part, and the accounts opened since from their rows.
Result<void> load_accounts(Reader& reader, int64_t shard, Log& log, uint64_t round, Machine& machine, Loaded& loaded) {
  AccountBook& book = machine.accounts();
  const uint32_t total = TRY(stored_accounts(reader, shard));
  for (uint32_t part = 0; part < parts_of(total); ++part) {
    const Part stored = TRY(read_part(reader, shard, part, log));
    loaded.good_as_of.push_back(stored.good_as_of(round));
    if (stored.found == Part::Found::good && !unpack_accounts(stored.body, book)) {
      return fail(ErrorCode::corrupt, "ledger_snapshot part " + std::to_string(part),
                  "its SHA-256 is right but it does not read: empty ledger_snapshot; the log has all of it");
    }
    const uint32_t end = std::min((part + 1) * kAccountsPerPart, total);
    loaded.changed.push_back(book.size() != end);
    if (book.size() == end) continue;
    TRY(each_account(reader, shard, book.size(), end, [&](const StoredAccount& account) -> Result<void> {
      if (account.number == book.size()) return book.open(account.account), Result<void>{};
      return fail(ErrorCode::corrupt, "ledger_account",
                  "expected account " + std::to_string(book.size()) + ", found " + std::to_string(account.number));
    }));
  }
  return {};
}

// The log after the snapshot.
Result<void> replay_log(Store& store, int64_t shard, Machine& machine, Loaded& loaded) {
  uint64_t first = loaded.pendings_good_as_of;
  for (const uint64_t as_of : loaded.good_as_of) first = std::min(first, as_of);
  const auto take = [&](const Entry& entry) -> Result<void> {
    const uint32_t accounts = machine.accounts().size();
    if (entry.debit >= accounts || entry.credit >= accounts) {
      return fail(ErrorCode::corrupt, "ledger_log",
                  "entry " + std::to_string(entry.sequence) + " names an account that is not stored");
    }
    const size_t debit_part = entry.debit / kAccountsPerPart, credit_part = entry.credit / kAccountsPerPart;
    const bool on_debit = entry.sequence > loaded.good_as_of[debit_part];
    const bool on_credit = entry.sequence > loaded.good_as_of[credit_part];
    const bool on_pendings = entry.sequence > loaded.pendings_good_as_of;
    machine.replay(entry, on_debit, on_credit, on_pendings);
    if (on_debit) loaded.changed[debit_part] = true;
    if (on_credit) loaded.changed[credit_part] = true;
    if (on_pendings) loaded.pendings_changed = true;
    return {};
  };
  // From the last entry the snapshot has, which tells the last sequence and time.
  for (uint64_t next = std::max<uint64_t>(first, 1);;) {
    uint64_t came = 0;
    TRY(store.read([&](Reader& reader) -> Result<void> {
      came = TRY(each_entry(reader, shard, next, kChunksPerRead, take));
      return {};
    }));
    if (came == 0) return {};
    next += came;
  }
}

}  // namespace

void SnapshotPace::start(const Loaded& loaded, const Machine& machine) {
  changed_ = loaded.changed;
  pendings_changed_ = loaded.pendings_changed;
  start_round(machine);
  committed_round_ = round_;
}

void SnapshotPace::start_round(const Machine& machine) {
  round_.next_part = 0;
  round_.started_at = machine.last_sequence();
}

Result<void> SnapshotPace::write_due(Transaction& tx, int64_t shard, const Machine& machine) {
  changed_.resize(parts_of(machine.accounts().size()));
  machine.each_changed_account([&](uint32_t number) { changed_[number / kAccountsPerPart] = true; });
  pendings_changed_ = pendings_changed_ || machine.pendings_changed();
  const double steps = static_cast<double>(changed_.size() + 2);
  round_.due +=
      static_cast<double>(machine.gathered().entries.size()) * steps / static_cast<double>(postings_per_snapshot_);
  for (; round_.due >= 1 && !round_ended_; round_.due -= 1) TRY(write_next(tx, shard, machine));
  for (uint32_t i = 0; i < hurried_parts_ && !round_ended_;) i += TRY(write_next(tx, shard, machine)) ? 1 : 0;
  return {};
}

// One step of the round; true when something was written.
Result<bool> SnapshotPace::write_next(Transaction& tx, int64_t shard, const Machine& machine) {
  const uint32_t step = round_.next_part++;
  const auto parts = static_cast<uint32_t>(changed_.size());
  if (step < parts) {
    if (!changed_[step]) return false;
    TRY(write_part(tx, shard, step, machine.last_sequence(), pack_accounts(machine.accounts(), step)));
    written_.push_back(step);
    return true;
  }
  if (step == parts) {
    if (!pendings_changed_) return false;
    TRY(write_part(tx, shard, kPendingsPart, machine.last_sequence(), pack_pendings(machine.pendings())));
    pendings_written_ = true;
    return true;
  }
  TRY(write_part(tx, shard, kRoundPart, round_.started_at, ""));
  start_round(machine);
  round_ended_ = true;
  return true;
}

void SnapshotPace::committed() {
  for (const uint32_t part : written_) changed_[part] = false;
  if (pendings_written_) pendings_changed_ = false;
  if (round_ended_) rounds_done_.fetch_add(1, std::memory_order_release);
  written_.clear();
  pendings_written_ = round_ended_ = false;
  hurried_parts_ = 0;
  committed_round_ = round_;
}

void SnapshotPace::aborted() {
  written_.clear();
  pendings_written_ = round_ended_ = false;
  hurried_parts_ = 0;
  round_ = committed_round_;
}

Result<Loaded> load(Store& store, int64_t shard, Log& log, Machine& machine) {
  Loaded loaded;
  TRY(store.read([&](Reader& reader) -> Result<void> {
    const uint64_t round = TRY(read_part(reader, shard, kRoundPart, log)).sequence;
    TRY(load_accounts(reader, shard, log, round, machine, loaded));
    const Part pendings = TRY(read_part(reader, shard, kPendingsPart, log));
    loaded.pendings_good_as_of = pendings.good_as_of(round);
    if (pendings.found != Part::Found::good) return {};
    for (const Pending& pending : TRY(unpack_pendings(pendings.body))) machine.restore_pending(pending);
    return {};
  }));
  TRY(replay_log(store, shard, machine, loaded));
  return loaded;
}

}  // namespace puhui::ledger
