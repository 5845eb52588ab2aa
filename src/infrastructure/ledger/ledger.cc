#include "infrastructure/ledger/ledger.h"

#include "ground/base/check.h"
#include "infrastructure/ledger/ledger_state.h"
#include "infrastructure/ledger/tables.h"

namespace puhui::ledger {
namespace {

constexpr uint32_t kSnapshotPartsPerCommit = 16;  // 64k accounts, some 3 MB: tens of milliseconds

Result<void> expect_at_most(size_t limit, size_t came, const char* what) {
  if (came <= limit) return {};
  return fail(ErrorCode::exhausted, what,
              "expected at most " + std::to_string(limit) + " in one call, came " + std::to_string(came) +
                  ": send them in several");
}

}  // namespace

Ledger::Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ledger::~Ledger() = default;

Result<std::unique_ptr<Ledger>> Ledger::open(LedgerNeeds needs, LedgerOptions options) {
  auto state = std::make_unique<State>(needs, options);
  Machine& machine = state->machine;
  const Loaded loaded = TRY(load(needs.store, options.shard, needs.log, machine));
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    const StoredIds ids = TRY(id_range(reader, options.shard, IdMemory::far_from(machine.last_at())));
    machine.ids().start_after(ids.largest_near, ids.smallest_far);
    return {};
  }));
  machine.publish_all();
  state->pace.start(loaded, machine);
  std::unique_ptr<Ledger> ledger(new Ledger(std::move(state)));
  needs.store.join(*ledger);
  return ledger;
}

Result<std::vector<Outcome>> Ledger::apply(Transaction& tx, std::span<const Transfer> transfers, Timestamp now) {
  TRY(expect_at_most(kTransfersPerCallMax, transfers.size(), "transfers"));
  TablesPast past(tx, state_->options.shard);
  return state_->machine.apply(past, transfers, now);
}

Result<std::vector<AccountOutcome>> Ledger::open_accounts(Transaction&, std::span<const Account> accounts,
                                                          Timestamp now) {
  TRY(expect_at_most(kAccountsPerCallMax, accounts.size(), "accounts"));
  return state_->machine.open_accounts(accounts, now);
}

Result<AccountOutcome> Ledger::close_account(Transaction&, AccountId id, Timestamp now) {
  return state_->machine.close_account(id, now);
}

Result<AccountOutcome> Ledger::reopen_account(Transaction&, AccountId id, Timestamp now) {
  return state_->machine.reopen_account(id, now);
}

Result<uint64_t> Ledger::expire(Transaction&, Timestamp now) { return state_->machine.expire(now); }

std::optional<AccountState> Ledger::account_now(Transaction&, AccountId id) const {
  const AccountBook& book = state_->machine.accounts();
  const auto number = book.find(id);
  if (!number) return std::nullopt;
  const AccountSlot& account = book[*number];
  return AccountState{account.account(), account.working, account.closed};
}

Result<std::vector<Outcome>> Ledger::transfer(std::span<const Transfer> transfers) {
  std::vector<Outcome> outcomes;
  TRY(state_->needs.store.write([&](Transaction& tx) -> Result<void> {
    outcomes = TRY(apply(tx, transfers, state_->needs.clock.now()));
    return {};
  }));
  return outcomes;
}

Result<Outcome> Ledger::transfer(const Transfer& transfer) {
  return TRY(this->transfer(std::span(&transfer, 1))).front();
}

Result<std::vector<AccountOutcome>> Ledger::open_accounts(std::span<const Account> accounts) {
  std::vector<AccountOutcome> outcomes;
  TRY(state_->needs.store.write([&](Transaction& tx) -> Result<void> {
    outcomes = TRY(open_accounts(tx, accounts, state_->needs.clock.now()));
    return {};
  }));
  return outcomes;
}

std::optional<AccountState> Ledger::account(AccountId id) const {
  auto found = state_->machine.accounts().published(id);
  if (!found) return std::nullopt;
  return found->state;
}

uint64_t Ledger::accounts() const { return state_->machine.accounts().published_size(); }
uint64_t Ledger::last_sequence() const { return state_->machine.accounts().published_sequence(); }

Result<void> Ledger::snapshot() {
  SnapshotPace& pace = state_->pace;
  const uint64_t wanted = pace.rounds_done() + 1;
  for (bool first = true; pace.rounds_done() < wanted; first = false) {
    TRY(state_->needs.store.write([&](Transaction&) -> Result<void> {
      if (first) pace.start_round(state_->machine);
      pace.hurry(kSnapshotPartsPerCommit);
      return {};
    }));
  }
  return {};
}

void Ledger::begin_closure() { state_->closure = state_->machine.mark(); }
void Ledger::undo_closure() { state_->machine.rewind(state_->closure); }

Result<void> Ledger::flush(Transaction& tx) {
  const Machine& machine = state_->machine;
  TRY(append_batch(tx, state_->options.shard, machine.gathered(), machine.accounts()));
  return state_->pace.write_due(tx, state_->options.shard, machine);
}

void Ledger::committed() {
  state_->machine.settle();
  state_->pace.committed();
}

void Ledger::aborted() {
  state_->machine.drop();
  state_->pace.aborted();
}

}  // namespace puhui::ledger
