// State: where a loan stands at the start of a day, resumable: the next day or event needs it and
// the contract, no earlier event. About 100 bytes when encoded.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "applications/lending/books.h"
#include "applications/lending/events.h"
#include "applications/lending/schedule.h"

namespace puhui::lending {

// Beyond that many unpaid instalments the newest are counted with the one before, under its date.
inline constexpr size_t kUnpaidMax = 16;

// No sum a loan keeps grows beyond it (apply() answers `exhausted`), so that no addition leaves 64
// bits.
inline constexpr int64_t kSumMax = 5'000 * kAmountMinorMax;

enum class Status : uint8_t {
  signed_,  // nothing drawn yet
  active,
  paid_off,
  charged_off,  // out of the books; the claim stays
};

// What fell due on a day and is not paid yet.
struct Unpaid {
  Date due;
  int64_t principal_minor = 0;
  int64_t interest_minor = 0;
  bool operator==(const Unpaid&) const = default;
};

// Oldest first, dates strictly rising, none empty.
class UnpaidList {
 public:
  std::span<const Unpaid> items() const { return {items_.data(), count_}; }
  std::span<Unpaid> items() { return {items_.data(), count_}; }
  bool empty() const { return count_ == 0; }
  void add(Date due, int64_t principal_minor, int64_t interest_minor);
  void drop_empty();
  void clear() { count_ = 0; }
  bool operator==(const UnpaidList& other) const { return std::ranges::equal(items(), other.items()); }

 private:
  std::array<Unpaid, kUnpaidMax> items_{};
  size_t count_ = 0;
};

// Sums since opening: what the books need and the position alone does not tell.
struct Totals {
  int64_t cash_minor = 0;  // received less paid out
  int64_t interest_income_minor = 0;
  int64_t penalty_income_minor = 0;
  int64_t fee_income_minor = 0;
  int64_t write_off_minor = 0;
  int64_t recovery_minor = 0;
  bool operator==(const Totals&) const = default;
};

struct State {
  Status status = Status::signed_;
  Plan plan;                       // principal not due and the interest of the running period
  UnpaidList unpaid;               // principal and interest that fell due
  Accrual penalty;                 // late interest owed
  int64_t penalty_held_minor = 0;  // late interest of the grace days: owed only when they pass unpaid
  int64_t fee_past_due_minor = 0;
  int64_t fee_due_minor = 0;  // charged today
  int64_t credit_minor = 0;   // paid ahead; while positive nothing is due
  int64_t drawn_minor = 0;    // all drawdowns
  Totals totals;
  EventOrder last_event;  // a later apply() must come after it
  bool operator==(const State&) const = default;

  Date date() const { return plan.accrued_to; }
  int64_t principal_minor() const;  // outstanding: not due, due and past due
  int days_past_due() const;        // of the oldest unpaid instalment
};

State open(const Contract& contract);

// What is owed in each of the twelve pairs today.
PairAmounts owed(const State& state);
Books books_of(const State& state);

std::string encode(const Contract& contract, const State& state);
// `corrupt` when the bytes are no state of that contract.
Result<State> decode_state(const Contract& contract, std::string_view bytes);

std::string_view name_of(Status);

}  // namespace puhui::lending
