// Entry: one recorded step of the ledger in its machine's own terms, and the packed form of many of them.
// Not for other modules: they see Posting.
#pragma once

#include <string>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/ledger/ledger.h"

namespace puhui::ledger {

struct Entry {
  uint64_t sequence = 0;
  Timestamp at;
  Posting::Kind kind = Posting::Kind::transfer;
  TransferFlags flags;
  uint32_t debit = 0, credit = 0;                    // account numbers; a closing has only `debit`
  uint64_t debit_previous = 0, credit_previous = 0;  // each account's entry before this one; 0: none
  int64_t amount_minor = 0;                          // what was moved or reserved
  int64_t requested_minor = 0;                       // what the caller asked for: differs in balancing, posts and voids
  int64_t released_minor = 0;                        // of a post, void or expiry: what was pending
  uint32_t code = 0;
  uint32_t timeout_s = 0;
  Id128 id, user_data, pending_id;
  uint64_t pending_sequence = 0;
  bool operator==(const Entry&) const = default;
};

// What an entry adds to the posted and pending sums of both its accounts.
struct Effect {
  int64_t posted = 0, pending = 0;
};
Effect effect_of(const Entry& entry);

enum class Side { debit, credit };
void add(Balances& balances, Side side, Effect effect);
void take_back(Balances& balances, Side side, Effect effect);
// Both sides of `entry` on `account`, taken back; answers that account's entry before.
uint64_t step_back(Balances& balances, const Entry& entry, uint32_t account);

// Entries of consecutive sequences, packed: 30 to 60 bytes each, with a checksum at the end.
inline constexpr size_t kEntriesPerChunkMax = 128;
std::string pack(std::span<const Entry> entries);
// What stands at the end of a chunk, over all before it.
uint64_t checksum_of(std::string_view bytes);
// corrupt when the bytes are not what pack() wrote.
Result<std::vector<Entry>> unpack(std::string_view bytes);

}  // namespace puhui::ledger
