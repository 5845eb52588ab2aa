#include "infrastructure/ledger/account_book.h"

#include <thread>

#include "ground/base/check.h"

namespace puhui::ledger {
namespace {
constexpr size_t kIndexPlacesMin = 1024;
}

Account AccountSlot::account() const { return {id, Currency::from_number(currency), code, limit}; }

AccountBook::AccountBook() : blocks_(kAccountsMax / kAccountsPerBlock) {
  indexes_.push_back(std::make_unique<Index>(kIndexPlacesMin));
  index_ = indexes_.back().get();
}

AccountBook::~AccountBook() {
  for (auto& block : blocks_) delete block.load(std::memory_order_relaxed);
}

AccountSlot& AccountBook::slot(uint32_t number) const {
  return blocks_[number / kAccountsPerBlock].load(std::memory_order_acquire)->slots[number % kAccountsPerBlock];
}

AccountSlot& AccountBook::operator[](uint32_t number) { return slot(number); }
const AccountSlot& AccountBook::operator[](uint32_t number) const { return slot(number); }

template <class Matches>
std::optional<uint32_t> AccountBook::probe(const AccountId& id, Matches matches) const {
  const Index& index = *index_.load(std::memory_order_acquire);
  for (size_t place = IdHash()(id) & index.mask;; place = (place + 1) & index.mask) {
    const uint32_t entered = index.places[place].load(std::memory_order_acquire);
    if (entered == 0) return std::nullopt;
    if (matches(entered - 1)) return entered - 1;
  }
}

std::optional<uint32_t> AccountBook::find(const AccountId& id) const {
  return probe(id, [&](uint32_t number) { return slot(number).id == id; });
}

void AccountBook::prefetch_place(const AccountId& id) const {
  const Index& index = *index_.load(std::memory_order_relaxed);
  __builtin_prefetch(&index.places[IdHash()(id) & index.mask]);
}

// Its most likely place is looked at; a neighbour's account there costs nothing but the wait saved.
void AccountBook::prefetch_account(const AccountId& id) const {
  const Index& index = *index_.load(std::memory_order_relaxed);
  const uint32_t entered = index.places[IdHash()(id) & index.mask].load(std::memory_order_relaxed);
  if (entered == 0) return;
  const auto* bytes = reinterpret_cast<const char*>(&slot(entered - 1));
  __builtin_prefetch(bytes, 1);
  __builtin_prefetch(bytes + 64, 1);
}

void AccountBook::enter(Index& index, uint32_t number) {
  size_t place = IdHash()(slot(number).id) & index.mask;
  while (index.places[place].load(std::memory_order_relaxed) != 0) place = (place + 1) & index.mask;
  index.places[place].store(number + 1, std::memory_order_release);
}

void AccountBook::grow() {
  auto larger = std::make_unique<Index>((indexes_.back()->mask + 1) * 2);
  // In the order of opening, so that undo_open() may simply clear the last one's place.
  for (uint32_t number = 0; number < size_; ++number) enter(*larger, number);
  indexes_.push_back(std::move(larger));
  index_.store(indexes_.back().get(), std::memory_order_release);
}

uint32_t AccountBook::open(const Account& account) {
  CHECK(size_ < kAccountsMax, "the caller looked that there is room");
  const uint32_t number = size_;
  auto& block = blocks_[number / kAccountsPerBlock];
  if (block.load(std::memory_order_relaxed) == nullptr) block.store(new Block, std::memory_order_release);
  AccountSlot& opened = slot(number);
  opened.id = account.id;
  opened.working = {};
  opened.last_sequence = opened.entries = 0;
  opened.code = account.code;
  opened.currency = account.currency.number();
  opened.limit = account.limit;
  opened.closed = false;
  ++size_;
  if (size_ * 2 > indexes_.back()->mask) {
    grow();
  } else {
    enter(*indexes_.back(), number);
  }
  return number;
}

void AccountBook::undo_open() {
  CHECK(size_ > published_size_.load(std::memory_order_relaxed), "a published account stays");
  const uint32_t number = --size_;
  Index& index = *indexes_.back();
  size_t place = IdHash()(slot(number).id) & index.mask;
  while (index.places[place].load(std::memory_order_relaxed) != number + 1) place = (place + 1) & index.mask;
  index.places[place].store(0, std::memory_order_release);
}

// A sequence lock over all published state. Every word is atomic and every access an acquire or a release, so
// a reader that saw any new word also sees the odd version, and tries again.
void AccountBook::begin_publishing() {
  version_.store(version_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void AccountBook::publish(uint32_t number) {
  AccountSlot& to = slot(number);
  to.published[0].store(to.working.debits_posted, std::memory_order_release);
  to.published[1].store(to.working.credits_posted, std::memory_order_release);
  to.published[2].store(to.working.debits_pending, std::memory_order_release);
  to.published[3].store(to.working.credits_pending, std::memory_order_release);
  to.published_closed.store(to.closed, std::memory_order_release);
  to.published_last_sequence.store(to.last_sequence, std::memory_order_release);
}

void AccountBook::end_publishing(uint64_t last_sequence) {
  published_size_.store(size_, std::memory_order_release);
  published_sequence_.store(last_sequence, std::memory_order_release);
  version_.store(version_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

std::optional<PublishedAccount> AccountBook::published(const AccountId& id) const {
  for (;;) {
    const uint64_t version = version_.load(std::memory_order_acquire);
    if (version % 2 != 0) {
      std::this_thread::yield();  // the publisher may be waiting for this very core
      continue;
    }
    // An account that is not published may still change its id: it must not even be looked at.
    const uint32_t size = published_size();
    const auto number = probe(id, [&](uint32_t other) { return other < size && slot(other).id == id; });
    std::optional<PublishedAccount> out;
    if (number) {
      const AccountSlot& from = slot(*number);
      const auto& sums = from.published;
      const auto read = [](const std::atomic<int64_t>& sum) { return sum.load(std::memory_order_acquire); };
      out = PublishedAccount{*number,
                             {from.account(),
                              {read(sums[0]), read(sums[1]), read(sums[2]), read(sums[3])},
                              from.published_closed.load(std::memory_order_acquire)},
                             from.published_last_sequence.load(std::memory_order_acquire)};
    }
    if (version_.load(std::memory_order_relaxed) == version) return out;
  }
}

std::optional<AccountId> AccountBook::published_id(uint32_t number) const {
  if (number >= published_size()) return std::nullopt;
  return slot(number).id;
}

std::optional<Account> AccountBook::published_account(uint32_t number) const {
  if (number >= published_size()) return std::nullopt;
  return slot(number).account();
}

}  // namespace puhui::ledger
