#include "infrastructure/ledger/entry.h"

#include <gtest/gtest.h>

#include "ground/base/random.h"

namespace puhui::ledger {
namespace {

std::vector<Entry> random_entries(uint64_t seed, size_t count) {
  RandomStream draw(Random(seed), 1, 1);
  std::vector<Entry> out;
  uint64_t sequence = 1 + draw.below(1'000'000'000);
  int64_t at = 1'700'000'000'000'000;
  for (size_t i = 0; i < count; ++i, ++sequence) {
    Entry entry{.sequence = sequence, .at = {at += static_cast<int64_t>(draw.below(3))}};
    entry.kind = static_cast<Posting::Kind>(draw.below(4));
    entry.debit = static_cast<uint32_t>(draw.next());
    entry.debit_previous = draw.chance(0.2) ? 0 : sequence - 1 - draw.below(sequence - 1 > 1 ? sequence - 1 : 1);
    if (entry.kind != Posting::Kind::closing && entry.kind != Posting::Kind::reopening) {
      entry.credit = static_cast<uint32_t>(draw.below(300));
      entry.amount_minor = static_cast<int64_t>(draw.next() >> (1 + draw.below(62)));
      entry.requested_minor = draw.chance(0.8) ? entry.amount_minor : INT64_MAX;
      entry.code = static_cast<uint32_t>(draw.below(3));
      if (draw.chance(0.3)) entry.user_data = {draw.next(), draw.next()};
      if (entry.kind == Posting::Kind::transfer) {
        entry.id = {draw.next(), draw.next()};
        entry.flags = {draw.chance(0.5), draw.chance(0.5), draw.chance(0.5),
                       draw.chance(0.5), draw.chance(0.5), draw.chance(0.5)};
        entry.timeout_s = static_cast<uint32_t>(draw.below(3));
      }
      if (entry.kind == Posting::Kind::expiry || draw.chance(0.3)) {
        entry.pending_id = {draw.next(), draw.next()};
        entry.pending_sequence = sequence - 1 - draw.below(std::min<uint64_t>(sequence - 1, 1000) + 1);
        if (entry.pending_sequence == 0) entry.pending_sequence = sequence;
        entry.released_minor = static_cast<int64_t>(draw.below(1000));
        if (entry.pending_sequence == sequence)
          entry.pending_id = {}, entry.pending_sequence = 0, entry.released_minor = 0;
      }
    }
    out.push_back(entry);
  }
  return out;
}

TEST(Entry, packed_entries_come_back_equal) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const auto entries = random_entries(seed, 1 + seed % kEntriesPerChunkMax);
    const auto back = unpack(pack(entries));
    ASSERT_TRUE(back) << back.error().text() << " seed " << seed;
    EXPECT_EQ(*back, entries) << "seed " << seed;
  }
}

TEST(Entry, a_chunk_with_any_byte_changed_or_cut_is_corrupt) {
  const std::string bytes = pack(random_entries(3, 20));
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(unpack(changed)) << "byte " << i;
    EXPECT_EQ(unpack(bytes.substr(0, i)).error().code, ErrorCode::corrupt);
  }
}

TEST(Entry, an_ordinary_transfer_takes_less_than_forty_bytes) {
  std::vector<Entry> entries;
  for (uint64_t i = 0; i < kEntriesPerChunkMax; ++i) {
    entries.push_back({.sequence = 10'000'000 + i,
                       .at = {1'700'000'000'000'000},
                       .debit = 100'000,
                       .credit = 200'000,
                       .debit_previous = 9'000'000,
                       .credit_previous = 9'500'000,
                       .amount_minor = 100'000,
                       .requested_minor = 100'000,
                       .code = 7,
                       .id = {i, i}});
  }
  EXPECT_LT(pack(entries).size(), 40 * kEntriesPerChunkMax);
}

TEST(Entry, taking_an_entry_back_undoes_it) {
  for (const Entry& entry : random_entries(5, 100)) {
    for (const Side side : {Side::debit, Side::credit}) {
      Balances balances{1, 2, 3, 4};
      add(balances, side, {effect_of(entry).posted / 4, effect_of(entry).pending / 4});
      take_back(balances, side, {effect_of(entry).posted / 4, effect_of(entry).pending / 4});
      EXPECT_EQ(balances, (Balances{1, 2, 3, 4}));
    }
  }
}

}  // namespace
}  // namespace puhui::ledger
