// What the detectors remember of accounts and of pairs of them beyond the transfer graph's window: what is usual for each, and
// who has paid whom before. Bounded; a function of the stream alone.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ground/base/bytes.h"

namespace puhui::aml {

inline constexpr int64_t kDay = 86'400'000'000, kWeek = 7 * kDay;

enum class Habit : uint8_t {
  in_transfers,
  out_transfers,
  new_in,   // payers never seen before
  new_out,  // payees never seen before
  band_in,  // amounts just below the threshold
  band_out,
  rounds,       // of passing through
  in_hundreds,  // of minor units that came, hundreds
};
inline constexpr size_t kHabits = 8;

// One account's past by weeks. The newest two weeks are counted apart, so that what happens now is not its own measure.
class AccountPast {
 public:
  uint64_t name = 0;  // hash of the account's name; 0: nobody
  int64_t first_us = 0, last_us = 0;
  int64_t peak_week_hundreds = 0;  // the most it moved in one week before the newest two

  void begin(uint64_t name_hash, int64_t at_us);
  void count(Habit habit, int64_t at_us, int64_t amount = 1);
  void move(int64_t at_us, int64_t amount_minor);  // in or out, for the peak
  void advance(int64_t to_us);                     // before reading
  int64_t lately(Habit habit) const;               // of the newest two weeks
  // Of one week, weighted to the recent ones, times 1 000: no week in three for 4 weeks is 0.3 → 300.
  int64_t usual_milli(Habit habit) const;

  void save(ByteWriter& to) const;
  static AccountPast load(ByteReader& from);

 private:
  std::array<uint32_t, kHabits> current_{}, previous_{};
  std::array<int64_t, kHabits> mean_{};  // × 1 024, not yet divided by its weight
  uint32_t moved_current_ = 0, moved_previous_ = 0;
  int32_t week_ = 0;    // of current_
  uint32_t weeks_ = 0;  // that mean_ is made of, at most kWeeksWeighed
};

// Since when one account has paid another. Two generations: when the young one is full the old one is forgotten, and what is asked
// for again stays.
class PairMemory {
 public:
  explicit PairMemory(size_t pairs_max);
  static constexpr int64_t kNever = INT64_MAX;
  // Since when, kNever for a pair not remembered.
  int64_t since_us(uint64_t from, uint64_t to) const;
  // Answers whether it is new.
  bool note(uint64_t from, uint64_t to, int64_t at_us);
  uint64_t forgotten() const { return forgotten_; }
  size_t bytes() const;

  void save(ByteWriter& to) const;
  bool load(ByteReader& from);  // false: of another size

 private:
  struct Slot {
    uint64_t key = 0;  // 0: free
    int64_t since_us = 0;
  };
  struct Table {
    std::vector<Slot> slots;
    size_t used = 0;
  };
  static const Slot* find(const Table& table, uint64_t key);
  static Slot& place(Table& table, uint64_t key);
  size_t young_max_;
  Table young_, old_;
  uint64_t forgotten_ = 0;
};

}  // namespace puhui::aml
