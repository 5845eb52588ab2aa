// AccountBook: a file of transfers in memory, by account: what the per-account table (account_features.h) is made of. For the
// stream, where nothing may be looked at twice, see infrastructure/features/transfer_graph.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "infrastructure/features/name_table.h"
#include "infrastructure/models/byte_source.h"

namespace puhui::aml {

inline constexpr size_t kBookAccountsMax = 20'000'000, kBookTransfersMax = 100'000'000;
inline constexpr int64_t kBookTimeMax = 4'000'000'000'000'000'000;  // either sign: two times have a distance

struct BookTransfer {
  int64_t at = 0;  // in the file's own unit: steps, days, seconds
  int64_t amount_minor = 0;
  uint32_t from = 0, to = 0;  // numbers of accounts
};

// All transfers from one account to one other.
struct BookPair {
  uint32_t other = 0;
  uint32_t transfers = 0;
  uint32_t near_repeats = 0;  // that carry almost what one before them of the pair did
  int64_t amount_minor = 0;
};

// One account's transfers of one direction: index into BookSide::transfers, in time order.
struct BookSide {
  std::vector<size_t> first;        // account → its first; one more at the end
  std::vector<uint32_t> transfers;  // numbers in AccountBook::transfers
  std::vector<size_t> first_pair;   // account → its first pair; one more at the end
  std::vector<BookPair> pairs;      // ascending by the other account
  std::span<const uint32_t> of(uint32_t account) const {
    return std::span(transfers).subspan(first[account], first[account + 1] - first[account]);
  }
  std::span<const BookPair> pairs_of(uint32_t account) const {
    return std::span(pairs).subspan(first_pair[account], first_pair[account + 1] - first_pair[account]);
  }
};

struct AccountBook {
  features::NameTable names;
  std::vector<BookTransfer> transfers;  // in time order, those of equal time as in the file; none to oneself
  uint64_t self_transfers = 0;
  BookSide out, in;

  uint32_t accounts() const { return names.numbers(); }
  uint32_t number_of(std::string_view account);
  // After the last transfer: sorts, and makes both sides. `near_ppm`: how far a near repeat may be off.
  void close(int64_t near_ppm);
};

struct BookColumns {
  std::string from, to, amount, at;
  int amount_places = 2;  // decimals of the amount's unit
};

// Reads a CSV (gzip and zstd too). Every bad row is a fault of the one answer, the first hundred with their place.
Result<AccountBook> read_book(std::unique_ptr<models::ByteSource> source, const BookColumns& columns);

}  // namespace puhui::aml
