// AccountBook: every account of a shard in memory, by id and by number (0, 1, … in the order of opening).
// One writer thread changes the working state; any thread reads what was last published, without a lock.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "infrastructure/ledger/ledger.h"

namespace puhui::ledger {

// An account's working state (the writer's) and its published one (everybody's).
struct AccountSlot {
  AccountId id;
  Balances working;
  uint64_t last_sequence = 0;  // head of the account's chain of entries
  uint32_t entries = 0;        // in that chain, modulo 2^32: paces the checkpoints
  uint32_t code = 0;
  uint16_t currency = 0;
  Limit limit = Limit::none;
  bool closed = false;

  std::atomic<bool> published_closed = false;
  std::array<std::atomic<int64_t>, 4> published{};
  std::atomic<uint64_t> published_last_sequence = 0;

  Account account() const;
};

// A committed account as one moment saw it.
struct PublishedAccount {
  uint32_t number = 0;
  AccountState state;
  uint64_t last_sequence = 0;
};

class AccountBook {
 public:
  // Accounts that are stored, and marked as changed, together.
  static constexpr uint32_t kAccountsPerBlock = 4096;

  AccountBook();
  ~AccountBook();
  AccountBook(const AccountBook&) = delete;
  AccountBook& operator=(const AccountBook&) = delete;

  // The writer's
  std::optional<uint32_t> find(const AccountId& id) const;
  // Asks the machine for the memory that find() will need soon; then, nearer by, for the account's own.
  void prefetch_place(const AccountId& id) const;
  void prefetch_account(const AccountId& id) const;
  AccountSlot& operator[](uint32_t number);
  const AccountSlot& operator[](uint32_t number) const;
  uint32_t size() const { return size_; }
  uint32_t open(const Account& account);  // the id is new
  void undo_open();                       // of the last one
  // Between the two, readers wait; `publish` each account that changed.
  void begin_publishing();
  void publish(uint32_t number);
  void end_publishing(uint64_t last_sequence);

  // Any thread's
  std::optional<PublishedAccount> published(const AccountId& id) const;
  std::optional<AccountId> published_id(uint32_t number) const;
  std::optional<Account> published_account(uint32_t number) const;
  uint32_t published_size() const { return published_size_.load(std::memory_order_acquire); }
  uint64_t published_sequence() const { return published_sequence_.load(std::memory_order_acquire); }

 private:
  struct Block {
    std::array<AccountSlot, kAccountsPerBlock> slots;
  };
  // Open addressing from id to number + 1. Readers may still be in an outgrown one, so it is kept.
  struct Index {
    explicit Index(size_t size) : mask(size - 1), places(std::make_unique<std::atomic<uint32_t>[]>(size)) {}
    size_t mask;
    std::unique_ptr<std::atomic<uint32_t>[]> places;
  };
  template <class Matches>
  std::optional<uint32_t> probe(const AccountId& id, Matches matches) const;
  void enter(Index& index, uint32_t number);
  void grow();
  AccountSlot& slot(uint32_t number) const;

  std::vector<std::atomic<Block*>> blocks_;
  std::vector<std::unique_ptr<Index>> indexes_;
  std::atomic<Index*> index_;
  uint32_t size_ = 0;

  std::atomic<uint64_t> version_ = 0;  // odd while publishing
  std::atomic<uint32_t> published_size_ = 0;
  std::atomic<uint64_t> published_sequence_ = 0;
};

}  // namespace puhui::ledger
