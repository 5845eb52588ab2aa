// The ledger's past: balances as of a time, an account's postings, a transfer by id, and the proof of it all.
#include "ground/base/check.h"
#include "infrastructure/ledger/ledger_state.h"
#include "infrastructure/ledger/tables.h"

namespace puhui::ledger {
namespace {

constexpr size_t kFaultsMax = 100;
constexpr int64_t kChunksPerRead = 4096;

// Walks one account's chain of entries back from a known state, undoing as it goes.
class Walk {
 public:
  Walk(TablesPast& past, uint32_t account) : past_(past), account_(account) {}

  // From the account's first checkpoint at or after (at, sequence), or from the present.
  Result<void> start(const PublishedAccount& present, Timestamp at, uint64_t sequence) {
    balances = present.state.balances;
    sequence_ = present.last_sequence;
    // The state of now may be newer than the reader's snapshot only where a commit came between: it did not, for
    // the present was taken first.
    const auto checkpoint = TRY(past_.checkpoint_from(account_, at, sequence));
    if (!checkpoint || checkpoint->sequence >= sequence_) return {};
    balances = checkpoint->balances;
    sequence_ = checkpoint->sequence;
    return {};
  }

  // The entry whose doing led to `balances`; nullopt at the account's opening.
  Result<std::optional<Entry>> entry() {
    if (sequence_ == 0) return std::nullopt;
    return TRY(past_.entry(sequence_));
  }
  void back(const Entry& entry) { sequence_ = step_back(balances, entry, account_); }

  Balances balances;

 private:
  TablesPast& past_;
  uint32_t account_;
  uint64_t sequence_ = 0;
};

// An entry in the words of callers. Its accounts were committed before it, so they are published.
Posting posting_of(const Entry& entry, const AccountBook& book) {
  const auto account = book.published_account(entry.debit);
  CHECK(account.has_value(), "an entry's accounts are committed");
  Posting out{.sequence = entry.sequence, .at = entry.at, .kind = entry.kind, .released_minor = entry.released_minor};
  Transfer& transfer = out.transfer;
  transfer.id = TransferId(entry.id);
  transfer.debit = account->id;
  transfer.currency = account->currency;
  transfer.amount_minor = entry.amount_minor;
  transfer.code = entry.code;
  transfer.user_data = entry.user_data;
  transfer.flags = entry.flags;
  transfer.pending_id = TransferId(entry.pending_id);
  transfer.timeout_s = entry.timeout_s;
  if (entry.kind == Posting::Kind::transfer || entry.kind == Posting::Kind::expiry) {
    transfer.credit = *book.published_id(entry.credit);
  }
  return out;
}

Result<PublishedAccount> known_account(const AccountBook& book, const AccountId& id) {
  auto found = book.published(id);
  if (found) return *found;
  return fail(ErrorCode::not_found, "account " + id.text(), "there is no such account");
}

// What the writer's memory holds at one moment, and what the log says it should.
struct Sums {
  Balances balances;
  uint64_t last_sequence = 0;
  bool closed = false;
  bool operator==(const Sums&) const = default;
};

class Proof {
 public:
  explicit Proof(size_t accounts) : sums(accounts) {}

  Result<void> take(const Entry& entry) {
    const bool moves = entry.kind == Posting::Kind::transfer || entry.kind == Posting::Kind::expiry;
    if (entry.at < last_at) fault(entry, "its time is before that of the entry before it");
    last_at = entry.at;
    take(entry, entry.debit, entry.debit_previous, Side::debit);
    if (moves) take(entry, entry.credit, entry.credit_previous, Side::credit);
    if (!moves && entry.debit < sums.size()) sums[entry.debit].closed = entry.kind == Posting::Kind::closing;
    transfers += entry.kind == Posting::Kind::transfer ? 1 : 0;
    return {};
  }

  void fault(std::string what) {
    if (faults.size() < kFaultsMax) faults.push_back(std::move(what));
  }

  std::vector<Sums> sums;
  std::vector<std::string> faults;
  uint64_t transfers = 0;
  Timestamp last_at;

 private:
  void fault(const Entry& entry, const std::string& what) {
    fault("entry " + std::to_string(entry.sequence) + ": " + what);
  }
  void take(const Entry& entry, uint32_t number, uint64_t previous, Side side) {
    if (number >= sums.size()) return fault(entry, "names account " + std::to_string(number) + ", which is not stored");
    Sums& account = sums[number];
    if (previous != account.last_sequence) fault(entry, "names the wrong entry as its account's one before");
    account.last_sequence = entry.sequence;
    add(account.balances, side, effect_of(entry));
  }
};

std::vector<Totals> totals_of(const std::vector<Sums>& sums, const AccountBook& book) {
  std::map<uint16_t, Totals> by_currency;
  for (uint32_t number = 0; number < sums.size(); ++number) {
    const Currency currency = book.published_account(number)->currency;
    Totals& total = by_currency[currency.number()];
    total.currency = currency;
    ++total.accounts;
    total.debits_posted += sums[number].balances.debits_posted;
    total.credits_posted += sums[number].balances.credits_posted;
    total.debits_pending += sums[number].balances.debits_pending;
    total.credits_pending += sums[number].balances.credits_pending;
  }
  std::vector<Totals> out;
  for (const auto& [number, total] : by_currency) out.push_back(total);
  return out;
}

}  // namespace

Result<Balances> Ledger::balance_at(AccountId id, Timestamp at) const {
  const PublishedAccount present = TRY(known_account(state_->machine.accounts(), id));
  Balances out;
  TRY(state_->needs.store.read([&](Reader& reader) -> Result<void> {
    TablesPast past(reader, state_->options.shard);
    Walk walk(past, present.number);
    if (at.microseconds == INT64_MAX) return out = present.state.balances, Result<void>{};
    TRY(walk.start(present, Timestamp{at.microseconds + 1}, 0));
    while (const auto entry = TRY(walk.entry())) {
      if (entry->at <= at) break;
      walk.back(*entry);
    }
    out = walk.balances;
    return {};
  }));
  return out;
}

Result<std::optional<Posting>> Ledger::find(TransferId id) const {
  std::optional<Posting> out;
  TRY(state_->needs.store.read([&](Reader& reader) -> Result<void> {
    TablesPast past(reader, state_->options.shard);
    const auto sequence = TRY(past.sequence_of(id));
    if (!sequence || *sequence > last_sequence()) return {};
    out = posting_of(TRY(past.entry(*sequence)), state_->machine.accounts());
    return {};
  }));
  return out;
}

Result<std::vector<Posting>> Ledger::history(AccountId id, size_t rows_max, uint64_t before) const {
  const AccountBook& book = state_->machine.accounts();
  const PublishedAccount present = TRY(known_account(book, id));
  std::vector<Posting> out;
  const size_t limit = std::min(rows_max, kHistoryRowsMax);
  TRY(state_->needs.store.read([&](Reader& reader) -> Result<void> {
    TablesPast past(reader, state_->options.shard);
    Walk walk(past, present.number);
    const Timestamp from =
        before == 0 || before > present.last_sequence ? Timestamp{INT64_MAX} : TRY(past.entry(before)).at;
    TRY(walk.start(present, from, before));
    while (out.size() < limit) {
      const auto entry = TRY(walk.entry());
      if (!entry) break;
      if (before == 0 || entry->sequence < before) {
        out.push_back(posting_of(*entry, book));
        (entry->debit == present.number ? out.back().debit_after : out.back().credit_after) = walk.balances;
      }
      walk.back(*entry);
    }
    return {};
  }));
  return out;
}

Result<VerifyReport> Ledger::verify() {
  std::vector<Sums> memory;
  uint64_t up_to = 0;
  const Machine& machine = state_->machine;
  TRY(state_->needs.store.write([&](Transaction&) -> Result<void> {
    const AccountBook& book = machine.accounts();
    up_to = machine.last_sequence();
    memory.resize(book.size());
    for (uint32_t i = 0; i < book.size(); ++i) memory[i] = {book[i].working, book[i].last_sequence, book[i].closed};
    return {};
  }));
  Proof proof(memory.size());
  for (uint64_t next = 1; next <= up_to;) {
    uint64_t came = 0;
    TRY(state_->needs.store.read([&](Reader& reader) -> Result<void> {
      came = TRY(each_entry(reader, state_->options.shard, next, kChunksPerRead, [&](const Entry& entry) {
        return entry.sequence <= up_to ? proof.take(entry) : Result<void>{};
      }));
      return {};
    }));
    if (came == 0) {
      proof.fault("the log ends at entry " + std::to_string(next - 1) + ", expected " + std::to_string(up_to));
      break;
    }
    next += came;
  }
  const AccountBook& book = machine.accounts();
  TRY(state_->needs.store.read([&](Reader& reader) -> Result<void> {
    const uint64_t ids = TRY(stored_ids(reader, state_->options.shard, up_to));
    if (ids != proof.transfers) {
      proof.fault("the log has " + std::to_string(proof.transfers) + " transfers, the index of ids " +
                  std::to_string(ids));
    }
    return each_account(reader, state_->options.shard, 0, static_cast<uint32_t>(memory.size()),
                        [&](const StoredAccount& stored) -> Result<void> {
                          if (book.published_account(stored.number) != stored.account) {
                            proof.fault("account " + stored.account.id.text() + ": its row is not what memory holds");
                          }
                          return {};
                        });
  }));
  for (uint32_t number = 0; number < memory.size(); ++number) {
    if (memory[number] == proof.sums[number]) continue;
    proof.fault("account " + book.published_id(number)->text() + ": its balances are not what the log adds up to");
  }
  VerifyReport report{up_to, memory.size(), totals_of(proof.sums, book), std::move(proof.faults)};
  for (const Totals& total : report.totals) {
    if (!total.balanced()) report.faults.push_back(std::string(total.currency.code()) + ": debits and credits differ");
  }
  return report;
}

}  // namespace puhui::ledger
