#include "applications/aml/account_past.h"

#include <algorithm>

namespace puhui::aml {

namespace {

constexpr uint32_t kWeeksWeighed = 32;
constexpr int64_t kOne = 1024;

// What the weights of n weeks add up to, × 1 024: 1 − (7/8)^n.
std::array<int64_t, kWeeksWeighed + 1> weights() {
  std::array<int64_t, kWeeksWeighed + 1> out{};
  int64_t rest = kOne * kOne;
  for (size_t i = 0; i < out.size(); ++i, rest = rest * 7 / 8) out[i] = kOne - rest / kOne;
  return out;
}

int32_t week_of(int64_t at_us) { return static_cast<int32_t>(at_us / kWeek - (at_us % kWeek < 0 ? 1 : 0)); }

void add(uint32_t& to, int64_t amount) {
  to = static_cast<uint32_t>(std::min<int64_t>(int64_t{to} + amount, UINT32_MAX));
}

uint64_t pair_key(uint64_t from, uint64_t to) {
  uint64_t x = from * 0x9E3779B97F4A7C15ull ^ (to + 0xD6E8FEB86659FD93ull);
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93ull;
  x ^= x >> 29;
  return x == 0 ? 1 : x;
}

}  // namespace

void AccountPast::begin(uint64_t name_hash, int64_t at_us) {
  *this = AccountPast();
  name = name_hash;
  first_us = last_us = at_us;
  week_ = week_of(at_us);
}

void AccountPast::advance(int64_t to_us) {
  const int32_t week = week_of(to_us);
  for (int32_t steps = 0; week_ < week; ++week_, ++steps) {
    // After half a year of silence nothing is usual any more.
    if (steps > 26) {
      week_ = week;
      mean_.fill(0);
      break;
    }
    for (size_t i = 0; i < kHabits; ++i) {
      mean_[i] = mean_[i] * 7 / 8 + previous_[i] * kOne / 8;
      previous_[i] = current_[i];
      current_[i] = 0;
    }
    peak_week_hundreds = std::max<int64_t>(peak_week_hundreds, moved_previous_);
    moved_previous_ = moved_current_;
    moved_current_ = 0;
    weeks_ = std::min(weeks_ + 1, kWeeksWeighed);
  }
}

void AccountPast::count(Habit habit, int64_t at_us, int64_t amount) {
  advance(at_us);
  // What comes late counts for the week it belongs to, as long as that one is apart.
  const int32_t week = week_of(at_us);
  if (week == week_) add(current_[static_cast<size_t>(habit)], amount);
  if (week + 1 == week_) add(previous_[static_cast<size_t>(habit)], amount);
}

void AccountPast::move(int64_t at_us, int64_t amount_minor) {
  advance(at_us);
  const int32_t week = week_of(at_us);
  if (week == week_) add(moved_current_, amount_minor / 100);
  if (week + 1 == week_) add(moved_previous_, amount_minor / 100);
}

int64_t AccountPast::lately(Habit habit) const {
  return int64_t{current_[static_cast<size_t>(habit)]} + previous_[static_cast<size_t>(habit)];
}

int64_t AccountPast::usual_milli(Habit habit) const {
  static const auto kWeights = weights();
  // The first week in the mean is the empty one before the account's first.
  const uint32_t weeks = weeks_ > 1 ? weeks_ - 1 : 0;
  if (weeks == 0) return 0;
  return mean_[static_cast<size_t>(habit)] * 1000 / kWeights[weeks];
}

void AccountPast::save(ByteWriter& to) const {
  to.u64(name);
  to.signed_varint(first_us);
  to.signed_varint(last_us);
  to.signed_varint(peak_week_hundreds);
  for (size_t i = 0; i < kHabits; ++i) {
    to.unsigned_varint(current_[i]);
    to.unsigned_varint(previous_[i]);
    to.signed_varint(mean_[i]);
  }
  to.unsigned_varint(moved_current_);
  to.unsigned_varint(moved_previous_);
  to.signed_varint(week_);
  to.unsigned_varint(weeks_);
}

AccountPast AccountPast::load(ByteReader& from) {
  AccountPast out;
  out.name = from.u64();
  out.first_us = from.signed_varint();
  out.last_us = from.signed_varint();
  out.peak_week_hundreds = from.signed_varint();
  for (size_t i = 0; i < kHabits; ++i) {
    out.current_[i] = static_cast<uint32_t>(from.unsigned_varint());
    out.previous_[i] = static_cast<uint32_t>(from.unsigned_varint());
    out.mean_[i] = from.signed_varint();
  }
  out.moved_current_ = static_cast<uint32_t>(from.unsigned_varint());
  out.moved_previous_ = static_cast<uint32_t>(from.unsigned_varint());
  out.week_ = static_cast<int32_t>(from.signed_varint());
  out.weeks_ = static_cast<uint32_t>(from.unsigned_varint());
  if (out.weeks_ > kWeeksWeighed) from.reject();
  return out;
}

PairMemory::PairMemory(size_t pairs_max) : young_max_(std::max<size_t>(pairs_max / 2, 1024)) {
  young_.slots.resize(4096);
  old_.slots.resize(4096);
}

const PairMemory::Slot* PairMemory::find(const Table& table, uint64_t key) {
  const size_t mask = table.slots.size() - 1;
  for (size_t i = key & mask;; i = (i + 1) & mask) {
    if (table.slots[i].key == key) return &table.slots[i];
    if (table.slots[i].key == 0) return nullptr;
  }
}

PairMemory::Slot& PairMemory::place(Table& table, uint64_t key) {
  if (table.used * 2 >= table.slots.size()) {
    std::vector<Slot> grown(table.slots.size() * 2);
    for (const Slot& slot : table.slots) {
      if (slot.key == 0) continue;
      size_t i = slot.key & (grown.size() - 1);
      while (grown[i].key != 0) i = (i + 1) & (grown.size() - 1);
      grown[i] = slot;
    }
    table.slots.swap(grown);
  }
  const size_t mask = table.slots.size() - 1;
  size_t i = key & mask;
  while (table.slots[i].key != 0 && table.slots[i].key != key) i = (i + 1) & mask;
  table.used += table.slots[i].key == 0;
  table.slots[i].key = key;
  return table.slots[i];
}

int64_t PairMemory::since_us(uint64_t from, uint64_t to) const {
  const uint64_t key = pair_key(from, to);
  if (const Slot* slot = find(young_, key)) return slot->since_us;
  const Slot* slot = find(old_, key);
  return slot ? slot->since_us : kNever;
}

bool PairMemory::note(uint64_t from, uint64_t to, int64_t at_us) {
  const int64_t before = since_us(from, to);
  if (young_.used >= young_max_) {
    forgotten_ += old_.used;
    old_ = std::move(young_);
    young_ = Table{std::vector<Slot>(4096), 0};
  }
  place(young_, pair_key(from, to)).since_us = std::min(before, at_us);
  return before == kNever;
}

size_t PairMemory::bytes() const { return (young_.slots.size() + old_.slots.size()) * sizeof(Slot); }

void PairMemory::save(ByteWriter& to) const {
  to.unsigned_varint(young_max_);
  to.unsigned_varint(forgotten_);
  for (const Table* table : {&young_, &old_}) {
    std::vector<Slot> slots;
    for (const Slot& slot : table->slots) {
      if (slot.key != 0) slots.push_back(slot);
    }
    std::sort(slots.begin(), slots.end(), [](const Slot& a, const Slot& b) { return a.key < b.key; });
    to.unsigned_varint(slots.size());
    for (const Slot& slot : slots) {
      to.u64(slot.key);
      to.signed_varint(slot.since_us);
    }
  }
}

bool PairMemory::load(ByteReader& from) {
  if (from.unsigned_varint() != young_max_) return false;
  forgotten_ = from.unsigned_varint();
  for (Table* table : {&young_, &old_}) {
    *table = Table{std::vector<Slot>(4096), 0};
    const size_t count = from.count(9);
    for (size_t i = 0; i < count && from.ok(); ++i) {
      const uint64_t key = from.u64();
      const int64_t since = from.signed_varint();
      if (key == 0) return false;
      place(*table, key).since_us = since;
    }
  }
  return from.ok();
}

}  // namespace puhui::aml
